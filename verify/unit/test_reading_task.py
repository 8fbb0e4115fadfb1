"""What Ansible makes of a reading: one task is all that a Mac that is right costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verify.settings import PROJECT, filters
from verify.unit.playbooks import played
from verify.unit.role import ROLE, right

Result = dict[str, Any]
READ = "tensorflow_metal_read"
REGISTERED = "__tensorflow_metal_read"
CONVERGE = {"import_playbook": f"{PROJECT}/playbooks/converge.yml"}
META = {"action": "ansible.builtin.meta"}


def play(folder: Path, said: str, *arguments: str, tasks_from: str = "main") -> list[Result]:
    """The results of the role's tasks on a Mac where `said`, a reading or a command, is read."""
    role = {"name": "tensorflow_metal", "tasks_from": tasks_from}
    steps = [
        {"name": "Role", "ansible.builtin.import_role": role},
        {"name": "Known", "ansible.builtin.debug": {"var": REGISTERED}},
    ]
    return ran(folder, said, [{"hosts": "m1", "gather_facts": False, "tasks": steps}], *arguments)


def ran(folder: Path, said: str, plays: list[dict[str, Any]], *arguments: str) -> list[Result]:
    """The results of these plays on a Mac, where `said` is read."""
    (folder / "said").write_text(said)
    probe = f"cat '{folder}/said'" if said.startswith("{") else said
    (folder / "play.yml").write_text(json.dumps(plays))
    (folder / "inventory").write_text("[macs]\nm1\n")
    variables = json.dumps({"_tensorflow_metal_probe": probe})
    done = played(
        folder,
        *("play.yml", *arguments, "--extra-vars", variables),
        *("--inventory", "inventory", "--connection", "local"),
        ANSIBLE_ROLES_PATH=str(ROLE.parent),
        ANSIBLE_STDOUT_CALLBACK="ansible.posix.json",
    )
    tasks = [task for one in json.loads(done.stdout)["plays"] for task in one["tasks"]]
    # A `meta` asks no host.
    asked = [task for task in tasks if task["hosts"].get("m1", META)["action"] != META["action"]]
    return [
        {
            **task["hosts"]["m1"],
            "action": task["hosts"]["m1"]["action"].rpartition(".")[2],
            "file": Path(task["task"]["path"].rpartition(":")[0]).stem,
        }
        for task in asked
    ]


def actions(results: list[Result]) -> list[str]:
    return [one["action"] for one in results if one["action"] != "validate_argument_spec"]


def whole(**changes: object) -> str:
    return json.dumps(right(lock={"says": "", "boot": "this-session"}, virtual=False) | changes)


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_a_mac_that_is_right_costs_one_task(tmp_path: Path, mode: list[str]) -> None:
    assert actions(play(tmp_path, whole(), *mode)) == ["include_tasks", READ, "debug"]


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_a_mac_that_is_right_costs_the_playbook_one_task(tmp_path: Path, mode: list[str]) -> None:
    assert actions(ran(tmp_path, whole(), [CONVERGE], *mode)) == [READ]


def test_a_wrong_switch_is_told_and_the_mac_is_not_asked(tmp_path: Path) -> None:
    keep = ["--extra-vars", "tensorflow_metal_keep=many", "--check"]
    asked = ran(tmp_path, f"touch '{tmp_path}/asked'", [CONVERGE], *keep)
    said = "argument 'tensorflow_metal_keep' is of type str and we were unable to convert to int"
    first = next(one for one in asked if one["action"] == READ)
    assert [line.partition(":")[0] for line in first["argument_errors"]] == [said]
    assert said in asked[-1]["msg"]
    assert not (tmp_path / "asked").exists()


def test_a_mac_whose_turn_comes_late_is_read_again(tmp_path: Path) -> None:
    serial = ["--extra-vars", "tensorflow_metal_serial=1", "--check"]
    assert actions(ran(tmp_path, whole(links={}), [CONVERGE], *serial)).count(READ) == 2
    assert actions(ran(tmp_path, whole(links={}), [CONVERGE], "--check")).count(READ) == 1


def test_a_mac_that_was_read_and_is_right_costs_the_next_playbook_nothing(tmp_path: Path) -> None:
    books = [{"import_playbook": f"{PROJECT}/playbooks/plan.yml"}, CONVERGE]
    done = ran(tmp_path, whole(memory_bytes=1 << 34, cores=8), books)
    assert actions(done).count(READ) == 1
    assert done[-1]["file"] == "tell"


def test_a_mac_that_is_not_gets_the_steps_of_its_plan(tmp_path: Path) -> None:
    done = play(tmp_path, whole(links={}), "--check")
    (changed,) = [one for one in done if one["file"] == "preview" and "results" in one]
    assert [one["item"]["id"] for one in changed["results"]] == ["activate"]


def test_a_mac_with_a_dead_run_s_lock_is_not_left_alone(tmp_path: Path) -> None:
    run = filters("run_lock").run("/opt/tensorflow")
    says = f"{run['id']}|{run['says']}|2026-11-21 09:00:00|this-session"
    lock = {"says": says, "boot": "the-next-session"}
    assert "preflight" in {one["file"] for one in play(tmp_path, whole(lock=lock), "--check")}
    right = play(tmp_path, whole(), "--check")
    assert "preflight" not in {one["file"] for one in right}


def test_what_is_read_of_the_room_left_keeps_the_plan_that_wanted_it(tmp_path: Path) -> None:
    earlier = {"reading": {}, "plan": {"environments": [{"stages": ["environment"]}]}}
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all.yml").write_text(json.dumps({REGISTERED: earlier}))
    known = play(tmp_path, whole(), tasks_from="room")[-1][REGISTERED]
    assert known["plan"] == earlier["plan"]
    assert known["reading"] == json.loads(whole())


def test_a_mac_that_cannot_be_read_says_so_in_a_sentence(tmp_path: Path) -> None:
    done = play(tmp_path, "echo no room >&2; exit 3")
    said = "This Mac could not be read: /bin/sh ended with 3. It said: no room"
    assert [one["msg"] for one in done if one["action"] == READ] == [said]

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
READ = "probe | This Mac is read"
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
    return [{**task["hosts"]["m1"], "name": task["task"]["name"]} for task in asked]


def names(results: list[Result]) -> list[str]:
    return [one["name"].removeprefix("tensorflow_metal : ") for one in results]


def whole(**changes: object) -> str:
    return json.dumps(right(lock={"says": "", "boot": "this-session"}, virtual=False) | changes)


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_a_mac_that_is_right_costs_one_task(tmp_path: Path, mode: list[str]) -> None:
    done = names(play(tmp_path, whole(), *mode))
    assert [name for name in done if "Validating" not in name] == ["Read and plan", READ, "Known"]


@pytest.mark.parametrize("mode", [[], ["--check"]])
def test_a_mac_that_is_right_costs_the_playbook_one_task(tmp_path: Path, mode: list[str]) -> None:
    assert names(ran(tmp_path, whole(), [CONVERGE], *mode)) == [READ]


def test_a_wrong_switch_is_told_and_the_mac_is_not_asked(tmp_path: Path) -> None:
    keep = ["--extra-vars", "tensorflow_metal_keep=many", "--check"]
    asked = ran(tmp_path, f"touch '{tmp_path}/asked'", [CONVERGE], *keep)
    said = "argument 'tensorflow_metal_keep' is of type str and we were unable to convert to int"
    first = next(one for one in asked if one["name"].endswith(READ))
    assert [line.partition(":")[0] for line in first["argument_errors"]] == [said]
    assert said in asked[-1]["msg"]
    assert not (tmp_path / "asked").exists()


def test_a_mac_whose_turn_comes_late_is_read_again(tmp_path: Path) -> None:
    serial = ["--extra-vars", "tensorflow_metal_serial=1", "--check"]
    done = names(ran(tmp_path, whole(links={}), [CONVERGE], *serial))
    assert done.count(READ) == 2
    done = names(ran(tmp_path, whole(links={}), [CONVERGE], "--check"))
    assert done.count(READ) == 1


def test_a_mac_that_was_read_and_is_right_costs_the_next_playbook_nothing(tmp_path: Path) -> None:
    books = [{"import_playbook": f"{PROJECT}/playbooks/plan.yml"}, CONVERGE]
    done = names(ran(tmp_path, whole(memory_bytes=1 << 34, cores=8), books))
    assert done[-1] == "tell | What it is, what it gets and what differs"


def test_a_mac_that_is_not_gets_the_steps_of_its_plan(tmp_path: Path) -> None:
    done = play(tmp_path, whole(links={}), "--check")
    changed = next(one for one in done if one["name"].endswith("A step would change this Mac"))
    assert [one["item"]["id"] for one in changed["results"]] == ["activate"]


def test_a_mac_with_a_dead_run_s_lock_is_not_left_alone(tmp_path: Path) -> None:
    run = filters("run_lock").run("/opt/tensorflow")
    says = f"{run['id']}|{run['says']}|2026-11-21 09:00:00|this-session"
    lock = {"says": says, "boot": "the-next-session"}
    done = names(play(tmp_path, whole(lock=lock), "--check"))
    assert "preflight | A row fits this Mac" in done


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
    assert [one["msg"] for one in done if one["name"].endswith(READ)] == [said]

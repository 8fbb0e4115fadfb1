"""Who is worked on when: all side by side, or so many at a time, the next when those are done."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify.unit.playbooks import HERE, NOWHERE, played
from verify.unit.role import ROLE, role_tasks

MAIN = """
- name: It begins
  ansible.builtin.raw: echo {{ inventory_hostname }} begins >> done
- name: It goes on
  ansible.builtin.include_tasks: step.yml
"""
STEP = """
- name: It ends
  ansible.builtin.raw: echo {{ inventory_hostname }} ends >> done
"""
PLAY = """
- name: Converge
  hosts: macs
  gather_facts: false
  tasks:
    - name: The role
      ansible.builtin.include_role: {name: some, tasks_from: turns}
"""


def done(folder: Path, serial: str, macs: dict[str, dict[str, Any]]) -> list[str]:
    """What the Macs of a toy role did, in its order."""
    tasks = folder / "roles" / "some" / "tasks"
    tasks.mkdir(parents=True)
    shutil.copy(ROLE / "tasks" / "turns.yml", tasks)
    (tasks / "main.yml").write_text(MAIN)
    (tasks / "step.yml").write_text(STEP)
    (folder / "play.yml").write_text(PLAY)
    (folder / "inventory.json").write_text(json.dumps({"macs": {"hosts": macs}}))
    serial = f"tensorflow_metal_serial={serial}"
    played(folder, "-i", "inventory.json", "play.yml", "-e", serial)
    return (folder / "done").read_text().splitlines()


def test_the_next_begin_when_those_before_are_done(tmp_path: Path) -> None:
    lines = done(tmp_path, "2", dict.fromkeys(("m1", "m2", "m3"), HERE))
    # Which turn is the first is Ansible's to choose.
    one = ["m3 begins", "m3 ends"]
    two = lines[2:] if lines[:2] == one else lines[:4]
    assert lines in (one + two, two + one)
    assert (sorted(two[:2]), sorted(two[2:])) == (
        ["m1 begins", "m2 begins"],
        ["m1 ends", "m2 ends"],
    )


def test_without_it_all_are_worked_on_at_once(tmp_path: Path) -> None:
    lines = done(tmp_path, "0", dict.fromkeys(("m1", "m2", "m3"), HERE))
    assert [line.split()[1] for line in lines] == ["begins"] * 3 + ["ends"] * 3


@pytest.mark.needs("ssh", "openssh-client")
def test_a_turn_in_which_nobody_answers_does_not_end_the_run(tmp_path: Path) -> None:
    lines = done(tmp_path, "2", {"m1": NOWHERE, "m2": NOWHERE, "m3": HERE})
    assert lines == ["m3 begins", "m3 ends"]


@pytest.mark.parametrize("stage", ["python", "environment", "activate"])
def test_macs_of_different_kinds_are_worked_on_side_by_side(tmp_path: Path, stage: str) -> None:
    macs = {
        name: {
            **HERE,
            "__tensorflow_metal_plan": {
                "environments": [
                    {"name": "current", "environment": f"tf-{name}", "stages": [stage]}
                ]
            },
        }
        for name in ("m1", "m2")
    }
    (loop,) = [
        task
        for file, task in role_tasks()
        if file == "provision" and task.get("ansible.builtin.include_tasks") == f"{stage}.yml"
    ]
    constants = yaml.safe_load((ROLE / "vars" / "main" / "constants.yml").read_text())
    names = ("_tensorflow_metal_targets", "__tensorflow_metal_target")
    begins = {"name": "It begins", "ansible.builtin.raw": "echo begins >> done"}
    ends = {
        "name": "It ends",
        "ansible.builtin.raw": "echo {{ __tensorflow_metal_target.environment }} >> done",
    }
    (tmp_path / "step.yml").write_text(yaml.safe_dump([begins, ends]))
    play = {
        "hosts": "macs",
        "gather_facts": False,
        "vars": {name: constants[name] for name in names},
        "tasks": [{**loop, "ansible.builtin.include_tasks": "step.yml"}],
    }
    (tmp_path / "play.yml").write_text(json.dumps([play]))
    (tmp_path / "inventory.json").write_text(json.dumps({"macs": {"hosts": macs}}))
    said = played(tmp_path, "-i", "inventory.json", "play.yml").stdout
    lines = (tmp_path / "done").read_text().splitlines()
    assert lines[:2] == ["begins", "begins"], said
    assert sorted(lines[2:]) == ["tf-m1", "tf-m2"]

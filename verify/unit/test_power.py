"""Least power: who each task works as, what it leaves for others to write, what is not checked."""

from __future__ import annotations

import configparser
import os
import pwd
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

from verify.unit.role import PACKAGES, ROLE, WANTED, Task, accessing, role_tasks

PROJECT = ROLE.parents[1]
CONSTANTS = DataLoader().load_from_file(
    str(ROLE / "vars" / "main" / "constants.yml"), trusted_as_template=True
)
# Macs on which admin logs in: the environments' owner, and whose the home is, nobody's at first.
MACS = [("admin", "admin"), ("admin", ""), ("kim", "kim"), ("kim", "")]
# Who a task works as on each of them, in the words of docs/security.md.
WHO: dict[tuple[str, ...], str] = {
    ("root", "root", "root", "root"): "root",
    ("admin", "admin", "kim", "kim"): "the owner",
    ("admin", "admin", "root", "root"): "root for the owner",
    ("admin", "root", "root", "root"): "root at first",
    ("admin", "root", "kim", "root"): "the owner, root at first",
}
# Modules that make files or folders, and what they call the path.
MAKES = ("file", "copy", "template", "get_url", "unarchive", "lineinfile", "blockinfile")


def find_user(task: Task, owner: str, home: str) -> str:
    """Who a task works as, by what Ansible makes of it, where admin logs in."""
    known = {
        **CONSTANTS,
        "__tensorflow_metal_plan": {"owner": owner},
        "__tensorflow_metal_reading": {"user": "admin", "home": {"owner": home}},
        "item": {"root": False},
    }
    templar = Templar(loader=DataLoader(), variables=known)

    def value(name: str, default: object) -> object:
        given = task.get(name, default)
        return templar.template(trust_as_template(given) if isinstance(given, str) else given)

    return str(value("become_user", "root")) if value("become", False) else "admin"


def raised() -> list[tuple[str, str]]:
    """Each task that becomes somebody, and whom."""
    return [
        (task["name"], WHO.get(tuple(find_user(task, *mac) for mac in MACS), "somebody else"))
        for _, task in role_tasks()
        if task.get("become", False) is not False
    ]


def documented() -> list[tuple[str, str, str]]:
    text = (PROJECT / "docs" / "security.md").read_text()
    found: list[tuple[str, str, str]] = re.findall(
        r"(?m)^\| ([a-z_]+ \| [^|]+) \| ([^|]+) \| ([^|]+) \|$", text
    )
    return found


def test_each_task_that_becomes_somebody_is_in_the_document_with_its_reason() -> None:
    rows = documented()
    assert sorted((name, who) for name, who, _ in rows[1:]) == sorted(raised())
    assert all(re.fullmatch(r"[A-Z`].{10,}\.", why) for _, _, why in rows[1:])


def test_nobody_becomes_somebody_outside_the_tasks_that_need_it() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(PROJECT / "ansible.cfg")
    assert "privilege_escalation" not in config
    for file in [PROJECT / "site.yml", *(PROJECT / "playbooks").rglob("*.yml")]:
        assert "become" not in file.read_text(), file.name


def made() -> list[tuple[Task, str, dict[str, Any]]]:
    """Each task that leaves a file or a folder, with its module and that one's arguments."""
    found = []
    for _, task in role_tasks():
        for module in MAKES:
            given = task.get(f"ansible.builtin.{module}")
            if given and given.get("state") not in ("absent", "link"):
                found.append((task, module, given))
    assert len(found) > 15
    return found


@pytest.mark.parametrize(("task", "module", "given"), made(), ids=lambda one: str(one)[:60])
def test_what_is_made_has_an_owner_and_a_mode(
    task: Task, module: str, given: dict[str, Any]
) -> None:
    assert given.get("owner"), task["name"]
    mode = given.get("mode", "")
    if mode == "{{ item.mode }}":
        files = accessing.wanted_files([{"name": "current", "packages": PACKAGES}], WANTED)
        assert {file["mode"] for file in files} <= {"0644", "0755"}
    else:
        assert re.fullmatch(r"0[0-7]{3}", mode), task["name"]
        assert not int(mode, 8) & 0o022, f"{task['name']}: others may write"


def test_no_shell_of_the_role_opens_a_path_to_others() -> None:
    for file in (ROLE / "files").glob("*.sh"):
        for word, mode in re.findall(r"(chmod|umask|mkdir -m|install -m) +(\S+)", file.read_text()):
            others = ~int(mode, 8) if word == "umask" else int(mode, 8)
            assert not others & 0o022, f"{file.name}: {word} {mode}"


def test_the_run_s_settings_are_read_by_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    command = ["/bin/sh", "-c", (ROLE / "files" / "settings.sh").read_text(), "settings"]
    command += [str(folder), pwd.getpwuid(os.getuid()).pw_name, "#!/bin/sh"]
    subprocess.run(command, input="export A=1\n", text=True, check=True, umask=0o022)
    assert (folder / "settings.sh").read_text() == "export A=1\n"
    assert (folder / "python").read_text() == "#!/bin/sh\n"
    modes = [path.stat().st_mode & 0o777 for path in (folder, *sorted(folder.iterdir()))]
    assert modes == [0o755, 0o755, 0o600]


def test_a_mac_is_known_by_its_key() -> None:
    config = configparser.ConfigParser(interpolation=None)
    config.read(PROJECT / "ansible.cfg")
    assert config["defaults"].getboolean("host_key_checking", fallback=True)
    assert config["defaults"].getboolean("allow_world_readable_tmpfiles", fallback=False) is False
    text = [config["ssh_connection"]["ssh_args"], (PROJECT / "inventory.example").read_text()]
    text += [file.read_text() for file in (PROJECT / "verify" / "host").glob("*.py")]
    for unchecked in ("StrictHostKeyChecking", "UserKnownHostsFile", "/dev/null"):
        assert not any(unchecked in one for one in text), unchecked


def test_no_task_shows_the_index() -> None:
    """Only one file on the Mac has it, and what that is told no command line has."""
    knowing = [
        task
        for _, task in role_tasks()
        if "block" not in task
        and re.search(r"_tensorflow_metal_exported|(?<!_)tensorflow_metal_index", str(task))
    ]
    assert [task["no_log"] for task in knowing] == [True] * 2
    given = [task["ansible.builtin.command"] for task in knowing if "become" in task]
    assert ["_exported" in command["stdin"] for command in given] == [True]
    assert "_exported" not in str(CONSTANTS["_tensorflow_metal_lay_out"]) + str(given[0]["argv"])
    options = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    for entry in options.values():
        assert entry["options"]["tensorflow_metal_index"]["no_log"] is True

"""What runs on a Mac is found where macOS has it, whatever stands first on somebody's PATH."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify.unit.role import ROLE, read, role_tasks

SCRIPTS = [*sorted((ROLE / "files").glob("*.sh")), ROLE.parents[1] / "verify/host/send.sh"]
CONSTANTS = read("vars/main/constants.yml") | read("vars/main/pull.yml")


TASKS = [task for _, task in role_tasks()]
ABSOLUTE = re.compile(
    r"/|\{\{ (\[?__tensorflow_metal_(target|plan)\.|tensorflow_metal_home|ansible_playbook_python)"
)
COMMANDS = [
    command.get("argv") or command["cmd"]
    for task in TASKS
    if (command := task.get("ansible.builtin.command"))
]


def firsts(command: object) -> list[str]:
    """A command's first word as it stands there, with the role's constants resolved: several where
    a constant is a choice.
    """
    word = str(command[0] if isinstance(command, list) else command).strip()
    named = re.match(r"\{\{ \(?\[?(_tensorflow_metal_\w+)", word)
    if not named:
        return [word]
    constant = CONSTANTS[named[1]]
    chosen = constant.values() if isinstance(constant, dict) else [constant]
    return [found for one in chosen for found in firsts(one)]


def resolved(text: str) -> str:
    """What stands there, with the role's constants resolved."""
    for _ in range(4):
        text = re.sub(r"\b_tensorflow_metal_\w+", lambda name: str(CONSTANTS.get(name[0])), text)
    return text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command)[:60])
def test_a_command_is_named_by_its_whole_path(command: object) -> None:
    assert [word for word in firsts(command) if not ABSOLUTE.match(word)] == []


def test_what_is_typed_raw_is_named_by_its_whole_path() -> None:
    raw = [task["ansible.builtin.raw"] for task in TASKS if "ansible.builtin.raw" in task]
    assert raw
    assert all(word.startswith("/") for command in raw for word in firsts(command))
    assert not [task for task in TASKS if "ansible.builtin.shell" in task]


def test_a_command_that_may_be_shown_holds_no_program() -> None:
    shown = [
        resolved(str(task["ansible.builtin.command"].get(part, "")))
        for task in TASKS
        if "ansible.builtin.command" in task and not task.get("no_log")
        for part in ("argv", "cmd")
    ]
    assert not [text for text in shown if re.search(r"\.(py|sh)'\)", text)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_says_itself_where_programs_are(script: Path) -> None:
    lines = [line for line in script.read_text().splitlines() if not re.match(r"#|set -|$", line)]
    assert re.fullmatch(r"PATH=/usr/bin:/bin(:/usr/sbin:/sbin)?", lines[0])
    assert re.fullmatch(r"export PATH( LC_ALL)?", next(x for x in lines if x.startswith("export")))

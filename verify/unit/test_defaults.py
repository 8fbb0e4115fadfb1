"""The role's switches: declared once in each place, typed, explained and used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from verify.unit.role import ROLE, read

PROJECT = ROLE.parents[1]
DEFAULTS = read("defaults/main.yml")
ENTRIES: dict[str, Any] = read("meta/argument_specs.yml")["argument_specs"]
OPTIONS: dict[str, Any] = ENTRIES["main"]["options"]
TYPES = {"str": str, "path": str, "int": int, "list": list, "dict": dict, "bool": bool}
# A public switch: neither a constant (_) nor something registered (__), and no part of a path.
SWITCH = re.compile(r"(?<![\w/])tensorflow_metal_[a-z_]+")
FILTERS = {
    name
    for file in (ROLE / "filter_plugins").glob("*.py")
    for name in re.findall(r'"(tensorflow_metal_\w+)":', file.read_text())
}
ACTIONS = {file.stem for file in (ROLE / "action_plugins").glob("*.py")}


def mentioned(*files: Path) -> set[str]:
    return {name for file in files for name in SWITCH.findall(file.read_text())} - FILTERS - ACTIONS


def yaml_files(*folders: str) -> list[Path]:
    files = [file for folder in folders for file in (PROJECT / folder).rglob("*.yml")]
    assert files
    return files


def test_every_switch_has_a_specification_and_the_other_way_round() -> None:
    assert set(DEFAULTS) == set(OPTIONS)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_point_takes_the_same_switches(entry: str) -> None:
    assert ENTRIES[entry]["options"] == OPTIONS


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_switch_s_default_is_the_documented_one_and_of_its_type(name: str) -> None:
    option = OPTIONS[name]
    assert option["default"] == DEFAULTS[name]
    assert isinstance(DEFAULTS[name], TYPES[option["type"]])
    assert DEFAULTS[name] in option.get("choices", [DEFAULTS[name]])
    assert option["description"].endswith(".")


def test_every_switch_says_why_one_would_change_it() -> None:
    lines = (ROLE / "defaults" / "main.yml").read_text().splitlines()
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if SWITCH.match(line) and not before.startswith("# ")
    ]
    assert bare == []


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_switch_does_something(name: str) -> None:
    folder = "roles/tensorflow_metal/"
    templates = (ROLE / "templates").iterdir()
    assert name in mentioned(*yaml_files(folder + "tasks", folder + "vars"), *templates)


def test_only_declared_switches_are_used() -> None:
    used = mentioned(*yaml_files("roles", "playbooks"), PROJECT / "inventory.example")
    assert used - set(DEFAULTS) == set()

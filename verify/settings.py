"""What the role is asked to do for a Mac, read from the role's own files.

Nothing is written down twice: the switches' defaults, the pins, the probe and
the plan are the role's; the inventory's values are laid over the defaults.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
ROLE = PROJECT / "roles" / "tensorflow_metal"
PREFIX = "tensorflow_metal_"
WANTED = (
    *("pin", "rows", "also", "home", "owner", "python", "formulae", "extra", "locks", "installer"),
    *("keep", "commands", "jupyter_kernel"),
)
# ansible-inventory prints all variables, passwords among them, and what Ansible prints goes to its
# log, where a lab keeps one.
UNLOGGED = {"ANSIBLE_LOG_FILTER": "ansible"}
NEEDED = ("id", "machine", "macos_min", "python", "packages")
EXACT = re.compile(r"\d+(\.\d+)*((a|b|rc|\.post|\.dev)\d+)*")
# What YAML takes for a number is none: 3.10 would be 3.1.
FORMS = {
    "id": (r"[A-Za-z0-9][\w.-]*", "a plain name for its lock"),
    "machine": ("arm64|x86_64", "arm64 or x86_64"),
    "macos_min": (r"\d+(\.\d+)*", "a version in quotes like '12.1'"),
    "macos_max": (r"(\d+(\.\d+)*)?", "a version in quotes like '15'"),
    "python": (r"3\.\d+", "a version in quotes like '3.11'"),
    "status": ("recommended|available|legacy", "recommended, available or legacy"),
}


@functools.cache
def filters(name: str) -> ModuleType:
    """One of the role's filter plugins, which lie in no package: row or plan."""
    source = ROLE / "filter_plugins" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tensorflow_metal_{name}", source)
    if spec is None or spec.loader is None:
        raise ImportError(f"{source} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@functools.cache
def role_file(name: str) -> dict[str, Any]:
    """One of the role's YAML files."""
    values: dict[str, Any] = yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))
    return values


def pins() -> list[dict[str, Any]]:
    """The compatibility table, newest first."""
    rows: list[dict[str, Any]] = role_file("vars/main/pins.yml")["_tensorflow_metal_pins"]
    return rows


def extras() -> dict[str, list[str]]:
    """What each of a row's locks holds beside the row's own packages; the plain one first."""
    found: dict[str, list[str]] = role_file("vars/main/extras.yml")["_tensorflow_metal_extras"]
    return found


def rows(variables: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a Mac with these inventory variables: a lab's own, whole, and then the table's.

    Raises ValueError with one sentence for an own row that is none.
    """
    given = literal(variables, "rows")
    if not isinstance(given, list):
        raise ValueError(f"{PREFIX}rows is {given!r}, not a list of rows.")
    own = [own_row(number, row) for number, row in enumerate(given, 1)]
    found = own + pins()
    names = ["uv", *(name for row in found for name in (row["id"], f"{row['id']}-lab"))]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"Two rows would have the lock {name}.txt; give yours another id.")
    return found


def own_row(number: int, row: object) -> dict[str, Any]:
    """The row with its defaults; raises ValueError with one sentence for what is none."""
    if not isinstance(row, Mapping):
        raise ValueError(f"Row {number} of {PREFIX}rows is {row!r}, not a row with an id.")
    name = f"{PREFIX}rows: row {row.get('id', number)}"
    optional = filters("row").OPTIONAL
    if lacking := [key for key in NEEDED if row.get(key) in (None, "", {})]:
        raise ValueError(f"{name} has no {', '.join(lacking)}.")
    if unknown := [str(key) for key in row if key not in NEEDED and key not in optional]:
        raise ValueError(f"{name} has {', '.join(unknown)}, which no row has.")
    whole = {**optional, **row}
    for key, (form, what) in FORMS.items():
        if not isinstance(whole[key], str) or not re.fullmatch(form, whole[key]):
            raise ValueError(f"{name} has {key} {whole[key]!r}, not {what}.")
    packages = whole["packages"]
    if not isinstance(packages, Mapping):
        raise ValueError(f"{name} has packages {packages!r}, not names with versions.")
    for package, version in packages.items():
        if not isinstance(version, str) or not EXACT.fullmatch(version):
            raise ValueError(
                f"{name} has {package} {version!r}, no exact version in quotes like '2.18.1'."
            )
    if not packages.keys() & {"tensorflow", "tensorflow-macos"}:
        raise ValueError(f"{name} has neither tensorflow nor tensorflow-macos in its packages.")
    return whole


def literal(variables: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401  # as the inventory has it
    """A switch's value in the inventory, else its default.

    Raises ValueError with one sentence for a template: nothing renders it here.
    """
    value = {**role_file("defaults/main.yml"), **variables}.get(PREFIX + name, [])
    if "{{" in str(value):
        raise ValueError(
            f"{PREFIX}{name} is the template {value!r}; the verification reads literal "
            "values only. Write the value itself into the inventory."
        )
    return value


def wanted(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The plan's `wanted` for a Mac with these inventory variables.

    Raises ValueError with one sentence for a template: nothing renders it here.
    """
    chosen = {name: literal(variables, name) for name in WANTED}
    chosen["locks"] = chosen["locks"] or str(ROLE / "files" / "locks")
    return {**chosen, "to_type": to_type()}


def to_type(inventories: Sequence[str] = ()) -> dict[str, str]:
    """What to type to run the project's playbooks and Python once more, on these inventories; of
    none, on those that Ansible is told of, or on what bin/site would take.
    """
    told = [path for path in os.environ.get("ANSIBLE_INVENTORY", "").split(",") if path]
    found: dict[str, str] = filters("to_type").find_commands(inventories or told)
    return found


def probe(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The probe as arguments of `/bin/sh -c`: its text, its name, and what it takes."""
    script = (ROLE / "files" / "probe.sh").read_text(encoding="utf-8")
    files = filters("held").paths(filters("access").paths(wanted), wanted)
    return (script, "probe", *filters("plan").probe_arguments(pins(), wanted), files)


def plan(reading: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the role would do for the Mac of this reading."""
    choices = filters("row").choices(reading, pins(), wanted)
    choices = filters("held").held(choices, reading, wanted)
    steps = filters("plan").plan(reading, choices, wanted)
    standing = filters("held").standing(reading, wanted)
    steps = filters("prune").prune(steps, reading, wanted, standing)
    found: dict[str, Any] = filters("access").access(steps, reading, wanted)
    return found

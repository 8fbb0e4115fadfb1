"""What the role is asked to do for a Mac, read from the role's own files.

Nothing is written down twice: the switches' defaults, the pins, the probe and
the plan are the role's; the inventory's values are laid over the defaults.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
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
    values: dict[str, Any] = yaml.safe_load((ROLE / name).read_text())
    return values


def pins() -> list[dict[str, Any]]:
    """The compatibility table, newest first."""
    rows: list[dict[str, Any]] = role_file("vars/main/pins.yml")["_tensorflow_metal_pins"]
    return rows


def extras() -> dict[str, list[str]]:
    """What each of a row's locks holds beside the row's own packages; the plain one first."""
    found: dict[str, list[str]] = role_file("vars/main/extras.yml")["_tensorflow_metal_extras"]
    return found


def wanted(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The plan's `wanted` for a Mac with these inventory variables.

    Raises ValueError with one sentence for a template: nothing renders it here.
    """
    values = {**role_file("defaults/main.yml"), **variables}
    chosen = {name: values[PREFIX + name] for name in WANTED}
    for name, value in chosen.items():
        if "{{" in str(value):
            raise ValueError(
                f"{PREFIX}{name} is the template {value!r}; the verification reads literal "
                "values only. Write the value itself into the inventory."
            )
    chosen["locks"] = chosen["locks"] or str(ROLE / "files" / "locks")
    return chosen


def probe(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The probe as arguments of `/bin/sh -c`: its text, its name, and what it takes."""
    script = (ROLE / "files" / "probe.sh").read_text()
    files = filters("access").paths(wanted)
    return (script, "probe", *filters("plan").probe_arguments(pins(), wanted), files)


def plan(reading: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What the role would do for the Mac of this reading."""
    choices = filters("row").choices(reading, pins(), wanted)
    steps = filters("plan").plan(reading, choices, wanted)
    found: dict[str, Any] = filters("access").access(steps, reading, wanted)
    return found

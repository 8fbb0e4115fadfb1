"""The role's own files, and the Macs that its plan is asked about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from verify import settings

ROLE = Path(__file__).resolve().parents[2] / "roles" / "tensorflow_metal"


# What a task is known by to what follows a run, whatever it is called.
MARK = "_tensorflow_metal_task"
Task = dict[str, Any]


def read(name: str) -> dict[str, Any]:
    """One of the role's YAML files."""
    values: dict[str, Any] = yaml.safe_load((ROLE / name).read_text())
    return values


def flat(tasks: list[Task]) -> Iterator[Task]:
    """Each of these tasks, and each that stands in one of them."""
    for task in tasks:
        yield task
        for part in ("block", "rescue", "always"):
            yield from flat(task.get(part, []))


def role_tasks() -> list[tuple[str, Task]]:
    """Every task of the role, with the name of the file that it stands in."""
    files = sorted((ROLE / "tasks").glob("*.yml"))
    found = [(file.stem, task) for file in files for task in flat(yaml.safe_load(file.read_text()))]
    assert len(found) > 100
    return found


labels = settings.filters("labels")
planning = settings.filters("plan")
choosing = settings.filters("row")
accessing = settings.filters("access")
holding = settings.filters("held")
pruning = settings.filters("prune")
PINS: list[dict[str, Any]] = read("vars/main/pins.yml")["_tensorflow_metal_pins"]
LOCKS = ROLE / "files" / "locks"
RECOMMENDED = next(row for row in PINS if row["status"] == "recommended")
ID: str = RECOMMENDED["id"]
OTHERS = [row for row in PINS if row["machine"] == "arm64" and row is not RECOMMENDED]
# Rows that nobody gets without asking: the newest that is older, and one for Intel.
ANOTHER = next(row for row in OTHERS if PINS.index(row) > PINS.index(RECOMMENDED))
INTEL = next(row for row in PINS if row["machine"] == "x86_64")
PYTHON = "/opt/homebrew/opt/python@{0}/bin/python{0}".format(RECOMMENDED["python"])
WANTED = settings.wanted({})
LOCK = (LOCKS / f"{ID}.txt").read_text()
UV = (LOCKS / "uv.txt").read_text().split()[0].removeprefix("uv==")
NAME = f"{ID}-" + hashlib.sha256(f"{LOCK}\n{PYTHON}".encode()).hexdigest()[:12]
PACKAGES = dict(line.split()[0].split("==") for line in LOCK.splitlines() if line[0].isalnum())
Plan = dict[str, Any]


def environment(name: str = NAME, **changes: object) -> dict[str, Any]:
    """A whole environment of the recommended row, as the probe reads it."""
    receipt = {
        "schema": 1,
        "pin": ID,
        "environment": name,
        "lock_sha256": hashlib.sha256(LOCK.encode()).hexdigest(),
        "packages": PACKAGES,
    }
    whole: dict[str, Any] = {
        "name": name,
        "receipt": json.dumps(receipt),
        "python": f"{RECOMMENDED['python']}.9",
        "packages": PACKAGES,
        "changed": [],
        "kib": 0,
    }
    return whole | changes


def right(**changes: object) -> dict[str, Any]:
    """The reading of a Mac on which nothing is left to do, but for `changes`."""
    reading: dict[str, Any] = {
        "schema": 1,
        "simulated": False,
        "kernel": "Darwin",
        "machine": "arm64",
        "macos": "15.6.1",
        "chip": "Apple M2 Pro",
        "free_bytes": 50_000_000_000,
        "user": "admin",
        "uid": 501,
        "admin": True,
        "owner_there": True,
        "sudo": "free",
        "command_line_tools": {"path": "/Library/Developer/CommandLineTools", "works": True},
        "homebrew": {
            "prefix": "/opt/homebrew",
            "version": "7.0.1",
            "owner": "admin",
            "half": "",
            "locked": "",
        },
        "formulae": {"libomp": {"version": "19.1.7", "whole": True}},
        "pythons": [{"path": PYTHON, "version": f"{RECOMMENDED['python']}.9", "machine": "arm64"}],
        "home": {"path": "/opt/tensorflow", "owner": "admin", "taken": ["bin", "envs", "tools"]},
        "links": {"current": NAME},
        "environments": [environment()],
        "tools": {"uv": UV},
        "now": 1_800_000_000,
        "running": [],
        "seen": [],
        "files": {},
    }
    wanted = accessing.wanted_files([{"name": "current", "packages": PACKAGES}], WANTED)
    reading["files"] = {one["path"]: as_read(one) for one in wanted if one["text"]}
    return reading | changes


def as_read(file: dict[str, Any]) -> dict[str, str]:
    """A file that the role wrote, as the probe reads it."""
    return {"text": file["text"].rstrip(), "mode": file["mode"].lstrip("0")}


def bare(**changes: object) -> dict[str, Any]:
    """The reading of a Mac as it comes out of its box, but for `changes`."""
    reading = right(
        command_line_tools={"path": "", "version": "", "works": False},
        homebrew={"prefix": "", "version": "", "owner": "", "half": "", "locked": ""},
        formulae={},
        pythons=[],
        home={"path": "/opt/tensorflow", "owner": "", "taken": []},
        links={},
        environments=[],
        tools={"uv": ""},
        files={},
    )
    return reading | changes


def intel(**changes: object) -> dict[str, Any]:
    """The reading of an Intel Mac that has had Homebrew for long, but for `changes`."""
    homebrew = {
        "prefix": "/usr/local",
        "version": "5.1.0",
        "owner": "admin",
        "half": "",
        "locked": "",
    }
    return bare(machine="x86_64", chip="Intel(R) Core(TM) i5", homebrew=homebrew) | changes


def planned(reading: dict[str, Any], pins: list[dict[str, Any]] = PINS, **switches: object) -> Plan:
    wanted = WANTED | switches
    choices = holding.held(choosing.choices(reading, pins, wanted), reading, wanted)
    steps = planning.plan(reading, choices, wanted)
    steps = pruning.prune(steps, reading, wanted, holding.standing(reading, wanted))
    plan: Plan = accessing.access(steps, reading, wanted)
    return plan

"""Every pair and what it lacks, in the shape that the role reads: machine, TensorFlow, plugin."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from packaging.version import Version

from verify import settings
from verify.links import manifest
from verify.links.manifest import MACHINES
from verify.links.verdict import Verdict, demangled, known

PATH = settings.ROLE / "files" / "links.json"
MANGLED = ("__ZN1a1bEv", "a::b()")


class Row(TypedDict):
    """One TensorFlow: the distribution with its libraries, and each plugin's reason or nothing."""

    distribution: str
    metal: dict[str, str]


Table = dict[str, dict[str, Row]]


def released() -> list[Verdict]:
    """The verdict on every pair of manifests, newest first.

    Raises ValueError where one cannot be told, or its symbols not be named: what is rendered from
    these must be the same on every machine.
    """
    mangled, plain = MANGLED
    if demangled(mangled) != plain:
        raise ValueError(
            "The names of missing symbols cannot be demangled here, so nothing was rendered. This "
            "needs the package cxxfilt (bin/setup) and the system's C++ library (libstdc++6)."
        )
    found: list[Verdict] = []
    for machine in MACHINES:
        for tensorflow in manifest.versions(False, machine)[::-1]:
            for metal in manifest.versions(True, machine)[::-1]:
                verdict = known(tensorflow, metal, machine)
                if verdict is None:
                    raise ValueError(
                        f"The manifest of tensorflow {tensorflow} for {machine} does not tell of "
                        f"all that tensorflow-metal {metal} needs. Type make compatibility."
                    )
                found.append(verdict)
    return found


def table(verdicts: Iterable[Verdict]) -> Table:
    """These verdicts as a table."""
    made: Table = {machine: {} for machine in MACHINES}
    for verdict in verdicts:
        add(made, verdict)
    return made


def add(to: Table, verdict: Verdict) -> None:
    """The verdict's line in the table."""
    one = verdict.tensorflow
    row = to.setdefault(one.machine, {}).setdefault(
        one.version, {"distribution": one.distribution, "metal": {}}
    )
    row["distribution"] = one.distribution
    row["metal"][verdict.metal.version] = verdict.reason


def written(made: Table) -> str:
    """The table as JSON, newest first, a line for each TensorFlow."""
    machines = []
    for machine, rows in made.items():
        lines = []
        for version in sorted(rows, key=Version, reverse=True):
            metal = rows[version]["metal"]
            newest = {key: metal[key] for key in sorted(metal, key=Version, reverse=True)}
            lines.append(
                f" {json.dumps(version)}: {json.dumps({**rows[version], 'metal': newest})}"
            )
        body = ",\n".join(lines)
        machines.append(f"{json.dumps(machine)}: {{\n{body}\n}}" if body else f'"{machine}": {{}}')
    return "{" + ",\n".join(machines) + "}\n"


def read(path: Path) -> Table:
    """The table in this file; an empty one where there is none. Raises ValueError for another."""
    if not path.exists():
        return {}
    try:
        content: Table = json.loads(path.read_text(encoding="utf-8"))
        for rows in content.values():
            for version, row in rows.items():
                cells = [row["distribution"], *row["metal"].values()]
                if not all(isinstance(cell, str) for cell in cells):
                    raise TypeError(f"tensorflow {version} has a value that is not a text")
                for one in (version, *row["metal"]):
                    Version(one)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} does not hold verdicts on pairs ({error!r}). It was left as it is; mend it or "
            "take it away."
        ) from None
    return content


def write(made: Table, path: Path) -> None:
    """Put the table in this file by a rename, so that nobody reads half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(written(made), encoding="utf-8")
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)

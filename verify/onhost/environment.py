"""Claims about the environment: it is the planned one, whole, and TensorFlow imports."""

from __future__ import annotations

import csv
import ctypes
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from .expected import Expected, normalised
from .registry import Finding, check, planned

SHOWN = 5


@check(
    "environment.active",
    "The active environment is the planned one",
    cause="The link to the active environment points elsewhere.",
    cure="Run site.yml again for this Mac: it points the link at the planned environment.",
    when=planned,
    profile="smoke",
)
def active(expected: Expected) -> Finding:
    measured, wanted = os.path.realpath(sys.prefix), os.path.realpath(expected.environment)
    return Finding(measured == wanted, measured, wanted)


@check(
    "environment.python",
    "The environment is built on the planned Python",
    cause="The environment was made with another interpreter than the plan's.",
    when=planned,
    profile="smoke",
)
def python(expected: Expected) -> Finding:
    measured, wanted = os.path.realpath(sys.executable), os.path.realpath(expected.base_python)
    return Finding(measured == wanted, measured, wanted)


@check(
    "environment.lock",
    "The installed packages are those of the lock, no more and no fewer",
    cause="Something was installed, removed or replaced since the environment was built.",
    when=planned,
    profile="smoke",
)
def lock(expected: Expected) -> Finding:
    found = [
        (normalised(distribution.metadata["Name"] or "nameless"), distribution.version)
        for distribution in metadata.distributions()
    ]
    odd = differences(found, expected.lock)
    wanted = f"{len(expected.lock)} packages as locked"
    return Finding(not odd, few(odd) if odd else wanted, wanted)


@check(
    "environment.files",
    "Every file that the installed packages brought is there, at its recorded size",
    cause="Files of a package were deleted or changed by hand.",
)
def files(expected: Expected) -> Finding:
    count, odd = 0, []
    for distribution in metadata.distributions():
        name = normalised(distribution.metadata["Name"] or "nameless")
        record = distribution.read_text("RECORD")
        if record is None:
            odd.append(f"{name} has no RECORD")
            continue
        # Not distribution.files: from Python 3.12 on it leaves out what is missing.
        for path, size in recorded(record.splitlines()):
            count += 1
            fault = damage(Path(str(distribution.locate_file(path))), size)
            if fault:
                odd.append(f"{name}: {path} {fault}")
    wanted = "every recorded file whole"
    return Finding(not odd, few(odd) if odd else f"{count} files whole", wanted)


@check(
    "environment.libraries",
    "The libraries that packages look for outside the environment load",
    cause="Homebrew's formula is missing, damaged or built for another processor.",
    cure="Run site.yml again for this Mac: it installs the formula.",
    when=lambda expected: bool(expected.libraries),
)
def libraries(expected: Expected) -> Finding:
    odd = []
    for path in expected.libraries:
        try:
            ctypes.CDLL(path)
        except OSError as error:
            said = str(error)
            odd.append(said if path in said else f"{path}: {said}")
    wanted = f"{', '.join(expected.libraries)} load"
    return Finding(not odd, few(odd) if odd else wanted, wanted)


def differences(found: Iterable[tuple[str, str]], locked: Mapping[str, str]) -> list[str]:
    """What installed packages and a lock do not share, each as a phrase; empty when equal.

    Names are normalised. A package found twice is a difference: one of the
    two was not taken away.
    """
    odd = []
    seen: dict[str, str] = {}
    for name, version in sorted(found):
        if name in seen:
            odd.append(f"twice {name} {seen[name]} and {version}")
        elif name not in locked:
            odd.append(f"extra {name} {version}")
        elif locked[name] != version:
            odd.append(f"other {name} {version}, locked {locked[name]}")
        seen[name] = version
    return odd + [f"missing {name} {locked[name]}" for name in sorted(set(locked) - set(seen))]


def recorded(lines: Iterable[str]) -> Iterator[tuple[str, int | None]]:
    """The (path, size in bytes or None) pairs of a RECORD, bytecode left out."""
    for row in csv.reader(lines):
        if row and not row[0].endswith(".pyc"):
            yield row[0], int(row[2]) if len(row) > 2 and row[2] else None


def damage(path: Path, size: int | None) -> str:
    """What is wrong with an installed file, "" when nothing is."""
    try:
        found = path.stat().st_size
    except OSError:
        return "is missing"
    return "" if size is None or size == found else f"has {found} bytes, recorded {size}"


def few(odd: list[str]) -> str:
    """The first differences in full, and how many more there are."""
    more = f"; and {len(odd) - SHOWN} more" if len(odd) > SHOWN else ""
    return "; ".join(odd[:SHOWN]) + more

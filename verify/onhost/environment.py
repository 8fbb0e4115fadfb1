"""Claims about the environment: it is the planned one, whole, and TensorFlow imports."""

from __future__ import annotations

import base64
import csv
import ctypes
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import NamedTuple, Optional

from .expected import Expected, normalised
from .registry import Finding, check, planned

SHOWN = 5


class File(NamedTuple):
    """A file as its package's RECORD has it; the name is for people."""

    name: str
    path: Path
    digest: str
    size: Optional[int]


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
    "Every file that the installed packages brought is there, with its recorded content",
    cause="Files of a package were deleted or changed by hand, or the disk lost them.",
)
def files(expected: Expected) -> Finding:
    odd: list[str] = []
    listed: list[File] = []
    for distribution in metadata.distributions():
        name = normalised(distribution.metadata["Name"] or "nameless")
        # conda changes what it installs, and records what it was before.
        if (distribution.read_text("INSTALLER") or "").strip() == "conda":
            continue
        record = distribution.read_text("RECORD")
        if record is None:
            odd.append(f"{name} has no RECORD")
            continue
        # Not distribution.files: from Python 3.12 on it leaves out what is missing.
        for path, digest, size in recorded(record.splitlines()):
            place = Path(str(distribution.locate_file(path)))
            listed.append(File(f"{name}: {path}", place, digest, size))
    with ThreadPoolExecutor() as pool:
        odd += filter(None, pool.map(told, listed))
    wanted = "every recorded file whole"
    return Finding(not odd, few(odd) if odd else f"{len(listed)} files whole", wanted)


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


def recorded(lines: Iterable[str]) -> Iterator[tuple[str, str, int | None]]:
    """The path, digest ("" if none) and size in bytes of a RECORD's rows, bytecode left out."""
    for row in csv.reader(lines):
        if row and not row[0].endswith(".pyc"):
            path, digest, size = (*row, "", "")[:3]
            yield path, digest, int(size) if size else None


def told(file: File) -> str:
    """What is wrong with a file, as a phrase; "" when nothing is."""
    fault = damage(file.path, file.digest, file.size)
    return f"{file.name} {fault}" if fault else ""


def damage(path: Path, digest: str, size: int | None) -> str:
    """What is wrong with an installed file, "" when nothing is."""
    try:
        found = path.stat().st_size
        if size not in (None, found):
            return f"has {found} bytes, recorded {size}"
        method, _, recorded = digest.partition("=")
        if method in hashlib.algorithms_guaranteed and content(path, method) != recorded:
            return "has other content than was installed"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def content(path: Path, method: str) -> str:
    """A file's digest as RECORD writes it."""
    made = hashlib.new(method)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            made.update(block)
    return base64.urlsafe_b64encode(made.digest()).rstrip(b"=").decode()


def few(odd: list[str]) -> str:
    """The first differences in full, and how many more there are."""
    more = f"; and {len(odd) - SHOWN} more" if len(odd) > SHOWN else ""
    return "; ".join(odd[:SHOWN]) + more

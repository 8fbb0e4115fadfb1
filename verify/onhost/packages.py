"""Claims about how the environment's packages fit one another, before any is imported."""

from __future__ import annotations

import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from .expected import Expected, normalised
from .registry import REBUILD, Finding, check, on_gpu

TENSORFLOWS = ("tensorflow", "tensorflow-macos", "tensorflow-cpu", "tf-nightly")
METAL = "tensorflow-metal"
# LLVM's and Intel's are one runtime under two names, and refuse each other: OMP Error #15.
OPENMP = re.compile(r"^lib(i?omp5?|gomp)[.-]")
RUNTIMES = {"iomp5": "libiomp5", "omp": "libomp", "omp5": "libomp", "gomp": "libgomp"}
PAIR = "Set tensorflow_metal_pin to a row of the compatibility table, then run site.yml again."


@check(
    "environment.tensorflow",
    "TensorFlow is installed once, under all its names in one version",
    cause="tensorflow and tensorflow-macos bring the same files. Where their versions differ, half "
    "of one lies over half of the other.",
    profile="smoke",
)
def tensorflow(expected: Expected) -> Finding:
    found = {name: version for name, version in installed().items() if name in TENSORFLOWS}
    measured = ", ".join(f"{name} {version}" for name, version in sorted(found.items()))
    return Finding(len({*found.values()}) == 1, measured or "no tensorflow", "one version of it")


@check(
    "environment.links",
    "The installed plugin loads in the installed TensorFlow, by the macOS wheels' own symbols",
    cause="The plugin asks TensorFlow for what this version does not have.",
    cure=PAIR,
    when=on_gpu,
    profile="smoke",
)
def links(expected: Expected) -> Finding:
    there = installed()
    tensorflow = next((there[name] for name in TENSORFLOWS if name in there), "")
    metal = there.get(METAL, "")
    pair = f"tensorflow {tensorflow or '(none)'}, {METAL} {metal or '(none)'}"
    if not tensorflow or not metal:
        cause = "One of the two is not installed."
        return Finding(False, pair, "a pair that links", cause, REBUILD)
    row = table().get(expected.machine, {}).get(tensorflow, {}).get("metal", {})
    if metal not in row:
        cause = "Nobody has computed yet whether this pair links."
        cure = f"Run `python -m verify links {tensorflow} {metal}` on the controller."
        return Finding(False, pair, "a pair that is known to link", cause, cure, warns=True)
    lacking = row[metal]
    measured = f"{pair}: {lacking}" if lacking else f"{pair}: nothing is missing"
    return Finding(not lacking, measured, "nothing is missing")


@check(
    "environment.openmp",
    "The environment has one OpenMP runtime, or only those that its packages brought",
    cause="Two OpenMP runtimes in one process end it: 'OMP: Error #15: Initializing libomp.dylib, "
    "but found libiomp5.dylib already initialized.'",
    cure="Remove the package or the file that is not of the lock, or run site.yml again for this "
    "Mac: it builds the environment anew.",
)
def openmp(expected: Expected) -> Finding:
    brought = {path for one in metadata.distributions() for path in runtimes_of(one, expected)}
    there = {os.path.realpath(path) for path in walk(sys.prefix) if OPENMP.match(path.name)}
    foreign = sorted(os.path.relpath(path, sys.prefix) for path in there - brought)
    kinds = {kind(path) for path in there} - {"libgomp"}
    told = ", ".join(sorted(os.path.relpath(path, sys.prefix) for path in there)) or "none"
    if foreign:
        told += f"; no package of the lock brought {', '.join(foreign)}"
    # The locked packages were imported together when their lock was proven.
    warns = not foreign and bool(expected.lock)
    wanted = "one, or those of the lock's packages"
    return Finding(not foreign and len(kinds) < 2, told, wanted, warns=warns)


def runtimes_of(one: metadata.Distribution, expected: Expected) -> Iterable[str]:
    """The OpenMP runtimes that a package recorded as its own, if the lock has the package."""
    name = normalised(one.metadata["Name"] or "")
    if expected.lock and expected.lock.get(name) != one.version:
        return
    for row in (one.read_text("RECORD") or "").splitlines():
        path = row.split(",")[0]
        if OPENMP.match(path.rpartition("/")[2]):
            yield os.path.realpath(str(one.locate_file(path)))


def kind(path: str) -> str:
    """Which runtime this library is."""
    found = OPENMP.match(os.path.basename(path))  # noqa: PTH119  # a path as metadata gives it
    return RUNTIMES[found[1]] if found else ""


def walk(folder: str) -> Iterable[Path]:
    """Every file below the folder; what links lead to is not entered."""
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def installed() -> dict[str, str]:
    """The version of each installed package by its normalised name."""
    return {
        normalised(one.metadata["Name"] or "nameless"): one.version
        for one in metadata.distributions()
    }


def table() -> dict[str, Any]:
    """The role's links.json, which is packed beside this file."""
    text = pkgutil.get_data(__package__ or "", "links.json") or b"{}"
    found: dict[str, Any] = json.loads(text)
    return found

"""What a Mac needs from outside: all that its plan names, or what its steps still take."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

HASH = "sha256:"
Environments = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Package:
    """Homebrew's package."""

    version: str
    url: str
    sha256: str


@dataclass(frozen=True)
class Need:
    """What one Mac needs: its locks' wheels, each for a Python; standalone builds; Homebrew."""

    mac: str
    machine: str
    macos: str
    locks: tuple[tuple[str, str], ...]
    builds: tuple[str, ...]
    downloads: str
    builds_from: str
    package: Package | None
    never: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for two Macs that need the same files."""
        asked = {**asdict(self), "mac": "", "locks": [(text(one), two) for one, two in self.locks]}
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def text(lock: str) -> str:
    return Path(lock).read_text(encoding="utf-8")


def whole(given: Mapping[str, Any]) -> Need:
    """All that this Mac's plan names, whatever of it is there already."""
    return need(given, given["environments"], given["environments"], uv=True)


def lacking(given: Mapping[str, Any]) -> Need:
    """What this Mac's steps take."""
    building = [one for one in given["environments"] if "environment" in one["stages"]]
    bare = [one for one in given["environments"] if one["python_trouble"]]
    starting = any("python" in one["stages"] for one in given["environments"])
    return need(given, building, bare, uv=starting and not given["uv_there"])


def need(given: Mapping[str, Any], building: Environments, bare: Environments, *, uv: bool) -> Need:
    standalone = [one for one in given["environments"] if one["source"] == "standalone"]
    locks = {one["lock"]: one["python"] for one in building}
    if uv and (given["installer"] == "uv" or standalone):
        locks[given["uv"]] = given["environments"][0]["python"]
    # A list that lies on the Mac is the Mac's own, and so are the builds that it names.
    fetched = not given["downloads"] or given["downloads"].startswith("http")
    conda = any(one["source"] == "miniforge" and one["python_trouble"] for one in bare)
    return Need(
        mac=given["mac"],
        machine=given["machine"],
        macos=given["macos"],
        locks=tuple(locks.items()),
        builds=tuple(
            dict.fromkeys(one["build"] for one in bare if one in standalone) if fetched else ()
        ),
        downloads=given["downloads"],
        builds_from=given["builds_from"],
        package=package(given["homebrew_pkg"]) if given["homebrew"] else None,
        never=("conda's Python (set tensorflow_metal_python to standalone)",) if conda else (),
    )


def package(given: Mapping[str, str]) -> Package | None:
    """The package, where it is to be fetched: what file: leads to is the Mac's own.

    Raises ValueError with one sentence for a checksum of another kind.
    """
    if given["url"].startswith("file:"):
        return None
    if not given["checksum"].startswith(HASH):
        raise ValueError("tensorflow_metal_homebrew_pkg has no checksum that begins with sha256:.")
    return Package(given["version"], given["url"], given["checksum"].removeprefix(HASH))

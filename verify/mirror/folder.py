"""The mirror's folder: which files it has or is to have, and for which Macs.

wheels/                 a plain folder, for --find-links
python/                 standalone builds, for uv's --mirror
homebrew/               Homebrew's package
mirror.json             where each comes from, its hash and size, and who needs it
shares/                 what is being sent to Macs; made again where it is gone
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

LIST = "mirror.json"
SCHEMA = 1


@dataclass(frozen=True)
class File:
    """One file of the mirror. `build` is uv's name for it, and `entry` that in a list of builds."""

    place: str
    url: str
    sha256: str
    size: int = 0
    build: str = ""
    downloads: str = ""
    entry: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.place.rsplit("/", 1)[-1]


@dataclass
class Folder:
    """A mirror's folder with its list."""

    path: Path
    files: dict[str, File] = field(default_factory=dict)
    macs: dict[str, dict[str, Any]] = field(default_factory=dict)
    hashes: dict[tuple[str, int, int], str] = field(default_factory=dict)

    def known(self, mac: str, digest: str) -> list[File]:
        """The files of a Mac that asked for the same before, where all of them are there."""
        said = self.macs.get(mac, {})
        found = [self.files[place] for place in said.get("files", []) if place in self.files]
        return found if said.get("asked") == digest and all(map(self.has, found)) else []

    def has(self, file: File) -> bool:
        """Whether this file lies here, with its hash."""
        return (self.path / file.place).is_file() and self.sha256(file.place) == file.sha256

    def sha256(self, place: str) -> str:
        """The hash of what lies there; many Macs ask for the same, and it is computed once."""
        path = self.path / place
        state = path.stat()
        key = (place, state.st_size, state.st_mtime_ns)
        if key not in self.hashes:
            self.hashes[key] = sha256(path)
        return self.hashes[key]

    def save(self) -> None:
        """Write the list, whole or not at all."""
        said: dict[str, Any] = {"schema": SCHEMA, "macs": self.macs}
        said["files"] = {place: asdict(file) for place, file in sorted(self.files.items())}
        for one in said["files"].values():
            del one["place"]
        self.path.mkdir(parents=True, exist_ok=True)
        unfinished = self.path / f"{LIST}.unfinished"
        unfinished.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        unfinished.replace(self.path / LIST)


def read(path: Path) -> Folder:
    """The folder with what its list says; raises ValueError where that is no such list."""
    source = path / LIST
    if not source.is_file():
        return Folder(path)
    try:
        said: Mapping[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        files = {place: File(place=place, **facts) for place, facts in said["files"].items()}
        return Folder(path, files, dict(said["macs"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{source} is no list of a mirror ({error}). Take it away; it is written again."
        ) from None


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

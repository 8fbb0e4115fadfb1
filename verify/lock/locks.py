"""Which locks there are, what each must hold, and whether it does."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from verify import settings

FOLDER = settings.ROLE / "files" / "locks"
CORE = "core"
UV = "uv"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Lock:
    """One lock: its place, its row and which extra packages it holds."""

    folder: Path
    row: Row
    extra: str = CORE

    @property
    def path(self) -> Path:
        suffix = "" if self.extra == CORE else f"-{self.extra}"
        return self.folder / f"{self.row['id']}{suffix}.txt"

    @property
    def exact(self) -> dict[str, str]:
        """The row's own packages."""
        packages: Mapping[str, str] = self.row["packages"]
        return {canonicalize_name(name): str(version) for name, version in packages.items()}

    @property
    def more(self) -> list[str]:
        """What it holds beside them, in whichever version fits."""
        return settings.extras()[self.extra]

    @property
    def core(self) -> Path | None:
        """The lock that this one is built on: its packages are the same versions here."""
        return None if self.extra == CORE else Lock(self.folder, self.row).path

    def faults(self) -> Iterator[str]:
        """A sentence for each package that it does not hold as its row says."""
        if not self.path.is_file():
            yield f"{self.path.name} is not there."
            return
        there = versions(self.path)
        core = versions(self.core) if self.core and self.core.is_file() else {}
        wanted = {name: ("its row", version) for name, version in self.exact.items()}
        for name, version in core.items():
            wanted.setdefault(name, (f"{self.row['id']}.txt", version))
        for name, (who, version) in wanted.items():
            if there.get(name) != version:
                found = there.get(name, "not at all")
                yield f"{self.path.name} has {name} {found}, {who} {version}."
        for name in self.more:
            if name not in there:
                yield f"{self.path.name} has no {name}."


def versions(path: Path) -> dict[str, str]:
    """Name and version of everything in the lock at this place."""
    found: dict[str, str] = settings.filters("row").locked(path.read_text(encoding="utf-8"))
    return found


def of(row: Row, folder: Path = FOLDER, extras: Sequence[str] = ()) -> list[Lock]:
    """A row's locks, of these extras or all; the core's first: the others are built on it."""
    return [Lock(folder, row, extra) for extra in settings.extras() if extra in (extras or extra)]


def uv(folder: Path = FOLDER) -> Lock:
    """The lock of uv itself, in the controller's own version and for every Mac."""
    oldest = {row["machine"]: row for row in reversed(settings.pins())}["arm64"]
    packages = {UV: importlib.metadata.version(UV)}
    return Lock(folder, {**oldest, "id": UV, "packages": packages})


def table() -> list[Lock]:
    """The role's own locks."""
    return [*(lock for row in settings.pins() for lock in of(row)), uv()]

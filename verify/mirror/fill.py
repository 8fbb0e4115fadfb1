"""What the mirror is to have for some Macs: asked outside only where it does not know."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http.client import HTTPException

from verify.mirror.folder import File, Folder
from verify.mirror.needs import Need
from verify.mirror.outside import Outside


@dataclass(frozen=True)
class Filling:
    """The files of some Macs, those of them that are not there, and the Macs that get none."""

    files: list[File]
    lacking: list[File]
    left_out: dict[str, str]


def filling(folder: Folder, needs: Iterable[Need], outside: Outside) -> Filling:
    """What these Macs need, noted in the folder's list, which is not written here.

    Raises OSError where nobody outside can be asked.
    """
    files: dict[str, File] = {}
    left_out: dict[str, str] = {}
    asked: dict[str, list[File] | str] = {}
    for need in needs:
        found = folder.known(need.mac, need.digest)
        if not found:
            if need.digest not in asked:
                asked[need.digest] = answer(need, outside)
            said = asked[need.digest]
            if isinstance(said, str):
                left_out[need.mac] = said
                continue
            found = said
        files |= {file.place: file for file in found}
        places = [file.place for file in found]
        folder.macs[need.mac] = {"asked": need.digest, "files": places}
    there = {place: file for place, file in files.items() if folder.has(file)}
    lacking = list(outside.sized([file for place, file in files.items() if place not in there]))
    folder.files |= {
        place: replace(file, size=(folder.path / place).stat().st_size)
        for place, file in there.items()
    }
    folder.files |= {file.place: file for file in lacking}
    return Filling(list(files.values()), lacking, left_out)


def answer(need: Need, outside: Outside) -> list[File] | str:
    try:
        return outside.files(need)
    except (ValueError, HTTPException) as error:
        return str(error)


def room(folder: Folder, lacking: Iterable[File]) -> None:
    """Raise ValueError where these files have no room on this disk."""
    there = folder.path.absolute()
    while not there.exists():
        there = there.parent
    needed, free = sum(file.size for file in lacking), shutil.disk_usage(there).free
    if needed > free:
        raise ValueError(
            f"The mirror needs {amount(needed)} more, and {amount(free)} are free for "
            f"{folder.path}. Nothing was fetched. Make room or set tensorflow_metal_mirror."
        )


def labelled(lacking: list[File]) -> dict[str, str]:
    """For each file a line: which of how many, and how large."""
    return {
        file.place: f"{n} of {len(lacking)}: {file.name}, {amount(file.size)}"
        for n, file in enumerate(lacking, 1)
    }


def amount(size: int) -> str:
    if not size:
        return "of unknown size"
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"

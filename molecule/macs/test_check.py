"""--check says of each starting point what would be done, and changes nothing on its disk."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from again import Ran, platforms, said_of

# Where sshd notes who came, and this Linux' own run folder, in which sudo does so.
DIARY = re.compile(r"run(/.*)?|var(/log(/(lastlog|wtmp))?)?")
Disk = dict[str, tuple[int, ...]]


def disk(folder: Path) -> Disk:
    """Everything that differs from a Mac's image, each with its times, its owner and its rights.

    The time of change tells even what was put back as it was; what is deleted leaves a mark, or a
    changed folder.
    """
    upper = folder / "disk" / "upper"
    there = {str(path.relative_to(upper)): path.lstat() for path in upper.rglob("*")}
    return {
        name: (found.st_mtime_ns, found.st_ctime_ns, found.st_mode)
        for name, found in there.items()
        if not DIARY.fullmatch(name)
    }


@pytest.fixture(scope="session")
def checked(inventory: Path, again: Callable[..., Ran]) -> tuple[dict[str, set[str]], Ran]:
    """What changed on each Mac, and what a run with --check --diff said."""
    before = {name: disk(inventory.parent / name) for name in platforms()}
    ran = again("--check", "--diff")
    after = {name: disk(inventory.parent / name) for name in platforms()}
    changes = {
        name: {path for path, _ in before[name].items() ^ after[name].items()} for name in before
    }
    return changes, ran


@pytest.mark.parametrize("name", platforms())
def test_what_would_be_done_is_said(name: str, checked: tuple[dict[str, set[str]], Ran]) -> None:
    ran, there = checked[1], said_of(name)
    steps = ran.announced(name)
    assert " ".join(step["id"] for step in steps) == there["does"], ran.refusal(name)
    assert all(step["said"] == f"{step['found']} -> {step['wanted']}" for step in steps)
    if not there["does"]:
        assert "Nothing was changed" in ran.refusal(name)


@pytest.mark.parametrize("name", platforms())
def test_nothing_is_changed(name: str, checked: tuple[dict[str, set[str]], Ran]) -> None:
    assert checked[0][name] == set()
    assert checked[1].remote(name) == ["probe | This Mac is read"]

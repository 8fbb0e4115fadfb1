"""--check says of each starting point what would be done, and changes nothing on its disk."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from again import LAB, Ran, platforms, said_of

# Where sshd notes who came, and this Linux' own run folder, in which sudo does so.
DIARY = re.compile(r"run(/.*)?|var(/log(/(lastlog|wtmp))?)?")
Disk = dict[str, str]


def read_disk(mac: Path) -> Disk:
    """Everything that differs from a Mac's image, each with its times and its rights.

    The time of change tells even what was put back as it was; what is deleted leaves a mark, or a
    changed folder.
    """
    look = [str(LAB), "look", mac.parent.name, mac.name]
    find = ["find", ".", "-mindepth", "1", "-printf", r"%P\0%T@ %C@ %m\0"]
    words = subprocess.check_output([*look, *find], encoding="utf-8").split("\0")
    there = dict(zip(words[::2], words[1::2], strict=False))
    assert "etc" in there
    return {name: found for name, found in there.items() if not DIARY.fullmatch(name)}


@pytest.fixture(scope="session")
def checked(inventory: Path, again: Callable[..., Ran]) -> tuple[dict[str, set[str]], Ran]:
    """What changed on each Mac, and what a run with --check --diff said."""
    before = {name: read_disk(inventory.parent / name) for name in platforms()}
    ran = again("--check", "--diff")
    after = {name: read_disk(inventory.parent / name) for name in platforms()}
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
    assert checked[1].remote(name) == ["tensorflow_metal_read"]

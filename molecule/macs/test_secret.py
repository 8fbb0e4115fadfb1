"""What is fetched comes by the lab's index and proxy, and their passwords are seen by nobody."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from again import LAB

NAME = "behind-proxy"
# What the watch was shown.
CANARY = "a-canary"


@pytest.fixture(scope="session")
def outside(inventory: Path) -> Path:
    return inventory.parent / "outside"


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_all_that_the_mac_fetched_came_by_the_proxy(outside: Path) -> None:
    proxied = lines(outside / "proxied")
    for part in ("/homebrew/", "/simple/uv/", "/simple/tensorflow/", "/files/", "/python/"):
        assert any(part in address for address in proxied), part
    assert len(proxied) == len(lines(outside / "log"))


def test_no_command_line_showed_a_password(outside: Path) -> None:
    seen = lines(outside / "seen")
    assert any(CANARY in line for line in seen)
    # The program alone: what this test says of itself stands in the log, too.
    assert [line.split()[0] for line in seen if CANARY not in line] == []


def find_holders(mac: Path, words: Path, *places: Path) -> str:
    """The files on a Mac's disk, and below other places, in which one of the words stands."""
    look = [str(LAB), "look", mac.parent.name, mac.name]
    grep = ["grep", "--recursive", "--files-with-matches", "--fixed-strings", "--text"]
    found = subprocess.run(
        [*look, *grep, "--file", str(words), ".", *map(str, places)],
        env=os.environ | {"LC_ALL": "C"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert found.returncode < 2, found.stderr
    return found.stdout


def test_no_file_and_no_log_has_a_password_afterwards(
    outside: Path, inventory: Path, tmp_path: Path
) -> None:
    mac = inventory.parent / NAME
    log = Path(os.environ["ANSIBLE_LOG_PATH"]).absolute()
    there = tmp_path / "there"
    there.write_text(f"{NAME}\n", encoding="utf-8")
    seen = find_holders(mac, there, mac / "log", log)
    assert "./etc/lab/mac" in seen
    assert str(log) in seen
    assert find_holders(mac, outside / "words", mac / "log", log) == ""

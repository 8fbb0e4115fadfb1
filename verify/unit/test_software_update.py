"""The marker that makes softwareupdate offer the Command Line Tools goes whatever happens, and what
it left is looked at.
"""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest

from verify.unit.recordings import recorded
from verify.unit.role import ROLE

SCRIPT = (ROLE / "files" / "software_update.sh").read_text()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script, with its marker and Apple's tool in a folder of the test's own."""
    text = SCRIPT.replace("/tmp/.com", f"{tmp_path}/.com")
    text = text.replace("/usr/sbin/softwareupdate", f"{tmp_path}/softwareupdate")
    assert str(tmp_path) in text
    copy = tmp_path / "software_update.sh"
    copy.write_text(text)
    return copy


def offers(script: Path, body: str) -> None:
    tool = script.parent / "softwareupdate"
    tool.write_text(f"#!/bin/sh\nls {script.parent}/.com*\n{body}\n")
    tool.chmod(0o755)


def markers(script: Path) -> list[Path]:
    return list(script.parent.glob(".com*"))


def test_the_marker_is_there_while_softwareupdate_runs_and_gone_after(script: Path) -> None:
    offers(script, "exit 0")
    ran = subprocess.run(["sh", script, "list"], capture_output=True, text=True, check=True)
    assert ".com.apple.dt.CommandLineTools.installondemand.in-progress" in ran.stdout
    assert not markers(script)


@pytest.mark.parametrize("macos", ["10.12", "12", "15", "26"])
def test_the_list_comes_through_as_softwareupdate_prints_it(script: Path, macos: str) -> None:
    listing = recorded(f"softwareupdate/macos-{macos}")
    tool = script.parent / "softwareupdate"
    tool.write_text(f"#!/bin/sh\ncat <<'TEXT'\n{listing}TEXT\n")
    tool.chmod(0o755)
    ran = subprocess.run(["sh", script, "list"], capture_output=True, text=True, check=True)
    assert ran.stdout == listing


def test_the_marker_goes_when_softwareupdate_fails(script: Path) -> None:
    offers(script, "echo No new software available. >&2; exit 1")
    listed = subprocess.run(["sh", script, "list"], capture_output=True, text=True, check=True)
    assert "No new software available." in listed.stdout
    assert not markers(script)
    assert subprocess.run(["sh", script, "install", "x"], check=False).returncode != 0
    assert not markers(script)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_the_marker_goes_when_the_connection_does(script: Path, number: int) -> None:
    go = script.with_name("go")
    offers(script, f"until [ -e '{go}' ]; do sleep 0.05; done")
    with subprocess.Popen(["sh", script, "list"], stdout=subprocess.DEVNULL) as running:
        while not markers(script):
            time.sleep(0.01)
        running.send_signal(number)
        go.touch()
    assert not markers(script)


@pytest.mark.parametrize(
    ("tool", "says"),
    [
        ("", ""),
        ("xcrun", 'case "$*" in *sdk*) exit 1 ;; esac'),
        ("xcrun", 'case "$*" in *clang*) exit 1 ;; esac'),
        ("clang", "exit 0"),
        ("python3", "exit 0"),
    ],
    ids=["whole", "no SDK", "clang not found", "clang empty", "Python empty"],
)
def test_tools_are_active_only_where_all_of_them_are_there(
    tmp_path: Path, tool: str, says: str
) -> None:
    text = SCRIPT.replace("/usr/bin/", f"{tmp_path}/").replace("/tmp/.com", f"{tmp_path}/.com")
    text = text.replace("PATH=", f"PATH='{tmp_path}':")
    text = text.replace("/Library/Developer/CommandLineTools", str(tmp_path))
    tools = {"xcode-select": "", "xcrun": "", "clang": "echo clang", "python3": "echo Python"}
    for name, body in (tools | ({tool: says} if tool else {})).items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    ran = subprocess.run(["sh", "-c", text, "software_update", "activate"], check=False)
    assert (ran.returncode == 0) is (tool == "")

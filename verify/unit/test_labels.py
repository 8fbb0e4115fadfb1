"""Which Command Line Tools are taken, out of what softwareupdate offered real Macs."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.unit.role import labels

RECORDINGS = Path(__file__).with_name("recordings")
CHOICES = {
    "macos-10.12": "Command Line Tools (macOS Sierra version 10.12) for Xcode-8.2",
    "macos-10.15": "Command Line Tools for Xcode-11.3",
    "macos-14-beta": "Command Line Tools for Xcode-15.3",
    "macos-15": "Command Line Tools for Xcode 26.2-26.2",
    "macos-26": "Command Line Tools for Xcode 27.0-27.0",
    "nothing": "",
}


def chosen(listing: str) -> str:
    return str(labels.command_line_tools_label(listing))


def offered(*names: str) -> str:
    return "".join(f"* Label: {name}\n\tTitle: {name}, Recommended: YES, \n" for name in names)


@pytest.mark.parametrize(("recording", "label"), CHOICES.items())
def test_the_newest_release_on_a_recording_is_taken(recording: str, label: str) -> None:
    assert chosen((RECORDINGS / f"{recording}.txt").read_text()) == label


def test_every_recording_is_judged() -> None:
    assert {recording.stem for recording in RECORDINGS.glob("*.txt")} == set(CHOICES)


def test_lines_that_a_terminal_ended_with_a_carriage_return_are_read() -> None:
    listing = (RECORDINGS / "macos-15.txt").read_text().replace("\n", "\r\n")
    assert chosen(listing) == CHOICES["macos-15"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_versions_are_compared_as_numbers_whatever_the_order(order: tuple[int, int]) -> None:
    names = ("Command Line Tools for Xcode 26.9-26.9", "Command Line Tools for Xcode 26.10-26.10")
    assert chosen(offered(*(names[place] for place in order))) == names[1]


@pytest.mark.parametrize(
    "beta",
    [
        "Command Line Tools beta 3 for Xcode 27.1-27.1",
        "Command Line Tools for Xcode, Beta-27.1",
        "Command Line Tools (Beta) for Xcode-27.1",
    ],
)
def test_a_beta_is_never_taken(beta: str) -> None:
    assert chosen(offered(beta)) == ""
    release = "Command Line Tools for Xcode 26.5-26.5"
    assert chosen(offered(beta, release)) == release


def test_an_update_of_macos_or_safari_is_never_taken() -> None:
    assert chosen(offered("macOS Tahoe 26.5.2-25F84", "Safari26.2SequoiaAuto-26.2")) == ""


def test_a_title_is_no_label() -> None:
    assert chosen("\tTitle: Command Line Tools for Xcode, Version: 16.2, Recommended: YES,\n") == ""

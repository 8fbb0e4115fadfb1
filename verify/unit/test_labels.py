"""Which Command Line Tools are taken, out of what softwareupdate offered real Macs."""

from __future__ import annotations

import pytest

from verify.unit.recordings import recorded, recordings
from verify.unit.role import labels

# What the role takes of each recorded list; those of macOS 10.15-beta and 11 offer it nothing.
CHOICES = {
    "macos-10.12": "Command Line Tools (macOS Sierra version 10.12) for Xcode-8.2",
    "macos-10.14": "Command Line Tools (macOS Mojave version 10.14) for Xcode-10.3",
    "macos-10.15": "Command Line Tools for Xcode-11.3",
    "macos-10.15-beta": "",
    "macos-11": "",
    "macos-12": "Command Line Tools for Xcode-14.1",
    "macos-14": "Command Line Tools for Xcode-15.3",
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
    assert chosen(recorded(f"softwareupdate/{recording}")) == label


def test_every_recording_is_judged() -> None:
    lists = {
        name for name, head in recordings("softwareupdate").items() if "--list" in head["command"]
    }
    assert lists - {"offline"} == set(CHOICES)


def test_what_softwareupdate_says_instead_of_a_list_holds_no_label() -> None:
    for name in ("offline", "install", "no-such-update", "not-verified-zh"):
        assert chosen(recorded(f"softwareupdate/{name}")) == ""


def test_a_title_in_another_language_leaves_the_label_as_it_is() -> None:
    # Written by hand: the one recording of a Mac set to another language translates no label.
    title = "\tTitle: コマンドラインツール, Version: 16.2, Size: 751786KiB, Recommended: YES, \n"
    label = "Command Line Tools for Xcode-16.2"
    assert chosen(f"* Label: {label}\n{title}") == label


def test_lines_that_a_terminal_ended_with_a_carriage_return_are_read() -> None:
    listing = recorded("softwareupdate/macos-15").replace("\n", "\r\n")
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

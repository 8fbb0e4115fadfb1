"""Which of softwareupdate's offers is the newest Command Line Tools that is no beta."""

from __future__ import annotations

import re
from collections.abc import Callable

# `* Label: Command Line Tools for Xcode-16.2` (macOS 10.15 to 15),
# `* Label: Command Line Tools for Xcode 26.5-26.5` (macOS 26),
# `* Command Line Tools (macOS High Sierra version 10.13) for Xcode-10.1` (before 10.15).
OFFER = re.compile(r"^\s*\*\s*(?:Label:\s*)?(Command Line Tools\b.*?)\s*$", re.MULTILINE)


def command_line_tools_label(listing: str) -> str:
    """The exact label to install, out of what `softwareupdate --list` printed; '' if none."""
    labels = [label for label in OFFER.findall(listing) if "beta" not in label.lower()]
    return max(labels, key=_version, default="")


def _version(label: str) -> tuple[int, ...]:
    found = re.search(r"for Xcode[- ](\d+(?:\.\d+)*)", label)
    return tuple(map(int, found[1].split("."))) if found else ()


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[[str], str]]:
        return {"command_line_tools_label": command_line_tools_label}

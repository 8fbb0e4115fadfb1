"""What matters in what a program printed."""

from __future__ import annotations

import re

# TensorFlow's information and its greetings: never the reason of anything.
NOISE = re.compile(
    r"^\d{4}-\d\d-\d\d \S+ I |^\d{4}-\d\d-\d\d \S+: I |^I\d{4} |^WARNING: All log messages"
    r"|^\s*@ +0x|^To enable the following instructions"
)
# Said on every healthy Mac, and asked about again and again: quoted where nothing is wrong.
HARMLESS = re.compile(r"[Cc]ould not identify NUMA node|0 MB memory|Do not pass an `input_shape`")
# A fatal status of TensorFlow says where first, what last.
LONGEST = 700


def last_words(output: bytes, count: int = 4) -> str:
    """The last meaningful lines of what a program printed, as one line."""
    return " | ".join(meaningful(output)[-count:])


def evidence(output: bytes, passed: bool, count: int = 8) -> str:
    """The lines that matter, one below the other; with the harmless ones where nothing is wrong."""
    harmless = [line for line in lines(output) if HARMLESS.search(line)] if passed else []
    return "\n".join(dict.fromkeys([*harmless[:count], *meaningful(output)[-count:]]))


def meaningful(output: bytes) -> list[str]:
    """The lines that may be the reason of something."""
    return [line for line in lines(output) if not NOISE.search(line) and not HARMLESS.search(line)]


def lines(output: bytes) -> list[str]:
    """The lines that are not empty, none of them long."""
    text = output.decode("utf-8", "replace")
    return [" ".join(line.split())[:LONGEST] for line in text.splitlines() if line.strip()]

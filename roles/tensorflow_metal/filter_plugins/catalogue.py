"""What went wrong, told from what a program said, by the catalogue of known faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Entry = Mapping[str, Any]
SHOWN = 4
LONGEST = 700


def explain(text: str, entries: Iterable[Entry]) -> dict[str, Any]:
    """The first entry whose pattern is in the text, with the lines that show it; {} if none.

    What is harmless explains nothing while something else does. A pattern's named groups may
    stand in braces in its cause and its cure.
    """
    found: dict[str, Any] = {}
    for entry in entries:
        match = re.search(entry["pattern"], text, re.MULTILINE)
        if match and (not found or not entry["harmless"]):
            found = explained(entry, match, text)
            if not entry["harmless"]:
                break
    return found


def harmless(text: str, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Each harmless entry whose pattern is in the text, with the lines that show it."""
    quiet = [entry for entry in entries if entry["harmless"]]
    return [found for found in (explain(text, [entry]) for entry in quiet) if found]


def explained(entry: Entry, match: re.Match[str], text: str) -> dict[str, Any]:
    """The entry as it applies to this text."""
    groups = {name: value or "" for name, value in match.groupdict().items()}
    return {
        "id": entry["id"],
        "cause": entry["cause"].format_map(groups),
        "cure": entry["cure"].format_map(groups),
        "evidence": around(match, text),
        "harmless": entry["harmless"],
    }


def around(match: re.Match[str], text: str) -> str:
    """The whole lines that the match lies in."""
    begin = text.rfind("\n", 0, match.start()) + 1
    end = text.find("\n", match.end())
    return shortened(text[begin : end if end >= 0 else len(text)])


def shortened(text: str) -> str:
    """The last lines, none of them empty or long."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return "\n".join(line[:LONGEST] for line in lines[-SHOWN:])


def tensorflow_metal_explained(text: str, entries: Iterable[Entry]) -> str:
    """The same as sentences; what no entry knows is quoted."""
    found = explain(text, entries)
    known = bool(found) and not found["harmless"]
    said = found["evidence"] if known else shortened(text)
    quoted = f"It said: {' | '.join(said.splitlines()) or 'nothing'}"
    return f"{found['cause']} {found['cure']} {quoted}" if known else quoted


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        return {"tensorflow_metal_explained": tensorflow_metal_explained}

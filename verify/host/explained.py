"""What a check measured, explained by the role's catalogue of faults."""

from __future__ import annotations

import functools
from typing import Any

import yaml

from verify.host.lines import SILENT
from verify.onhost.catalogue import CHECKS
from verify.onhost.child import RAISED
from verify.onhost.process import CRASH, HANG
from verify.onhost.registry import Line
from verify.settings import ROLE, filters


@functools.cache
def entries() -> tuple[dict[str, Any], ...]:
    """The catalogue."""
    return tuple(yaml.safe_load((ROLE / "files" / "catalogue.yml").read_text(encoding="utf-8")))


def about(line: Line) -> list[dict[str, Any]]:
    """The entries that may explain this check: an entry may name checks or families."""
    return [
        entry
        for entry in entries()
        if not entry.get("checks") or {line["id"], line["family"]} & {*entry["checks"]}
    ]


def general(line: Line) -> list[str]:
    """The causes that say no more than what was checked: a measurement may know better."""
    own = [check.cause for check in CHECKS if check.id == line["id"]]
    return [*own, CRASH, HANG, RAISED, SILENT]


def explained(line: Line) -> Line:
    """The line with the catalogue's cause and cure, where that knows what was said."""
    if line["status"] != "fail" or line["cause"] not in general(line):
        return line
    found = filters("catalogue").explain(f"{line['measured']}\n{line['evidence']}", about(line))
    if not found or found["harmless"]:
        return line
    return {**line, "cause": found["cause"], "cure": found["cure"]}


def harmless(line: Line) -> list[dict[str, Any]]:
    """What was said beside a check and means nothing."""
    found: list[dict[str, Any]] = filters("catalogue").harmless(line["evidence"], entries())
    return found

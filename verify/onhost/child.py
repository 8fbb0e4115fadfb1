"""The child: TensorFlow is imported here, once, and here it may die."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable
from typing import TextIO

from .expected import Expected
from .registry import Check, Finding, Line

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STDERR = 2
HALF = 250
LONGEST = 2 * HALF + 10


def serve(checks: Iterable[Check], expected: Expected, lines: TextIO) -> None:
    """Run the checks in order.

    Writes `{"started": id, "said": bytes}` before each check and its Line after
    it, so that the parent knows which one was running when nothing more comes,
    and what of the standard error was there before it.
    """
    passed: set[str] = set()
    poison = ""
    for check in checks:
        blocker = poison or next((need for need in check.needs if need not in passed), "")
        if blocker:
            why = f"{blocker} did not pass, and without it this one says nothing."
            line = check.not_run(why, f"Mend {blocker} first.")
        else:
            said = os.fstat(STDERR).st_size
            print(json.dumps({"started": check.id, "said": said}), file=lines, flush=True)
            line = run(check, expected)
        if line["status"] in ("pass", "warn"):
            passed.add(check.id)
        elif line["status"] == "fail" and check.poisons:
            poison = check.id
        print(json.dumps(line), file=lines, flush=True)


def run(check: Check, expected: Expected) -> Line:
    """Measure one check; an exception is a measurement too."""
    began = time.monotonic()
    try:
        finding = check.measure(expected)
    except Exception as error:
        finding = Finding(False, f"{type(error).__name__}: {brief(str(error))}", check.claim)
    return check.line(finding.status, finding, time.monotonic() - began)


def brief(message: str) -> str:
    """An exception's message on one line; of a long one, where it begins and where it ends."""
    plain = " ".join(COLOUR.sub("", message).split())
    return plain if len(plain) <= LONGEST else f"{plain[:HALF]} ... {plain[-HALF:]}"

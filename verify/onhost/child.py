"""The child: TensorFlow is imported here, once, and here it may die."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Collection, Iterable, Sequence
from typing import TextIO

from .expected import Expected
from .registry import OPENED, Check, Finding, Line

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STDERR = 2
HALF = 250
LONGEST = 2 * HALF + 10
RAISED = "TensorFlow, its plugin or a package raises an error here."
# Their checks take TensorFlow for granted; load's are there to see whether it can be.
READY = ("placement", "numerics", "training", "performance", "endurance")


def serve(
    checks: Iterable[Check], expected: Expected, lines: TextIO, passed: Collection[str] = ()
) -> None:
    """Run the checks in order, after those that have `passed` in another child.

    Writes `{"started": id, "said": bytes}` before each check, and after it the
    same as `finished` and its Line, so that the parent knows which one was
    running when nothing more comes, and what it printed.
    """
    right = set(passed)
    poison = ""
    for check in checks:
        blocker = poison or next((need for need in check.needs if need not in right), "")
        if blocker:
            line = check.blocked(blocker)
        else:
            note("started", check, lines)
            line = run(check, expected)
            note("finished", check, lines)
        if line["status"] in ("pass", "warn"):
            right.add(check.id)
        elif line["status"] == "fail" and check.poisons:
            poison = check.id
        print(json.dumps(line), file=lines, flush=True)


def prepare(checks: Sequence[Check]) -> None:
    """Import TensorFlow outside any check's seconds, for those that take it for granted."""
    if checks[0].family in READY:
        import tensorflow  # noqa: F401


def spare(checks: Sequence[Check], expected: Expected, passed: Collection[str]) -> None:
    """Keep TensorFlow, where it was imported for these, off a GPU that does not open.

    Once opening it has failed, it hangs in whatever it is asked next, on the CPU too.
    """
    if checks[0].family in READY and expected.gpu and OPENED not in passed:
        import tensorflow as tf

        tf.config.set_visible_devices([], "GPU")


def note(event: str, check: Check, lines: TextIO) -> None:
    """Tell the parent how far the check is, and how much was printed until then."""
    said = os.fstat(STDERR).st_size
    print(json.dumps({event: check.id, "said": said}), file=lines, flush=True)


def run(check: Check, expected: Expected) -> Line:
    """Measure one check; an exception is a measurement too."""
    began = time.monotonic()
    try:
        finding = check.measure(expected)
    except Exception as error:
        measured = f"{type(error).__name__}: {brief(str(error))}"
        finding = Finding(False, measured, check.claim, RAISED)
    return check.line(finding.status, finding, time.monotonic() - began)


def brief(message: str) -> str:
    """An exception's message on one line; of a long one, where it begins and where it ends."""
    plain = " ".join(COLOUR.sub("", message).split())
    return plain if len(plain) <= LONGEST else f"{plain[:HALF]} ... {plain[-HALF:]}"

"""The parent: a child for each family, and a fresh one for what a dead one left."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .expected import Expected
from .process import Process, Tell
from .registry import Check, Line

# Placement shares load's child while that lives: an import of TensorFlow takes seconds.
FAMILIES = (
    ("machine",),
    ("environment",),
    ("load", "placement"),
    ("numerics",),
    ("training",),
    ("performance",),
    ("endurance",),
)
DEATHS = 3
HANGS = 2
RIGHT = ("pass", "warn")

Command = Callable[[int, str], "list[str]"]
"""command(pipe, orders): what starts a child; `orders` is JSON."""


class Parent:
    """Tells exactly one Line per check, whatever happens to the children."""

    def __init__(self, expected: Expected, command: Command, tell: Tell) -> None:
        self._expected = expected
        self._command = command
        self._told_to = tell
        self._passed: set[str] = set()
        self._hangs = 0

    def watch(self, checks: Sequence[Check]) -> None:
        # What was not asked for cannot stand in the way.
        self._passed |= {need for check in checks for need in check.needs}
        self._passed -= {check.id for check in checks}
        for group in groups(checks):
            self._see_through(group)

    def _see_through(self, rest: list[Check]) -> None:
        """A group of checks, in as many children as it takes."""
        deaths = 0
        while rest := self._possible(rest):
            if deaths == DEATHS:
                guilty = f"{DEATHS} checks of this family ended the program"
                for check in rest:
                    self._tell(check.not_run(f"{guilty}.", "Mend those first."))
                return
            with tempfile.TemporaryDirectory(prefix="verify-") as folder:
                process = Process(rest, self._expected, Path(folder), self._tell)
                process.run(self._start(rest))
            deaths += 1
            self._hangs += process.hung
            rest = [*process.waiting.values()]

    def _start(self, checks: Iterable[Check]) -> Callable[[int], list[str]]:
        ids = [check.id for check in checks]
        orders = json.dumps({"checks": ids, "passed": sorted(self._passed)})
        return lambda pipe: self._command(pipe, orders)

    def _possible(self, rest: Iterable[Check]) -> list[Check]:
        """Those worth a child; the others are told as not run."""
        left: list[Check] = []
        for check in rest:
            # A need among those that are left is the child's to see to.
            known = self._passed.union(other.id for other in left)
            lacking = [need for need in check.needs if need not in known]
            if lacking:
                self._tell(check.blocked(lacking[0]))
            elif self._hangs >= HANGS and check.asks_gpu:
                why = f"{HANGS} checks hung already, and this one asks the same GPU."
                self._tell(check.not_run(why, "Mend those first."))
            else:
                left.append(check)
        return left

    def _tell(self, line: Line) -> None:
        if line["status"] in RIGHT:
            self._passed.add(line["id"])
        self._told_to(line)


def groups(checks: Sequence[Check]) -> list[list[Check]]:
    """The checks that share a child, in the order in which they are run."""
    found = [[check for check in checks if check.family in families] for families in FAMILIES]
    return [group for group in found if group]

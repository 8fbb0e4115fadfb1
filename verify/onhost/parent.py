"""The parent: a child for each family, and a fresh one for what a dead one left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .child import READY
from .expected import Expected
from .process import Command, Process, Tell
from .registry import Check, Line

# An import takes seconds: what cannot falsify each other shares a child while that lives.
FAMILIES = (
    ("machine",),
    ("environment",),
    ("load", "placement"),
    ("numerics",),
    ("training",),
    ("performance", "endurance"),
)
DEATHS = 3
HANGS = 2
RIGHT = ("pass", "warn")


class Parent:
    """Tells exactly one Line per check, whatever happens to the children."""

    def __init__(self, expected: Expected, command: Command, tell: Tell) -> None:
        self._expected = expected
        self._command = command
        self._told_to = tell
        self._passed: set[str] = set()
        self._wrong: set[str] = set()
        self._hangs = 0
        self._ahead: dict[str, Process] = {}

    def watch(self, checks: Sequence[Check]) -> None:
        # What was not asked for cannot stand in the way.
        self._passed |= {need for check in checks for need in check.needs}
        self._passed -= {check.id for check in checks}
        rest = groups(checks)
        while rest:
            group, *rest = rest
            child = self._ahead.pop(group[0].family, None)
            self._look_ahead(rest)
            self._see_through(group, child)

    def _look_ahead(self, rest: Sequence[list[Check]]) -> None:
        """The next that takes TensorFlow for granted imports it while others are checked."""
        for group in rest:
            first = group[0]
            if not self._ahead and first.family in READY and self._wrong.isdisjoint(first.needs):
                self._ahead[first.family] = self._start(group)

    def _see_through(self, rest: list[Check], child: Process | None) -> None:
        """A group of checks, in as many children as it takes; the first may wait for it already."""
        deaths = 0
        while rest := self._possible(rest):
            if deaths == DEATHS:
                guilty = f"{DEATHS} checks of this family ended the program"
                for check in rest:
                    self._tell(check.not_run(f"{guilty}.", "Mend those first."))
                return
            child = child or self._start(rest)
            child.run(rest, self._passed)
            deaths += 1
            self._hangs += child.hung
            rest, child = [*child.waiting.values()], None
        if child:
            child.dismiss()

    def _start(self, checks: Sequence[Check]) -> Process:
        return Process(checks, self._expected, self._command, self._tell)

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
        (self._passed if line["status"] in RIGHT else self._wrong).add(line["id"])
        self._told_to(line)


def groups(checks: Sequence[Check]) -> list[list[Check]]:
    """The checks that share a child, in the order in which they are run."""
    found = [[check for check in checks if check.family in families] for families in FAMILIES]
    return [group for group in found if group]

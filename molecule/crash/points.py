"""Where a run is to be broken off: points, their names, and which of them are tried.

A point is named OPERATION/KIND/TASK, which breaks the run off before its task of that number, or
OPERATION/KIND/TASK+SECONDS, which does so that long after the task began. The name is all that it
takes to try a point again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random

# The controller's process group is killed; the same is interrupted, as by Ctrl-C; the connection's
# masters are killed; the Mac's plug is pulled; the same, when its disk has names but not contents.
KINDS = ("controller", "interrupt", "connection", "plug", "torn")
PLUGS = ("plug", "torn")
NAME = re.compile(r"([\w-]+)/(\w+)/(\d+)(?:\+(\d+\.\d+))?")
# A task below this is over before a moment inside it can be met.
LONG = 0.7


@dataclass(frozen=True)
class Task:
    """One task of a run that nothing broke off."""

    number: int
    name: str
    seconds: float


@dataclass(frozen=True)
class Point:
    """Where, and how, a run is broken off."""

    operation: str
    kind: str
    task: int
    after: float | None = None

    def __str__(self) -> str:
        inside = "" if self.after is None else f"+{self.after:.2f}"
        return f"{self.operation}/{self.kind}/{self.task}{inside}"


def parse(name: str) -> Point:
    """The point of a name. Raises ValueError, with a sentence, where it is none."""
    found = NAME.fullmatch(name)
    if not found or found[2] not in KINDS:
        raise ValueError(
            f"'{name}' is no point: it is OPERATION/KIND/TASK or OPERATION/KIND/TASK+SECONDS,"
            f" where KIND is one of {', '.join(KINDS)}. Nothing was run."
        )
    after = float(found[4]) if found[4] else None
    return Point(found[1], found[2], int(found[3]), after)


def points(runs: Mapping[str, Sequence[Task]], seed: int) -> Iterator[Point]:
    """Points without end: boundaries, each first in one kind, then in the others, in turn with
    moments inside long tasks.
    """
    rng = Random(seed)
    pairs = zip_longest(list(boundaries(runs, rng)), (), fillvalue=None)
    inside = moments(runs, rng)
    bounded = chain.from_iterable((one, next(inside)) for one, _ in pairs if one)
    return chain(bounded, inside)


def boundaries(runs: Mapping[str, Sequence[Task]], rng: Random) -> Iterator[Point]:
    places = [(operation, task.number) for operation, tasks in runs.items() for task in tasks]
    for turn in range(len(KINDS)):
        found = [
            Point(operation, KINDS[(n + turn) % len(KINDS)], task)
            for n, (operation, task) in enumerate(places)
        ]
        rng.shuffle(found)
        yield from found


def moments(runs: Mapping[str, Sequence[Task]], rng: Random) -> Iterator[Point]:
    """Longer tasks are met more often, but none so often that the others are not."""
    long = {one: [task for task in runs[one] if task.seconds >= LONG] for one in runs}
    operations = [one for one in runs if long[one]]
    while operations:
        operation = rng.choice(operations)
        weights = [task.seconds**0.5 for task in long[operation]]
        task = rng.choices(long[operation], weights)[0]
        yield Point(
            operation, rng.choice(KINDS), task.number, round(rng.random() * task.seconds, 2)
        )

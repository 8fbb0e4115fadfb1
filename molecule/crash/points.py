"""Where a run is to be broken off: points, their names, and which of them are tried.

A point is named OPERATION/KIND/TASK, which breaks the run off before its task of that number, or
OPERATION/KIND/TASK+SECONDS, which does so that long after the task began. The name is all that it
takes to try a point again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from random import Random

# The controller's process group is killed; the same is interrupted, as by Ctrl-C; the connection's
# masters are killed; the Mac's plug is pulled; the same, when its disk has names but not contents;
# the Mac's disk is filled by somebody else, and the run goes on with none left.
KINDS = ("controller", "interrupt", "connection", "plug", "torn", "full")
PLUGS = ("plug", "torn")
FULL = "full"
NAME = re.compile(r"([\w-]+)/(\w+)/(\d+)(?:\+(\d+\.\d+))?")
# What takes long by its nature. What is measured differs from run to run; a seed's points must not.
LONG = (
    "create_environment",
    "install_command_line_tools",
    "install_formulae",
    "install_homebrew",
    "install_packages",
    "install_python_build",
    "install_uv",
    "make_home",
    "read_mac",
    "record_previous",
    "run_smoke_test",
    "write_holds",
    "write_receipt",
)


@dataclass(frozen=True)
class Task:
    """One task of a run that nothing broke off."""

    number: int
    name: str
    # What the role's long tasks, and the one that switches, are known by; others have none.
    id: str
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
    moments inside long tasks. The first six are of six kinds.
    """
    rng = Random(seed)
    inside = moments(runs, rng)
    bounded = list(boundaries(runs, rng))
    yield from chain.from_iterable((one, next(inside)) for one in bounded)
    yield from inside


def boundaries(runs: Mapping[str, Sequence[Task]], rng: Random) -> Iterator[Point]:
    places = [(operation, task.number) for operation, tasks in runs.items() for task in tasks]
    rng.shuffle(places)
    for turn in range(len(KINDS)):
        found = [
            Point(operation, KINDS[(n + turn) % len(KINDS)], task)
            for n, (operation, task) in enumerate(places)
        ]
        if turn:
            rng.shuffle(found)
        yield from found


def moments(runs: Mapping[str, Sequence[Task]], rng: Random) -> Iterator[Point]:
    """As far into a long task as the seed says, by the time that it took when nothing broke it."""
    long = {
        operation: [task for task in tasks if task.id in LONG] for operation, tasks in runs.items()
    }
    operations = [operation for operation in runs if long[operation]]
    for n in count(len(KINDS) // 2):
        operation = rng.choice(operations)
        task, part = rng.choice(long[operation]), rng.random()
        yield Point(operation, KINDS[n % len(KINDS)], task.number, round(part * task.seconds, 2))

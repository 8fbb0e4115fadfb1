"""What must hold after a run was broken off, and after the runs that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from points import FULL, PLUGS, Point, Task
from verify.report.stages import NO_ROOM

FULL_DISK = "disk of this Mac is full"
# Ansible's word for a Mac to which it could not copy a module; the report knows why.
UNREACHABLE = "UNREACHABLE!"
ERROR = "[ERROR]: "
SWITCHES = "switch_link"


@dataclass(frozen=True)
class State:
    """What state.sh printed."""

    current: str
    finished: dict[str, str]
    unfinished: tuple[str, ...]
    left: tuple[str, ...]
    running: tuple[str, ...]


def read(output: str) -> State:
    lines = [line.split(" ", 1) for line in output.splitlines() if " " in line]
    values = {word: [rest for one, rest in lines if one == word] for word, _ in lines}
    finished = dict(line.partition(" ")[::2] for line in values.get("finished", []))
    return State(
        next(iter(values.get("current", [])), ""),
        finished,
        tuple(values.get("unfinished", ())),
        tuple(values.get("left", ())),
        tuple(values.get("running", ())),
    )


def allowed(
    point: Point, tasks: Sequence[Task], before: str, after: str, ended: bool = False
) -> set[str]:
    """The versions that `current` may have: that of before, until the one task that switches it;
    where the run `ended` well all the same, as on a connection cut while nothing went through it,
    that of after.
    """
    switch = next(task.number for task in tasks if task.id == SWITCHES)
    if ended and point.kind not in PLUGS:
        return {after}
    if point.kind == FULL and point.task <= switch:
        # The run goes on, to the first task for which there is no room.
        return {before, after}
    if point.task < switch or (point.task == switch and point.after is None):
        return {before}
    # A moment inside a task may turn out to be in the one that follows, and a Mac whose plug was
    # pulled may have lost the switch: it has the version that it had.
    certain = point.task > switch and point.kind not in PLUGS
    return {after} if certain else {before, after}


def broken(state: State, versions: set[str], known: set[str]) -> str:
    """What is wrong just after the break; empty where nothing is."""
    if state.current not in versions:
        return (
            f"after the break current imports {state.current or 'nothing'!r}"
            f" and not {' or '.join(sorted(one or 'nothing' for one in versions))}"
        )
    for name, version in state.finished.items():
        if version not in known:
            return f"after the break {name} has a receipt, but says {version!r}"
    return ""


def told(output: str) -> str:
    """What is wrong with the last word of a run that ended because the disk was full."""
    said = " ".join(output.rpartition(ERROR)[2].split())
    if FULL_DISK not in said and not (UNREACHABLE in said and NO_ROOM in said):
        return "its last word is not that the disk is full"
    return "a full disk was told as a traceback" if "Traceback" in said else ""


def settled(state: State, version: str) -> str:
    """What is wrong once all is said to be right; empty where nothing is."""
    if state.current != version:
        return f"current imports {state.current or 'nothing'!r} at the end and not {version}"
    if odd := [name for name, found in state.finished.items() if not found[:1].isdigit()]:
        return f"{odd[0]} has a receipt at the end, but says {state.finished[odd[0]]!r}"
    if leavings := [*state.unfinished, *state.left, *state.running]:
        return f"{leavings[0]} is left at the end"
    return ""

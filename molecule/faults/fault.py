"""The faults of data/faults.yml and data/ops.yml, and what a verdict makes of one."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import yaml

from verify.onhost.catalogue import CHECKS
from verify.onhost.registry import Line
from verify.verdict import Verdict

DATA = Path(__file__).resolve().parent / "data"
# What else a GPU that computes wrongly may spoil.
GPU = ("placement", "numerics", "training", "performance")
RANDOM = "numerics.random"
WRONG = ("fail", "inconclusive")


@dataclasses.dataclass(frozen=True)
class Fault:
    """One row of faults.yml, or what is made of one of ops.yml."""

    id: str
    check: str
    cause: str
    only: str
    gpu: str = ""
    breaks: str = ""
    status: str = "fail"
    also: tuple[str, ...] = ()
    by_hand: bool = False
    mac: str = ""
    timeout: float = 0.0
    alone: bool = False

    @property
    def shell(self) -> str:
        """What breaks the Mac."""
        return f"put '{self.gpu}' /etc/lab/gpu-faults" if self.gpu else self.breaks


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a verdict made of a fault."""

    fault: Fault
    found: bool
    right: bool
    told: str
    seconds: float


def outcome(fault: Fault, verdict: Verdict, seconds: float) -> Outcome:
    """Whether the right check has the right cause, and no other that it has nothing to do with."""
    line = verdict.check(fault.check)
    found = line is not None and line["status"] == fault.status
    named = found and line is not None and re.search(fault.cause, line["cause"]) is not None
    strange = [other for other in alarms(verdict) if not belongs(other, fault)]
    told = ", ".join(one["id"] for one in alarms(verdict)) or "nothing is wrong"
    if found and line is not None and line["status"] == "warn":
        told = f"{line['id']} warns, {told}"
    if found and line is not None and not named:
        told += f"; {line['id']} says: {line['cause']}"
    if strange:
        told += f"; has nothing to do with it: {', '.join(other['id'] for other in strange)}"
    return Outcome(fault, found, named and not strange, told, seconds)


def alarms(verdict: Verdict) -> list[Line]:
    """The checks that say that something is wrong."""
    return [line for line in verdict.checks if line["status"] in WRONG]


def belongs(line: Line, fault: Fault) -> bool:
    """Whether this check is wrong with the fault."""
    return bool({line["id"], line["family"]} & {fault.check, *fault.also})


def read(names: list[str], full: bool = True) -> list[Fault]:
    """The faults of these names; without any, all, or in brief all but those by hand.

    Raises ValueError for a name that there is not.
    """
    rows = yaml.safe_load((DATA / "faults.yml").read_text(encoding="utf-8"))
    faults = [Fault(**{**row, "also": tuple(row.get("also", ()))}) for row in rows]
    faults += [of_op(op, check) for op, check in ops()["seen"].items()]
    lost = set(names) - {fault.id for fault in faults}
    if lost:
        raise ValueError(f"There is no fault {', '.join(sorted(lost))} in {DATA}.")
    if names:
        return [fault for fault in faults if fault.id in names]
    return [fault for fault in faults if full or not fault.by_hand]


def ops() -> dict[str, dict[str, str]]:
    """What ops.yml holds."""
    found: dict[str, dict[str, str]] = yaml.safe_load(
        (DATA / "ops.yml").read_text(encoding="utf-8")
    )
    return found


def of_op(op: str, check: str) -> Fault:
    """This op alone is wrong; its check alone is asked, for there are many ops."""
    words = f"frozen:{op}" if check == RANDOM else f"wrong:{op}"
    cause = next(re.escape(one.cause) for one in CHECKS if one.id == check)
    return Fault(f"op {op}", check, cause, check, words, also=GPU, by_hand=True, alone=True)

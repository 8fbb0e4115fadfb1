"""Break simulated Macs, one fault after another, and hold the verdicts against what was broken.

    trial.py --inventory INVENTORY [--full] [FAULT]...

Each Mac takes the next fault, is judged, and is healed. Before the first it must be right, and
under load after the last. Exits 1 where a fault was not found, a cause not told, an alarm false.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from fault import Fault, Outcome, alarms, read
from patient import NotSetError, Patient
from verify.hosts import surroundings

# Runs on each healthy Mac before the faults, and under load; in brief and in full. In brief one Mac
# alone is put under load: it takes time, and both share it.
BEFORE = {False: 1, True: 2}
LOADED = {False: 1, True: 2}
# Test GPUs that are right and not as ours, and which checks are asked of them in brief.
OTHERS = {
    "other_rounding": ("a GPU that rounds otherwise", ""),
    "few_kernels": ("a GPU with few kernels", "placement,numerics.kernels,training.convolutional"),
}
# What every fault but those of single ops is shown in full, beside what it concerns.
WIDE = ("machine", "environment", "load", "placement")


class Trial:
    """All faults on all Macs, each Mac in a thread of its own."""

    def __init__(self, macs: Sequence[Patient], faults: Sequence[Fault], full: bool) -> None:
        self._macs = macs
        self._waiting = list(faults)
        self._lock = threading.Lock()
        self._full = full
        self.outcomes: list[Outcome] = []
        self.healthy: list[str] = []
        self.broken: list[str] = []

    def run(self) -> None:
        threads = [threading.Thread(target=self._see_through, args=[mac]) for mac in self._macs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.broken += [f"No Mac was left to try {fault.id} on." for fault in self._waiting]

    def _see_through(self, mac: Patient) -> None:
        try:
            mac.heal()
            self._must_be_right(mac, BEFORE[self._full], "healthy")
            while fault := self._next(mac):
                self._told(mac, mac.try_out(fault, self._only(fault)))
            for word, (how, only) in OTHERS.items():
                if self._full or only:
                    with mac.with_gpu(word):
                        self._must_be_right(mac, 1, how, "" if self._full else only)
            if self._full or mac is self._macs[0]:
                with mac.busy():
                    self._must_be_right(mac, LOADED[self._full], "under load")
        except NotSetError as error:
            self.broken.append(f"{mac.name} is out of the trial: {error}")

    def _next(self, mac: Patient) -> Fault | None:
        """The first fault that waits and that this Mac can have."""
        with self._lock:
            for fault in self._waiting:
                if fault.mac in ("", mac.name):
                    self._waiting.remove(fault)
                    return fault
        return None

    def _only(self, fault: Fault) -> str:
        """The checks that are run for this fault."""
        if fault.alone or not self._full:
            return fault.only
        more = [*fault.only.split(","), *(["numerics"] if fault.gpu else [])]
        return ",".join([*WIDE, *(name for name in more if name not in WIDE)])

    def _told(self, mac: Patient, found: Outcome) -> None:
        self.outcomes.append(found)
        red = "" if found.right else "NOT FOUND: " if not found.found else "WRONG CAUSE: "
        say(f"{mac.name}: {red}{found.fault.id}: {found.told} ({found.seconds:.0f} s)")

    def _must_be_right(self, mac: Patient, times: int, how: str, only: str = "") -> None:
        for _ in range(times):
            began = time.monotonic()
            verdict = mac.judged(only)
            wrong = [] if verdict.verdict == "pass" else alarms(verdict)
            told = "; ".join(f"{line['id']} measured {line['measured']}" for line in wrong)
            if verdict.verdict != "pass":
                told = told or verdict.verdict
            self.healthy.append(told)
            seconds = time.monotonic() - began
            word = f"FALSE ALARM: {told}" if told else "right"
            say(f"{mac.name}: {how}: {word} ({seconds:.0f} s)")


def say(text: str) -> None:
    """A line at once."""
    print(text, flush=True)


def table(outcomes: list[Outcome]) -> Table:
    """Fault against verdict."""
    made = Table("fault", "found by", "found", "cause", "also wrong with it", box=None)
    for one in outcomes:
        also = one.told.replace(one.fault.check, "").strip(", ")
        words = ("yes" if one.found else "NO", "right" if one.right else "WRONG")
        made.add_row(one.fault.id, one.fault.check, *words, also)
    return made


def lines(drawn: Table) -> str:
    """The table as text, without the blanks that would keep YAML from showing it line by line."""
    console = Console(width=120, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def totals(trial: Trial, faults: Sequence[Fault]) -> str:
    """The last line."""
    found = sum(one.found for one in trial.outcomes)
    right = sum(one.right for one in trial.outcomes)
    false = sum(bool(told) for told in trial.healthy)
    return (
        f"faults: found {found} of {len(faults)}, right cause {right} of {len(faults)}, "
        f"false alarms {false} of {len(trial.healthy)}"
    )


def passed(trial: Trial, faults: Sequence[Fault]) -> bool:
    """Whether every fault was found with its cause, and no healthy run was alarmed."""
    right = sum(one.found and one.right for one in trial.outcomes)
    calm = bool(trial.healthy) and not any(trial.healthy)
    return right == len(faults) and calm and not trial.broken


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inventory", type=Path, required=True)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--full", action="store_true", help="all faults, with many checks for each")
    how.add_argument("--brief", action="store_false", dest="full", help="one fault of each kind")
    parser.add_argument("faults", nargs="*")
    given = parser.parse_args()
    os.environ.update(surroundings([str(given.inventory)]))
    try:
        faults = read(given.faults, given.full)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    began = time.monotonic()
    names = yaml.safe_load(given.inventory.read_text(encoding="utf-8"))["macs"]["hosts"]
    trial = Trial([Patient(name, given.inventory) for name in names], faults, given.full)
    trial.run()
    order = {fault.id: number for number, fault in enumerate(faults)}
    trial.outcomes.sort(key=lambda one: order[one.fault.id])
    say(lines(table(trial.outcomes)))
    for sentence in trial.broken:
        print(sentence)
    print(f"{len(faults)} faults and {len(trial.healthy)} healthy runs in {minutes(began)}")
    print(totals(trial, faults))
    return 0 if passed(trial, faults) else 1


def minutes(began: float) -> str:
    """How long it took, for people."""
    return f"{(time.monotonic() - began) / 60:.1f} minutes on {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main())

"""Break simulated Macs, one fault after another, and hold the verdicts against what was broken.

    trial.py --inventory INVENTORY [--full] [FAULT]...

Each Mac takes the next fault, is judged, and is healed. Before the first and after the last it must
be right, also under load. Exits 1 where a fault was not found, a cause not told, an alarm false.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import queue
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

import testinfra
import yaml
from rich.console import Console
from rich.table import Table

from verify.host.judge import judge
from verify.host.run import Run, over
from verify.hosts import surroundings
from verify.onhost.registry import Line
from verify.verdict import Verdict

HERE = Path(__file__).resolve().parent
BROKEN = HERE / "break.sh"
FAULTS = HERE / "data" / "faults.yml"
TIMEOUT = 40
HEALTHY = {False: 1, True: 5}
LOADED = {False: 1, True: 3}
BUSY = "touch /var/tmp/busy; for _ in 1 2 3 4; do ( while [ -e /var/tmp/busy ]; do :; done ) & done"
WRONG = ("fail", "inconclusive")


@dataclasses.dataclass(frozen=True)
class Fault:
    """One row of faults.yml."""

    id: str
    check: str
    cause: str
    only: str
    gpu: str = ""
    breaks: str = ""
    status: str = "fail"
    also: tuple[str, ...] = ()
    profile: str = ""
    by_hand: bool = False

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


class Mac:
    """A simulated Mac that is broken, judged and healed."""

    def __init__(self, name: str, inventory: Path, full: bool) -> None:
        host = testinfra.get_host(f"ansible://{name}?ansible_inventory={inventory}")
        self.name = name
        self._run: Run = over(host)
        self._variables = host.ansible.get_variables()
        self._full = full

    def judged(self, only: str = "", profile: str = "") -> Verdict:
        options: dict[str, Any] = {"timeout": TIMEOUT, "profile": profile}
        options["families"] = "" if self._full else only
        return judge(self.name, self._run, self._variables, None, options)

    def try_out(self, fault: Fault) -> Outcome:
        began = time.monotonic()
        self.shell(fault.shell)
        try:
            verdict = self.judged(fault.only, fault.profile)
        finally:
            self.shell("heal")
        return outcome(fault, verdict, time.monotonic() - began)

    def shell(self, lines: str) -> None:
        """Run these lines as root, after break.sh; raises RuntimeError where they fail."""
        script = BROKEN.read_text() + lines
        answer = self._run("sudo /bin/sh -c %s", script)
        if answer.status:
            raise RuntimeError(f"On {self.name}, {lines!r} failed: {answer.stderr}")


def outcome(fault: Fault, verdict: Verdict, seconds: float) -> Outcome:
    """Whether the right check has the right cause, and no other that it has nothing to do with."""
    line = verdict.check(fault.check)
    found = line is not None and line["status"] == fault.status
    named = found and line is not None and re.search(fault.cause, line["cause"]) is not None
    strange = [other for other in alarms(verdict) if not belongs(other, fault)]
    told = ", ".join(one["id"] for one in alarms(verdict)) or "nothing is wrong"
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


class Trial:
    """All faults on all Macs, each Mac in a thread of its own."""

    def __init__(self, macs: list[Mac], faults: list[Fault], full: bool) -> None:
        self._macs = macs
        self._waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
        for fault in faults:
            self._waiting.put(fault)
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

    def _see_through(self, mac: Mac) -> None:
        try:
            mac.shell("heal")
            self._must_be_right(mac, HEALTHY[self._full], "healthy")
            while True:
                try:
                    fault = self._waiting.get_nowait()
                except queue.Empty:
                    break
                found = mac.try_out(fault)
                self.outcomes.append(found)
                say(f"{mac.name}: {fault.id}: {found.told} ({found.seconds:.0f} s)")
            self._must_be_right(mac, HEALTHY[self._full], "healed")
            mac.shell(f"exec > /dev/null 2>&1; {BUSY}")
            self._must_be_right(mac, LOADED[self._full], "under load")
            mac.shell("rm /var/tmp/busy")
        except RuntimeError as error:
            self.broken.append(str(error))

    def _must_be_right(self, mac: Mac, times: int, how: str) -> None:
        for _ in range(times):
            began = time.monotonic()
            verdict = mac.judged()
            wrong = [] if verdict.verdict == "pass" else alarms(verdict)
            told = "; ".join(f"{line['id']} measured {line['measured']}" for line in wrong)
            if verdict.verdict != "pass":
                told = told or verdict.verdict
            self.healthy.append(told)
            say(f"{mac.name}: {how}: {told or 'right'} ({time.monotonic() - began:.0f} s)")


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


def totals(trial: Trial, faults: list[Fault]) -> str:
    """The last line."""
    found = sum(one.found for one in trial.outcomes)
    right = sum(one.right for one in trial.outcomes)
    false = sum(bool(told) for told in trial.healthy)
    return (
        f"faults: found {found} of {len(faults)}, right cause {right} of {len(faults)}, "
        f"false alarms {false} of {len(trial.healthy)}"
    )


def read(names: list[str], full: bool = True) -> list[Fault]:
    """The faults of these names; without any, all, or in brief all but those by hand."""
    rows = yaml.safe_load(FAULTS.read_text())
    faults = [Fault(**{**row, "also": tuple(row.get("also", ()))}) for row in rows]
    lost = set(names) - {fault.id for fault in faults}
    if lost:
        sys.exit(f"There is no fault {', '.join(sorted(lost))} in {HERE / 'faults.yml'}.")
    if names:
        return [fault for fault in faults if fault.id in names]
    return [fault for fault in faults if full or not fault.by_hand]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inventory", type=Path, required=True)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--full", action="store_true", help="every check for every fault")
    how.add_argument("--brief", action="store_false", dest="full", help="those it concerns")
    parser.add_argument("faults", nargs="*")
    given = parser.parse_args()
    os.environ.update(surroundings([]))
    faults = read(given.faults, given.full)
    names = yaml.safe_load(given.inventory.read_text())["macs"]["hosts"]
    trial = Trial([Mac(name, given.inventory, given.full) for name in names], faults, given.full)
    trial.run()
    order = {fault.id: number for number, fault in enumerate(faults)}
    trial.outcomes.sort(key=lambda one: order[one.fault.id])
    Console(width=150, highlight=False).print(table(trial.outcomes))
    for sentence in trial.broken:
        print(sentence)
    print(totals(trial, faults))
    passed = not trial.broken and not any(trial.healthy)
    passed = passed and len(trial.outcomes) == len(faults)
    return 0 if passed and all(one.found and one.right for one in trial.outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())

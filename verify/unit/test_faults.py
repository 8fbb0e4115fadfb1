"""How a verdict is held against what was broken; nothing is broken here."""

from __future__ import annotations

import re

import pytest

from fault import Fault, ops, outcome, read
from patient import BROKEN, NotSetError, Patient
from trial import Trial, passed, totals
from verify.host.lines import PLANNED
from verify.host.wish import KNOWN
from verify.onhost.catalogue import CHECKS
from verify.settings import PROJECT
from verify.unit.macs import line, verdict
from verify.verdict import Verdict

FAULTS = read([])
FAULT = Fault("x", "load.imports", "A library is no", "load", gpu="x", also=("numerics",))
FOUND = line("fail", "load.imports", cause="A library is no library.")


def judged(*lines: object) -> tuple[bool, bool]:
    made = outcome(FAULT, verdict("m2", "fail", *lines), 1.0)  # type: ignore[arg-type]
    return made.found, made.right


def test_a_fault_is_found_by_its_check_with_its_cause() -> None:
    assert judged(FOUND) == (True, True)
    assert judged(line("fail", "load.imports", cause="Something else.")) == (True, False)
    assert judged(line("pass", "load.imports"), line("fail", "load.listed")) == (False, False)
    assert judged(line("warn", "load.imports", cause="A library is no")) == (False, False)


def test_a_check_that_has_nothing_to_do_with_it_is_a_wrong_cause() -> None:
    assert judged(FOUND, line("fail", "numerics.matmul")) == (True, True)
    assert judged(FOUND, line("fail", "environment.lock")) == (True, False)
    assert judged(FOUND, line("warn", "environment.lock")) == (True, True)


class Bed(Patient):
    """A Mac on which nothing is run."""

    def __init__(self, refuses: str) -> None:
        self.name = "m2"
        self.refuses = refuses
        self.ran: list[str] = []

    def shell(self, lines: str) -> None:
        self.ran.append(lines)
        if lines == self.refuses:
            raise NotSetError(f"on m2, {lines!r} failed: no space")

    def judged(self, only: str = "", timeout: float = 0.0) -> Verdict:
        broken = only == "load"
        return verdict("m2", "fail" if broken else "pass", *([FOUND] if broken else []))


def test_a_fault_that_cannot_be_made_is_not_found_and_the_others_are_tried() -> None:
    faults = [Fault("a", "load.imports", "A library", "load", breaks=it) for it in ("bad", "good")]
    trial = Trial([Bed("bad")], faults, full=False)
    trial.run()
    assert [one.found for one in trial.outcomes] == [False, True]
    assert trial.outcomes[0].told == "was not set: on m2, 'bad' failed: no space"
    assert totals(trial, faults).startswith("faults: found 1 of 2, right cause 1 of 2, false")
    assert not passed(trial, faults)


def test_a_mac_that_cannot_be_healed_leaves_its_faults_to_the_others() -> None:
    faults = [Fault(it, "load.imports", "A library", "load", gpu=it, mac="m2") for it in "ab"]
    trial = Trial([Bed("heal")], faults, full=False)
    trial.run()
    assert trial.broken[0].startswith("m2 is out of the trial: on m2, 'heal' failed")
    assert trial.broken[1:] == ["No Mac was left to try a on.", "No Mac was left to try b on."]
    assert not passed(trial, faults)


def test_only_what_was_found_for_its_cause_on_macs_that_are_right_otherwise_passes() -> None:
    faults = [Fault("a", "load.imports", "A library", "load", gpu="x")]
    trial = Trial([Bed("")], faults, full=False)
    trial.run()
    assert passed(trial, faults)
    assert totals(trial, faults) == "faults: found 1 of 1, right cause 1 of 1, false alarms 0 of 3"
    trial.healthy[0] = "numerics.matmul measured 3"
    assert not passed(trial, faults)


def test_there_are_thirty_faults_and_more_each_of_its_own_name() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    assert len(read([], full=False)) >= 30


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_is_made_in_one_way_and_names_checks_that_there_are(fault: Fault) -> None:
    ids = {PLANNED, *(check.id for check in CHECKS)}
    assert bool(fault.gpu) != bool(fault.breaks)
    assert fault.check in ids
    assert set(fault.also) <= {*ids, *KNOWN}
    asked = {*fault.only.split(",")}
    assert asked <= {*KNOWN, *ids}
    assert {fault.check, fault.check.partition(".")[0]} & {*asked, PLANNED}
    assert fault.status in ("fail", "warn")
    re.compile(fault.cause)


def test_of_each_op_it_is_known_which_check_sees_it_or_why_none_does() -> None:
    table = (PROJECT / "molecule" / "lab" / "gpu" / "ops.c").read_text()
    there = set(re.findall(r'^    \{"(\w+)"', table, re.MULTILINE))
    known = ops()
    assert {*known["seen"]} | {*known["unseen"]} == there
    assert not {*known["seen"]} & {*known["unseen"]}
    assert {*known["seen"].values()} <= {check.id for check in CHECKS}


def test_what_breaks_a_mac_begins_with_what_heals_it() -> None:
    assert "heal()" in BROKEN.read_text()

"""How a verdict is held against what was broken; nothing is broken here."""

from __future__ import annotations

import re

import pytest

from trial import BROKEN, Fault, outcome, read
from verify.host.lines import PLANNED
from verify.host.wish import KNOWN
from verify.onhost.catalogue import CHECKS
from verify.unit.macs import line, verdict

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


def test_there_are_thirty_faults_and_more_each_of_its_own_name() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS)
    assert len(read([], full=False)) >= 30


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.id for fault in FAULTS])
def test_a_fault_is_made_in_one_way_and_names_checks_that_there_are(fault: Fault) -> None:
    ids = {PLANNED, *(check.id for check in CHECKS)}
    assert bool(fault.gpu) != bool(fault.breaks)
    assert fault.check in ids
    assert set(fault.also) <= {*ids, *KNOWN}
    families = fault.only.split(",")
    assert set(families) <= {*KNOWN}
    assert fault.check == PLANNED or fault.check.partition(".")[0] in families
    assert fault.status in ("fail", "warn")
    re.compile(fault.cause)


def test_what_breaks_a_mac_begins_with_what_heals_it() -> None:
    assert "heal()" in BROKEN.read_text()

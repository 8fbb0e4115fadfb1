"""Macs that did not come to their verification: in which stage, and in which words."""

from __future__ import annotations

import io

import pytest

from verify.report import stages
from verify.report.fleet import Fleet
from verify.report.table import show, totals
from verify.settings import PROJECT
from verify.unit.macs import READING, line, verdict
from verify.verdict import Verdict

REFUSED = stages.failed("m1", "preflight", "No pins fit m1.", READING, "")
LACKING = stages.failed("m2", "share", "The mirror cannot serve m2.", READING, "")
FULL = stages.failed("m3", "environment", "The disk of this Mac is full.", READING, "")
NO_ROOM = stages.silent("m8", "settings", "mkdir: x:\n No space left on device", simulated=True)
ASLEEP = stages.silent("m4", "plan", "ssh: timed out", simulated=None)
DROWSY = stages.silent("m5", "uv", "ssh:\n timed  out", simulated=True)
WRONG = verdict("m6", "fail", line("fail", "load.listed"))
ALL = (REFUSED, LACKING, FULL, ASLEEP, DROWSY, WRONG, verdict("m7", "pass", line()))


@pytest.mark.parametrize(
    ("mac", "words"),
    [
        (REFUSED, "REFUSED"),
        (LACKING, "REFUSED"),
        (FULL, "FAILED in environment"),
        (ASLEEP, "not reached"),
        (DROWSY, "silent since uv"),
        (NO_ROOM, "FAILED in settings"),
        (WRONG, "WRONG"),
    ],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_the_table_says_how_a_mac_ended_and_in_which_stage(mac: Verdict, words: str) -> None:
    out = io.StringIO()
    show(Fleet("now", (mac,)), PROJECT / "report", out)
    row = next(line for line in out.getvalue().splitlines() if line.startswith(f"| {mac.name}"))
    assert row.split("|")[-2].strip() == words


def test_the_refused_and_the_failed_are_counted_apart() -> None:
    assert totals(Fleet("now", ALL)).endswith(
        ": 1 right, 1 wrong, 2 not reached, 2 refused, 1 failed."
    )


def test_a_mac_that_fell_silent_says_when_and_is_to_be_tried_again() -> None:
    fleet = Fleet("now", ALL)
    assert [mac.name for mac in fleet.open] == ["m4", "m5"]
    assert DROWSY.checks[0]["cause"] == "It fell silent in the stage uv: ssh: timed out"
    assert ASLEEP.checks[0]["cause"] == "It did not answer: ssh: timed out"


def test_a_mac_with_no_room_for_a_module_is_not_called_asleep() -> None:
    (check,) = NO_ROOM.checks
    assert check["measured"] == "mkdir: x: No space left on device"
    assert check["cause"] == "The disk of this Mac is full."
    assert check["cure"].startswith("Make room there, then run `")


def test_a_simulated_mac_is_called_so_though_it_is_silent() -> None:
    assert "1 of them simulated" in totals(Fleet("now", (ASLEEP, DROWSY)))


def test_every_silent_mac_has_all_its_checks_and_none_was_run() -> None:
    assert {check["status"] for check in DROWSY.checks} == {"not run"}
    assert len(DROWSY.checks) == len(ASLEEP.checks) > 20

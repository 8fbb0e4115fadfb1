"""Verdicts folded into a fleet: exit status, files, and Macs that left none."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from verify.report.fleet import Fleet, clear, gather
from verify.unit.macs import line, verdict
from verify.verdict import Outcome, Verdict


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["pass", "pass"], 0),
        (["pass", "fail"], 1),
        (["fail", "unreachable"], 1),
        (["pass", "unreachable"], 2),
        (["pass", "inconclusive"], 2),
        ([], 2),
    ],
)
def test_wrong_beats_unjudged_and_unjudged_beats_right(
    outcomes: list[Outcome], status: int
) -> None:
    fleet = Fleet("now", tuple(verdict(f"m{n}", each) for n, each in enumerate(outcomes)))
    assert fleet.exit_status == status


def test_a_name_without_a_verdict_is_unreachable_and_its_checks_not_run(tmp_path: Path) -> None:
    verdict("m1").save(tmp_path)
    fleet = gather(tmp_path, ["m2", "m1"])
    assert [(mac.name, mac.verdict) for mac in fleet.macs] == [
        ("m1", "pass"),
        ("m2", "unreachable"),
    ]
    assert {check["status"] for check in fleet.macs[1].checks} == {"not run"}


def test_with_names_given_no_other_mac_is_in_the_fleet(tmp_path: Path) -> None:
    for name in ("m1", "m2"):
        verdict(name).save(tmp_path)
    assert [mac.name for mac in gather(tmp_path, ["m1"]).macs] == ["m1"]
    assert [mac.name for mac in gather(tmp_path).macs] == ["m1", "m2"]


def test_a_mac_that_has_been_silent_for_too_long_was_not_reached(tmp_path: Path) -> None:
    for name, hours in (("fresh", 1), ("silent", 30)):
        verdict(name).save(tmp_path)
        at = time.time() - hours * 3600
        os.utime(tmp_path / "macs" / f"{name}.json", (at, at))
    fleet = gather(tmp_path, within=24)
    assert [mac.verdict for mac in fleet.macs] == ["pass", "unreachable"]
    assert "It last reported at" in fleet.macs[1].checks[0]["cause"]
    assert [mac.verdict for mac in gather(tmp_path).macs] == ["pass", "pass"]


def test_where_there_is_no_verdict_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no verdict"):
        gather(tmp_path)


def test_the_fleet_s_file_holds_every_check_of_every_mac(tmp_path: Path) -> None:
    macs = (verdict("m1"), verdict("m2", "fail", line("fail"), line()))
    Fleet("2026-11-21T00:00:00+00:00", macs).save(tmp_path)
    written = json.loads((tmp_path / "fleet.json").read_text())
    assert set(written) == {"schema", "made", "macs"}
    assert tuple(map(Verdict.parse, written["macs"])) == macs


def test_those_that_were_not_judged_are_listed_for_a_retry(tmp_path: Path) -> None:
    macs = (verdict("m1"), verdict("m2", "unreachable"), verdict("m3", "inconclusive"))
    Fleet("now", (*macs, verdict("m4", "fail"))).save(tmp_path)
    assert (tmp_path / "retry.txt").read_text() == "m2\nm3\n"
    Fleet("now", macs[:1]).save(tmp_path)
    assert not (tmp_path / "retry.txt").exists()


def test_a_stale_verdict_is_taken_away_and_others_stay(tmp_path: Path) -> None:
    for name in ("m1", "m2"):
        verdict(name).save(tmp_path)
    gather(tmp_path).save(tmp_path)
    clear(tmp_path, ["m1", "m3"])
    assert [path.name for path in (tmp_path / "macs").iterdir()] == ["m2.json"]
    assert not (tmp_path / "fleet.json").exists()

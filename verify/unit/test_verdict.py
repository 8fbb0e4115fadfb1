"""Verdicts: what follows from checks, and what is read back from disk."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from verify.unit.macs import line, verdict
from verify.verdict import Verdict, lines_in, outcome, place, write


@pytest.mark.parametrize(
    ("statuses", "follows"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "fail", "not run"], "fail"),
        (["inconclusive", "fail"], "fail"),
        (["pass", "warn"], "pass"),
        (["warn", "fail"], "fail"),
        (["pass", "inconclusive"], "inconclusive"),
        (["pass", "not run"], "inconclusive"),
        ([], "inconclusive"),
    ],
)
def test_one_check_that_failed_decides_and_one_left_open_leaves_it_open(
    statuses: list[str], follows: str
) -> None:
    assert outcome(line(status) for status in statuses) == follows


def test_a_verdict_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    before = verdict("m2", "fail", line("fail"), line(measured=0.5))
    before.save(tmp_path)
    assert Verdict.load(tmp_path / "macs" / "m2.json") == before


@pytest.mark.parametrize(
    "change",
    [
        {"schema": 1},
        {"verdict": "maybe"},
        {"simulated": "yes"},
        {"checks": [{"id": "x"}]},
        {"checks": [line("maybe")]},
        {"checks": [line(measured=[])]},
        {"colour": "blue"},
    ],
)
def test_what_is_no_verdict_is_refused_with_the_name_of_its_file(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    source = tmp_path / "m2.json"
    source.write_text(json.dumps({**dataclasses.asdict(verdict()), **change}))
    with pytest.raises(ValueError, match=r"m2\.json is not a verdict"):
        Verdict.load(source)


def test_half_a_file_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "m2.json"
    source.write_text('{"schema": 1')
    with pytest.raises(ValueError, match="is not a verdict"):
        Verdict.load(source)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "fleet.json"
    write(target, "old")
    with pytest.raises(UnicodeEncodeError):
        write(target, "new \ud800")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.json"]


@pytest.mark.parametrize("name", ["../m2", "a/b", "", ".hidden", "-rf", "a b"])
def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a Mac's name"):
        place(tmp_path, name)


def test_names_that_inventories_hold_are_file_names(tmp_path: Path) -> None:
    for name in ("mini-01.lab.example", "127.0.0.1", "fe80::1", "lab_mini"):
        assert place(tmp_path, name).parent == tmp_path / "macs"


def test_lines_are_found_among_whatever_else_was_printed() -> None:
    text = f"Welcome to the lab\n{json.dumps(line())}\n{{}}\n[]\n{json.dumps(line('fail'))}"
    assert [found["status"] for found in lines_in(text)] == ["pass", "fail"]


def test_only_a_simulated_mac_is_called_so() -> None:
    titles = [verdict(simulated=simulated).title for simulated in (True, False, None)]
    assert titles == ["m2 (simulated)", "m2", "m2"]

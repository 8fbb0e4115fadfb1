"""The doctor: each check, what is wrong, since when, what to type, and what is harmless."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from verify import doctor
from verify.host.lines import unjudged, wake
from verify.report import history
from verify.report.fleet import Fleet
from verify.unit.macs import line, verdict
from verify.verdict import Verdict

WRONG = line(
    "fail", "environment.keras", measured="KERAS_BACKEND=jax", evidence="W0 what it said [x]"
)
WAITING = line("not run", "load.listed", cause="load.imports did not pass.")


def told(mac: Verdict, report: Path) -> str:
    stream = io.StringIO()
    doctor.show(mac, report, stream)
    return stream.getvalue()


def test_each_check_has_a_line_and_what_is_wrong_says_what_to_do(tmp_path: Path) -> None:
    text = told(verdict("m2", "fail", line(), WRONG, WAITING), tmp_path)
    assert "right    load.listed        this" in text
    assert "WRONG    environment.keras  KERAS_BACKEND=jax" in text
    for words in ("found    KERAS_BACKEND=jax", "why      a cause", "do       a cure"):
        assert words in text
    assert "it said  W0 what it said [x]" in text
    assert "since    never seen right here" in text
    assert "Not run, since load.imports did not pass. load.listed" in text
    assert text.isascii()


def test_a_mac_that_is_right_has_nothing_to_do(tmp_path: Path) -> None:
    text = told(verdict("m2", "pass", line()), tmp_path)
    assert text.startswith("m2, simulated, Apple M2 Pro, macOS 14.6.1: right")
    assert "1." not in text.replace("14.6.1", "")


def test_a_long_measure_is_cut_in_the_overview_and_told_in_full_below(tmp_path: Path) -> None:
    text = told(verdict("m2", "fail", line("fail", measured="word " * 60)), tmp_path)
    assert "WRONG    load.listed  word word" in text
    assert max(map(len, text.splitlines())) <= 110
    assert text.count("word") > 60


def test_the_overview_cuts_no_path_in_two(tmp_path: Path) -> None:
    path = f"/opt/{'environments/' * 9}python3.11"
    text = told(
        verdict("m2", "fail", line("fail", measured=f"what is at {path} is gone")), tmp_path
    )
    assert "WRONG    load.listed  what is at ...\n" in text
    assert text.count(path) == 1


def test_it_says_since_when_and_what_has_changed_meanwhile(tmp_path: Path) -> None:
    good = line(check_id="environment.keras")
    reading = {**verdict().reading, "macos": "14.5"}
    before = Fleet("2026-11-20T08:00:00+00:00", (verdict("m2", "pass", good, reading=reading),))
    history.keep(tmp_path, before)
    text = told(verdict("m2", "fail", WRONG), tmp_path)
    assert "since    last right 2026-11-20T08:00:00+00:00" in text
    assert "Changed since the report of 2026-11-20T08:00:00+00:00: macos 14.5, now 14.6.1." in text


def test_what_means_nothing_is_named_as_harmless(tmp_path: Path) -> None:
    said = "I pluggable_device] Could not identify NUMA node of platform GPU ID 0, defaulting to 0"
    text = " ".join(told(verdict("m2", "pass", line(evidence=said)), tmp_path).split())
    assert f'Harmless: "{said}"' in text


def test_a_warning_is_told_after_what_is_wrong(tmp_path: Path) -> None:
    slow = line("warn", "performance.matmul", claim="It is quick")
    text = told(verdict("m2", "fail", slow, WRONG), tmp_path)
    assert "1. environment.keras holds: WRONG" in text
    assert "2. It is quick: warning" in text


def test_the_last_verdict_is_told_again_or_missed_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no verdict on m2"):
        doctor.last("m2", tmp_path)
    verdict("m2").save(tmp_path)
    assert doctor.last("m2", tmp_path).name == "m2"


def test_the_doctor_sees_one_mac_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "surroundings", lambda *given: {})
    monkeypatch.setattr(doctor, "names", lambda *given: ["m1", "m2"])
    with pytest.raises(ValueError, match=r"'all' is m1, m2\. Type: make doctor HOST=m1"):
        doctor.examine([], "all", tmp_path, [])
    with pytest.raises(ValueError, match=r"one Mac at a time; there are m1, m2\."):
        doctor.examine([], "", tmp_path, [])


def test_of_a_mac_that_does_not_answer_the_cause_is_told_once(tmp_path: Path) -> None:
    before = Fleet("2026-11-20T08:00:00+00:00", (verdict("m2", "pass", line()),))
    history.keep(tmp_path, before)
    checks = unjudged("not run", "The Mac does not answer: no route.", wake("m2"))
    text = told(Verdict("m2", True, "unreachable", checks=checks), tmp_path)
    assert text.count("The Mac does not answer: no route.") <= 2
    assert f" do      {wake('m2')}" in text
    assert "has changed" not in text
    assert len(text.splitlines()) < 12

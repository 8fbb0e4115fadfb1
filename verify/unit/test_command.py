"""The command line: what it writes, what it exits with, and bad input."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verify import __main__ as command
from verify import hosts
from verify.hosts import names, surroundings
from verify.unit.macs import line, verdict
from verify.verdict import Verdict

INVENTORY = (
    "macs:\n  hosts:\n    m1:\n    m2:\n  children:\n    intel:\n      hosts:\n        m3:\n"
)


def called(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["verify", *words])
    return command.main()


def test_report_writes_its_files_and_exits_with_the_fleet_s_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict("m1").save(tmp_path)
    report = ("report", "--report", str(tmp_path))
    assert called(monkeypatch, *report) == 0
    assert called(monkeypatch, *report, "--expect", "m1", "m2") == 2
    verdict("m3", "fail", line("fail")).save(tmp_path)
    assert called(monkeypatch, *report, "--expect", "m1,m2", "m3") == 1
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {
        *("macs", "history"),
        *("fleet.json", "fleet.html", "junit.xml", "retry.txt"),
    }
    assert "1 right, 1 wrong, 1 not reached" in capsys.readouterr().out


def test_a_recorded_mac_is_wrong_in_the_stage_it_stopped_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("record", "m1", "--stage", "homebrew", "--sentence", "No bottle for libomp.")
    reading = ("--reading", '{"simulated": true, "chip": "Apple M1"}', "--pin", "tf-2.18")
    assert called(monkeypatch, *words, *reading, "--report", str(tmp_path)) == 0
    mac = Verdict.load(tmp_path / "macs" / "m1.json")
    assert (mac.verdict, mac.simulated, mac.pin) == ("fail", True, "tf-2.18")
    assert mac.checks[0]["id"] == "converge.homebrew"
    assert mac.checks[0]["measured"] == "No bottle for libomp."


def test_begin_forgets_the_named_macs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("m1", "m2", "m3"):
        verdict(name).save(tmp_path)
    assert called(monkeypatch, "begin", "m1", "m2", "--report", str(tmp_path)) == 0
    assert [path.name for path in (tmp_path / "macs").iterdir()] == ["m3.json"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("record", "a/b", "--stage", "x", "--sentence", "y"), "cannot be a Mac's name"),
        (("record", "a", "--stage", "x", "--sentence", "y", "--reading", "{"), "is not JSON"),
        (("record", "a", "--stage", "x", "--sentence", "y", "--reading", "[]"), "JSON object"),
        (("begin", "../m1"), "cannot be a Mac's name"),
        (("report",), "There is no verdict"),
        (("hosts", "--inventory", "no/such/file"), "There is no inventory no/such/file."),
    ],
)
def test_bad_input_is_one_sentence_and_exit_status_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    sentence: str,
) -> None:
    assert called(monkeypatch, *words, "--report", str(tmp_path)) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1


def test_a_verdict_that_is_none_is_no_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "macs").mkdir()
    (tmp_path / "macs" / "m1.json").write_text("{}")
    assert called(monkeypatch, "report", "--report", str(tmp_path)) == 2
    assert "m1.json is not a verdict" in capsys.readouterr().err


def test_a_verification_that_breaks_exits_3_with_what_pytest_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY)
    verdict("m1").save(tmp_path)
    monkeypatch.setattr(hosts, "PROJECT", tmp_path)
    report = tmp_path / "not" / "there" / "yet"
    words = ("hosts", "--inventory", str(inventory), "--limit", "m1", "--report", str(report))
    assert called(monkeypatch, *words) == 3
    assert (report / "progress.jsonl").exists()
    assert "No verdict was written for m1. pytest said:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("limit", "found"),
    [("", ["m1", "m2", "m3"]), ("m2,intel", ["m2", "m3"]), ("m*:!m1", ["m2", "m3"])],
)
def test_a_limit_means_what_it_means_to_ansible(
    tmp_path: Path, limit: str, found: list[str]
) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY)
    assert sorted(names(limit, surroundings([str(inventory)]))) == found


def test_a_limit_that_means_nobody_is_refused(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(INVENTORY)
    with pytest.raises(ValueError, match="There is no Mac 'm9' in"):
        names("m9", surroundings([str(inventory)]))

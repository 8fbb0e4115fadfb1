"""What is remembered of a Mac from one report to the next."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verify import __main__ as command
from verify.report import history
from verify.report.fleet import Fleet
from verify.unit.macs import line, verdict
from verify.verdict import Verdict


def reported(report: Path, made: str, *macs: Verdict) -> None:
    history.keep(report, Fleet(made, macs))


def test_a_check_was_last_good_when_it_last_passed(tmp_path: Path) -> None:
    reported(tmp_path, "monday", verdict("m1", "pass", line(), line("pass", "a.b")))
    reported(tmp_path, "tuesday", verdict("m1", "fail", line(), line("fail", "a.b")))
    assert history.last_good(tmp_path, "m1", "load.listed") == "tuesday"
    assert history.last_good(tmp_path, "m1", "a.b") == "monday"
    assert history.last_good(tmp_path, "m1", "c.d") == ""
    assert history.last_good(tmp_path, "m2", "a.b") == ""


def test_a_mac_was_last_right_when_its_verdict_last_was_pass(tmp_path: Path) -> None:
    reported(tmp_path, "monday", verdict("m1"))
    reported(tmp_path, "tuesday", verdict("m1", "unreachable", line("not run")))
    assert history.load(tmp_path, "m1").right == "monday"


def test_a_report_made_again_does_not_become_its_own_past(tmp_path: Path) -> None:
    reported(tmp_path, "monday", verdict("m1"))
    history.turn(tmp_path, ["m1"])
    for made in ("tuesday", "wednesday"):
        reported(tmp_path, made, verdict("m1", "fail", line("fail")))
    kept = history.load(tmp_path, "m1")
    assert kept.before is not None
    assert (kept.before.made, kept.before.verdict) == ("monday", "pass")
    assert kept.latest is not None
    assert (kept.latest.made, kept.latest.statuses) == ("wednesday", {"load.listed": "fail"})


def test_a_run_that_ended_before_its_report_leaves_the_past_alone(tmp_path: Path) -> None:
    reported(tmp_path, "monday", verdict("m1"))
    history.turn(tmp_path, ["m1", "m2"])
    history.turn(tmp_path, ["m1", "m2"])
    kept = history.load(tmp_path, "m1")
    assert kept.before is not None
    assert (kept.before.made, kept.latest) == ("monday", None)
    assert history.known(tmp_path) == ["m1"]


def test_what_a_mac_was_is_remembered_with_its_verdict(tmp_path: Path) -> None:
    reported(tmp_path, "monday", verdict("m1", versions={"tensorflow": "2.18.1"}))
    latest = history.load(tmp_path, "m1").latest
    assert latest is not None
    assert latest.facts == {
        "macos": "14.6.1",
        "chip": "Apple M2 Pro",
        "kind": "simulated Mac",
        "pin": "tf-2.18",
        "tensorflow": "2.18.1",
    }


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"checks": {}, "latest": 3, "before": null}'])
def test_a_file_that_is_no_history_is_named_in_a_sentence(tmp_path: Path, text: str) -> None:
    history.file(tmp_path, "m1").parent.mkdir()
    history.file(tmp_path, "m1").write_text(text)
    with pytest.raises(ValueError, match=r"m1\.json is not a Mac's history.*delete it"):
        history.last_good(tmp_path, "m1", "a.b")


def test_the_commands_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*words: str) -> None:
        monkeypatch.setattr(sys, "argv", ["verify", *words, "--report", str(tmp_path)])
        command.main()

    verdict("m1").save(tmp_path)
    called("report")
    called("begin", "m1")
    verdict("m1", "fail", line("fail")).save(tmp_path)
    called("report")
    kept = history.load(tmp_path, "m1")
    assert kept.before is not None
    assert kept.latest is not None
    assert (kept.before.verdict, kept.latest.verdict) == ("pass", "fail")
    assert history.last_good(tmp_path, "m1", "load.listed") == kept.before.made

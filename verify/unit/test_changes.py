"""What is otherwise than in the report before."""

from __future__ import annotations

from pathlib import Path

from verify.report import history
from verify.report.changes import changes
from verify.report.fleet import Fleet
from verify.unit.macs import READING, line, verdict
from verify.verdict import Verdict


def between(report: Path, before: tuple[Verdict, ...], now: tuple[Verdict, ...]) -> dict[str, str]:
    history.keep(report, Fleet("monday", before))
    history.turn(report, [mac.name for mac in now])
    return {
        f"{change.kind} {change.mac}": change.sentence
        for change in changes(report, Fleet("tuesday", now))
    }


def test_each_mac_is_compared_with_its_own_report_before(tmp_path: Path) -> None:
    bad = line("fail", "a.b")
    found = between(
        tmp_path,
        (verdict("m1"), verdict("m2", "fail", bad), verdict("m3"), verdict("m4"), verdict("m5")),
        (
            verdict("m1", "fail", line("fail")),
            verdict("m2", "pass", line("pass", "a.b")),
            verdict("m3", "unreachable", line("not run")),
            verdict("m5"),
            verdict("m6"),
        ),
    )
    assert found == {
        "worse m1": "It was right and is wrong. Newly failing: load.listed.",
        "lost m3": "It was right and is not reached.",
        "mended m2": "It was wrong and is right. Passing again: a.b.",
        "new m6": "It is right.",
        "absent m4": "A simulated Mac. It was last right.",
    }


def test_what_moved_on_the_mac_is_told_beside_it(tmp_path: Path) -> None:
    newer = {**READING, "macos": "15.1"}
    found = between(tmp_path, (verdict("m1"),), (verdict("m1", reading=newer, pin="tf-2.19"),))
    said = "It had macos 14.6.1, now 15.1; pin tf-2.18, now tf-2.19."
    assert found == {"other m1": said}


def test_a_mac_that_was_left_out_once_is_not_new_when_it_comes_again(tmp_path: Path) -> None:
    history.keep(tmp_path, Fleet("monday", (verdict("m1"), verdict("m2"))))
    history.turn(tmp_path, ["m1"])
    history.keep(tmp_path, Fleet("tuesday", (verdict("m1"),)))
    history.turn(tmp_path, ["m1", "m2"])
    assert changes(tmp_path, Fleet("wednesday", (verdict("m1"), verdict("m2")))) == []


def test_a_warning_that_was_a_fault_passes_again(tmp_path: Path) -> None:
    found = between(
        tmp_path,
        (verdict("m1", "fail", line("fail", "a.b")),),
        (verdict("m1", "pass", line("warn", "a.b")),),
    )
    assert found == {"mended m1": "It was wrong and is right. Passing again: a.b."}

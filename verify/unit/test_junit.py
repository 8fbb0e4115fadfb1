"""What machines read: JUnit XML."""

from __future__ import annotations

from pathlib import Path

from junitparser import JUnitXml

from verify.report.fleet import Fleet
from verify.report.junit import save
from verify.unit.macs import line, verdict
from verify.verdict import Verdict


def saved(folder: Path, *macs: Verdict) -> JUnitXml:
    save(Fleet("now", macs), folder / "junit.xml")
    return JUnitXml.fromfile(str(folder / "junit.xml"))


def test_a_simulated_mac_s_suite_says_so(tmp_path: Path) -> None:
    suites = saved(tmp_path, verdict("m1"), verdict("m2", simulated=False))
    assert [suite.name for suite in suites] == ["m1 (simulated)", "m2"]


def test_each_status_is_counted_as_what_it_is(tmp_path: Path) -> None:
    lines = [line(status) for status in ("pass", "fail", "inconclusive", "not run")]
    (suite,) = saved(tmp_path, verdict("m1", "fail", *lines))
    counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
    assert counts == (4, 1, 1, 1)


def test_an_unreachable_mac_is_errors_and_never_skips(tmp_path: Path) -> None:
    (suite,) = saved(tmp_path, verdict("m1", "unreachable", line("not run"), line("not run")))
    assert (suite.errors, suite.skipped) == (2, 0)


def test_a_failure_carries_its_measure_and_its_cure(tmp_path: Path) -> None:
    (suite,) = saved(tmp_path, verdict("m1", "fail", line("fail", measured="<no> & 'GPU'")))
    (result,) = next(iter(suite)).result
    assert result.message == "measured <no> & 'GPU', expected that"
    assert "a cure" in result.text

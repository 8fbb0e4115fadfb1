"""What machines read: JUnit XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from junitparser import JUnitXml

from verify.report.fleet import Fleet
from verify.report.junit import save
from verify.unit.fleets import MADE, fleet
from verify.unit.macs import line, verdict
from verify.verdict import Verdict


def saved(folder: Path, *macs: Verdict) -> JUnitXml:
    save(Fleet(MADE, macs), folder / "junit.xml")
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


ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors", "skipped"},
    "testsuite": {
        *("name", "tests", "failures", "errors", "skipped", "time"),
        *("timestamp", "hostname"),
    },
    "properties": set(),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message"},
    "error": {"message"},
    "skipped": {"message"},
    "system-out": set(),
}


def test_the_file_has_the_usual_shape_and_its_counts_are_true(tmp_path: Path) -> None:
    saved(tmp_path, *fleet(12, simulated=0.5).macs)
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    for element in root.iter():
        assert set(element.attrib) == ATTRIBUTES[element.tag], element.tag
    for holder in (root, *root):
        for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(holder.attrib[kind]) == len(list(holder.iter(tag))), kind
        cases = list(holder.iter("testcase"))
        assert int(holder.attrib["tests"]) == len(cases) > 0
        took = sum(float(case.attrib["time"]) for case in cases)
        assert abs(float(holder.attrib["time"]) - took) < 0.01
    assert [suite.attrib["timestamp"] for suite in root] == ["2026-11-21T10:35:00"] * 12


def test_a_warning_has_passed_and_says_why(tmp_path: Path) -> None:
    (suite,) = saved(tmp_path, verdict("m1", "pass", line("warn")))
    (case,) = suite
    assert (suite.failures, suite.errors, suite.skipped, case.is_passed) == (0, 0, 0, True)
    assert "a cure" in case.system_out


def test_what_xml_cannot_hold_does_not_break_it(tmp_path: Path) -> None:
    odd = line("fail", measured="\x1b[31m\x00\ud800", claim="\x07", cause="\x08")
    (suite,) = saved(tmp_path, verdict("m1", "fail", odd, pin="\x1b"))
    assert "[31m" in next(iter(suite)).result[0].message

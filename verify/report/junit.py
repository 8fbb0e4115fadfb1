"""The fleet as JUnit XML: one suite per Mac, one case per check."""

from __future__ import annotations

import io
from pathlib import Path

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from verify.onhost.registry import Line
from verify.report.fleet import Fleet
from verify.report.words import shown
from verify.verdict import Verdict, told, write


def save(fleet: Fleet, target: Path) -> None:
    """Write the file; it holds "(simulated)" in the name of each suite of a simulated Mac."""
    document = JUnitXml("tensorflow_metal")
    for mac in fleet.macs:
        document.add_testsuite(suite(mac, fleet.made))
    document.update_statistics()  # type: ignore[no-untyped-call]
    text = io.BytesIO()
    document.write(text)
    write(target, text.getvalue().decode() + "\n")


def suite(mac: Verdict, time: str) -> TestSuite:
    """The suite of one Mac."""
    made = TestSuite(mac.title)
    made.timestamp = time[:19]
    made.hostname = mac.name
    made.add_property("pin", shown(mac.pin))
    made.add_property("verdict", mac.verdict)
    for check in mac.checks:
        made.add_testcase(case(check, mac))
    return made


def case(check: Line, mac: Verdict) -> TestCase:
    """A check that failed is a failure; one that could not be judged is an error.

    What only warned has passed, and says why in its output.
    """
    made = TestCase(shown(check["claim"]), shown(f"{mac.title}.{check['id']}"), check["seconds"])
    message = shown(f"measured {check['measured']}, expected {check['expected']}")
    if check["status"] == "fail":
        made.result = [Failure(message)]
    elif check["status"] == "inconclusive" or mac.verdict == "unreachable":
        made.result = [Error(message)]
    elif check["status"] == "not run":
        made.result = [Skipped(shown(check["cause"]))]
    elif check["status"] == "warn":
        made.system_out = shown(told(check))
    for result in made.result:
        result.text = shown(told(check))
    return made

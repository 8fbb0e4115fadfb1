"""One verdict per Mac and session; the tests are the claims it is made of."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import pytest
from testinfra.host import Host
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

from verify.host.claims import Proves
from verify.host.foreign import WHY
from verify.host.judge import judge
from verify.host.lines import PLANNED
from verify.host.run import over
from verify.host.telling import Teller
from verify.onhost.catalogue import CHECKS
from verify.settings import PROJECT, UNLOGGED
from verify.verdict import Verdict, told

IDS = {PLANNED, *(check.id for check in CHECKS)}
VERDICTS = pytest.StashKey[dict[str, Verdict]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    add = parser.getgroup("verify").addoption
    add("--report-folder", type=Path, default=PROJECT / "report", help="where verdicts go")
    add("--profile", default="", help="smoke, standard, full or soak")
    add("--soak", type=float, dest="soak_minutes", metavar="MINUTES", help="how long, in soak")
    add("--check-timeout", type=float, metavar="SECONDS", help="for one check")
    add("--only", dest="families", default="", metavar="FAMILIES", help="or checks")
    add("--progress", type=Path, metavar="FILE", help="where to tell how far each Mac is")
    add("--environment", default="", metavar="PATH", help="of one that this role did not make")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.update(UNLOGGED)
    config.stash[VERDICTS] = {}
    config.option.hosts = config.option.hosts or "ansible://macs"


class ByMac(LoadScopeScheduling):  # type: ignore[misc]
    """All tests of a Mac go to one worker, so that it is asked once."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid[nodeid.index("[") :]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Whatever --dist says: xdist's own groups have no effect in pytest 9.2 (pytest-xdist#1386)."""
    return ByMac(config, log)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Say with each result whether its Mac is simulated."""
    if report.when != "call" or ("simulated", True) not in report.user_properties:
        return None
    words = {"passed": "PASSED", "failed": "FAILED", "skipped": "SKIPPED"}
    letters = {"passed": ".", "failed": "F", "skipped": "s"}
    return report.outcome, letters[report.outcome], f"{words[report.outcome]} (simulated)"


def name_of(host: Host) -> str:
    """Its name in the inventory, or that of `ssh://user@name`; local:// has none."""
    found = getattr(host.backend, "host", "localhost")
    return str(getattr(found, "name", found))


def variables(host: Host) -> dict[str, Any]:
    """What the inventory says of the Mac, where there is one: ssh://user@mac needs none."""
    if host.backend.get_connection_type() != "ansible":
        return {}
    found: dict[str, Any] = host.ansible.get_variables()
    return found


@pytest.fixture
def mac(host: Host, request: pytest.FixtureRequest) -> Verdict:
    """The verdict on this test's Mac, made and written down at its first test."""
    known = request.config.stash[VERDICTS]
    name = name_of(host)
    if name not in known:
        report = request.config.option.report_folder
        options = {**vars(request.config.option), "timeout": request.config.option.check_timeout}
        teller = Teller(request.config.option.progress, name)
        teller.begins()
        run = over(host, teller.heard)
        known[name] = judge(name, run, variables(host), report, options)
        known[name].save(report)
        teller.ends(known[name])
    request.node.user_properties.append(("simulated", known[name].simulated))
    if known[name].verdict == "unreachable":
        pytest.fail(f"{known[name].title}: {known[name].checks[0]['cause']}", pytrace=False)
    return known[name]


@pytest.fixture
def proves(mac: Verdict) -> Proves:
    """`proves(id)` fails where the check did not pass, and says why.

    It skips a check that is not among the Mac's: a GPU's, on a row without one, or one of a
    larger profile, or what cannot be judged in an environment of someone else's.
    """

    def prove(check_id: str) -> None:
        assert check_id in IDS, f"There is no check {check_id}."
        check = mac.check(check_id)
        if check is None:
            pytest.skip(f"{mac.title} was not asked: its row or the profile has no such check")
        elif check["cause"] == WHY:
            pytest.skip(f"{mac.title}: {WHY}")
        elif check["status"] == "warn":
            warnings.warn(f"{mac.title}: {told(check)}", stacklevel=2)
        elif check["status"] != "pass":
            pytest.fail(f"{mac.title}: {told(check)}", pytrace=False)

    return prove

"""Macs that fall silent in Ansible's own run, and the report that comes all the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify.settings import PROJECT
from verify.unit.playbooks import HERE, NOWHERE, played
from verify.unit.role import ROLE
from verify.unit.test_reading_task import whole

pytestmark = pytest.mark.needs("ssh", "openssh-client")
PLAYS = ("converge", "verify", "report")
# In place of the verification: what it was called with, and what came in. Every Mac is right.
VERIFY = """
import json, sys
said = sys.stdin.read() if sys.argv[1] == "silent" else ""
open("called", "a").write(json.dumps([sys.argv[1:], said]) + "\\n")
if sys.argv[1] == "report":
    macs = [{"name": name, "verdict": "pass"} for name in sys.argv[3:]]
    open("report/fleet.json", "w").write(json.dumps({"macs": macs}))
    print("the report")
"""
# In place of ssh: a Mac that answers once, and falls silent.
SSH = """#!/bin/sh
for command; do :; done
mkdir "$0.asked" 2> /dev/null && exec /bin/sh -c "$command"
echo "ssh: connect to host m2 port 22: Operation timed out" >&2
exit 255
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's own plays, and something else in place of its verification."""
    shutil.copytree(PROJECT / "playbooks", tmp_path / "playbooks")
    (tmp_path / "site.yml").write_text(
        yaml.safe_dump([{"import_playbook": f"playbooks/{name}.yml"} for name in PLAYS])
    )
    for folder in ("verify", "report"):
        (tmp_path / folder).mkdir()
    (tmp_path / "verify" / "__main__.py").write_text(VERIFY)
    return tmp_path


def run(
    project: Path, *options: str, read: str = "", **macs: dict[str, Any]
) -> tuple[str, list[list[Any]]]:
    """What Ansible said, and the calls of the verification; a Mac that answers is read so."""
    (project / "inventory.json").write_text(json.dumps({"macs": {"hosts": macs}}))
    (project / "said").write_text(read or whole())
    probe = json.dumps({"_tensorflow_metal_probe": f"cat '{project}/said'"})
    ran = played(
        project,
        *("-i", "inventory.json", "site.yml", "-e", probe, *options),
        ANSIBLE_ROLES_PATH=str(ROLE.parent),
    )
    called = project / "called"
    calls = called.read_text().splitlines() if called.exists() else []
    return ran.stdout + ran.stderr, [json.loads(call) for call in calls]


def silent(calls: list[list[Any]]) -> dict[str, dict[str, Any]]:
    """The Macs that the report was told of."""
    told = [json.loads(said) for arguments, said in calls if arguments == ["silent"]]
    return {mac["name"]: mac for macs in told for mac in macs}


def test_the_report_knows_who_fell_silent_and_where(project: Path) -> None:
    said, calls = run(project, m1=HERE, m2={**NOWHERE, "simulated": True}, m3=NOWHERE)
    assert [arguments[0] for arguments, _ in calls] == ["silent", "hosts", "report"]
    told = silent(calls)
    assert sorted(told) == ["m2", "m3"]
    assert told["m2"]["stage"] == "probe"
    assert "Connection refused" in told["m2"]["said"]
    assert (told["m2"]["simulated"], told["m3"]["simulated"]) == (True, None)
    assert "ended before its report" not in said


def test_a_mac_that_falls_silent_on_the_way_says_in_which_stage(project: Path) -> None:
    ssh = project / "ssh"
    ssh.write_text(SSH)
    ssh.chmod(0o755)
    once = {"ansible_connection": "ssh", "ansible_ssh_executable": str(ssh)}
    said, calls = run(project, read=whole(links={}), m2=once)
    stage = silent(calls)["m2"]["stage"]
    assert stage != "probe", said
    assert (ROLE / "tasks" / f"{stage}.yml").is_file()


def test_a_mac_that_never_answered_is_silent_since_the_plan(project: Path) -> None:
    shutil.copy(PROJECT / "site.yml", project)
    said, calls = run(project, m1=NOWHERE)
    assert silent(calls)["m1"]["stage"] == "plan", said
    assert calls[-1][0][0] == "report"


def test_a_mac_that_falls_silent_where_passwords_are_handled_is_told_too(project: Path) -> None:
    converge = project / "playbooks" / "converge.yml"
    (play,) = yaml.safe_load(converge.read_text())
    converge.write_text(yaml.safe_dump([{**play, "no_log": True}]))
    _, calls = run(project, m1=NOWHERE)
    assert "hidden" in silent(calls)["m1"]["said"]


def test_where_every_mac_falls_silent_there_is_a_report_all_the_same(project: Path) -> None:
    said, calls = run(project, m1=NOWHERE, m2=NOWHERE)
    assert [arguments for arguments, _ in calls] == [["silent"], ["report", "--expect", "m1", "m2"]]
    assert said.count("the report") == 1


def test_with_check_nothing_is_told(project: Path) -> None:
    assert run(project, "--check", m1=NOWHERE)[1] == []


def test_where_all_answer_nothing_is_told(project: Path) -> None:
    calls = run(project, m1=HERE)[1]
    assert [arguments[0] for arguments, _ in calls] == ["hosts", "report"]

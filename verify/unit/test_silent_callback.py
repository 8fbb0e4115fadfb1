"""Macs that fall silent in Ansible's own run, and the report that comes all the same."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify.settings import PROJECT
from verify.unit.playbooks import HERE, NOWHERE, played

CALLBACK = "playbooks/callback_plugins/verify_silent.py"
SITE = """
- name: Converge
  hosts: macs
  gather_facts: false
  tasks:
    - name: environment | Packages match the lock
      ansible.builtin.raw: "true"
- name: Verify
  hosts: macs
  gather_facts: false
  tasks:
    - name: Verify | Nothing
      ansible.builtin.debug: {msg: nothing}
- name: Report
  hosts: macs
  gather_facts: false
  tasks:
    - name: Report | It is made
      ansible.builtin.debug: {msg: in its play}
"""
# In place of the verification: what it was called with, and what came in.
VERIFY = """
import json, sys
said = sys.stdin.read() if sys.argv[1] == "silent" else ""
open("called", "a").write(json.dumps([sys.argv[1:], said]) + "\\n")
if sys.argv[1] == "report":
    print("the report")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / CALLBACK).parent.mkdir(parents=True)
    shutil.copy(PROJECT / CALLBACK, tmp_path / CALLBACK)
    (tmp_path / "playbooks" / "site.yml").write_text(SITE)
    (tmp_path / "site.yml").write_text(
        "- name: All\n  ansible.builtin.import_playbook: playbooks/site.yml\n"
    )
    (tmp_path / "verify").mkdir()
    (tmp_path / "verify" / "__main__.py").write_text(VERIFY)
    return tmp_path


def run(project: Path, *options: str, **macs: dict[str, Any]) -> tuple[str, list[list[Any]]]:
    """What Ansible said, and the calls of the verification."""
    (project / "inventory.json").write_text(json.dumps({"macs": {"hosts": macs}}))
    ran = played(project, "-i", "inventory.json", "site.yml", *options)
    called = project / "called"
    calls = called.read_text().splitlines() if called.exists() else []
    return ran.stdout + ran.stderr, [json.loads(call) for call in calls]


@pytest.mark.needs("ssh")
def test_the_report_knows_who_fell_silent_and_where(project: Path) -> None:
    said, calls = run(project, m1=HERE, m2={**NOWHERE, "simulated": True}, m3=NOWHERE)
    [[arguments, told]] = calls
    assert arguments == ["silent"]
    silent = {mac["name"]: mac for mac in json.loads(told)}
    assert sorted(silent) == ["m2", "m3"]
    assert silent["m2"]["stage"] == "environment"
    assert "Connection refused" in silent["m2"]["said"]
    assert (silent["m2"]["simulated"], silent["m3"]["simulated"]) == (True, None)
    assert "in its play" in said
    assert "ended before its report" not in said


@pytest.mark.needs("ssh")
def test_a_mac_that_falls_silent_where_passwords_are_handled_is_told_too(project: Path) -> None:
    site = project / "playbooks" / "site.yml"
    site.write_text(SITE.replace('raw: "true"', 'raw: "true"\n      no_log: true', 1))
    _, [[_, told], *_] = run(project, m1=NOWHERE)
    assert "hidden" in json.loads(told)[0]["said"]


@pytest.mark.needs("ssh")
def test_where_every_mac_falls_silent_there_is_a_report_all_the_same(project: Path) -> None:
    said, calls = run(project, m1=NOWHERE, m2=NOWHERE)
    assert [arguments for arguments, _ in calls] == [["silent"], ["report", "--expect", "m1", "m2"]]
    assert "in its play" not in said
    assert said.count("the report") == 1


def test_the_plays_have_the_names_that_it_waits_for() -> None:
    plays = [
        yaml.safe_load((PROJECT / "playbooks" / f"{name}.yml").read_text())[0]["name"]
        for name in ("converge", "report")
    ]
    found = re.search('MAKES, REPORTS = "(.*)", "(.*)"', (PROJECT / CALLBACK).read_text())
    assert found and plays == [*found.groups()]


@pytest.mark.needs("ssh")
def test_with_check_nothing_is_told(project: Path) -> None:
    assert run(project, "--check", m1=NOWHERE)[1] == []


def test_where_all_answer_nothing_is_told(project: Path) -> None:
    assert run(project, m1=HERE)[1] == []

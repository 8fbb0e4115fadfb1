"""The progress in Ansible's own output, while the task that verifies still runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from verify.settings import PROJECT
from verify.unit.playbooks import played

# In place of the verification: it ends when Ansible has told what it wrote, and fails where not.
VERIFY = """
import pathlib, sys, time
with open("report/progress.jsonl", "a") as progress:
    progress.write(pathlib.Path("events").read_text())
end = time.monotonic() + 30
while "m1: load begins" not in pathlib.Path("log").read_text():
    if time.monotonic() > end:
        sys.exit("Nothing was told while this ran.")
    time.sleep(0.05)
"""
SITE = """
- ansible.builtin.import_playbook: playbooks/verify.yml
- hosts: macs
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: what came after}
"""


def test_the_lines_are_told_before_the_task_is_over(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "playbooks", tmp_path / "playbooks")
    (tmp_path / "verify").mkdir()
    shutil.copy(PROJECT / "verify" / "progress.py", tmp_path / "verify")
    (tmp_path / "verify" / "__main__.py").write_text(VERIFY)
    (tmp_path / "site.yml").write_text(SITE)
    (tmp_path / "inventory").write_text("[macs]\nm1\n")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "progress.jsonl").write_text('{"mac": "old", "begins": true}\n' * 9)
    events = ({"mac": "m1", "begins": True}, {"mac": "m1", "checks": ["load.imports"]})
    (tmp_path / "events").write_text("".join(json.dumps(event) + "\n" for event in events))
    ran = played(
        tmp_path,
        *("-i", "inventory", "-c", "local", "site.yml"),
        ANSIBLE_LOG_PATH=str(tmp_path / "log"),
    )
    said = ran.stdout
    assert ran.returncode == 0, said + ran.stderr
    assert said.count("m1: load begins") == 1
    assert said.index("m1: load begins") < said.index("what came after")
    assert "old" not in said

"""The progress in Ansible's own output, while the task that verifies still runs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from verify.settings import PROJECT
from verify.unit.playbooks import played

PLAY = """
- name: Verify
  hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Verify | TensorFlow and its GPU are put to the proof
      ansible.builtin.command:
        argv: [sh, -c, "cat events >> report/progress.jsonl; sleep 2"]
        chdir: "{{ playbook_dir }}/.."
      changed_when: false
    - name: Another task
      ansible.builtin.debug:
        msg: what came after
"""


def test_the_lines_are_told_before_the_task_is_over(tmp_path: Path) -> None:
    for name in ("verify/progress.py", "playbooks/callback_plugins/verify_progress.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "playbooks" / "verify.yml").write_text(PLAY)
    (tmp_path / "site.yml").write_text(
        "- name: All\n  ansible.builtin.import_playbook: playbooks/verify.yml\n"
    )
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "progress.jsonl").write_text('{"mac": "old", "begins": true}\n' * 9)
    events = ({"mac": "m1", "begins": True}, {"mac": "m1", "checks": ["load.imports"]})
    (tmp_path / "events").write_text("".join(json.dumps(event) + "\n" for event in events))
    ran = played(tmp_path, "-i", "localhost,", "site.yml")
    said = ran.stdout
    assert ran.returncode == 0, said + ran.stderr
    places = [said.index(words) for words in ("m1: load begins", "ok: [localhost]", "what came")]
    assert places == sorted(places)
    assert said.count("m1: load begins") == 1
    assert "old" not in said

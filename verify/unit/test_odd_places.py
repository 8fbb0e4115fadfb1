"""Folders with spaces and letters beyond ASCII: what ssh is told survives them, and what is run."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
import testinfra
from testinfra.utils.ansible_runner import AnsibleRunner

from verify.host.run import over

# As ssh, it says what it was given.
SSH = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "Lab Mäcs & zu Hause"
    made.mkdir()
    return made


def given(place: Path, monkeypatch: pytest.MonkeyPatch, known: Path) -> list[str]:
    """What ssh is given for a Mac whose inventory names this file of known hosts."""
    ssh = place / "ssh"
    ssh.write_text(SSH, encoding="utf-8")
    ssh.chmod(0o755)
    (place / ".ansible" / "cp").mkdir(parents=True)
    config = "[ssh_connection]\nssh_args = -o ControlMaster=auto\n"
    config += "control_path = %(directory)s/%%h-%%p-%%r\n"
    (place / "ansible.cfg").write_text(config, encoding="utf-8")
    option = f"""-o 'UserKnownHostsFile="{known}"' -o IdentitiesOnly=yes"""
    mac = {"ansible_ssh_common_args": option, "ansible_ssh_private_key_file": str(place / "key")}
    inventory = place / "inventory.json"
    inventory.write_text(json.dumps({"macs": {"hosts": {"m1": mac}}}), encoding="utf-8")
    folders = [str(place), str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("ANSIBLE_CONFIG", str(place / "ansible.cfg"))
    monkeypatch.setenv("ANSIBLE_INVENTORY", str(inventory))
    monkeypatch.setattr(AnsibleRunner, "_runners", {})
    run = over(testinfra.get_host("ansible://m1"))
    # Twice: testinfra keeps what it knows of a Mac.
    run("true")
    return run("echo %s", "grün").stdout.splitlines()


def test_ssh_is_given_whole_paths(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = given(place, monkeypatch, place / "known_hosts")
    assert f'UserKnownHostsFile="{place}/known_hosts"' in words
    assert f'ControlPath="{place}/.ansible/cp/%h-%p-%r"' in words
    assert f"{place}/key" in words
    assert words[-2:] == ["m1", "echo 'grün'"]


def test_a_mac_s_python_is_not_asked_for_its_encoding(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = place / "python3"
    python.write_text(f"#!/bin/sh\n: > '{place}/asked'\n", encoding="utf-8")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    host = testinfra.get_host("local://")
    monkeypatch.setattr(host.backend, "_encoding", None)
    run = over(host)
    assert run("cd %s && pwd", str(place)).stdout == f"{place}\n"
    assert not (place / "asked").exists()

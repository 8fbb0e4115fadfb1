"""How far a long step is, told in Ansible's own output while the step still runs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from verify import growth
from verify.growth import Step, Watcher, amount, lasted
from verify.settings import PROJECT
from verify.unit.playbooks import played
from verify.unit.role import MARK, ROLE, pruning, read, role_tasks

PLAY = """
- name: Play
  hosts: macs
  gather_facts: false
  tasks:
    - name: some | A long step
      ansible.builtin.command:
        argv: [sh, -c, "{writes}"]
      changed_when: false
      vars:
        {mark}:
          paths: ["{{{{ folder }}}}"]
          about: 40000000
    - name: Another task
      ansible.builtin.debug:
        msg: what came after
"""
SLOWLY = "for n in 1 2 3 4; do head -c 10000000 /dev/zero > $FOLDER/$n; sleep 0.7; done"


def told(tmp_path: Path, writes: str, *options: str, every: str = "0.3") -> str:
    """What a playbook says that has a step which writes."""
    (tmp_path / "big").mkdir(exist_ok=True)
    (tmp_path / "play.yml").write_text(PLAY.format(writes=writes, mark=callback().MARK))
    inventory = {"macs": {"hosts": {"m1": {"ansible_connection": "local"}}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(inventory))
    ran = played(
        tmp_path,
        *("-i", "hosts.yml", "play.yml", "-e", f"folder={tmp_path / 'big'}", *options),
        timeout=60,
        ANSIBLE_CALLBACK_PLUGINS=str(PROJECT / "playbooks" / "callback_plugins"),
        ANSIBLE_PYTHON_INTERPRETER=sys.executable,
        TENSORFLOW_METAL_PROGRESS_EVERY=every,
        FOLDER=str(tmp_path / "big"),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Failure using method" not in ran.stderr, ran.stderr
    return ran.stdout


def test_a_step_that_takes_long_says_how_much_there_is_before_it_is_over(tmp_path: Path) -> None:
    said = told(tmp_path, SLOWLY)
    found = re.findall(
        r"^  m1: some \| A long step: (\d+) MB of about 40 MB after \d+ s$",
        said,
        re.MULTILINE,
    )
    assert len(found) >= 2, said
    assert sorted(map(int, found)) == [*map(int, found)]
    assert said.rindex("of about 40 MB") < said.index("what came after")


def test_a_step_that_is_over_at_once_says_nothing(tmp_path: Path) -> None:
    assert "MB" not in told(tmp_path, "true", every="5")


def test_what_is_only_previewed_is_not_watched(tmp_path: Path) -> None:
    assert "MB" not in told(tmp_path, SLOWLY, "--check")


def step(**other: Any) -> Step:  # noqa: ANN401
    values: dict[str, Any] = {
        "argv": ["true"],
        "paths": [],
        "about": 0,
        "patience": 5.0,
        "began": 100.0,
    }
    return Step("m1", "uv | It", **{**values, **other})


def test_nobody_is_asked_before_a_step_has_taken_long() -> None:
    assert not step().due(104.9)
    assert step().due(105.0)


def test_a_line_comes_where_something_has_changed_and_only_then() -> None:
    one = step()
    assert one.heard(b"10", 110.0) == ""
    assert one.heard(b"00\n", 110.0) == "  m1: uv | It: 1 MB after 10 s"
    assert one.heard(b"1000\n", 170.0) == ""
    assert one.heard(b"no number\n3000\n4000\n", 175.0) == "  m1: uv | It: 4 MB after 1 min 15 s"


def test_a_mac_that_cannot_be_asked_stops_nothing() -> None:
    said: list[str] = []
    watcher = Watcher(said.append)
    event = {"step": "s", "argv": ["/bin/false"], "paths": ["/x"], "about": 0, "patience": 0.0}
    watcher.take({"mac": "m1", **event}, 0.0)
    other = {**event, "argv": ["/bin/sh", "-c", "echo 5000; sleep 9"]}
    watcher.take({"mac": "m2", **other}, 0.0)
    watcher.ask(1.0)
    end = time.monotonic() + 20
    while not said and time.monotonic() < end:
        for key, _ in watcher.selector.select(timeout=1.0):
            watcher.listen(key, 2.0)
    assert said == ["  m2: s: 5 MB after 2 s"]
    for mac in ("m1", "m2"):
        watcher.take({"mac": mac}, 3.0)
    assert watcher.steps == {}


def test_what_asks_ends_with_who_asked_and_names_no_folder(tmp_path: Path) -> None:
    (tmp_path / "some").write_bytes(bytes(3_000_000))
    argv = ["/bin/sh", "-c", (ROLE / "files" / "growth.sh").read_text(), "growth", "0.1"]
    asking = step(argv=argv, paths=[str(tmp_path), "~/nothing-there"])
    answers = asking.begin()
    assert int(answers.readline()) > 2900
    assert asking.asking is not None
    assert asking.asking.stdin is not None
    assert str(tmp_path) not in Path(f"/proc/{asking.asking.pid}/cmdline").read_text()
    asking.asking.stdin.close()
    assert asking.asking.wait(timeout=20) != 0
    asking.end()


def test_its_process_needs_nothing_of_the_project() -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-B", growth.__file__],
        input="",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def callback() -> ModuleType:
    place = PROJECT / "playbooks" / "callback_plugins" / "step_progress.py"
    spec = importlib.util.spec_from_file_location("step_progress", place)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_mac_is_asked_over_the_connection_that_is_there() -> None:
    known = {"ansible_host": "10.0.0.7", "ansible_port": 2222, "ansible_user": "labadmin"}
    module = callback()
    argv = module.over(module.address(known, "m1"), ["/bin/sh", "-c", "a b"])
    assert "ControlMaster=no" in argv
    assert "BatchMode=yes" in argv
    assert argv[-6:-1] == ["-p", "2222", "-l", "labadmin", "10.0.0.7"]
    assert argv[-1] == "/bin/sh -c 'a b'"


@pytest.mark.parametrize(("size", "words"), [(0, "0 MB"), (4e8, "400 MB"), (1.44e9, "1.4 GB")])
def test_an_amount_is_said_in_words(size: int, words: str) -> None:
    assert amount(size) == words


def test_minutes_are_said_where_there_are_any() -> None:
    assert [lasted(59.4), lasted(60), lasted(125)] == ["59 s", "1 min 0 s", "2 min 5 s"]


def test_what_an_environment_grows_to_is_the_room_that_the_plan_asks_for() -> None:
    about = read("vars/main/progress.yml")["_tensorflow_metal_about"]
    for extra, kib in pruning.ROOM_KIB.items():
        assert abs(about[extra] / (kib * 1024) - 1) < 0.05, extra


def test_the_steps_that_fetch_or_install_much_say_what_grows() -> None:
    told = [
        (file, task["vars"].get(MARK))
        for file, task in role_tasks()
        if callback().MARK in task.get("vars", {})
    ]
    assert {known for _, known in told} >= {
        *("install_packages", "install_formulae", "install_command_line_tools"),
        "install_python_build",
    }
    assert {file for file, _ in told} >= {"mirror", "miniforge"}

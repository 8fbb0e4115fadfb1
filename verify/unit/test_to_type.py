"""What people are told to type does what it says where they are; a run without Macs fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from verify import hosts
from verify.host.lines import spell_out
from verify.settings import PROJECT, filters
from verify.unit.macs import line
from verify.unit.playbooks import played
from verify.unit.role import ROLE

PLAYBOOKS = [
    "site.yml",
    *(f"playbooks/{path.name}" for path in (PROJECT / "playbooks").glob("*.yml")),
]
# As each program that bin/site starts: it says who it is and what it was given.
SAYS = '#!/bin/sh\necho "${0##*/} $*"\n'
SETS_UP = """#!/bin/sh
while [ $# -gt 0 ]; do
    [ "$1" != -- ] || { shift && exec "$@"; }
    shift
done
"""
SIMULATED, MAC = ".lab/site/inventory.yml", "molecule/mac/inventory"


@pytest.fixture
def typing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, for a project in an odd place whose own Python runs it."""
    found = filters("to_type")
    project = tmp_path / "Lab zu Hause"
    (project / ".venv").mkdir(parents=True)
    monkeypatch.setattr(found, "PROJECT", project)
    monkeypatch.setattr(found, "ITSELF", SIMULATED)
    monkeypatch.setattr(sys, "prefix", str(project / ".venv"))
    return found


def put(project: Path, *paths: str) -> None:
    for path in paths:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(SAYS, encoding="utf-8")
        (project / path).chmod(0o755)


def test_after_make_site_it_is_make_site_s_own_inventory(
    typing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(typing.PROJECT, SIMULATED)
    monkeypatch.chdir(typing.PROJECT)
    for given in ([], [str(typing.PROJECT / SIMULATED)], [SIMULATED]):
        found = typing.find_commands(given)
        assert found["site"] == "bin/site"
        assert found["plan"] == f"bin/setup -- ansible-playbook -i {SIMULATED} playbooks/plan.yml"
        assert found["python"] == "bin/setup -- python"


def test_a_fleet_s_own_inventory_comes_first_and_need_not_be_named(typing: ModuleType) -> None:
    put(typing.PROJECT, SIMULATED, "inventory")
    found = typing.find_commands()
    assert found["site"] == "bin/site"
    assert found["rollback"] == "bin/setup -- ansible-playbook playbooks/rollback.yml"
    found = typing.find_commands([str(typing.PROJECT / SIMULATED)])
    assert found["site"] == f"bin/setup -- ansible-playbook -i {SIMULATED} site.yml"


def test_an_ansible_of_one_s_own_is_the_one_that_is_typed(
    typing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(typing.PROJECT, "inventory")
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    assert typing.find_commands()["site"] == "ansible-playbook site.yml"
    found = typing.find_commands(["/srv/two labs/hosts", "m1,m2"])
    assert found["site"] == "ansible-playbook -i '/srv/two labs/hosts' -i m1,m2 site.yml"
    assert found["python"] == "/usr/bin/python3"


def test_what_a_mac_that_pulls_reports_is_typed_where_its_fleet_is(typing: ModuleType) -> None:
    inventory = typing.PROJECT.parent / "inventory.json"
    assert (
        typing.find_commands([str(inventory)])["site"] == "bin/setup -- ansible-playbook site.yml"
    )


@pytest.mark.parametrize(
    ("system", "there", "taken"),
    [
        ("Linux", [], SIMULATED),
        ("Linux", ["inventory"], "inventory"),
        ("Darwin", [MAC], MAC),
        ("Darwin", [MAC, "inventory"], "inventory"),
    ],
)
def test_bin_site_takes_the_inventory_that_is_named(
    typing: ModuleType, monkeypatch: pytest.MonkeyPatch, system: str, there: list[str], taken: str
) -> None:
    project: Path = typing.PROJECT
    put(project, "bin/setup", "bin/site", "molecule/lab/lab", *there)
    put(project, *(f"stubs/{name}" for name in ("ansible-playbook", "sudo", "uname")))
    (project / "bin" / "setup").write_text(SETS_UP, encoding="utf-8")
    (project / "bin" / "site").write_bytes((PROJECT / "bin" / "site").read_bytes())
    (project / "stubs" / "uname").write_text(f"#!/bin/sh\necho {system}\n", encoding="utf-8")
    path = f"{project / 'stubs'}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["/bin/sh", project / "bin" / "site", "--limit", "m1"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    last = ran.stdout.splitlines()[-1].split()
    assert last[0] == "ansible-playbook"
    assert last[-3:] == ["site.yml", "--limit", "m1"]
    assert (last[last.index("-i") + 1] if "-i" in last else "inventory") == taken
    monkeypatch.setattr(typing, "ITSELF", {"Linux": SIMULATED, "Darwin": MAC}[system])
    put(project, taken)
    assert typing.choose_inventory() == taken


def test_a_cure_names_the_command_for_its_mac(typing: ModuleType) -> None:
    put(typing.PROJECT, SIMULATED)
    for cure, typed in {
        "Run site.yml again for this Mac: it is so.": "Run `bin/site --limit m1` again: it is so.",
        "Set a pin, then run site.yml again.": "Set a pin, then run `bin/site --limit m1` again.",
        "Run `python -m verify links 1 2`.": "Run `bin/setup -- python -m verify links 1 2`.",
        "Run `python -m pip uninstall x`.": "Run `python -m pip uninstall x`.",
    }.items():
        assert spell_out(line("fail", cure=cure), "m1")["cure"] == typed


def failed(folder: Path, playbook: str, inventory: str, limit: str = "") -> str:
    """What a run says that has no Macs."""
    hosts = {"empty": "", "others": "[lab]\nx1\n", "whole": "[lab]\nx1\n[macs]\nm1\nm2\n"}
    for name, text in hosts.items():
        (folder / name).write_text(text, encoding="utf-8")
    limited = ["--limit", limit] if limit else []
    named = inventory if "," in inventory else str(folder / inventory)
    ran = played(PROJECT, "-i", named, playbook, *limited)
    assert ran.returncode == 1
    assert "PLAY RECAP" not in ran.stdout
    return ran.stdout + ran.stderr


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_playbook_without_macs_fails(tmp_path: Path, playbook: str) -> None:
    said = failed(tmp_path, playbook, "none", "m1")
    assert f"There is no inventory `{tmp_path}/none`. Nothing was changed." in said


@pytest.mark.parametrize(
    ("inventory", "limit", "sentence"),
    [
        ("empty", "", "There is no Mac in the group `macs` of {}/empty. Nothing was changed."),
        ("others", "x1", "There is no Mac in the group `macs` of {}/others. Nothing was changed."),
        ("m1,", "", "A list of names, `m1,`, has no group `macs`. Nothing was changed. Name your"),
        ("whole", "x1", "--limit x1 leaves none of the Macs in {}/whole: m1, m2. Nothing was"),
    ],
)
def test_why_there_are_no_macs_is_said(
    tmp_path: Path, inventory: str, limit: str, sentence: str
) -> None:
    assert sentence.format(tmp_path) in failed(tmp_path, "site.yml", inventory, limit)


def test_what_is_verified_is_what_bin_site_takes(
    typing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "PROJECT", typing.PROJECT)
    monkeypatch.delenv("ANSIBLE_CONFIG", raising=False)
    monkeypatch.delenv("ANSIBLE_INVENTORY", raising=False)
    with pytest.raises(ValueError, match=r"There is no inventory\. Nothing was verified"):
        hosts.surroundings([])
    put(typing.PROJECT, SIMULATED)
    assert hosts.surroundings([])["ANSIBLE_INVENTORY"] == str(typing.PROJECT / SIMULATED)


def test_ansible_s_locale_is_utf_8_whatever_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    inventory = tmp_path / "hosts"
    inventory.write_text("[macs]\nm1\n", encoding="utf-8")
    assert hosts.names("m1", hosts.surroundings([str(inventory)])) == ["m1"]


@pytest.mark.parametrize(
    ("file", "name"),
    [("tell.yml", "_tensorflow_metal_told"), ("rollback.yml", "__tensorflow_metal_plan")],
)
def test_no_sentence_on_a_mac_is_folded_in_a_command(tmp_path: Path, file: str, name: str) -> None:
    said = ["It is held there.", f"`{'ansible-playbook -i /srv/a/lab/hosts ' * 4}` ends that."]
    for task in yaml.safe_load((ROLE / "tasks" / file).read_text(encoding="utf-8")):
        if "ansible.builtin.debug" not in task:
            continue
        play = {
            "hosts": "all",
            "gather_facts": False,
            "vars": {name: {"said": said} if file == "rollback.yml" else said},
            "tasks": [{"ansible.builtin.debug": task["ansible.builtin.debug"]}],
        }
        (tmp_path / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
        shown = played(tmp_path, "-i", "m1,", "play.yml")
        assert said[1] in shown.stdout

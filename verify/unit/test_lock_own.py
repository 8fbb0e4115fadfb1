"""A lab's own rows: what is refused, and which locks are written into its folder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify import settings
from verify.lock import __main__ as command
from verify.lock import locks, own, resolve
from verify.lock.locks import Lock
from verify.unit.role import (
    ID,
    LOCKS,
    PINS,
)

OWN: dict[str, Any] = {
    "id": "tf-own",
    "machine": "arm64",
    "macos_min": "12.1",
    "python": "3.11",
    "packages": {"tensorflow-macos": "2.15.0", "tensorflow-metal": "1.1.0"},
}
Called = Callable[..., int]


def rows(*given: object) -> list[dict[str, Any]]:
    return settings.rows({"tensorflow_metal_rows": list(given)})


def test_own_rows_come_before_the_table_s_and_are_whole() -> None:
    first, *others = rows(OWN)
    assert first == OWN | {
        "macos_max": "",
        "status": "available",
        "reason": "",
        "links": "",
        "until": "",
    }
    assert others == PINS
    assert rows() == settings.rows({}) == PINS


@pytest.mark.parametrize("key", OWN)
def test_a_row_without_a_needed_key_is_refused(key: str) -> None:
    lacking = {name: value for name, value in OWN.items() if name != key}
    name = "1" if key == "id" else "tf-own"
    with pytest.raises(ValueError, match=f"^tensorflow_metal_rows: row {name} has no {key}\\.$"):
        rows(lacking)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id": "../x"}, "has id '../x', not a plain name"),
        ({"machine": "aarch64"}, "has machine 'aarch64', not arm64 or x86_64"),
        ({"python": 3.1}, "has python 3.1, not a version in quotes"),
        ({"macos_min": 12.1}, "has macos_min 12.1, not a version in quotes"),
        ({"macos_max": "Sonoma"}, "has macos_max 'Sonoma'"),
        ({"status": "best"}, "has status 'best'"),
        ({"macosmax": "15"}, "has macosmax, which no row has"),
        ({"packages": ["tensorflow"]}, "has packages ['tensorflow'], not names with versions"),
        ({"packages": {"tensorflow": ">=2.18"}}, "has tensorflow '>=2.18', no exact version"),
        ({"packages": {"tensorflow": "2.18.*"}}, "has tensorflow '2.18.*', no exact version"),
        ({"packages": {"tensorflow": 2.18}}, "has tensorflow 2.18, no exact version"),
        ({"packages": {"numpy": "2.0.2"}}, "has neither tensorflow nor tensorflow-macos"),
    ],
)
def test_a_row_of_another_form_is_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^tensorflow_metal_rows: row \S+ has .*\.$") as refused:
        rows(OWN | change)
    assert sentence in str(refused.value)


def test_two_rows_with_one_lock_are_refused() -> None:
    for other in (OWN, OWN | {"id": "tf-own-lab"}):
        with pytest.raises(ValueError, match=r"Two rows would have the lock tf-own(-lab)?\.txt"):
            rows(OWN, other)
    for taken in (ID, "uv"):
        with pytest.raises(ValueError, match=f"Two rows would have the lock {taken}.txt"):
            rows(OWN | {"id": taken})


def test_what_is_no_list_of_rows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a list of rows\.$"):
        settings.rows({"tensorflow_metal_rows": OWN})
    with pytest.raises(ValueError, match=r"is the template '\{\{ x \}\}'"):
        settings.rows({"tensorflow_metal_rows": "{{ x }}"})
    with pytest.raises(ValueError, match="Row 1 of tensorflow_metal_rows is 'tf-own', not a row"):
        rows("tf-own")


def test_the_macs_variables_are_those_of_their_groups_too(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yml"
    intel = {"hosts": {"m2": {"tensorflow_metal_pin": "tf-own"}}}
    group = {"vars": mac(tmp_path), "hosts": {"m1": {}}, "children": {"intel": intel}}
    inventory.write_text(yaml.safe_dump({"macs": group, "others": {"hosts": {"x": {}}}}))
    found = own.macs([str(inventory)])
    assert set(found) == {"m1", "m2"}
    assert settings.rows(found["m1"])[0]["packages"] == OWN["packages"]
    assert found["m2"]["tensorflow_metal_pin"] == "tf-own"
    inventory.write_text("macs: [1,")
    with pytest.raises(ValueError, match="There is no Mac in the group macs"):
        own.macs([str(inventory)])


def test_what_the_inventory_says_comes_into_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, inventory = tmp_path / "ansible.log", tmp_path / "inventory"
    monkeypatch.setenv("ANSIBLE_LOG_PATH", str(log))
    variables = {"tensorflow_metal_index": "http://lab:secret@index/simple"}
    inventory.write_text(yaml.safe_dump({"macs": {"hosts": {"m1": variables}}}))
    assert own.macs([str(inventory)])["m1"] == variables
    assert log.read_text() == ""


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Called:
    """`python -m verify.lock` for these Macs, with a resolver that writes what it is asked for."""

    def resolved(lock: Lock, *, upgrade: bool = False) -> None:
        assert not upgrade
        core = lock.core.read_text() if lock.core else ""
        wanted = lock.exact.items() if not core else [(name, "1") for name in lock.more]
        lock.path.write_text(core + "".join(f"{name}=={version}\n" for name, version in wanted))

    monkeypatch.setattr(command, "resolve", resolved)

    def call(macs: dict[str, Any], *words: str) -> int:
        monkeypatch.setattr(own, "macs", lambda _inventories: macs)
        monkeypatch.setattr(sys, "argv", ["lock", "--inventory", "labs", *words])
        return command.main()

    return call


def mac(folder: Path, **switches: object) -> dict[str, Any]:
    values = {"rows": [OWN], "locks": str(folder)} | switches
    return {f"tensorflow_metal_{name}": value for name, value in values.items()}


def test_own_rows_are_locked_and_the_role_s_are_copied(
    tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new" / "locks"
    macs = {
        "m1": mac(folder, pin="tf-own"),
        "m2": mac(folder, pin=ID, extra="lab"),
        "m3": {},
    }
    assert called(macs) == 0
    written = {path.name for path in folder.iterdir()}
    new = {"tf-own.txt", "tf-own-lab.txt"}
    assert written == new | {f"{ID}.txt", f"{ID}-lab.txt", "uv.txt"}
    for name in written - new:
        assert (folder / name).read_text() == (LOCKS / name).read_text()
    said = capsys.readouterr().out
    keep = f"python -m verify links 2.15.0 1.1.0 --machine arm64 --keep {folder}/links.json\n"
    assert said.count(keep) == 1
    assert said.endswith("ansible-playbook -i labs playbooks/plan.yml\n")


def test_a_pair_that_the_folder_knows_is_not_asked_for_again(
    tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "links.json").write_text('{"arm64": {"2.15.0": {"metal": {"1.1.0": ""}}}}')
    assert called({"m1": mac(tmp_path, pin="tf-own")}) == 0
    assert "verify links" not in capsys.readouterr().out


def test_without_a_pin_every_row_of_the_table_may_be_the_mac_s(
    tmp_path: Path, called: Called
) -> None:
    folder = tmp_path / "locks"
    assert called({"m1": mac(folder)}) == 0
    ids = {row["id"] for row in PINS} | {"tf-own", "uv"}
    assert {path.stem for path in folder.iterdir()} == ids


def test_a_copied_lock_is_kept_while_it_holds_its_row(tmp_path: Path, called: Called) -> None:
    held = tmp_path / f"{ID}.txt"
    macs = {"m1": mac(tmp_path, pin=ID)}
    for text, kept in (
        ((LOCKS / held.name).read_text() + "mine==1\n", True),
        ("tensorflow==2.0\n", False),
    ):
        held.write_text(text)
        assert called(macs) == 0
        assert (held.read_text() == text) is kept


def test_a_folder_given_is_for_every_mac_and_is_to_be_written_down(
    tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "given"
    macs = {"m1": mac(Path(), locks="", pin="tf-own"), "m2": {"tensorflow_metal_pin": ID}}
    assert called(macs, "--folder", str(folder)) == 0
    assert {path.stem for path in folder.iterdir()} == {"tf-own", ID, "uv"}
    assert f"tensorflow_metal_locks: {folder}" in capsys.readouterr().out


def test_only_the_rows_that_are_named_are_made(tmp_path: Path, called: Called) -> None:
    folder = tmp_path / "locks"
    assert called({"m1": mac(folder)}, "tf-own") == 0
    assert [path.name for path in folder.iterdir()] == ["tf-own.txt"]


def test_check_writes_nothing_and_names_what_is_not_there(
    tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "locks"
    assert called({"m1": mac(folder, pin="tf-own")}, "--check") == 1
    assert not folder.exists()
    assert capsys.readouterr().out == "tf-own.txt is not there.\nuv.txt is not there.\n"


def test_macs_that_the_role_s_locks_serve_need_none(
    called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called({"m1": {}}) == 0
    assert "the role's locks serve" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        ({"locks": ""}, "m1 has rows of its own and no folder for their locks"),
        ({"locks": "{{ inventory_dir }}/x"}, "m1: tensorflow_metal_locks is the template"),
        ({"pin": "tf-3"}, f"m1: there is no pin 'tf-3'. There are: tf-own, {PINS[0]['id']}"),
        ({"extra": "more"}, "m1: there is no tensorflow_metal_extra 'more', only core, lab."),
        ({"rows": 7}, "m1: tensorflow_metal_rows is 7, not a list of rows."),
        ({"rows": [OWN | {"python": 3.1}]}, "m1: tensorflow_metal_rows: row tf-own has python"),
        ({"locks": "/proc/none"}, "/proc/none: No such file or directory."),
    ],
)
def test_bad_input_exits_2_with_one_sentence(
    switches: dict[str, Any],
    sentence: str,
    tmp_path: Path,
    called: Called,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert called({"m1": mac(tmp_path / "locks", **switches)}) == 2
    said = capsys.readouterr().err
    assert said.startswith(sentence)
    assert said.count("\n") == 1


def test_one_name_for_two_rows_in_one_folder_is_refused(
    tmp_path: Path, called: Called, capsys: pytest.CaptureFixture[str]
) -> None:
    macs = {"m1": mac(tmp_path), "m2": mac(tmp_path, rows=[OWN | {"python": "3.10"}])}
    assert called(macs) == 2
    assert "m1 and m2 have different rows tf-own" in capsys.readouterr().err


def test_a_row_that_nothing_resolves_for_leaves_its_lock_as_it_was(
    tmp_path: Path,
    called: Called,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise subprocess.CalledProcessError(1, "uv")

    monkeypatch.setattr(command, "resolve", refused)
    (tmp_path / "tf-own.txt").write_text("before")
    assert called({"m1": mac(tmp_path)}, "tf-own") == 1
    assert (tmp_path / "tf-own.txt").read_text() == "before"
    assert "tf-own.txt was left as it was" in capsys.readouterr().err


def test_a_lab_lock_is_resolved_on_top_of_the_core_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def run(command: list[str], **how: object) -> None:
        asked.update(how, command=command)

    monkeypatch.setattr(subprocess, "run", run)
    core, lab = locks.of(rows(OWN)[0], tmp_path)
    resolve.resolve(lab)
    assert asked["command"][-2:] == ["--constraints", str(core.path)]
    assert set(settings.extras()["lab"]) < set(asked["input"].split("\n"))
    assert asked["env"]["MACOSX_DEPLOYMENT_TARGET"] == "12.1"
    resolve.resolve(core)
    assert "--constraints" not in asked["command"]
    assert "jupyterlab" not in asked["input"]

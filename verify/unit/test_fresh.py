from __future__ import annotations

from pathlib import Path

import pytest

import fresh
import machine
from machine import Ended

SENTENCE = "setup: this needs xfsprogs. Nothing was changed. Type: apt-get install gcc libc6-dev"
BEFORE = "site: this is Linux\n"
AFTER = "\nmake: *** [Makefile:8: site] Error 1\n"
RIGHT = "    2 Macs, 2 of them simulated: 2 right.\nm1 : ok=5 changed=0\nm2 : ok=5 changed=0\n"


def refusal(said: str, code: int | None = 2) -> Ended:
    return Ended(code, BEFORE + said + AFTER, 1.0)


def test_one_sentence_that_changed_nothing_is_a_refusal() -> None:
    assert fresh.judge_refusal(refusal(SENTENCE), []) == ""


@pytest.mark.parametrize(
    ("ended", "changed", "wrong"),
    [
        (refusal(SENTENCE), ["home/.venv"], "has changed 1 files: home/.venv"),
        (refusal(f"setup: installing gcc\n{SENTENCE}"), [], "in 2 lines"),
        (refusal(""), [], "in 0 lines"),
        (refusal(SENTENCE, 0), [], "not refused"),
        (refusal(SENTENCE, None), [], "had not ended"),
    ],
)
def test_what_is_no_refusal_is_told(ended: Ended, changed: list[str], wrong: str) -> None:
    assert wrong in fresh.judge_refusal(ended, changed)


def test_the_second_run_changes_nothing_on_macs_that_are_right() -> None:
    assert fresh.judge_again(Ended(0, RIGHT, 1.0), []) == ""
    changed = RIGHT.replace("changed=0\nm2", "changed=3\nm2")
    assert "changed=3,0" in fresh.judge_again(Ended(0, changed, 1.0), [])
    assert "changed=," in fresh.judge_again(Ended(0, RIGHT.splitlines()[0], 1.0), [])
    assert "2 right" in fresh.judge_again(Ended(0, RIGHT.replace("2 right", "1 right"), 1.0), [])
    assert "exited 2" in fresh.judge_again(Ended(2, RIGHT, 1.0), [])


def test_what_the_refusal_says_can_be_typed() -> None:
    assert (
        fresh.find_advice(f"{SENTENCE} (elsewhere the like)\n") == "apt-get install gcc libc6-dev"
    )
    assert fresh.find_advice(f"{SENTENCE}.\n") == "apt-get install gcc libc6-dev"
    assert fresh.find_advice("setup: no.") == ""


def test_the_environment_wins_over_the_files_of_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = ":env:.timeout='180'\nglobal.timeout='15'\ninstall.no-warn-script-location='0'\n"
    monkeypatch.setattr(machine, "ask", lambda *_: listed)
    settings = machine.read_pip_settings()
    assert settings == {"global": {"timeout": "180"}, "install": {"no-warn-script-location": "0"}}


def test_what_pip_names_on_this_machine_is_shown(tmp_path: Path) -> None:
    wheels, index, root = tmp_path / "wheels", tmp_path / "pypi" / "simple", tmp_path / "root"
    index.mkdir(parents=True)
    for folder in (wheels, Path(f"{root}{tmp_path}", "there")):
        folder.mkdir(parents=True)
    (tmp_path / "there").mkdir()
    named = {
        "find-links": f"{wheels} {tmp_path / 'gone'} {tmp_path / 'there'}",
        "extra-index-url": f"file://{index} https://example.org/simple",
    }
    assert machine.find_named_paths({"global": named}, root) == [str(index.parent), str(wheels)]


def test_apt_is_told_of_proxies_and_of_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    dumped = (
        'Acquire "";\nAcquire::http "";\nAcquire::http::Proxy "http://proxy:3128";\n'
        'Acquire::IndexTargets::deb::Packages::Optional "0";\nAcquire::Check-Date "false";\n'
    )
    monkeypatch.setattr(machine, "ask", lambda *_: dumped)
    expected = 'Acquire::http::Proxy "http://proxy:3128";\nAcquire::Check-Date "false";\n'
    assert machine.read_apt_settings() == expected

"""`python -m verify links --keep FILE`: what is computed is kept, and nothing else is touched."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from verify import __main__ as command
from verify.links import table, verdict

OWN = {
    "x86_64": {"2.16.2": {"distribution": "tensorflow", "metal": {"1.0.0": "by hand"}}},
    "arm64": {"2.99.0": {"distribution": "tensorflow", "metal": {"1.2.0": "no"}}},
}
asked: list[tuple[str, str]] = []


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lab's file; any pair that is computed is found to be as 2.18.1 with 1.1.0."""

    def computed(tensorflow: str, metal: str, machine: str, *_: object) -> verdict.Verdict:
        asked.append((tensorflow, metal))
        found = verdict.known("2.18.1", "1.1.0", machine)
        assert found is not None
        one = replace(found.tensorflow, version=tensorflow)
        return replace(
            found, tensorflow=one, metal=replace(found.metal, version=metal), source="index"
        )

    asked.clear()
    monkeypatch.setattr(verdict, "computed", computed)
    file = tmp_path / "links.json"
    file.write_text(json.dumps(OWN))
    return file


def called(monkeypatch: pytest.MonkeyPatch, path: Path, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["verify", "links", *words, "--keep", str(path)])
    return command.main()


def test_a_new_pair_is_computed_once_and_added_to_what_is_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [called(monkeypatch, path, "2.99.0", "9.9.0") for _ in range(2)] == [1, 1]
    assert asked == [("2.99.0", "9.9.0")]
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert "9.9.0 does not link with tensorflow 2.99.0 on arm64: 1 symbol is missing" in first
    held = table.read(path)
    reason = held["arm64"]["2.99.0"]["metal"].pop("9.9.0")
    assert reason.startswith("1 symbol is missing: ")
    assert held == OWN


def test_a_file_that_is_not_there_is_made(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.unlink()
    assert called(monkeypatch, path, "2.99.0", "9.9.0") == 1
    assert list(table.read(path)["arm64"]) == ["2.99.0"]


def test_what_the_manifests_know_is_not_kept_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(monkeypatch, path, "2.18.1", "1.2.0") == 0
    assert (json.loads(path.read_text()), asked) == (OWN, [])


def test_the_lab_s_own_word_stands_before_the_manifests(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("2.16.2", "1.0.0", "--machine", "x86_64", "--json")
    assert called(monkeypatch, path, *words) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["reason"], told["source"]) == ("by hand", str(path))


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        '{"arm64": []}',
        '{"arm64": {"2.20.0": {"metal": {}}}}',
        '{"arm64": {"2.20.0": {"distribution": "tensorflow", "metal": {"1.2.0": true}}}}',
        '{"arm64": {"newest": {"distribution": "tensorflow", "metal": {}}}}',
    ],
)
def test_a_broken_file_is_one_sentence_and_is_left_as_it_is(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    path.write_text(broken)
    assert called(monkeypatch, path, "2.99.0", "9.9.0") == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{path} does not hold verdicts on pairs")
    assert said.count("\n") == 1
    assert (path.read_text(), asked) == (broken, [])


def test_a_folder_that_is_not_there_is_said_before_anything_is_computed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(monkeypatch, path.parent / "no" / "links.json", "2.99.0", "9.9.0") == 2
    assert "There is no folder" in capsys.readouterr().err
    assert asked == []

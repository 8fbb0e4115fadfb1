"""What a loss of power leaves is told from what is whole: names without contents."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from verify.unit.role import ROLE, read

FILES = ROLE / "files"
WRITE = read("vars/main/constants.yml")["_tensorflow_metal_write"]


def sh(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """As the role runs it: its text comes in to a shell."""
    command = ["sh", "-s", "--", *map(str, arguments)]
    text = (FILES / script).read_text()
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("text", "stays"),
    [("#!/bin/sh\necho uv 0.13.8\n", True), ("", False), ("#!/bin/sh\nexit 1\n", False)],
)
def test_a_folder_whose_program_says_nothing_is_taken_away(
    tmp_path: Path, text: str, stays: bool
) -> None:
    uv = program(tmp_path / "uv-0.13.8" / "bin" / "uv", text)
    assert sh("sweep.sh", uv.parents[1], "bin/uv", "--version").returncode == 0
    assert uv.parents[1].exists() == stays


def test_a_folder_that_is_not_there_is_none_to_take_away(tmp_path: Path) -> None:
    assert sh("sweep.sh", tmp_path / "none", "bin/uv", "--version").returncode == 0


@pytest.mark.parametrize(("text", "whole"), [("#!/bin/sh\necho 3.11.9\n", True), ("", False)])
def test_a_formula_of_python_is_whole_where_it_runs(tmp_path: Path, text: str, whole: bool) -> None:
    program(tmp_path / "opt" / "python@3.11" / "bin" / "python3.11", text)
    assert (sh("formula.sh", tmp_path, "python@3.11").returncode == 0) == whole


@pytest.mark.parametrize(("text", "whole"), [("what a library holds", True), ("", False)])
def test_libomp_is_whole_with_its_library(tmp_path: Path, text: str, whole: bool) -> None:
    program(tmp_path / "opt" / "libomp" / "lib" / "libomp.dylib", text)
    assert (sh("formula.sh", tmp_path, "libomp").returncode == 0) == whole


def test_another_formula_is_whole_where_it_is_linked(tmp_path: Path) -> None:
    assert sh("formula.sh", tmp_path, "cmake").returncode != 0
    (tmp_path / "opt" / "cmake").mkdir(parents=True)
    assert sh("formula.sh", tmp_path, "cmake").returncode == 0


def test_what_is_written_is_there_whole_and_its_unfinished_name_is_gone(tmp_path: Path) -> None:
    subprocess.run(
        [*WRITE, tmp_path / "receipt.json"], input='{"schema": 1}\n', text=True, check=True
    )
    assert [path.name for path in tmp_path.iterdir()] == ["receipt.json"]
    assert (tmp_path / "receipt.json").read_text() == '{"schema": 1}\n'


def test_what_is_written_is_on_the_disk_before_it_has_its_name_and_afterwards(
    tmp_path: Path,
) -> None:
    folder, log = tmp_path / "bin", tmp_path / "log"
    for tool in ("cat", "mv", "sync"):
        # No disk is waited for: each notes that it was started, and does what it is for.
        does = "" if tool == "sync" else f'exec /bin/{tool} "$@"'
        program(folder / tool, f"#!/bin/sh\necho {tool} >> '{log}'\n{does}\n")
    script = WRITE[-1].replace("/bin/", f"{folder}/")
    subprocess.run([*WRITE[:-1], script, tmp_path / "receipt"], input=b"1", check=True)
    assert (tmp_path / "receipt").read_text() == "1"
    assert log.read_text().split() == ["cat", "sync", "mv", "sync"]

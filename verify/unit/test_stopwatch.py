"""A test run ends with what each part and each of its stages took."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from verify.unit.role import ROLE

STOPWATCH = ROLE.parents[1] / "tests" / "stopwatch.py"
PLAIN = "INFO     [default > {}] Executing"
COLOURED = "\x1b[36mINFO    \x1b[0m \x1b[34mdefault\x1b[0m ➜ \x1b[33m{}\x1b[0m: Executing\x1b[0m"


def watch(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(STOPWATCH), *map(str, words)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def run_stages(log: Path, line: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    """Run what tells two stages as molecule does, of which the second takes longer."""
    script = (
        f"echo '{line.format('create')}'; echo seen; echo '{line.format('converge')}'; sleep 1.1"
    )
    return watch("run", log, "default", "sh", "-c", f"{script}; exit {status}")


@pytest.mark.parametrize("line", [PLAIN, COLOURED], ids=["plain", "coloured"])
def test_each_stage_of_molecule_is_told_with_its_seconds(tmp_path: Path, line: str) -> None:
    ran = run_stages(tmp_path / "log", line)
    assert "\nseen\n" in ran.stdout
    shown = watch("show", tmp_path / "log").stdout
    assert " converge 1" in shown
    assert "create" not in shown


def test_a_part_that_failed_fails_and_is_told_so(tmp_path: Path) -> None:
    watch("run", tmp_path / "log", "lint", "true")
    assert run_stages(tmp_path / "log", PLAIN, status=3).returncode == 3
    rows = watch("show", tmp_path / "log").stdout.splitlines()
    assert [row.split()[:2] for row in rows[1:]][1] == ["default", "FAILED"]
    assert "lint FAILED" not in "".join(rows)
    assert rows[-1].split()[0] == "all"


def test_what_is_no_call_of_it_is_told_how_it_is_called() -> None:
    assert watch("run").returncode == 2

"""`bin/lint` by hand says what it lacks, in a sentence, before it lints anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from verify.settings import PROJECT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose .venv is made, on a machine that has git and no other program of its own."""
    for folder in ("bin", ".venv", "programs"):
        (tmp_path / folder).mkdir()
    shutil.copy(PROJECT / "bin" / "lint", tmp_path / "bin")
    (tmp_path / ".venv" / "ready").touch()
    for program in ("dirname", "git"):
        (tmp_path / "programs" / program).symlink_to(shutil.which(program) or "/bin/true")
    return tmp_path


def lint(project: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(project / "bin" / "lint")],
        env={"PATH": str(project / "programs")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_is_named_with_its_packages_before_anything_is_linted(
    project: Path,
) -> None:
    ran = lint(project)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
    assert "dash, checkbashisms" in ran.stderr
    assert ran.stderr.endswith("apt-get install dash devscripts\n")


def test_without_its_python_it_says_how_that_is_made(project: Path) -> None:
    (project / ".venv" / "ready").unlink()
    ran = lint(project)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.endswith("Type: bin/setup\n")

"""The Python that modules run with has the lab's settings, and not those of who logs in."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from verify.unit.role import ROLE

FOREIGN = {
    "PATH": "/foreign",
    "PIP_INDEX_URL": "http://foreign",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PYTHONHOME": "/foreign",
    "PYTHONPATH": "/foreign",
    "UV_LINK_MODE": "symlink",
}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The script, where Apple's Python would print what it was given."""
    copy = tmp_path / "with a blank" / "python"
    copy.parent.mkdir()
    copy.write_text((ROLE / "files" / "python.sh").read_text().replace("/usr/bin/python3", "env"))
    copy.chmod(0o755)
    return copy


def given(python: Path) -> dict[str, str]:
    """What the one who logs in has set, after the script."""
    surroundings = {"HOME": "/Users/kim", "CONDA_SUBDIR": "osx-arm64", **FOREIGN}
    ran = subprocess.run(
        ["/bin/sh", python, "KEPT=a b"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""
    return dict(line.split("=", 1) for line in ran.stdout.splitlines())


def test_what_the_one_who_logs_in_has_set_is_left_out(python: Path) -> None:
    found = given(python)
    assert not found.keys() & (FOREIGN.keys() - {"PATH"})
    assert found["PATH"] == "/usr/bin:/bin:/usr/sbin:/sbin"
    assert found["PIP_CONFIG_FILE"] == os.devnull
    assert (found["HOME"], found["CONDA_SUBDIR"]) == ("/Users/kim", "osx-arm64")
    assert found["KEPT"] == "a b"


def test_under_rosetta_it_is_started_for_arm64_and_so_is_what_it_starts(python: Path) -> None:
    script = python.read_text().replace("/usr/bin/arch", "echo")
    assert given(python)["KEPT"] == "a b"
    python.write_text(script.replace("sysctl -n sysctl.proc_translated", "echo 1"))
    ran = subprocess.run(["/bin/sh", python, "-V"], capture_output=True, text=True, check=True)
    assert ran.stdout == "-arm64 env -V\n"


def test_what_the_lab_has_set_is_there_even_under_those_names(python: Path) -> None:
    settings = python.with_name("settings.sh")
    settings.write_text(
        "export PIP_INDEX_URL='http://lab:a b@c'\nexport https_proxy=http://proxy\n"
    )
    found = given(python)
    assert (found["PIP_INDEX_URL"], found["https_proxy"]) == ("http://lab:a b@c", "http://proxy")

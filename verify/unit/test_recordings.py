"""Each recording says where it is from, and the simulated tools print them and nothing else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from verify.unit.recordings import FOLDER, KEYS, halves

DISGUISE = FOLDER.parent / "disguise" / "root" / "usr"
TOOLS = [path for path in DISGUISE.rglob("*") if path.is_file()]
SAID = re.compile(r"lab/say\.sh (\S+)((?: [A-Z]+ \"[^\"]*\")*)")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*/*.txt")), ids=lambda path: path.stem)
def test_a_recording_names_its_macos_its_source_and_its_command(path: Path) -> None:
    head, text = halves(path)
    assert list(head) == KEYS
    assert all(head.values())
    assert text.endswith("\n")


def test_the_tools_say_recordings_that_there_are_and_fill_in_what_they_ask_for() -> None:
    said = [match for tool in TOOLS for match in SAID.findall(tool.read_text())]
    assert len(said) > 10
    for name, values in said:
        _, text = halves(FOLDER / f"{name}.txt")
        asked = {word.strip("@") for word in re.findall(r"@[A-Z]+@", text)}
        assert asked == set(re.findall(r" ([A-Z]+) \"", values)), name


def test_a_value_is_put_in_as_it_stands() -> None:
    script = (DISGUISE / "libexec" / "lab" / "say.sh").read_text()
    script = script.replace("/usr/libexec/lab/recordings", str(FOLDER))
    folder = r"/a & b/c\1 'd'"
    ran = subprocess.run(
        ["sh", "-c", script, "say", "xcrun/no-xcrun", "FOLDER", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.count(folder) == 2

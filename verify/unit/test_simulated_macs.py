"""What the scenarios ask of the simulated lab is what the lab knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify.unit.recordings import FOLDER

LAB = FOLDER.parent
MACHINE = ["MODEL", "CHIP", "MACHINE", "MACOS", "BUILD", "DARWIN", "CPUS", "MEMORY_GB", "DISK_GB"]
CONFS = sorted((LAB / "macs").glob("*.conf"))
KNOWN = re.findall(r"^\| `(\w+)` \|", (LAB / "macs" / "README.md").read_text(), re.MULTILINE)
PLATFORMS = [
    platform
    for scenario in sorted(LAB.parent.glob("*/molecule.yml"))
    for platform in yaml.safe_load(scenario.read_text())["platforms"]
]


@pytest.mark.parametrize("conf", CONFS, ids=lambda conf: conf.stem)
def test_a_mac_says_what_machine_it_is_and_nothing_unknown(conf: Path) -> None:
    keys = re.findall(r"^(\w+)=\"[^\"]+\"$", conf.read_text(), re.MULTILINE)
    assert keys[: len(MACHINE)] == MACHINE
    assert set(keys[len(MACHINE) :]) <= set(KNOWN)


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda platform: str(platform["name"]))
def test_a_platform_is_a_mac_that_there_is_found_in_a_way_that_there_is(
    platform: dict[str, Any],
) -> None:
    assert platform.get("mac", platform["name"]) in {conf.stem for conf in CONFS}
    assert set(platform.get("start", {})) <= set(KNOWN)


def test_every_start_is_a_known_key_and_is_applied() -> None:
    library = LAB / "disguise" / "root" / "usr" / "libexec" / "lab"
    starts = {path.name for path in (library / "starts").iterdir()}
    applied = re.search(
        r"^for start in (.*); do$", (library / "start.sh").read_text(), re.MULTILINE
    )
    assert applied
    assert set(applied[1].split()) == starts
    assert {start.upper() for start in starts} <= set(KNOWN)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("m1-sequoia", "m1-sequoia|m1-sequoia|"),
        ("m1-sequoia,DISK_GB=2,NETWORK=cut", "m1-sequoia|m1-sequoia|DISK_GB=2,NETWORK=cut"),
        ("desk:m1-sequoia,HOMEBREW=admin", "desk|m1-sequoia|HOMEBREW=admin"),
        ("m1-sequoia:,OLD_ENVIRONMENT=/a:b", "m1-sequoia|m1-sequoia|OLD_ENVIRONMENT=/a:b"),
    ],
)
def test_a_name_its_mac_and_its_start_are_told_apart(asked: str, answer: str) -> None:
    functions = (LAB / "lab").read_text().split("\ncase ${1-} in\n")[0]
    asking = 'echo "$(name_of "$1")|$(mac_of "$1")|$(start_of "$1")"'
    command = ["bash", "-c", f"{functions}\n{asking}", "lab", asked]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout == f"{answer}\n"

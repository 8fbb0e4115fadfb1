"""The simulated Macs that the bench runs over, all like one that was built once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parents[3]
LAB = PROJECT / "molecule" / "lab" / "lab"
INSTANCE = "bench"
FOLDER = PROJECT / ".lab" / INSTANCE
MAC = "m1-sequoia"
# What the plain playbook takes for granted, and nothing more.
READY = "COMMAND_LINE_TOOLS=installed,HOMEBREW=admin,FORMULAE=python@3.11+libomp"


def lab(*arguments: str) -> None:
    """A verb of the lab; raises CalledProcessError where it fails."""
    subprocess.run([LAB, *arguments], check=True, stdout=subprocess.DEVNULL)


def names(count: int) -> list[str]:
    return [f"mac-{number:02}" for number in range(1, count + 1)]


def up(macs: Sequence[str], start: str) -> None:
    """Macs of these names, each found as `start` says."""
    lab("up", INSTANCE, *(f"{name}:{MAC},{start}" for name in macs))


def begin_again(macs: Sequence[str], start: str) -> None:
    """The same Macs, with nothing of what was done to them."""
    for name in macs:
        lab("kill", INSTANCE, name)
        erase(FOLDER / name)
    up(macs, start)


def erase(folder: Path) -> None:
    for disk in (folder / "disk.img", folder / "data" / "upper", folder / "data" / "work"):
        command = ["rm", "-rf", str(disk)]
        subprocess.run(command, check=True)


def keep(name: str) -> None:
    """Stop one, so that its disk can be lent to others."""
    lab("kill", INSTANCE, name)


def down() -> None:
    lab("down", INSTANCE)


def inventory() -> Path:
    return FOLDER / "inventory.yml"


def addresses() -> dict[str, str]:
    hosts = yaml.safe_load(inventory().read_text(encoding="utf-8"))["macs"]["hosts"]
    return {name: facts["ansible_host"] for name, facts in hosts.items()}


def variables() -> dict[str, Any]:
    """What the inventory says of all of them."""
    found: dict[str, Any] = yaml.safe_load(inventory().read_text(encoding="utf-8"))["macs"]["vars"]
    return found


def processor(macs: Sequence[str]) -> float:
    """The seconds of processor that these Macs have taken since they were started."""
    ticks = sum(
        taken((FOLDER / name / "pid").read_text(encoding="utf-8").split()[0]) for name in macs
    )
    return ticks / os.sysconf("SC_CLK_TCK")


def taken(pid: str) -> int:
    """The ticks of a process, of all below it, and of those below it that are gone."""
    try:
        own = sum(
            int(word)
            for word in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[13:17]
        )
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return own + sum(map(taken, below))


def ssh(name: str, command: str) -> str:
    """What a command prints there; raises CalledProcessError where it fails."""
    asked = ["ssh", "-F", str(FOLDER / "ssh_config"), name, command]
    return subprocess.run(asked, check=True, capture_output=True, encoding="utf-8").stdout

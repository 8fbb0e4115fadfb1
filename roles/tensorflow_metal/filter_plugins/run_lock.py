"""Which run this is, and whether the run that holds a Mac's lock is still there.

Not pure: it asks this machine for its name and its processes.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import hashlib
import multiprocessing
import os
import re
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FIELDS = ("run", "who", "controller", "pid", "started", "since", "boot")


def run(home: str) -> dict[str, str]:
    """This run as files/run_lock.sh wants it: its id, and what its lock says of it.

    `home` is the lock's: a run holds one for each.
    """
    # Templates are rendered in ansible-playbook itself and in its workers.
    parent = multiprocessing.parent_process()
    pid = (parent.pid if parent else None) or os.getpid()
    who = f"{getpass.getuser()}@{socket.gethostname().split('.')[0]}"
    says = [who.replace("|", "?"), controller(), str(pid), started(pid)]
    return {
        "id": hashlib.sha256("|".join([*says, home]).encode()).hexdigest()[:8],
        "says": "|".join(says),
    }


def holder(says: str) -> dict[str, Any]:
    """What a lock says, by its fields; `gone` where its run was this machine's and has ended.

    Raises ValueError for what is no lock's.
    """
    fields = says.strip().split("|")
    if len(fields) != len(FIELDS):
        raise ValueError(f"The lock on this Mac says what no run writes: {says.strip()!r}.")
    found: dict[str, Any] = dict(zip(FIELDS, fields, strict=True))
    here = found["controller"] == controller()
    return {**found, "gone": here and started(int(found["pid"])) != found["started"]}


def abandoned(reading: Mapping[str, Any]) -> bool:
    """Whether the Mac's lock is that of a run that is known to be dead: what it left can go, also
    where there is nothing else to do.
    """
    says = reading["lock"]["says"]
    try:
        found = holder(says) if says else {}
    except ValueError:
        return False
    return bool(found) and (found["gone"] or found["boot"] != reading["lock"]["boot"])


def controller() -> str:
    """This machine, by its own id and name: clones of one machine share the first."""
    return hashlib.sha256(f"{machine()} {socket.gethostname()}".encode()).hexdigest()[:12]


@functools.cache
def machine() -> str:
    """The id that Linux keeps in a file, and macOS in its registry."""
    with contextlib.suppress(OSError):
        return Path("/etc/machine-id").read_text("utf-8").strip()
    found = re.search(
        r'"IOPlatformUUID" = "(.*)"',
        said("/usr/sbin/ioreg", "-rd1", "-c", "IOPlatformExpertDevice"),
    )
    return found[1] if found else ""


def started(pid: int) -> str:
    """When a process of this machine began, in its own words; empty where there is none, or only
    what is left of it until somebody asks how it ended.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.is_dir():
        # Counted from behind the name, which may hold anything. What ps prints of the time wavers.
        fields = stat.read_text("utf-8").rpartition(")")[2].split()
        return "" if fields[0] in "ZX" else fields[19]
    state, _, began = said("/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)).strip().partition(" ")
    return "" if state.startswith("Z") else began.strip()


def said(*command: str) -> str:
    """What a program prints, in no language of the user's; empty where there is none such."""
    try:
        environment = {**os.environ, "LC_ALL": "C"}
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", env=environment
        ).stdout
    except OSError:
        return ""


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "tensorflow_metal_abandoned": abandoned,
            "tensorflow_metal_holder": holder,
            "tensorflow_metal_run": run,
        }

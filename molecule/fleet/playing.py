"""Runs of ansible-playbook as people type it, in a copy of the project: the report is its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from fates import PROJECT

COPIED = ("ansible.cfg", "playbooks", "roles", "site.yml", "verify")
RECAP = re.compile(r"^(\S+) +: ok=\d+ +changed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Played:
    """What became of a run; `peak` is the most memory of ansible-playbook's own process, in MB."""

    code: int
    output: str
    seconds: float
    peak: int

    @property
    def macs(self) -> dict[str, int]:
        """The Macs of its recap, and how much was changed on each."""
        recap = self.output.rpartition("PLAY RECAP")[2]
        return {name: int(changed) for name, changed in RECAP.findall(recap)}


class Player:
    """Types commands in the copy."""

    def __init__(self, folder: Path, inventories: list[Path], sockets: Path) -> None:
        self.folder, self.inventories, self.logs = folder, inventories, folder.parent / "logs"
        # Without what a scenario's own Ansible was told, and with connections of its own: those of
        # an earlier lab may have had the same addresses.
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")
        }
        self.environment["ANSIBLE_SSH_CONTROL_PATH_DIR"] = str(sockets)
        shutil.rmtree(folder, ignore_errors=True)
        for name in COPIED:
            source = PROJECT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            copy(source, folder / name)
        self.logs.mkdir(parents=True, exist_ok=True)

    def play(self, *words: str, name: str) -> Played:
        """One run to its end; what it says is kept under that name."""
        command = ["ansible-playbook", *words]
        for inventory in self.inventories:
            command += ["-i", str(inventory)]
        began, log = time.monotonic(), self.logs / name
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            memory = Memory(process.pid)
            memory.start()
            code = process.wait()
        memory.join()
        return Played(
            code, log.read_text(encoding="utf-8"), time.monotonic() - began, memory.peak // 1024
        )


class Memory(threading.Thread):
    """Looks at a process until it has ended, for the most memory that it had, in KB."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.status, self.peak = Path(f"/proc/{pid}/status"), 0

    def run(self) -> None:
        while True:
            try:
                found = re.search(r"VmHWM:\s+(\d+)", self.status.read_text(encoding="utf-8"))
            except OSError:
                return
            if not found:
                return
            self.peak = max(self.peak, int(found[1]))
            time.sleep(0.5)

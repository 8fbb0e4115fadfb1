"""What happens to simulated Macs: they fall asleep, lose their power, wake, their disks fill up."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mac import fill

PROJECT = Path(__file__).resolve().parents[2]
LAB = PROJECT / "molecule" / "lab" / "lab"
OFTEN = 0.02


class Lab:
    """The simulated Macs of one instance, seen from outside."""

    def __init__(self, instance: str) -> None:
        self.instance = instance
        self.folder = PROJECT / ".lab" / instance

    def up(self, *asked: str) -> None:
        self.call("up", self.instance, *asked)

    def switch_off(self, name: str) -> None:
        self.call("kill", self.instance, name)

    def down(self) -> None:
        self.call("down", self.instance)

    def call(self, *arguments: str) -> None:
        subprocess.run([LAB, *arguments], check=True, stdout=subprocess.DEVNULL)

    def home(self, name: str) -> Path:
        """What the Mac itself wrote into /opt/tensorflow."""
        return self.folder / name / "disk" / "upper" / "opt" / "tensorflow"

    def put_to_sleep(self, name: str) -> None:
        """Its connections stay as they are, and nobody answers: what a sleeping Mac looks like."""
        self.signal(name, signal.SIGSTOP)

    def wake(self, name: str) -> None:
        self.signal(name, signal.SIGCONT)

    def signal(self, name: str, what: signal.Signals) -> None:
        first = int((self.folder / name / "pid").read_text(encoding="utf-8").split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="utf-8").split()
        within = Path(f"/proc/{children[0]}/ns/pid").readlink()
        # Twice: one that was being started when its parent was stopped.
        for _ in range(2):
            for process in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    if (process / "ns" / "pid").readlink() == within:
                        os.kill(int(process.name), what)

    def fill(self, name: str) -> None:
        fill(self.folder / name / "disk")

    def calls(self, name: str) -> int:
        """How many connections its sshd has accepted."""
        return (self.folder / name / "log").read_bytes().count(b"Accepted publickey")


class Fate(threading.Thread):
    """Waits until something is seen on a Mac, and then lets something happen to it."""

    def __init__(self, when: Callable[[], bool], then: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.when, self.then = when, then
        self.happened = False

    def run(self) -> None:
        while not self.when():
            time.sleep(OFTEN)
        self.happened = True
        self.then()


def locked(home: Path) -> bool:
    return os.path.lexists(home / "tools" / "lock")


def installing(home: Path) -> bool:
    return any(home.glob("envs/*/cache"))


def switching(home: Path) -> bool:
    """What its name led to is written down, and the link is about to be another."""
    return (home / "before.json").exists()

"""The simulated Mac that is broken off, again and again: its disk, its plug, its door."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LAB = PROJECT / "molecule" / "lab" / "lab"
# From linux/fs.h: the file system forgets at once what its disk was not told yet.
SHUTDOWN = 0x8004587D
WITH_ITS_LOG, WITHOUT_ITS_LOG = 1, 2
SMALLEST = 4096


def fill(disk: Path) -> None:
    """Leave no room on a simulated Mac's disk, as a download of somebody else's does."""
    if not disk.with_name("disk.img").exists():
        raise SystemExit("This machine lends a simulated Mac no disk of its own to fill.")
    size = 1 << 40
    with (disk / "filled").open("wb") as file:
        while size >= SMALLEST:
            try:
                os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)
            except OSError:
                size //= 2


class Mac:
    """One simulated Mac of an instance of its own, whose disk can be kept, for others as well, and
    put back.
    """

    def __init__(self, instance: str, kept: Path) -> None:
        self.instance = instance
        self.folder = PROJECT / ".lab" / instance
        self.own = self.folder / "mac"
        self.kept = kept

    def up(self, start: str) -> None:
        """Boot it with the disk that it has, or with an empty one."""
        self.lab("up", self.instance, f"mac:{start}")

    def down(self) -> None:
        self.lab("kill", self.instance, "mac")

    def pull_the_plug(self, torn: bool = False) -> None:
        """Unlike `down`, this loses what was written and not yet brought to the disk. Of a torn one
        the names are there afterwards, and of what was in the files only what was brought.
        """
        disk = os.open(self.own / "disk", os.O_RDONLY)
        how = WITH_ITS_LOG if torn else WITHOUT_ITS_LOG
        fcntl.ioctl(disk, SHUTDOWN, struct.pack("I", how))
        os.close(disk)
        self.down()

    def fill(self) -> None:
        fill(self.own / "disk")

    def make_room(self) -> None:
        (self.own / "disk" / "filled").unlink(missing_ok=True)

    def erase(self) -> None:
        for disk in (
            self.own / "disk.img",
            self.own / "data" / "upper",
            self.own / "data" / "work",
        ):
            shutil.rmtree(disk) if disk.is_dir() else disk.unlink(missing_ok=True)

    def keep(self, name: str) -> None:
        """Stop it, and keep its disk under a name."""
        self.down()
        self.copy(self.own / "disk.img", self.kept / f"{name}.unfinished")
        (self.kept / f"{name}.unfinished").rename(self.kept / f"{name}.img")

    def put_back(self, name: str) -> None:
        """Stop it, and give it the disk that was kept under a name."""
        self.down()
        self.erase()
        # With --keep, it may be gone but for that disk.
        self.own.mkdir(parents=True, exist_ok=True)
        self.copy(self.kept / f"{name}.img", self.own / "disk.img")

    def copy(self, source: Path, target: Path) -> None:
        # Where the file system can share blocks this costs nothing; elsewhere what is written.
        command = ["cp", "--reflink=auto", "--sparse=always", str(source), str(target)]
        subprocess.run(command, check=True)

    def sh(self, command: str, stdin: bytes = b"") -> str:
        """What a command on it prints; raises CalledProcessError where it fails."""
        ssh = ["ssh", "-F", str(self.folder / "ssh_config"), "mac", command]
        done = subprocess.run(ssh, input=stdin, capture_output=True, check=True, timeout=120)
        return done.stdout.decode()

    def lab(self, *arguments: str) -> None:
        subprocess.run([LAB, *arguments], check=True, stdout=subprocess.DEVNULL)

"""A run of ansible-playbook against the simulated Mac, and what breaks it off."""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mac import PROJECT, Mac
from points import Point, Task

HERE = Path(__file__).resolve().parent
# No run takes as long; one that hangs is a finding.
SECONDS = 420


@dataclass
class Ended:
    """What became of a run."""

    code: int
    output: str
    tasks: list[Task] = field(default_factory=list)
    # The task in which it was broken off, or "" where it ended before that.
    broken_in: str = ""

    @property
    def changed(self) -> int:
        """What the play recap says; -1 where there is none."""
        found = re.search(r"(?m)^mac .*\bchanged=(\d+)", self.output)
        return int(found[1]) if found else -1


class Controller:
    """Runs playbooks with connections of its own, which outlive a run as a user's do."""

    def __init__(self, mac: Mac) -> None:
        self.mac = mac
        # In a folder whose name is short, as a socket's must be; it goes with this object.
        self.own = tempfile.TemporaryDirectory(prefix="crash-", dir="/tmp")
        self.sockets = Path(self.own.name)

    def run(
        self, playbook: str, switches: Mapping[str, object], point: Point | None = None
    ) -> Ended:
        """One run, to its end or to `point`."""
        # From the callback, and to it.
        say, hear = os.pipe(), os.pipe()
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            process = subprocess.Popen(
                self.command(playbook, switches),
                cwd=PROJECT,
                env=self.environment(say[1], hear[0], point),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(say[1], hear[0]),
                start_new_session=True,
            )
            os.close(say[1])
            os.close(hear[0])
            watch = Watch(say[0], hear[1], point)
            try:
                watch.follow(lambda: self.break_off(process, point))
                code = process.wait(SECONDS)
            except (subprocess.TimeoutExpired, TimeoutError):
                os.killpg(process.pid, signal.SIGKILL)
                code = process.wait()
            finally:
                os.close(say[0])
                os.close(hear[1])
            output.seek(0)
            return Ended(code, output.read(), watch.tasks, watch.broken_in)

    def break_off(self, process: subprocess.Popen[bytes], point: Point | None) -> None:
        match point.kind if point else "":
            case "controller":
                os.killpg(process.pid, signal.SIGKILL)
            case "interrupt":
                os.killpg(process.pid, signal.SIGINT)
            case "connection":
                self.cut()
            case "plug":
                self.mac.pull_the_plug()
            case "torn":
                self.mac.pull_the_plug(torn=True)
            case "full":
                self.mac.fill()

    def cut(self) -> None:
        """Kill the masters of its connections, and with them what goes through them."""
        for socket in self.sockets.iterdir():
            command = ["ssh", "-S", str(socket), "-O", "check", "mac"]
            asked = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
            if found := re.search(r"pid=(\d+)", asked.stderr):
                os.kill(int(found[1]), signal.SIGKILL)
            socket.unlink(missing_ok=True)

    def command(self, playbook: str, switches: Mapping[str, object]) -> list[str]:
        command = ["ansible-playbook", "-i", str(self.mac.folder / "inventory.yml"), playbook]
        return [*command, "-e", json.dumps(dict(switches))]

    def environment(self, say: int, hear: int, point: Point | None) -> dict[str, str]:
        return {
            **os.environ,
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "boundary",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.sockets),
            "ANSIBLE_FORCE_COLOR": "0",
            "CRASH_SAY": str(say),
            "CRASH_HEAR": str(hear),
            "CRASH_STOP": str(point.task if point and point.after is None else 0),
        }


class Watch:
    """Hears what the callback says of a run, and knows when the moment has come."""

    def __init__(self, ear: int, voice: int, point: Point | None) -> None:
        self.ear, self.voice, self.point = ear, voice, point
        self.tasks: list[Task] = []
        self.broken_in = ""
        self.name, self.id, self.began, self.rest = "", "", 0.0, b""
        self.end = time.monotonic() + SECONDS
        self.due = float("inf")

    def follow(self, break_off: Callable[[], None]) -> None:
        """Until the run has ended."""
        while True:
            until = min(self.due, self.end) - time.monotonic()
            if select.select([self.ear], [], [], max(0.0, until))[0]:
                heard = os.read(self.ear, 65536)
                if not heard:
                    return
                *lines, self.rest = (self.rest + heard).split(b"\n")
                for line in lines:
                    self.take(json.loads(line))
            if time.monotonic() >= self.end:
                raise TimeoutError
            if time.monotonic() >= self.due:
                self.due, self.broken_in = float("inf"), self.name
                break_off()
                with contextlib.suppress(BrokenPipeError):
                    os.write(self.voice, b"!")

    def take(self, what: dict[str, Any]) -> None:
        point, number = self.point, what["number"]
        if what["event"] == "start":
            self.name, self.id, self.began = what["name"], what["id"], what["at"]
            if point and number == point.task:
                self.due = what["at"] + (point.after or 0.0)
        elif point and number == point.task and not self.broken_in:
            # It was over sooner than it was measured: at once, then, in what follows.
            self.due = 0.0
        if what["event"] == "end":
            self.tasks.append(Task(number, self.name, self.id, round(what["at"] - self.began, 2)))

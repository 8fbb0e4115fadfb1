"""One child: started, listened to, and judged by how it ends."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from .expected import Expected
from .registry import Check, Finding, Line
from .words import evidence, last_words

CRASH = "TensorFlow, its plugin or a package crashes here."
HANG = "TensorFlow, its plugin or a package hangs here."
LEAVE = 10.0
# What would make Keras another one than the environment's; that it is set is a check's to say.
SEEING = ("machine", "environment")
SETTINGS = ("TF_USE_LEGACY_KERAS", "KERAS_BACKEND", "KERAS_HOME")

Tell = Callable[[Line], None]


class Process:
    """Runs checks in a child and tells a Line for each that it finishes, or dies in."""

    def __init__(
        self, checks: Sequence[Check], expected: Expected, folder: Path, tell: Tell
    ) -> None:
        self.waiting = {check.id: check for check in checks}
        self.hung = False
        self._expected = expected
        self._folder = folder
        self._log = folder / "output"
        self._tell = tell
        self._running = ""
        self._said_before = 0
        self._said_until: int | None = None

    def run(self, command: Callable[[int], list[str]]) -> None:
        """Run `command(pipe)`; `pipe` is the file descriptor that it writes its lines to.

        What is left in `waiting` afterwards was not run. No check may take
        longer than its time: only another process can see to that, a SIGALRM
        handler never runs in a TensorFlow that hangs.
        """
        reading, writing = os.pipe()
        with self._log.open("wb") as output, os.fdopen(reading, "rb", buffering=0) as lines:
            child = subprocess.Popen(
                command(writing),
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._surroundings(),
                start_new_session=True,
            )
            os.close(writing)
            self.hung = self._listen(child, lines)
            ended = leave(child, 0 if self.hung else LEAVE)
        if self.waiting:
            self._judge(self._silence() if self.hung else ended)

    def _surroundings(self) -> dict[str, str]:
        """The child's environment: the user's own where that is what is looked at.

        Where Keras is imported, the user's settings of it stay unread, and unwritten.
        """
        # What dies cannot tidy up after itself: what it leaves goes with the folder.
        found = {**os.environ, "TMPDIR": str(self._folder)}
        if all(check.family in SEEING for check in self.waiting.values()):
            return found
        kept = {name: text for name, text in found.items() if name not in SETTINGS}
        return {**kept, "KERAS_BACKEND": "tensorflow", "KERAS_HOME": str(self._folder)}

    def _listen(self, child: subprocess.Popen[bytes], lines: IO[bytes]) -> bool:
        """Relay lines until the child is done; True when it was silent for too long."""
        buffered = b""
        deadline = time.monotonic() + self._patience()
        while self.waiting:
            if time.monotonic() > deadline:
                return True
            ready, _, _ = select.select([lines], [], [], 0.2)
            if not ready:
                if child.poll() is not None:
                    return False
                continue
            got = lines.read(65536)
            if not got:
                return False
            *whole, buffered = (buffered + got).split(b"\n")
            for line in whole:
                if self._take(line):
                    deadline = time.monotonic() + self._patience()
        return False

    def _patience(self) -> float:
        """The seconds until the next line must have come."""
        check = self.waiting.get(self._running)
        return self._expected.timeout + (check.lasts(self._expected) if check else 0)

    def _silence(self) -> str:
        return f"hung: no answer within {self._patience():g} s"

    def _take(self, raw: bytes) -> bool:
        """Whether this was a line of the protocol; what is not, is left aside."""
        try:
            line: Any = json.loads(raw)
        except ValueError:
            return False
        if not isinstance(line, dict):
            return False
        if line.get("started") in self.waiting:
            self._running = line["started"]
            self._said_before, self._said_until = int(line.get("said", 0)), None
            return True
        if line.get("finished") in self.waiting:
            self._said_until = int(line.get("said", 0))
            return True
        if line.get("id") in self.waiting and set(line) == set(Line.__annotations__):
            self.waiting.pop(line["id"])
            self._running = ""
            if line["status"] != "not run":
                line["evidence"] = evidence(self._said(), line["status"] == "pass")
            self._tell(line)  # type: ignore[arg-type]
            return True
        return False

    def _said(self) -> bytes:
        """What the child printed while the last check that was started ran."""
        return self._log.read_bytes()[self._said_before : self._said_until]

    def _judge(self, end: str) -> None:
        """The running check failed with the child."""
        guilty = self.waiting.pop(self._running or next(iter(self.waiting)))
        measured = f"{end}; it said: {last_words(self._said()) or 'nothing'}"
        finding = Finding(False, measured, "the check ends", HANG if self.hung else CRASH)
        self._tell(guilty.line("fail", finding, evidence=evidence(self._said(), False)))


def leave(child: subprocess.Popen[bytes], patience: float) -> str:
    """How the child ended, as a sentence; what has not left in time is killed."""
    try:
        code = child.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return "hung: the program did not leave"
    if code < 0:
        return f"died of {signal.Signals(-code).name}"
    return f"ended with exit status {code} before its time"

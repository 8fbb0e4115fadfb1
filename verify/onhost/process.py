"""One child: started, given its orders, listened to, and judged by how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, cast

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
Command = Callable[[int, Sequence[str]], "list[str]"]
"""command(pipe, ids): what starts a child that gets ready for these checks, waits for its orders on
standard input, and writes its lines to the file descriptor `pipe`.
"""


class Process:
    """A child, which may be started before its turn, and a Line for each check that it finishes,
    or dies in.
    """

    def __init__(
        self, checks: Sequence[Check], expected: Expected, command: Command, tell: Tell
    ) -> None:
        """Start it; it gets ready for `checks`, and waits."""
        self.waiting: dict[str, Check] = {}
        self.hung = False
        self._expected = expected
        self._tell = tell
        self._running = ""
        self._said_before = 0
        self._said_until: int | None = None
        self._kept = contextlib.ExitStack()
        folder = self._kept.enter_context(tempfile.TemporaryDirectory(prefix="verify-"))
        self._log = Path(folder) / "output"
        reading, writing = os.pipe()
        self._lines = self._kept.enter_context(os.fdopen(reading, "rb", buffering=0))
        with self._log.open("wb") as output:
            self._child = subprocess.Popen(
                command(writing, [check.id for check in checks]),
                pass_fds=(writing,),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=surroundings(checks, folder),
                start_new_session=True,
            )
        os.close(writing)
        self._orders = self._kept.enter_context(cast("IO[bytes]", self._child.stdin))

    def run(self, checks: Sequence[Check], passed: Collection[str]) -> None:
        """Have it run `checks`, which it is ready for, after those that have `passed` elsewhere.

        What is left in `waiting` afterwards was not run. No check may take
        longer than its time: only another process can see to that, a SIGALRM
        handler never runs in a TensorFlow that hangs.
        """
        self.waiting = {check.id: check for check in checks}
        with self._kept:
            self._order({"checks": [*self.waiting], "passed": sorted(passed)})
            self.hung = self._listen()
            ended = leave(self._child, 0 if self.hung else LEAVE)
            if self.waiting:
                self._judge(self._silence() if self.hung else ended)

    def dismiss(self) -> None:
        """End it: its turn does not come."""
        with self._kept:
            leave(self._child, 0)

    def _order(self, orders: Mapping[str, list[str]]) -> None:
        # Who is dead by now is judged by how it ended.
        with contextlib.suppress(BrokenPipeError), self._orders:
            self._orders.write(json.dumps(orders).encode())

    def _listen(self) -> bool:
        """Relay lines until the child is done; True when it was silent for too long."""
        buffered = b""
        deadline = time.monotonic() + self._patience()
        while self.waiting:
            if time.monotonic() > deadline:
                return True
            ready, _, _ = select.select([self._lines], [], [], 0.2)
            if not ready:
                if self._child.poll() is not None:
                    return False
                continue
            got = self._lines.read(65536)
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


def surroundings(checks: Sequence[Check], folder: str) -> dict[str, str]:
    """The child's environment: the user's own where that is what is looked at.

    Where Keras is imported, the user's settings of it stay unread, and unwritten.
    """
    # What dies cannot tidy up after itself: what it leaves goes with the folder.
    found = {**os.environ, "TMPDIR": folder}
    if all(check.family in SEEING for check in checks):
        return found
    kept = {name: text for name, text in found.items() if name not in SETTINGS}
    return {**kept, "KERAS_BACKEND": "tensorflow", "KERAS_HOME": folder}


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

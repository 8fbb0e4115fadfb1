"""The parent: starts one child, relays its lines, and judges what is missing."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from .registry import Check, Finding, Line

# TensorFlow's information and its greetings: never the reason of anything.
NOISE = re.compile(
    r"^\d{4}-\d\d-\d\d \S+ I |^\d{4}-\d\d-\d\d \S+: I |^I\d{4} |^WARNING: All log messages"
    r"|^\s*@ +0x|^To enable the following instructions|Could not identify NUMA node|\(0 MB memory\)"
)
CRASH = "TensorFlow or its plugin crashes or hangs here; after that nothing more can be asked."
LEAVE = 10.0


def watch(
    checks: Sequence[Check],
    command: Callable[[int], list[str]],
    timeout: float,
    tell: Callable[[Line], None],
) -> None:
    """Run `command(pipe)` and tell exactly one Line per check.

    `pipe` is the file descriptor the child writes its lines to. No check may
    take longer than `timeout` seconds: only another process can see to that,
    a SIGALRM handler never runs in a TensorFlow that hangs.
    """
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        log = Path(folder, "output")
        reading, writing = os.pipe()
        with log.open("wb") as output, os.fdopen(reading, "rb", buffering=0) as lines:
            child = subprocess.Popen(
                command(writing),
                pass_fds=(writing,),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # The user's own Keras settings stay unread, and unwritten.
                env={**os.environ, "KERAS_BACKEND": "tensorflow", "KERAS_HOME": folder},
                start_new_session=True,
            )
            os.close(writing)
            relay = _Relay(checks, log, tell)
            hung = _read(child, lines, relay, timeout)
            ended = _end(child, 0 if hung else LEAVE)
        relay.judge(f"hung: no answer within {timeout:g} s" if hung else ended)


class _Relay:
    """Tells each finished check once and remembers which one is running."""

    def __init__(self, checks: Sequence[Check], log: Path, tell: Callable[[Line], None]) -> None:
        self._waiting = {check.id: check for check in checks}
        self._log = log
        self._tell = tell
        self._running: str | None = None
        self._said_before = 0

    @property
    def finished(self) -> bool:
        return not self._waiting

    def take(self, raw: bytes) -> bool:
        """Whether this was a line of the protocol; what is not, is left aside."""
        try:
            line: Any = json.loads(raw)
        except ValueError:
            return False
        if not isinstance(line, dict):
            return False
        if line.get("started") in self._waiting:
            self._running = line["started"]
            self._said_before = int(line.get("said", 0))
            return True
        if line.get("id") in self._waiting and set(line) == set(Line.__annotations__):
            self._waiting.pop(line["id"])
            self._running = None
            self._tell(line)  # type: ignore[arg-type]
            return True
        return False

    def judge(self, end: str) -> None:
        """The running check failed with the child; those after it were not run."""
        if self.finished:
            return
        guilty = self._waiting.pop(self._running or next(iter(self._waiting)))
        said = last_words(self._log.read_bytes()[self._said_before :])
        measured = f"{end}; it said: {said or 'nothing'}"
        self._tell(guilty.line("fail", Finding(False, measured, "the check ends", CRASH)))
        for check in self._waiting.values():
            why = f"The program ended in {guilty.id}."
            self._tell(check.not_run(why, f"Mend {guilty.id} first."))


def last_words(output: bytes, count: int = 4) -> str:
    """The last meaningful lines of what a child printed, as one line."""
    lines = output.decode("utf-8", "replace").splitlines()
    meant = [" ".join(line.split()) for line in lines if line.strip() and not NOISE.search(line)]
    return " | ".join(line[:300] for line in meant[-count:])


def _read(child: subprocess.Popen[bytes], lines: IO[bytes], relay: _Relay, timeout: float) -> bool:
    """Relay lines until the child is done; True when it was silent for too long."""
    buffered = b""
    deadline = time.monotonic() + timeout
    while not relay.finished:
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
            if relay.take(line):
                deadline = time.monotonic() + timeout
    return False


def _end(child: subprocess.Popen[bytes], patience: float) -> str:
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

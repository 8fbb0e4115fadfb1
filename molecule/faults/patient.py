"""A simulated Mac that is broken, judged and healed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import testinfra

from fault import Fault, Outcome, outcome
from verify.host.judge import judge
from verify.host.run import Run, UnreachableError, over
from verify.verdict import Verdict

BROKEN = Path(__file__).resolve().parent / "break.sh"
# Where a fault hangs, its row says how long that is waited for.
TIMEOUT = 120.0
BURN = "( while [ -e /var/tmp/busy ]; do :; done ) &"


class NotSetError(Exception):
    """What should have broken or healed the Mac failed, or the Mac did not answer."""


class Patient:
    """One of the trial's Macs, by its inventory name."""

    def __init__(self, name: str, inventory: Path) -> None:
        host = testinfra.get_host(f"ansible://{name}?ansible_inventory={inventory}")
        self.name = name
        self._run: Run = over(host)
        self._variables = host.ansible.get_variables()

    def judged(self, only: str = "", timeout: float = 0.0) -> Verdict:
        """The verdict, as `python -m verify hosts --only` would make it."""
        options: dict[str, Any] = {"timeout": timeout or TIMEOUT, "families": only}
        return judge(self.name, self._run, self._variables, None, options)

    def try_out(self, fault: Fault, only: str) -> Outcome:
        """Break it so, judge it, heal it; raises NotSetError where it cannot be healed."""
        began = time.monotonic()
        try:
            self.shell(fault.shell)
            verdict = self.judged(only, fault.timeout)
        except NotSetError as error:
            seconds = time.monotonic() - began
            return Outcome(fault, False, False, f"was not set: {error}", seconds)
        finally:
            self.heal()
        return outcome(fault, verdict, time.monotonic() - began)

    def heal(self) -> None:
        self.shell("heal")

    @contextlib.contextmanager
    def with_gpu(self, word: str) -> Iterator[None]:
        """Its GPU is another, and right."""
        self.shell(f"put {word} /etc/lab/gpu-faults")
        try:
            yield
        finally:
            self.heal()

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """A process burns each of its cores meanwhile."""
        burners = BURN * (os.cpu_count() or 1)
        self.shell(f"exec > /dev/null 2>&1; touch /var/tmp/busy; {burners}")
        try:
            yield
        finally:
            self.shell("rm /var/tmp/busy")

    def shell(self, lines: str) -> None:
        """Run these lines as root, after break.sh."""
        try:
            answer = self._run("sudo /bin/sh -c %s", BROKEN.read_text(encoding="utf-8") + lines)
        except UnreachableError as error:
            raise NotSetError(f"{self.name} does not answer: {error}") from None
        if answer.status:
            said = " ".join(answer.stderr.split())[-300:]
            raise NotSetError(f"on {self.name}, {lines!r} failed: {said}")

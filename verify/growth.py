"""Tells how far the long steps are: started by playbooks/callback_plugins/step_progress.py, which
says on standard input, a line of JSON each, where a Mac begins a step and where it ends one.

A process of its own, since Ansible forks: with threads that is not safe. Standard library only, and
nothing of the project: it is started by its path, with Ansible's own Python.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, TextIO


@dataclass
class Step:
    """One Mac's: what is asked of it once it takes long, and what was told of it last."""

    mac: str
    name: str
    argv: list[str]
    paths: list[str]
    about: int
    # A step that is over by then is none that one waits for.
    patience: float
    began: float
    asking: subprocess.Popen[bytes] | None = None
    rest: bytes = b""
    told: int = field(default=-1)

    def due(self, now: float) -> bool:
        return self.asking is None and now - self.began >= self.patience

    def heard(self, said: bytes, now: float) -> str:
        """What is to be told of the newest number, empty where nothing has changed since."""
        *rows, self.rest = (self.rest + said).split(b"\n")
        numbers = [int(row) for row in rows if row.strip().isdigit()]
        if not numbers or numbers[-1] == self.told:
            return ""
        self.told = numbers[-1]
        whole = f" of about {amount(self.about)}" if self.about else ""
        took = f"after {lasted(now - self.began)}"
        return f"  {self.mac}: {self.name}: {amount(self.told * 1024)}{whole} {took}"

    def begin(self) -> IO[bytes]:
        """Ask, and what the answers come from. What is asked ends with its standard input."""
        pipe = subprocess.PIPE
        self.asking = subprocess.Popen(
            self.argv, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
        assert self.asking.stdin is not None
        assert self.asking.stdout is not None
        # One that has ended already answers nothing.
        with contextlib.suppress(BrokenPipeError):
            self.asking.stdin.write("".join(f"{path}\n" for path in [*self.paths, ""]).encode())
            self.asking.stdin.flush()
        return self.asking.stdout

    def end(self) -> None:
        if self.asking is None:
            return
        # What it has not read of its standard input nobody will.
        with contextlib.suppress(BrokenPipeError), self.asking:
            self.asking.kill()


class Watcher:
    """Follows the steps of all Macs; a Mac has one at a time."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.tell = tell
        self.steps: dict[str, Step] = {}
        self.selector = selectors.DefaultSelector()

    def take(self, event: Mapping[str, Any], now: float) -> None:
        mac = str(event["mac"])
        self.forget(mac)
        if "step" in event:
            said = {name: event[name] for name in ("argv", "paths", "about", "patience")}
            self.steps[mac] = Step(mac, str(event["step"]), **said, began=now)

    def forget(self, mac: str) -> None:
        step = self.steps.pop(mac, None)
        if step is not None:
            self.close(step)
            step.end()

    def close(self, step: Step) -> None:
        stdout = step.asking.stdout if step.asking else None
        if stdout is not None and stdout in self.selector.get_map():
            self.selector.unregister(stdout)

    def ask(self, now: float) -> None:
        """Begin to ask the Macs whose step takes long."""
        for step in self.steps.values():
            if step.due(now):
                self.selector.register(step.begin(), selectors.EVENT_READ, step)

    def listen(self, key: selectors.SelectorKey, now: float) -> None:
        said = key.fileobj.read1(65536)  # type: ignore[union-attr]
        # A Mac that cannot be asked is not asked again in this step.
        if not said:
            self.close(key.data)
        elif line := key.data.heard(said, now):
            self.tell(line)


def amount(size: int) -> str:
    """Bytes, in words."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def lasted(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def follow(source: TextIO, tell: Callable[[str], None]) -> None:
    """Tell of what `source` says until it ends."""
    watcher, rest = Watcher(tell), b""
    watcher.selector.register(source.fileno(), selectors.EVENT_READ)
    while True:
        for key, _ in watcher.selector.select(timeout=0.5):
            now = time.monotonic()
            if key.data is not None:
                watcher.listen(key, now)
                continue
            read = source.buffer.raw.read(65536)  # type: ignore[attr-defined]
            if not read:
                for mac in [*watcher.steps]:
                    watcher.forget(mac)
                return
            *rows, rest = (rest + read).split(b"\n")
            for row in rows:
                watcher.take(json.loads(row), now)
        watcher.ask(time.monotonic())


def main() -> int:
    try:
        follow(sys.stdin, lambda line: print(line, flush=True))
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How many Macs a run works on at a time, by the locks on their own disks."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from fates import Lab


class Working(threading.Thread):
    """Counts, on the Macs' own disks, how many hold a lock at a time that no dead run left."""

    def __init__(self, lab: Lab, names: Iterable[str]) -> None:
        super().__init__(daemon=True)
        self.locks = [lab.home(name) / "tools" / "lock" for name in names]
        self.stale = {held(lock) for lock in self.locks}
        self.over, self.most = threading.Event(), 0

    def run(self) -> None:
        while not self.over.wait(0.05):
            self.most = max(self.most, sum(held(lock) not in self.stale for lock in self.locks))

    def __enter__(self) -> Working:
        self.stale |= {""}
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()


def held(lock: Path) -> str:
    try:
        return str(lock.readlink())
    except OSError:
        return ""

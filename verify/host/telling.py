"""How far the verification of a Mac is, told while it runs: an event a line, in one file for all.

The processes that verify Macs side by side append to it; a line is written at once, so that no
two are mixed. An event has the Mac and the UTC time, and one of: `begins` (true), `checks` (the
ids that an environment will be asked), `check` with its `status`, `verdict`.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from pathlib import Path

from verify.report.words import shown
from verify.verdict import Verdict


class Teller:
    """Tells of one Mac; without a file it is silent."""

    def __init__(self, target: Path | None, mac: str) -> None:
        self._target = target
        self._mac = mac

    def begins(self) -> None:
        self._tell({"begins": True})

    def heard(self, row: bytes) -> None:
        """A line that the on-host program printed; another's says nothing."""
        try:
            said = json.loads(row)
        except ValueError:
            return
        match said:
            case {"checks": [*ids]}:
                self._tell({"checks": [word(name) for name in ids]})
            case {"id": name, "status": status}:
                self._tell({"check": word(name), "status": word(status)})

    def ends(self, verdict: Verdict) -> None:
        self._tell({"verdict": verdict.verdict, "simulated": verdict.simulated})

    def _tell(self, event: dict[str, object]) -> None:
        if self._target is None:
            return
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": now, "mac": self._mac, **event}) + "\n"
        # A disk that is full spoils the display, and must not spoil the verdict.
        with contextlib.suppress(OSError):
            where = os.open(self._target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            with os.fdopen(where, "wb", buffering=0) as stream:
                stream.write(line.encode())


def word(said: object) -> str:
    """A Mac's word for something, as a terminal may have it."""
    return shown(said)[:80]

"""How far each Mac is, from the events that verify/host/telling.py writes: standard library only,
since Ansible's own Python reads it as well.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = "progress.jsonl"
VERDICTS = {
    "pass": "right",
    "fail": "WRONG",
    "inconclusive": "could not be judged",
    "unreachable": "not reached",
}


@dataclasses.dataclass
class State:
    """One Mac's: the checks that are to come, and how those that came ended."""

    waiting: list[str] = dataclasses.field(default_factory=list)
    done: int = 0
    family: str = ""
    statuses: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.done + len(self.waiting)

    @property
    def running(self) -> str:
        return self.waiting[0] if self.waiting else ""


class Follower:
    """Reads the events as they are written."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._read = 0
        self.macs: dict[str, State] = {}

    def news(self) -> Iterator[tuple[dict[str, Any], list[str]]]:
        """Each new event, its Mac's state being that after it, and what it says in plain lines."""
        try:
            with self._source.open("rb") as stream:
                stream.seek(self._read)
                rows = stream.read().splitlines(keepends=True)
        except FileNotFoundError:
            return
        for row in rows:
            if not row.endswith(b"\n"):
                return
            self._read += len(row)
            event = json.loads(row)
            yield event, self._take(event)

    def _take(self, event: dict[str, Any]) -> list[str]:
        name = event["mac"]
        state = self.macs.setdefault(name, State())
        if "begins" in event:
            return [f"{name}: the probe begins"]
        if "checks" in event:
            state.waiting = [str(check) for check in event["checks"]]
            return self._moved(name, state)
        if "check" in event:
            check = str(event["check"])
            if check in state.waiting:
                state.waiting.remove(check)
            state.done += 1
            state.statuses[check] = str(event["status"])
            return self._moved(name, state)
        said = VERDICTS.get(str(event.get("verdict")), "?")
        simulated = " (simulated)" if event.get("simulated") else ""
        return [f"{name}{simulated}: {said}"]

    def _moved(self, name: str, state: State) -> list[str]:
        """What is told where another family begins: how the one before it ended."""
        family = state.running.partition(".")[0]
        if family == state.family:
            return []
        lines = [f"{name}: {state.family}: {ended(state)}"] if state.family else []
        state.family, state.statuses = family, {}
        return lines + ([f"{name}: {family} begins"] if family else [])


def ended(state: State) -> str:
    """How a family's checks ended: how many passed, and which did not."""
    statuses = state.statuses
    parts = [f"{list(statuses.values()).count('pass')} of {len(statuses)} passed"]
    parts += [f"{check} {status}" for check, status in statuses.items() if status != "pass"]
    return ", ".join(parts)

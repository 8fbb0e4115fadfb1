"""What crossed the lab's uplink: the log of the one server that stands for all that is outside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Crossed:
    """One answer: who asked, for what, how many bytes went, and from when to when."""

    name: str
    path: str
    sent: int
    began: float
    ended: float

    @property
    def is_page(self) -> bool:
        """A page of the index, which each installer reads anew."""
        return self.path.startswith("/simple/")


class Uplink:
    """Reads the log on from where it was read last."""

    def __init__(self, log: Path) -> None:
        self.log, self.read = log, 0

    def since(self) -> list[Crossed]:
        """What crossed since this was asked last."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        new, self.read = map(json.loads, lines[self.read :]), len(lines)
        return [
            Crossed(one["name"], one["path"], one["sent"], one["began"], one["ended"])
            for one in new
            if one["method"] == "GET" and one["sent"]
        ]


def at_once(crossed: Sequence[Crossed]) -> int:
    """How many Macs were being answered at the same time, at most."""
    moments = sorted({one.began for one in crossed})
    return max(
        (
            len({one.name for one in crossed if one.began <= moment < one.ended})
            for moment in moments
        ),
        default=0,
    )

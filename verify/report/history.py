"""What is remembered of each Mac: when its checks last passed, and what was last told of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from verify.report.fleet import Fleet
from verify.verdict import RIGHT, Verdict, place, write

NEVER = ""
TELLING = ("macos", "chip")
SIMULATED = "simulated Mac"


@dataclasses.dataclass(frozen=True)
class Told:
    """What one report said of a Mac: its verdict, its checks' statuses and what it was then."""

    made: str
    verdict: str
    facts: dict[str, str]
    statuses: dict[str, str]


@dataclasses.dataclass(frozen=True)
class History:
    """A Mac's memory; times are UTC in ISO 8601, empty for never.

    `latest` is what the last report told, `before` what the one before it did; a new
    verification turns the first into the second.
    """

    checks: dict[str, str] = dataclasses.field(default_factory=dict)
    right: str = NEVER
    latest: Told | None = None
    before: Told | None = None

    def with_report(self, made: str, mac: Verdict) -> History:
        """This history and what the report of that time tells; the same report adds nothing."""
        latest = told(made, mac)
        good = {name: made for name, status in latest.statuses.items() if status in RIGHT}
        right = made if mac.verdict == "pass" else self.right
        return History({**self.checks, **good}, right, latest, self.before)

    def turned(self) -> History:
        """This history when a new verification begins."""
        return History(self.checks, self.right, None, self.latest or self.before)


def told(made: str, mac: Verdict) -> Told:
    """What a report of this time tells of a Mac."""
    statuses = {check["id"]: check["status"] for check in mac.checks}
    return Told(made, mac.verdict, facts(mac), statuses)


def facts(mac: Verdict) -> dict[str, str]:
    """What a Mac was, as far as it told: what may explain why it changed."""
    seen = {name: str(mac.reading[name]) for name in TELLING if name in mac.reading}
    if mac.simulated is not None:
        seen["kind"] = SIMULATED if mac.simulated else "Mac"
    return {**seen, **({"pin": mac.pin} if mac.pin else {}), **mac.versions}


def keep(report: Path, fleet: Fleet) -> None:
    """Remember what this fleet's report tells."""
    for mac in fleet.macs:
        history = load(report, mac.name).with_report(fleet.made, mac)
        save(report, mac.name, history)


def turn(report: Path, names: Iterable[str]) -> None:
    """What was told last of these Macs is from now on what was told before."""
    for name in names:
        if file(report, name).exists():
            save(report, name, load(report, name).turned())


def last_good(report: Path, mac: str, check_id: str) -> str:
    """When the check last passed on this Mac; empty for never."""
    return load(report, mac).checks.get(check_id, NEVER)


def known(report: Path) -> list[str]:
    """The names of all Macs that are remembered."""
    return sorted(source.stem for source in (report / "history").glob("*.json"))


def load(report: Path, mac: str) -> History:
    """A Mac's history, an empty one where there is none.

    Raises ValueError with one sentence for a file that is no history.
    """
    source = file(report, mac)
    if not source.exists():
        return History()
    try:
        given: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
        told = {name: Told(**given[name]) if given[name] else None for name in ("latest", "before")}
        return History(**{**given, **told})
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{source} is not a Mac's history ({error}). Nothing was changed; delete it, and the "
            "Mac counts as new."
        ) from None


def save(report: Path, mac: str, history: History) -> None:
    """Write a Mac's history, whole or not at all."""
    write(file(report, mac), json.dumps(dataclasses.asdict(history), indent=1) + "\n")


def file(report: Path, mac: str) -> Path:
    """Where a Mac's history lies; raises ValueError for a name that is no file name."""
    return report / "history" / place(report, mac).name

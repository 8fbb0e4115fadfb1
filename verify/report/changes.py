"""What is otherwise than each Mac's report before this one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from verify.report import history
from verify.report.fleet import Fleet
from verify.report.table import WORDS
from verify.verdict import RIGHT, Verdict

HEADINGS = {
    "worse": "Newly wrong",
    "lost": "No longer judged or reached",
    "mended": "Mended",
    "other": "Otherwise than before",
    "new": "New",
    "absent": "Not in this report",
}
BAD = ("fail", "inconclusive")


@dataclasses.dataclass(frozen=True)
class Change:
    """One Mac's, in a sentence; `since` is the time of the report that it is compared with."""

    kind: str
    mac: str
    sentence: str
    since: str = ""


def changes(report: Path, fleet: Fleet) -> list[Change]:
    """Every Mac that is not what it was, the worst first.

    A Mac that is remembered and not in this fleet was left out or taken away: which of them,
    only who runs this knows.
    """
    found = [each for mac in fleet.macs if (each := changed(mac, history.load(report, mac.name)))]
    here = {mac.name for mac in fleet.macs}
    for name in history.known(report):
        if name not in here:
            kept = history.load(report, name)
            if last := kept.latest or kept.before:
                sentence = f"It was last {WORDS[last.verdict][0].lower()}."
                if last.facts.get("kind") == history.SIMULATED:
                    sentence = f"A {history.SIMULATED}. {sentence}"
                found.append(Change("absent", name, sentence, last.made))
    return sorted(found, key=lambda change: list(HEADINGS).index(change.kind))


def changed(mac: Verdict, kept: history.History) -> Change | None:
    """What changed on this Mac, None where nothing did."""
    before = kept.before
    if before is None:
        return Change("new", mac.name, f"It is {WORDS[mac.verdict][0].lower()}.")
    now = history.told("", mac)
    parts = []
    if mac.verdict != before.verdict:
        was, is_now = WORDS[before.verdict][0].lower(), WORDS[mac.verdict][0].lower()
        parts.append(f"It was {was} and is {is_now}.")
    if "unreachable" not in (mac.verdict, before.verdict):
        parts += statuses(now, before)
        parts += facts(now, before)
    if not parts:
        return None
    return Change(kind(mac.verdict, before.verdict), mac.name, " ".join(parts), before.made)


def kind(now: str, before: str) -> str:
    """Under which heading it belongs."""
    if now == before:
        return "other"
    return {"fail": "worse", "pass": "mended"}.get(now, "lost")


def statuses(now: history.Told, before: history.Told) -> list[str]:
    """Which checks fail that did not, and which pass that did not."""
    fails = [
        name
        for name, status in now.statuses.items()
        if status in BAD and before.statuses.get(name) not in (None, *BAD)
    ]
    passes = [
        name
        for name, status in now.statuses.items()
        if status in RIGHT and before.statuses.get(name) in BAD
    ]
    parts = [f"Newly failing: {listed(fails)}."] if fails else []
    return parts + ([f"Passing again: {listed(passes)}."] if passes else [])


def facts(now: history.Told, before: history.Told) -> list[str]:
    """What is installed, or what the machine is, that was otherwise."""
    moved = [
        f"{name} {before.facts.get(name, 'absent')}, now {now.facts.get(name, 'absent')}"
        for name in sorted({*now.facts, *before.facts})
        if now.facts.get(name) != before.facts.get(name)
    ]
    return [f"It had {listed(moved, '; ')}."] if moved else []


def listed(words: Sequence[str], between: str = ", ", most: int = 6) -> str:
    """The words, of very many the first and how many more."""
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return between.join(words[:most]) + more

"""What the page shows of a fleet, in the order in which it shows it."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from verify.onhost.registry import Line
from verify.report import history, plots
from verify.report.changes import Change
from verify.report.fleet import Fleet
from verify.report.table import gpu
from verify.verdict import Verdict

# In a larger fleet the Macs that are right are a line each: a page with all of theirs in it
# would not open.
DETAILED = 150
# Each with its word and its shape, the worst first.
VERDICTS = {
    "fail": ("wrong", "cross"),
    "inconclusive": ("not judged", "question"),
    "unreachable": ("not reached", "gap"),
    "pass": ("right", "tick"),
}
STATUSES = {
    "fail": ("failed", "cross"),
    "inconclusive": ("not judged", "question"),
    "warn": ("warning", "bang"),
    "not run": ("not run", "gap"),
    "pass": ("passed", "tick"),
}
WORST = tuple(STATUSES)
OPEN = ("fail", "inconclusive")


@dataclasses.dataclass(frozen=True)
class Fault:
    """A check that does not hold, and every Mac on which it does not for the same cause."""

    check: Line
    macs: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Card:
    """One Mac, the faults first."""

    mac: Verdict
    machine: str
    gpu: str
    found: str
    seconds: float
    faults: tuple[tuple[Line, str], ...]
    warnings: tuple[Line, ...]
    waiting: tuple[Line, ...]
    families: Mapping[str, Sequence[Line]]
    plots: tuple[plots.Plot, ...]
    change: Change | None
    whole: bool


@dataclasses.dataclass(frozen=True)
class Matrix:
    """Checks by family, and for each Mac each check's status; "" where its row has none."""

    families: Mapping[str, Sequence[str]]
    rows: tuple[tuple[Verdict, tuple[str, ...]], ...]
    only_wrong: bool


def headline(fleet: Fleet) -> str:
    """How the fleet is, in a sentence."""
    count = Counter[str](mac.verdict for mac in fleet.macs)
    every = len(fleet.macs)
    if not every:
        return "There is no Mac in this report"
    if count["pass"] == every:
        return f"All {every} Macs are right" if every > 1 else "The one Mac is right"
    parts = [f"{count[name]} {VERDICTS[name][0]}" for name in VERDICTS if count[name]]
    first, *rest = (part.split(" ", 1) for part in parts if not part.endswith(" right"))
    verb = "is" if first[0] == "1" else "are"
    beginning = f"{first[0]} of {every} Mac{'s' if every > 1 else ''} {verb} {first[1]}"
    return ", ".join([beginning, *(" ".join(part) for part in rest)])


def summary(fleet: Fleet) -> list[tuple[str, str, str, int]]:
    """Of each verdict its word, its shape and how many Macs have it."""
    count = Counter[str](mac.verdict for mac in fleet.macs)
    return [(name, *VERDICTS[name], count[name]) for name in VERDICTS]


def faults(fleet: Fleet) -> list[Fault]:
    """The faults, those of the most Macs first."""
    found: dict[tuple[str, str, str], tuple[Line, list[str]]] = {}
    for mac in fleet.macs:
        for check in mac.checks:
            if check["status"] in OPEN and mac.verdict != "unreachable":
                key = (check["id"], check["status"], check["cause"])
                found.setdefault(key, (check, []))[1].append(mac.name)
    many = sorted(found.values(), key=lambda fault: -len(fault[1]))
    return [Fault(check, tuple(macs)) for check, macs in many]


def cards(fleet: Fleet, report: Path, changed: Sequence[Change]) -> Iterator[Card]:
    """The Macs, the worst first, each made when it is asked for."""
    by_name = {change.mac: change for change in changed}
    for mac in worst_first(fleet):
        kept = history.load(report, mac.name)
        yield card(mac, kept, by_name.get(mac.name), detailed(mac, fleet))


def card(mac: Verdict, kept: history.History, change: Change | None, whole: bool) -> Card:
    """One Mac's."""
    open_checks = [check for check in mac.checks if check["status"] in OPEN]
    drawn = [plots.losses(mac), plots.memory(mac)] if whole else []
    families: dict[str, list[Line]] = {}
    for check in mac.checks if whole else ():
        families.setdefault(check["id"].rpartition(".")[0], []).append(check)
    return Card(
        mac=mac,
        machine=machine(mac),
        gpu=gpu(mac),
        found=found(mac, open_checks),
        seconds=sum(check["seconds"] for check in mac.checks),
        faults=tuple((check, kept.checks.get(check["id"], "")) for check in open_checks),
        warnings=tuple(check for check in mac.checks if check["status"] == "warn"),
        waiting=tuple(check for check in mac.checks if check["status"] == "not run"),
        families=families,
        plots=tuple(plot for plot in drawn if plot),
        change=change,
        whole=whole,
    )


def found(mac: Verdict, open_checks: Sequence[Line]) -> str:
    """What is the matter with the Mac, in a few words; nothing where it is right."""
    if mac.verdict == "unreachable":
        return mac.checks[0]["cause"] if mac.checks else ""
    if not open_checks:
        return ""
    more = f", and {len(open_checks) - 1} more" if len(open_checks) > 1 else ""
    return f"{open_checks[0]['claim']}: {STATUSES[open_checks[0]['status']][0]}{more}"


def machine(mac: Verdict) -> str:
    """What kind of Mac it is, as far as it told."""
    if not mac.reading:
        return "it gave no answer"
    virtual = "virtual, " if mac.reading.get("virtual") else ""
    return f"{virtual}{mac.reading.get('chip', '?')}, macOS {mac.reading.get('macos', '?')}"


def words(mac: Verdict) -> str:
    """What a reader may look for, in lower case: what the Mac is, and what does not hold."""
    kind = "simulated" if mac.simulated else ""
    checks = (check["id"] for check in mac.checks if check["status"] != "pass")
    said = (mac.name, kind, machine(mac), mac.pin, VERDICTS[mac.verdict][0], *checks)
    return " ".join(said).lower()


def matrix(fleet: Fleet) -> Matrix:
    """The Macs that were reached by the checks; of several environments' the worst counts."""
    macs = [mac for mac in worst_first(fleet) if mac.verdict != "unreachable"]
    rows = [(mac, folded(mac)) for mac in macs if detailed(mac, fleet)]
    ids = list(dict.fromkeys(name for _, statuses in rows for name in statuses))
    families: dict[str, list[str]] = {}
    for name in ids:
        families.setdefault(name.partition(".")[0], []).append(name)
    ordered = [name for names in families.values() for name in names]
    return Matrix(
        families,
        tuple((mac, tuple(statuses.get(name, "") for name in ordered)) for mac, statuses in rows),
        len(rows) < len(macs),
    )


def folded(mac: Verdict) -> dict[str, str]:
    """The worst status of each check, whatever the environment."""
    statuses: dict[str, str] = {}
    for check in mac.checks:
        name = check["id"].rpartition("/")[2]
        statuses[name] = min(statuses.get(name, "pass"), check["status"], key=WORST.index)
    return statuses


def detailed(mac: Verdict, fleet: Fleet) -> bool:
    """Whether the page has room for all that is known of this Mac."""
    return len(fleet.macs) <= DETAILED or mac.verdict != "pass"


def worst_first(fleet: Fleet) -> list[Verdict]:
    """The Macs in the order of their verdicts."""
    return sorted(fleet.macs, key=lambda mac: (list(VERDICTS).index(mac.verdict), mac.name))


def orders(fleet: Fleet) -> dict[str, dict[str, int]]:
    """For each way to sort the Macs, the rank of each."""
    ways: dict[str, Callable[[Verdict], Any]] = {
        "verdict": lambda mac: list(VERDICTS).index(mac.verdict),
        "name": lambda mac: 0,
        "chip": lambda mac: str(mac.reading.get("chip", "~")),
        "macOS": lambda mac: version(str(mac.reading.get("macos", ""))),
        "pin": lambda mac: mac.pin or "~",
        "time taken": lambda mac: -sum(check["seconds"] for check in mac.checks),
        "checks passed": lambda mac: mac.passed / (len(mac.checks) or 1),
    }
    ranks = {}
    for way, key in ways.items():
        ranked = sorted(sorted(fleet.macs, key=lambda mac: natural(mac.name)), key=key)
        ranks[way] = {mac.name: rank for rank, mac in enumerate(ranked)}
    return ranks


def version(text: str) -> tuple[int, ...]:
    """A version as numbers, the newest first; what has none comes last."""
    return tuple(-int(part) for part in re.findall(r"\d+", text)[:4]) or (0,)


def natural(name: str) -> list[tuple[str, int]]:
    """A name as one counts: m2 before m10."""
    return [(word, int(digits or 0)) for word, digits in re.findall(r"(\D*)(\d*)", name)]

"""One Mac, told to who has to mend it: each check, what is wrong, since when, what to type."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from verify.host.explained import harmless
from verify.hosts import names, surroundings, verify
from verify.onhost.registry import Line
from verify.report import history
from verify.report.paragraphs import show_parts, show_text, write_plain
from verify.report.table import PLAIN_WIDTH, WORDS, kind
from verify.verdict import RIGHT, Verdict, place

MARKS = {
    "pass": ("right", "green"),
    "warn": ("warning", "yellow"),
    "fail": ("WRONG", "bold red"),
    "inconclusive": ("open", "yellow"),
    "not run": ("not run", "dim"),
}
WORD = 7
NEVER = "never seen right here"


def examine(inventories: Sequence[str], name: str, report: Path, wishes: Sequence[str]) -> Verdict:
    """Verify one Mac; neither its report nor its history is touched.

    Raises ValueError with one sentence where that is not the name of one Mac.
    """
    found = names(name, surroundings(inventories))
    if len(found) != 1:
        meant = f"{name!r} is {', '.join(found)}" if name else f"there are {', '.join(found)}"
        raise ValueError(
            f"The doctor sees one Mac at a time; {meant}. Type: make doctor HOST={found[0]}"
        )
    with TemporaryDirectory(prefix="doctor-") as folder:
        return verify(inventories, name, Path(folder), 1, wishes).macs[0]


def last(name: str, report: Path) -> Verdict:
    """The verdict of the last verification; raises ValueError where there is none."""
    source = place(report, name)
    if not source.exists():
        raise ValueError(
            f"There is no verdict on {name} in {report}. Run the doctor without --last."
        )
    return Verdict.load(source)


def show(mac: Verdict, report: Path, stream: TextIO) -> None:
    """Print it: in colour on a terminal, plain elsewhere."""
    terminal = stream.isatty()
    console = Console(
        file=stream, width=None if terminal else PLAIN_WIDTH, highlight=False, safe_box=True
    )
    with console.capture() as captured:
        word, style = WORDS[mac.verdict]
        console.print(f"{escape(mac.name)}, {escape(kind(mac))}: [{style}]{word}[/]\n")
        overview(console, mac)
        wrong = [line for line in mac.checks if line["status"] not in (*RIGHT, "not run")]
        # Of a Mac that does not answer, the first tells for all.
        wrong = wrong or [line for line in mac.checks[:1] if line["status"] == "not run"]
        wrong += [line for line in mac.checks if line["status"] == "warn"]
        for number, line in enumerate(wrong, 1):
            trouble(console, number, line, since(report, mac, line))
        for sentence in [*changes(report, mac), *waiting(mac), *noise(mac)]:
            console.print()
            show_text(console, sentence)
    write_plain(captured.get(), stream)


def overview(console: Console, mac: Verdict) -> None:
    """A line per check that was run, cut after the last word for which there is room."""
    ran = [line for line in mac.checks if line["status"] != "not run"]
    longest = max((len(line["id"]) for line in ran), default=0)
    for line in ran:
        word, style = MARKS[line["status"]]
        room = max(console.width - WORD - longest - 4, 20)
        told = textwrap.shorten(str(line["measured"]), room, placeholder=" ...")
        text = f"[{style}]{word:{WORD}}[/]  {escape(line['id']):{longest}}  {escape(told)}"
        console.print(text, soft_wrap=True)


def trouble(console: Console, number: int, line: Line, since: str) -> None:
    """What is wrong, since when, and what to do."""
    words = {
        "found": str(line["measured"]),
        "needed": str(line["expected"]),
        "why": line["cause"],
        "since": since,
        "do": line["cure"],
        "it said": line["evidence"],
    }
    console.print(f"\n{number}. [bold]{escape(line['claim'])}[/]: {MARKS[line['status']][0]}")
    show_parts(console, {word: text for word, text in words.items() if text}, 3)


def since(report: Path, mac: Verdict, line: Line) -> str:
    """When this check was last right on this Mac."""
    good = history.last_good(report, mac.name, line["id"])
    return f"last right {good}" if good else NEVER


def changes(report: Path, mac: Verdict) -> list[str]:
    """What of this Mac is another since it was last reported."""
    past = history.load(report, mac.name)
    told = past.latest or past.before
    if mac.verdict == "pass" or told is None or not mac.reading:
        return []
    now = history.facts(mac)
    names = [name for name in {**told.facts, **now} if told.facts.get(name) != now.get(name)]
    found = [f"{one} {told.facts.get(one, 'none')}, now {now.get(one, 'none')}" for one in names]
    if not found:
        return [f"Since the report of {told.made} neither macOS nor a version has changed."]
    return [f"Changed since the report of {told.made}: {'; '.join(found)}."]


def waiting(mac: Verdict) -> list[str]:
    """The checks that were not run, by what kept them from it; none of a Mac that was not asked."""
    if not mac.reading:
        return []
    reasons: dict[str, list[str]] = {}
    for line in mac.checks:
        if line["status"] == "not run":
            reasons.setdefault(line["cause"], []).append(line["id"])
    return [f"Not run, since {why} {', '.join(ids)}" for why, ids in reasons.items()]


def noise(mac: Verdict) -> list[str]:
    """What was said and means nothing."""
    found = {one["id"]: one for line in mac.checks for one in harmless(line)}
    return [
        f'Harmless: "{one["evidence"].splitlines()[-1]}" {one["cause"]}' for one in found.values()
    ]

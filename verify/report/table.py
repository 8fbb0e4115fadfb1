"""The fleet as a table, and what to do about each Mac that is not right."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from verify.report import stages
from verify.report.fleet import PAGE, RETRY, Fleet
from verify.report.paragraphs import show_parts, show_text, write_plain
from verify.report.words import shown
from verify.settings import PROJECT, to_type
from verify.verdict import Verdict

WORDS = {
    "pass": ("right", "green"),
    "fail": ("WRONG", "bold red"),
    "inconclusive": ("could not be judged", "yellow"),
    "unreachable": ("not reached", "yellow"),
}
TOLD = ("measured", "expected", "cause", "cure")
PLAIN_WIDTH = 110


def show(fleet: Fleet, report: Path, stream: TextIO) -> None:
    """Print the fleet: in colour on a terminal, plain elsewhere."""
    terminal = stream.isatty()
    console = Console(
        file=stream,
        width=None if terminal else PLAIN_WIDTH,
        highlight=False,
        safe_box=True,
    )
    with console.capture() as captured:
        console.print(table(fleet, box.SIMPLE_HEAD if terminal else box.ASCII))
        for mac in fleet.macs:
            if mac.verdict != "pass" or mac.warned:
                details(console, mac)
        console.print(f"\n{totals(fleet)}")
        if fleet.open:
            console.print("Once they are awake, try those that were not reached or judged again:")
            names = shlex.quote(f"@{os.path.relpath(report / RETRY, PROJECT)}")
            command = f"{to_type()['site']} --limit {names}"
            console.print(f"  {escape(command)}", soft_wrap=True)
        page = os.path.relpath(report / PAGE, PROJECT)
        what = "Each check, its curves and what has changed"
        if any(mac.verdict != "pass" for mac in fleet.macs):
            what = "What to mend and what has changed"
        console.print(f"{what}, to read: {page}", soft_wrap=True)
    write_plain(captured.get(), stream)


def table(fleet: Fleet, edges: box.Box) -> Table:
    """One row per Mac."""
    made = Table(box=edges)
    for title in ("Mac", "what it is", "pin", "GPU", "checks", "verdict"):
        made.add_column(title, no_wrap=title in ("Mac", "pin"), overflow="fold")
    for mac in fleet.macs:
        style = WORDS[mac.verdict][1]
        word = ending(mac)
        word += f", {warnings(mac)}" if mac.warned else ""
        cells = (mac.name, kind(mac), mac.pin or "-", gpu(mac), f"{mac.passed}/{len(mac.checks)}")
        made.add_row(*(escape(shown(cell)) for cell in cells), f"[{style}]{word}[/]")
    return made


def ending(mac: Verdict) -> str:
    """How the Mac ended, in the table's words."""
    return stages.ending(mac) or WORDS[mac.verdict][0]


def warnings(mac: Verdict) -> str:
    """How many there are, in words."""
    return f"{mac.warned} warning{'s' if mac.warned > 1 else ''}"


def kind(mac: Verdict) -> str:
    """What the Mac is, "simulated" first where it is."""
    if not mac.reading:
        return "simulated, silent" if mac.simulated else "unknown: it gave no answer"
    chip, macos = mac.reading.get("chip", "?"), mac.reading.get("macos", "?")
    words = ["simulated"] if mac.simulated else []
    words += ["virtual"] if mac.reading.get("virtual") else []
    return ", ".join([*words, chip, f"macOS {macos}"])


def gpu(mac: Verdict) -> str:
    """Whether the one matrix multiplication ran on the GPU, and on what kind of GPU."""
    check = mac.check("placement.matmul")
    if check is None:
        return "none promised" if mac.check("load.imports") else "-"
    if check["status"] == "pass":
        return "test GPU" if mac.simulated else "Metal"
    return "no" if check["status"] == "fail" else "-"


def details(console: Console, mac: Verdict) -> None:
    """The checks of one Mac that did not pass; those that were not run, in one line."""
    console.print(f"\n[bold]{escape(mac.title)}[/]: {ending(mac)}")
    waiting = [check for check in mac.checks if check["status"] == "not run"]
    if mac.verdict == "unreachable":
        told(console, "", {"cause": waiting[0]["cause"], "cure": waiting[0]["cure"]})
        return
    for check in mac.checks:
        if check["status"] in ("fail", "inconclusive", "warn"):
            words = {word: str(check[word]) for word in TOLD}  # type: ignore[literal-required]
            kind = "warning, " if check["status"] == "warn" else ""
            told(console, f"{kind}{check['id']}: {check['claim']}", words)
    if waiting:
        told(console, "", {"not run": ", ".join(check["id"] for check in waiting)})


def told(console: Console, heading: str, words: Mapping[str, str]) -> None:
    """Indented paragraphs, each behind the word for what it is."""
    if heading:
        show_text(console, shown(heading), 2)
    show_parts(console, {word: shown(text) for word, text in words.items()}, 4)


def totals(fleet: Fleet) -> str:
    """How many Macs there are, and how many of each verdict and of which kind."""
    words = [word.lower() for word, _ in WORDS.values()]
    count = Counter[str](stages.kind(mac) or WORDS[mac.verdict][0].lower() for mac in fleet.macs)
    parts = [f"{count[word]} {word}" for word in (*words, *stages.KINDS) if count[word]]
    simulated = sum(mac.simulated is True for mac in fleet.macs)
    macs = f"{len(fleet.macs)} Mac{'s' if len(fleet.macs) != 1 else ''}"
    macs += f", {simulated} of them simulated" if simulated else ""
    return f"{macs}: {', '.join(parts)}."

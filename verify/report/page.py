"""The fleet as one page that opens anywhere: fleet.html, with nothing fetched from outside."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from verify.report import plots
from verify.report.changes import HEADINGS, changes
from verify.report.fleet import PAGE, Fleet
from verify.report.paragraphs import COMMAND
from verify.report.view import (
    STATUSES,
    VERDICTS,
    cards,
    faults,
    headline,
    matrix,
    orders,
    summary,
    words,
)
from verify.report.words import shown
from verify.verdict import write

TEMPLATES = Path(__file__).with_name("templates")


def save(fleet: Fleet, report: Path) -> None:
    """Write fleet.html, whole or not at all."""
    write(report / PAGE, pieces(fleet, report))


def pieces(fleet: Fleet, report: Path) -> Iterator[str]:
    """The page, piece by piece: a Mac's part is forgotten once it is written."""
    script = (TEMPLATES / "fleet.js").read_text(encoding="utf-8")
    changed = changes(report, fleet)
    yield from (
        environment()
        .get_template("fleet.html.j2")
        .generate(
            cards=cards(fleet, report, changed),
            changes=changed,
            faults=faults(fleet),
            fleet=fleet,
            headings=HEADINGS,
            headline=headline(fleet),
            matrix=matrix(fleet),
            orders=orders(fleet),
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            kinds=Counter(mac.simulated for mac in fleet.macs),
            simulated={mac.name for mac in fleet.macs if mac.simulated},
            speed=plots.throughput(fleet.macs),
            statuses=STATUSES,
            summary=summary(fleet),
            verdicts=VERDICTS,
        )
    )


def environment() -> Environment:
    """The templates' own; all that is put into the page is escaped, for a Mac may have said it."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else shown(value),
    )
    made.filters["time"] = lambda made: made[:16].replace("T", " ") + " UTC" if made else "never"
    made.filters["took"] = took
    made.filters["picture"] = Markup
    made.filters["laid_out"] = lay_out
    made.filters["words"] = words
    return made


def lay_out(text: object) -> Markup:
    """The text with each command, which stands between backquotes, as code; and a path is broken
    after a slash, if it must be.
    """
    safe = str(escape(shown(text))).replace("/", "/<wbr>")
    return Markup(COMMAND.sub(lambda found: f"<code>{found[0][1:-1]}</code>", safe))


def took(seconds: float) -> str:
    """A duration as one reads it."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"

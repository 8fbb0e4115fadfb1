"""All verdicts of a report folder as one fleet, and what follows from them."""

from __future__ import annotations

import dataclasses
import datetime
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from verify.host.lines import unjudged
from verify.host.requirements import folder
from verify.settings import to_type
from verify.verdict import SCHEMA, Verdict, place, write

RETRY = "retry.txt"
PAGE = "fleet.html"
RIGHT, WRONG, OPEN = 0, 1, 2


@dataclasses.dataclass(frozen=True)
class Fleet:
    """The Macs in the order of their names; `made` is a UTC time in ISO 8601."""

    made: str
    macs: tuple[Verdict, ...]
    schema: int = SCHEMA

    @property
    def exit_status(self) -> int:
        """0 every Mac is right; 1 some Mac is wrong; 2 none is wrong, some could not be judged."""
        verdicts = {mac.verdict for mac in self.macs}
        if "fail" in verdicts:
            return WRONG
        return RIGHT if verdicts == {"pass"} else OPEN

    @property
    def open(self) -> tuple[Verdict, ...]:
        """The Macs to be tried again: they were not reached, or could not be judged."""
        return tuple(mac for mac in self.macs if mac.verdict in ("unreachable", "inconclusive"))

    def save(self, report: Path) -> None:
        """Write fleet.json, and retry.txt where some Mac is to be tried again."""
        write(report / "fleet.json", self.pieces())
        if self.open:
            write(report / RETRY, "".join(f"{mac.name}\n" for mac in self.open))
        else:
            (report / RETRY).unlink(missing_ok=True)

    def pieces(self) -> Iterator[str]:
        """What fleet.json holds, a Mac at a time: a second copy of them all would not be small."""
        head = json.dumps({"schema": self.schema, "made": self.made})
        yield f'{head[:-1]}, "macs": ['
        for number, mac in enumerate(self.macs):
            yield ",\n" if number else "\n"
            yield json.dumps(dataclasses.asdict(mac), indent=1)
        yield "\n]}\n"


def gather(report: Path, names: Sequence[str] = (), within: float | None = None) -> Fleet:
    """The fleet of these names, of every verdict there is where none are named.

    A name without a verdict was not reached, nor one whose verdict is older than `within` hours:
    of Macs that report by themselves, silence is what tells. Raises ValueError with one
    sentence for a file that is no verdict, and where there is nothing at all.
    """
    there = {source.stem: source for source in sorted((report / "macs").glob("*.json"))}
    if not names and not there:
        raise ValueError(f"There is no verdict in {report}. Run `{to_type()['site']}` first.")
    now = datetime.datetime.now(datetime.UTC)
    macs = [
        told(there[name], now, within) if name in there else missing(name)
        for name in sorted(set(names or there))
    ]
    return Fleet(now.isoformat(timespec="seconds"), tuple(macs))


def told(source: Path, now: datetime.datetime, within: float | None) -> Verdict:
    """The verdict in a file, or that its Mac has been silent since."""
    came = datetime.datetime.fromtimestamp(source.stat().st_mtime, datetime.UTC)
    if within is None or now - came <= datetime.timedelta(hours=within):
        return Verdict.load(source)
    why = f"It last reported at {came:%Y-%m-%d %H:%M} UTC, over {within:g} hours ago."
    return missing(source.stem, why, "Wake the Mac; pull.log in its home's pull/log says more.")


def missing(
    name: str,
    why: str = "It did not answer, or the run ended before it was verified.",
    cure: str = "Wake the Mac or mend the way to it, then try it again.",
) -> Verdict:
    """The verdict on a Mac that left none."""
    return Verdict(name, None, "unreachable", checks=unjudged("not run", why, cure))


def clear(report: Path, names: Iterable[str]) -> None:
    """Take away what is told of these Macs and of the fleet, so that nothing old passes for new."""
    for name in names:
        place(report, name).unlink(missing_ok=True)
        shutil.rmtree(folder(report, name), ignore_errors=True)
    for name in ("fleet.json", PAGE, "junit.xml", RETRY):
        (report / name).unlink(missing_ok=True)

"""One Mac's verdict: every check with its measure, and what follows from them."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast, get_args

from verify.onhost.registry import Line

SCHEMA = 2
# Of what a Mac sends of itself. The largest verdict, a soak's, has a tenth of it.
LARGEST = 8_000_000
Outcome = Literal["pass", "fail", "inconclusive", "unreachable"]
Status = Literal["pass", "warn", "fail", "inconclusive", "not run"]
RIGHT = ("pass", "warn")

FIELDS: dict[str, tuple[type, ...]] = {
    "schema": (int,),
    "name": (str,),
    "simulated": (bool, type(None)),
    "verdict": (str,),
    "reading": (dict,),
    "pin": (str,),
    "lock": (str,),
    "versions": (dict,),
    "checks": (list, tuple),
}
LINE_FIELDS: dict[str, tuple[type, ...]] = {
    "id": (str,),
    "family": (str,),
    "claim": (str,),
    "status": (str,),
    "measured": (str, int, float),
    "expected": (str, int, float),
    "cause": (str,),
    "cure": (str,),
    "seconds": (int, float),
    "evidence": (str,),
    "figures": (dict,),
}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What is known of one Mac.

    `simulated` is None where the Mac did not answer and nobody said;
    `reading` is the probe's; `lock` is the lock's SHA-256; `versions` are the
    installed ones that a reader looks for first.
    """

    name: str
    simulated: bool | None
    verdict: Outcome
    reading: dict[str, Any] = dataclasses.field(default_factory=dict)
    pin: str = ""
    lock: str = ""
    versions: dict[str, str] = dataclasses.field(default_factory=dict)
    checks: tuple[Line, ...] = ()
    schema: int = SCHEMA

    @property
    def title(self) -> str:
        """The name, with "simulated" beside it where that is what the Mac is."""
        return f"{self.name} (simulated)" if self.simulated else self.name

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(check["status"] == "pass" for check in self.checks)

    @property
    def warned(self) -> int:
        """How many checks warned: they do not hold, and the Mac is right all the same."""
        return sum(check["status"] == "warn" for check in self.checks)

    def check(self, check_id: str) -> Line | None:
        """The check of this id, None where the Mac's row does not have it.

        Of several environments' it is one that did not pass, if there is one.
        """
        found = [check for check in self.checks if check["id"].rpartition("/")[2] == check_id]
        found.sort(key=lambda check: check["status"] == "pass")
        return next(iter(found), None)

    def save(self, report: Path) -> None:
        """Write report/macs/<name>.json, whole or not at all."""
        write(place(report, self.name), json.dumps(dataclasses.asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, source: Path) -> Verdict:
        """Read a verdict; raises ValueError with one sentence where it is none."""
        try:
            return cls.parse(read(source.read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"{source} is not a verdict: {error}") from None

    @classmethod
    def parse(cls, given: object) -> Verdict:
        """A verdict from what JSON held; raises ValueError where a field is odd."""
        fields = typed(given, FIELDS, "a verdict")
        if fields["schema"] != SCHEMA:
            raise ValueError(
                f"its schema is {fields['schema']}, not {SCHEMA}: verify that Mac again, or delete "
                "the file."
            )
        if fields["verdict"] not in get_args(Outcome):
            raise ValueError(f"its verdict is {fields['verdict']!r}.")
        return cls(**{**fields, "checks": tuple(map(parsed_line, fields["checks"]))})


def received(stream: BinaryIO, name: str) -> Verdict:
    """The verdict that a Mac of this name sends of itself; raises ValueError for anything else."""
    text = stream.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise ValueError(f"What {name} sent is over {LARGEST} bytes. Nothing was kept.")
    try:
        verdict = Verdict.parse(read(text.decode()))
    except ValueError as error:
        raise ValueError(f"What {name} sent is no verdict: {error} Nothing was kept.") from None
    if verdict.name != name:
        raise ValueError(f"{name} sent a verdict on {verdict.name!r}. Nothing was kept.")
    return verdict


def parsed_line(given: object) -> Line:
    """A check from what JSON held; raises ValueError where a field is odd."""
    fields = typed(given, LINE_FIELDS, "a check")
    if fields["status"] not in get_args(Status):
        raise ValueError(f"the status of {fields['id']} is {fields['status']!r}.")
    return cast("Line", fields)


def lines_in(text: str) -> list[Line]:
    """The checks that a program printed, one JSON line each; what is none is passed over."""
    found = []
    for row in text.splitlines():
        try:
            found.append(parsed_line(read(row)))
        except ValueError:
            continue
    return found


def read(text: str) -> object:
    """What JSON holds; NaN and Infinity, which Python writes and JSON has not, become words."""
    return json.loads(text, parse_constant=str)


def typed(given: object, shape: Mapping[str, tuple[type, ...]], what: str) -> dict[str, Any]:
    """`given`, once it has exactly the fields of `shape`, each of its types."""
    fields = given if isinstance(given, dict) else {}
    if set(fields) != set(shape):
        odd = ", ".join(sorted(set(fields) ^ set(shape)))
        raise ValueError(f"{what} lacks these fields or has them too many: {odd}.")
    for name, types in shape.items():
        if not isinstance(fields[name], types):
            raise ValueError(f"in {what}, {name} is {fields[name]!r}.")
    return fields


def outcome(checks: Iterable[Line]) -> Outcome:
    """What follows from the checks: one that failed decides, one that is open leaves it open.

    What only warned leaves the Mac right.
    """
    statuses = {check["status"] for check in checks}
    if "fail" in statuses:
        return "fail"
    return "pass" if statuses and statuses <= {*RIGHT} else "inconclusive"


def told(check: Line) -> str:
    """A check that did not pass, in sentences."""
    parts = [f"{check['claim']}: {check['status']}"]
    parts += [f"measured {check['measured']}", f"expected {check['expected']}"]
    parts += [f"cause: {check['cause']}", f"cure: {check['cure']}"]
    return "\n  ".join(parts)


def place(report: Path, name: str) -> Path:
    """Where a Mac's verdict lies; raises ValueError for a name that is no file name."""
    if not re.fullmatch(r"[A-Za-z0-9_][\w.:@+-]*", name, re.ASCII):
        raise ValueError(f"{name!r} cannot be a Mac's name: letters, digits and _.:@+- only.")
    return report / "macs" / f"{name}.json"


def write(target: Path, text: str | Iterable[str]) -> None:
    """Replace a file by rename: who reads it sees the old text or the new, never half.

    Text that comes in pieces is never held whole.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.writelines([text] if isinstance(text, str) else text)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Which row of the compatibility table a Mac gets, and whether that row may be had at all.

Pure but for what lies in the folder of locks that `wanted` names: the row's lock, and what is known
there of pairs that files/links.json does not know.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Reading = Mapping[str, Any]
Row = Mapping[str, Any]
Wanted = Mapping[str, Any]

PLUGIN = "tensorflow-metal"
# What a lab's own row may leave out.
OPTIONAL = {"macos_max": "", "status": "available", "reason": "", "links": "", "until": ""}
# What else lies in the home, beside the links.
TAKEN = ("bin", "envs", "pythons", "tools")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RELEASED = Path(__file__).parents[1] / "files" / "links.json"


def choices(reading: Reading, pins: Sequence[Row], wanted: Wanted) -> list[dict[str, Any]]:
    """A choice for each environment that the Mac is to have: the one that `current` leads to, and
    those of `wanted["also"]`, which have a name and may have a pin and an extra of their own.
    """
    if wrong := misnamed(pins, wanted):
        return [{"name": "current", "extra": wanted["extra"], **refusal(wrong)}]
    others = [{**wanted, "pin": "", "extra": "core", **other} for other in wanted["also"]]
    return [choose(reading, pins, one) for one in ({**wanted, "name": "current"}, *others)]


def misnamed(pins: Sequence[Row], wanted: Wanted) -> dict[str, str]:
    """What is wrong with the names that a lab gave; empty where nothing is."""
    ids = [row["id"] for row in [*wanted["rows"], *pins]]
    for name in ids:
        if ids.count(name) > 1:
            mend = "Give yours another id in tensorflow_metal_rows."
            return {"rows": f"There are several rows with the id {name}. {mend}"}
    names = ["current", *(other["name"] for other in wanted["also"])]
    for name in names[1:]:
        if names.count(name) > 1 or name in TAKEN or not NAME.fullmatch(name):
            sentence = f"'{name}' cannot be the name of an environment: it is taken or no plain"
            return {"also": f"{sentence} word. Mend tensorflow_metal_also."}
    return {}


def choose(reading: Reading, pins: Sequence[Row], wanted: Wanted) -> dict[str, Any]:
    """The row for one environment on the Mac of `reading`, with its lock.

    Of the role's switches `wanted` has name, pin, rows, extra and locks.

    Returns name, row (None where the Mac gets none), refused (row id, or what else refuses, to a
    sentence), unjudged (the versions of a plugin and a TensorFlow of which nobody knows whether
    they link; else empty) and, where there is a row, extra, lock (its path), text (what is in it)
    and packages.
    """
    return {"name": wanted["name"], "extra": wanted["extra"], **chosen(reading, pins, wanted)}


def chosen(reading: Reading, pins: Sequence[Row], wanted: Wanted) -> dict[str, Any]:
    rows = [*({**OPTIONAL, **row} for row in wanted["rows"]), *pins]
    row, refused = fitting(reading, rows, wanted["pin"], len(wanted["rows"]))
    if row is None:
        return refusal(refused)
    evidence = known(Path(wanted["locks"]))
    if trouble := unlinked(row, row["packages"], evidence):
        return refusal({row["id"]: trouble})
    suffix = "" if wanted["extra"] == "core" else f"-{wanted['extra']}"
    lock = Path(wanted["locks"]) / f"{row['id']}{suffix}.txt"
    if not lock.is_file():
        sentence = f"{row['id']} has no lock {lock}. Make one with `make pins`, or for a row of"
        sentence += f" your own with `{wanted['to_type']['python']} -m verify.lock --inventory"
        sentence += " INVENTORY`; or change"
        return refusal({"lock": f"{sentence} tensorflow_metal_locks or tensorflow_metal_extra."})
    text = lock.read_text(encoding="utf-8")
    packages = locked(text)
    if trouble := unlinked(row, packages, evidence) or empty(row, packages, evidence):
        return refusal({row["id"]: trouble})
    if pair := unknown(row, packages, evidence):
        sentence = f"Whether tensorflow-metal {pair['metal']} links with tensorflow"
        sentence += (
            f" {pair['tensorflow']} on {pair['machine']} is not known. Compute it where there"
        )
        sentence += f" is a network: `{computing(pair, wanted)}`."
        return {**refusal({row["id"]: sentence}), "unjudged": pair}
    found = {"row": dict(row), "refused": refused, "lock": str(lock), "text": text}
    return {**found, "packages": packages, "unjudged": {}}


def refusal(refused: Mapping[str, str]) -> dict[str, Any]:
    return {"row": None, "refused": dict(refused), "unjudged": {}}


def fitting(
    reading: Reading, rows: Sequence[Row], pin: str, own: int
) -> tuple[Row | None, dict[str, str]]:
    """The row of this Mac, and why it gets none of the others that do not fit.

    That is the one that is named; else the first of the lab's own, which are the first `own`, that
    fits; else the recommended one where that fits, else the first that does.
    """
    if reading["kernel"] != "Darwin":
        return None, {"kernel": f"This is {reading['kernel']}, not macOS."}
    if pin and pin not in [row["id"] for row in rows]:
        there = ", ".join(row["id"] for row in rows)
        return None, {"pin": f"There is no pin '{pin}'. There are: {there}."}
    rank = {
        row["id"]: place < own or row["status"] == "recommended" for place, row in enumerate(rows)
    }
    asked = [row for row in rows if pin in ("", row["id"])]
    refused = {row["id"]: reason for row in asked if (reason := misfit(reading, row))}
    left = [row for row in asked if row["id"] not in refused]
    left.sort(key=lambda row: not rank[row["id"]])
    return next(iter(left), None), refused


def misfit(reading: Reading, row: Row) -> str:
    """Why this Mac cannot have this row; empty where it can."""
    if reading["machine"] != row["machine"]:
        return f"{row['id']} needs {row['machine']}."
    if version(reading["macos"]) < version(row["macos_min"]):
        return f"{row['id']} needs macOS {row['macos_min']} or newer."
    if row["macos_max"] and not within(reading["macos"], row["macos_max"]):
        return f"{row['id']} needs macOS {row['macos_max']} or older."
    return ""


def known(locks: Path) -> dict[str, Any]:
    """What is known of pairs, by machine and TensorFlow: the released ones, and a lab's own."""
    found: dict[str, Any] = json.loads(RELEASED.read_text(encoding="utf-8"))
    own = locks / RELEASED.name
    if own.is_file():
        for machine, versions in json.loads(own.read_text(encoding="utf-8")).items():
            for tensorflow, facts in versions.items():
                there = found.setdefault(machine, {}).setdefault(tensorflow, {**facts, "metal": {}})
                there["metal"].update(facts["metal"])
    return found


def unlinked(row: Row, packages: Mapping[str, str], evidence: Mapping[str, Any]) -> str:
    """Why the plugin of these packages cannot be loaded; empty where that is not known of it."""
    tensorflow, metal = tensorflow_of(packages), packages.get(PLUGIN, "")
    facts = evidence.get(row["machine"], {}).get(tensorflow, {"metal": {}})
    if reason := facts["metal"].get(metal, ""):
        pair = f"tensorflow-metal {metal} does not link with tensorflow {tensorflow}"
        return f"{row['id']} cannot work: {pair}: {reason}."
    return ""


def empty(row: Row, packages: Mapping[str, str], evidence: Mapping[str, Any]) -> str:
    """Why these packages hold no TensorFlow: some distributions of it only require another."""
    tensorflow = tensorflow_of(packages)
    holder = evidence.get(row["machine"], {}).get(tensorflow, {}).get("distribution", "")
    if not holder or packages.get(holder) == tensorflow:
        return ""
    sentence = f"{row['id']} would install no TensorFlow: the libraries of {tensorflow} are in"
    return f"{sentence} {holder} {tensorflow}, which its lock does not have."


def unknown(row: Row, packages: Mapping[str, str], evidence: Mapping[str, Any]) -> dict[str, str]:
    """The pair of these packages where nobody knows whether it links; else empty."""
    tensorflow, metal = tensorflow_of(packages), packages.get(PLUGIN, "")
    facts = evidence.get(row["machine"], {}).get(tensorflow, {"metal": {}})
    if not metal or metal in facts["metal"]:
        return {}
    return {"tensorflow": tensorflow, "metal": metal, "machine": row["machine"]}


def computing(pair: Mapping[str, str], wanted: Mapping[str, Any]) -> str:
    """The command that computes whether a pair links, and keeps the answer."""
    python, kept = wanted["to_type"]["python"], f"{wanted['locks']}/{RELEASED.name}"
    command = f"{python} -m verify links {pair['tensorflow']} {pair['metal']}"
    return f"{command} --machine {pair['machine']} --keep {shlex.quote(kept)}"


def tensorflow_of(packages: Mapping[str, str]) -> str:
    """The version of TensorFlow; Apple's own name for it counts as well."""
    return packages.get("tensorflow") or packages.get("tensorflow-macos") or ""


def locked(text: str) -> dict[str, str]:
    """Name (lower case, with hyphens) and version of each package of a hashed requirements file."""
    found = re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", text, re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def version(text: str) -> tuple[int, ...]:
    """A macOS version as numbers, `12` and `12.0` alike."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def within(macos: str, newest: str) -> bool:
    """Whether `macos` is `newest` or older; a `newest` of 15 takes in every 15.x."""
    limit = version(newest)
    return version(macos)[: len(limit)] <= limit


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tensorflow_metal_choices": choices}

"""What is removed to make room, and what never is.

Pure: a plan in, the plan with what it may remove out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Reading = Mapping[str, Any]
Plan = Mapping[str, Any]
Wanted = Mapping[str, Any]
Standing = Mapping[str, Any]

# The end of an environment's name: of its lock's and Python's hash, and which copy it is.
OURS = re.compile(r"-[0-9a-f]{12}(\.\d+)?$")
# What it takes to build an environment, by extra: it is unpacked into uv's cache and into its
# place.
ROOM_KIB = {"core": 3_000_000, "lab": 4_500_000}
# By how much the controller's clock may differ from the Mac's, in seconds.
CLOCKS = 3600


def prune(plan: Plan, reading: Reading, wanted: Wanted, standing: Standing) -> dict[str, Any]:
    """The plan with `prune` (the environments to remove at the end) and `prune_first` (whether
    there is room only without them); refused where there is none even then. Of the switches it
    reads home and keep.
    """
    if plan["row"] is None:
        return {**plan, "prune": [], "prune_first": False}
    names = prunable(plan, reading, standing, int(wanted["keep"]))
    room = room_after(reading, plan["environments"], names, wanted)
    if room["refused"]:
        nothing: dict[str, Any] = {
            "row": None,
            "steps": [],
            "environments": [],
            "notes": [],
            "prune": [],
        }
        return {**plan, **nothing, "refused": room["refused"], "prune_first": False}
    return {**plan, "prune": names, "prune_first": room["prune_first"]}


def prunable(plan: Plan, reading: Reading, standing: Standing, keep: int) -> list[str]:
    """The unfinished environments, and the finished beyond the newest `keep`. Never one that a name
    leads to, will lead to, is held on or would go back to, nor one that a process runs from: those
    count as the newest. A name that nobody asks for any more keeps none. What does not bear a name
    of the role's is not the role's to remove.
    """
    targets = {one["name"]: one["environment"] for one in plan["environments"]}
    reserved = {*targets.values(), *running(reading, standing)}
    for name, there in standing["names"].items():
        if name not in plan["left"]:
            reserved |= {there["linked"], there["hold"].get("environment", "")}
            # Once another is active, the one before it is the one that is active now.
            if targets.get(name, there["linked"]) == there["linked"]:
                reserved.add(there["before"])
    ours = [e for e in reading["environments"] if OURS.search(e["name"])]
    finished = [e for e in ours if e["receipt"] and e["name"] not in targets.values()]
    finished.sort(key=made, reverse=True)
    finished.sort(key=lambda e: e["name"] not in {*reserved, *reading["links"].values()})
    kept = reserved | {e["name"] for e in finished[:keep]}
    return [e["name"] for e in ours if e["name"] not in kept]


def running(reading: Reading, standing: Standing) -> set[str]:
    """The environments that some process may run from.

    One that was started through a name runs from what that name led to then, and so may a
    framework's Python, whose command says only which framework: from all that were left since.
    """
    found = set()
    for process in reading["running"]:
        if process["where"] in standing["environments"]:
            found.add(process["where"])
        names = [process["where"]] if process["where"] else standing["names"]
        for name in names:
            past = standing["names"].get(name, {"past": []})["past"]
            since = reading["now"] - seconds(process["elapsed"]) - CLOCKS
            found |= {one["environment"] for one in past if one["until"] > since}
    return found


def seconds(elapsed: str) -> int:
    """How long ps says that a process has been there: [[days-]hours:]minutes:seconds."""
    days, _, clock = elapsed.rpartition("-")
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return total + int(days or 0) * 86400


def room_after(
    reading: Reading, targets: Sequence[Mapping[str, Any]], prune: Iterable[str], wanted: Wanted
) -> dict[str, Any]:
    """Whether what is to be built has room: `refused` where it has not, and `prune_first` where it
    has only once the environments in `prune`, which go at the end anyway, are gone.
    """
    building, needed = to_build(targets), takes_kib(targets)
    # What a run that was broken off left in their place goes before they are built.
    left = sum(size(e) for e in reading["environments"] if e["name"] in building)
    free = reading["free_bytes"] // 1024 + left
    freed = sum(size(e) for e in reading["environments"] if e["name"] in prune)
    if not building or needed <= free + freed:
        return {"refused": {}, "prune_first": bool(building) and needed > free}
    names = " and ".join(building)
    sentence = f"Building {names} takes {gigabytes(needed)} in {wanted['home']}, and"
    sentence += f" {gigabytes(free)} are free."
    rest = [
        e
        for e in reading["environments"]
        if OURS.search(e["name"]) and e["name"] not in {*building, *reading["links"].values()}
    ]
    if rest:
        there = ", ".join(f"{e['name']} ({gigabytes(size(e))})" for e in rest)
        sentence += f" Environments that nobody uses now: {there}; tensorflow_metal_keep says how"
        sentence += " many of them stay."
    return {"refused": {"disk": f"{sentence} Make room and run again."}, "prune_first": False}


def to_build(targets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The environments to build, and the extra of each; one that is gone back to has no trouble."""
    return {one["environment"]: one["extra"] for one in targets if one.get("trouble")}


def takes_kib(targets: Iterable[Mapping[str, Any]]) -> int:
    return sum(ROOM_KIB.get(extra, ROOM_KIB["lab"]) for extra in to_build(targets).values())


def takes(targets: Iterable[Mapping[str, Any]]) -> str:
    """What it takes to build them, in words."""
    kib = takes_kib(targets)
    return f"; what it was to build takes {gigabytes(kib)}" if kib else ""


def size(environment: Mapping[str, Any]) -> int:
    """What an environment takes, in KiB, as its receipt says, or the probe where it has none."""
    found = re.search(r'"kib": *(\d+)', environment["receipt"])
    return int(found[1]) if found else int(environment["kib"])


def gigabytes(kib: int) -> str:
    return f"{kib * 1024 / 1e9:.1f} GB"


def made(environment: Mapping[str, Any]) -> str:
    found = re.search(r'"made": *"([^"]*)"', environment["receipt"])
    return found[1] if found else ""


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tensorflow_metal_prune": prune, "tensorflow_metal_takes": takes}

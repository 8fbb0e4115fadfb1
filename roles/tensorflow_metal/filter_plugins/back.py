"""Where a rollback leads: what stands on a Mac and what is asked in, what is to be done out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Standing = Mapping[str, Any]
Asked = Mapping[str, Any]


def back(standing: Standing, asked: Asked) -> dict[str, Any]:
    """What a rollback does to the Mac that stands so.

    `asked` has only (a name; empty for all), to (an environment; empty for the one before), release
    (whether holds end instead), since and by.

    Returns refused (what refuses to a sentence), environments (one a name that is to lead to
    another environment: name, environment, path and packages), hold (what hold.json is to say;
    empty for no such file), changed (whether anything is) and said (a sentence a name). Like a
    plan, it names the owner; where anything is refused, nothing is to be done.
    """
    nothing = {"owner": standing["owner"], "environments": [], "hold": "", "changed": False}
    names = standing["names"]
    chosen = [asked["only"]] if asked["only"] else sorted(names)
    if asked["to"] and not asked["only"]:
        chosen = ["current"]
    if standing["unreadable"]:
        return {**nothing, "refused": {"records": standing["unreadable"]}, "said": []}
    if not names or set(chosen) - names.keys():
        there = f"Those that there are: {', '.join(sorted(names)) or 'none'}."
        refused = {"only": f"There is no environment by the name {' '.join(chosen)}. {there}"}
        return {**nothing, "refused": refused, "said": []}
    if asked["release"]:
        return {**nothing, "refused": {}, **release(names, chosen)}
    ways = [way(standing, name, asked) for name in chosen]
    refused = {one["name"]: one["refused"] for one in ways if one["refused"]}
    said = [one["said"] for one in ways if one["said"]]
    if refused or not any(one["held"] for one in ways):
        return {
            **nothing,
            "refused": refused or {one["name"]: one["said"] for one in ways},
            "said": [],
        }
    held = {name: one["hold"] for name, one in names.items() if one["hold"]}
    holds = {**held, **{one["name"]: one["hold"] for one in ways if one["held"]}}
    return {
        "owner": standing["owner"],
        "refused": {},
        "environments": [target(standing, one) for one in ways if one["moved"]],
        "hold": written(holds),
        "changed": holds != held or any(one["moved"] for one in ways),
        "said": said,
    }


def way(standing: Standing, name: str, asked: Asked) -> dict[str, Any]:
    """Where one name goes: to what is asked for, what it is held on already, or what was before."""
    there = standing["names"][name]
    linked, hold = there["linked"], there["hold"]
    to = asked["to"] or hold.get("environment") or there["before"]
    found = {"name": name, "hold": hold, "held": False, "moved": False, "refused": "", "said": ""}
    if not to:
        sentence = f"{name} leads to {linked}, and of none before it is anything known."
        return {**found, "said": f"{sentence} {choice(standing, linked)}"}
    trouble = standing["environments"].get(to, {"trouble": f"{to} is not there"})["trouble"]
    if trouble:
        sentence = f"{name} cannot go back to {to}: {trouble}."
        return {**found, "refused": f"{sentence} {choice(standing, linked, to)}"}
    moved = linked != to
    ending = f"`{standing['rollback']} -e release=true` ends that."
    if hold.get("environment") == to:
        since = f"It is held there since {hold['since']} by {hold['by']}; {ending}"
        said = f"{name} leads {'back ' if moved else ''}to {to}. {since}"
        if not moved:
            said += " To go further back, name an environment with -e to=ENVIRONMENT."
        return {**found, "held": True, "moved": moved, "said": said}
    hold = {"environment": to, "since": asked["since"], "by": asked["by"]}
    said = f"{name}: {linked} -> {to}, which it is held on from now. {ending}"
    return {**found, "hold": hold, "held": True, "moved": moved, "said": said}


def choice(standing: Standing, *but: str) -> str:
    """What else there is to go back to, and how."""
    whole = [
        name
        for name, one in sorted(standing["environments"].items())
        if not one["trouble"] and name not in but
    ]
    if not whole:
        return "There is no other that is whole."
    return f"Name another with -e to=ENVIRONMENT: {', '.join(whole)}."


def target(standing: Standing, way: Mapping[str, Any]) -> dict[str, Any]:
    """What a name is to lead to, as the plan's targets say it."""
    name = way["hold"]["environment"]
    there = standing["environments"][name]
    return {
        "name": way["name"],
        "environment": name,
        "path": there["path"],
        "packages": there["packages"],
        "stages": ["activate"],
    }


def release(names: Mapping[str, Any], chosen: Sequence[str]) -> dict[str, Any]:
    """What the end of the holds of these names changes."""
    ended = {name: names[name]["hold"] for name in chosen if names[name]["hold"]}
    kept = {name: one["hold"] for name, one in names.items() if one["hold"] and name not in ended}
    said = [
        f"{name} was held on {hold['environment']} since {hold['since']} by {hold['by']}. That has"
        " ended: the next site.yml brings what its inventory says."
        for name, hold in ended.items()
    ]
    return {
        "hold": written(kept),
        "changed": bool(ended),
        "said": said or ["Nothing is held."],
    }


def written(holds: Mapping[str, Any]) -> str:
    return json.dumps(holds, indent=1, sort_keys=True) + "\n" if holds else ""


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"tensorflow_metal_back": back}

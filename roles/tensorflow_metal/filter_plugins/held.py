"""Which environments a name led to before, and which one it is held on: what a rollback needs.

Pure. Both lie in a small file in the home: before.json has for each name the environments that it
led to, the last of them last, and until when; hold.json has for each name that is held the
environment, since when, and by whom.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Reading = Mapping[str, Any]
Wanted = Mapping[str, Any]
Choice = Mapping[str, Any]

HOLD, BEFORE = "hold.json", "before.json"
# What is known of a hold, and what of an environment.
KEPT = ("environment", "since", "by")
PARTS = ("environment", "pin", "python", "lock_sha256", "packages")
# What a row names by itself, of all that a lock holds.
TELLING = ("tensorflow-macos", "tensorflow", "tensorflow-metal")


def paths(others: str, wanted: Wanted) -> str:
    """What the probe is to read, a line each: the two files and `others`."""
    return "\n".join([others, f"{wanted['home']}/{HOLD}", f"{wanted['home']}/{BEFORE}"])


def recorded(name: str, reading: Reading, wanted: Wanted) -> dict[str, Any]:
    """What one of the two files says; raises ValueError with a sentence where it is none."""
    path = f"{wanted['home']}/{name}"
    if path not in reading["files"]:
        return {}
    try:
        found = json.loads(reading["files"][path]["text"])
        if name == HOLD:
            return {key: {part: str(one[part]) for part in KEPT} for key, one in found.items()}
        return {
            key: [{**one, "until": int(one["until"])} for one in past]
            for key, past in found.items()
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{path} is not what this role writes: mend it or remove it.") from None


def held(choices: Sequence[Choice], reading: Reading, wanted: Wanted) -> list[Choice]:
    """The choices, each that is held as what it is held on; refused where that is broken."""
    try:
        holds = recorded(HOLD, reading, wanted)
    except ValueError as error:
        return [refusal(choice, str(error)) for choice in choices]
    return [
        kept(choice, holds[choice["name"]], reading, wanted)
        if choice["name"] in holds and choice["row"] is not None
        else choice
        for choice in choices
    ]


def kept(choice: Choice, hold: Mapping[str, str], reading: Reading, wanted: Wanted) -> Choice:
    """A choice with the `target` that its name is held on, in place of what its row asks for."""
    name = hold["environment"]
    release = f"`{wanted['to_type']['rollback']} -e release=true`"
    since = f"{choice['name']} is held on {name} since {hold['since']} by {hold['by']}"
    if trouble := broken(reading, name):
        return refusal(choice, f"{since}, and {trouble}. End that with {release}, then run again.")
    receipt, there = receipt_of(reading, name), by_name(reading)[name]
    version = ".".join(there["python"].split(".")[:2])
    telling = {*TELLING, *choice["row"]["packages"]}
    reason = f"Its inventory asks for {choice['row']['id']}, but {since}. {release} ends that."
    row = {
        **choice["row"],
        "id": receipt["pin"],
        "python": version,
        "packages": {key: one for key, one in receipt["packages"].items() if key in telling},
        "reason": reason,
    }
    target = {
        "name": choice["name"],
        "row": row,
        "extra": choice["extra"],
        "source": "held",
        "python": receipt["python"],
        "python_trouble": "",
        "build": "",
        "environment": name,
        "path": f"{wanted['home']}/envs/{name}",
        "trouble": "",
        "lock": lock_of(receipt, wanted) or choice["lock"],
        "lock_sha256": receipt["lock_sha256"],
        "packages": receipt["packages"],
    }
    return {**choice, "row": row, "packages": receipt["packages"], "target": target}


def refusal(choice: Choice, sentence: str) -> Choice:
    return {**choice, "row": None, "refused": {"hold": sentence}, "unjudged": {}}


def lock_of(receipt: Mapping[str, Any], wanted: Wanted) -> str:
    """The lock that an environment was made from, where the controller still has it."""
    for lock in sorted(Path(wanted["locks"]).glob(f"{receipt['pin']}*.txt")):
        if hashlib.sha256(lock.read_bytes()).hexdigest() == receipt["lock_sha256"]:
            return str(lock)
    return ""


def broken(reading: Reading, name: str) -> str:
    """Why nobody can work with an environment, by its own receipt; empty where one can."""
    if name not in by_name(reading):
        return f"{name} is gone"
    there, receipt = by_name(reading)[name], receipt_of(reading, name)
    if not receipt:
        return f"{name} is unfinished"
    if receipt["environment"] != name:
        return f"{name} has another environment's receipt"
    if not there["python"]:
        return f"the interpreter of {name} does not run"
    found, whole = there["packages"], receipt["packages"]
    if odd := sorted(key for key in {*found, *whole} if found.get(key) != whole.get(key)):
        return f"{name} was changed in {', '.join(odd[:5])}"
    if there["changed"]:
        return f"{name} was changed in {', '.join(there['changed'][:5])}"
    return ""


def by_name(reading: Reading) -> dict[str, Mapping[str, Any]]:
    return {environment["name"]: environment for environment in reading["environments"]}


def receipt_of(reading: Reading, name: str) -> dict[str, Any]:
    """An environment's receipt; empty where it has none or what is there is none."""
    try:
        receipt = json.loads(by_name(reading)[name]["receipt"])
    except ValueError:
        return {}
    return receipt if isinstance(receipt, dict) and all(part in receipt for part in PARTS) else {}


def before(reading: Reading, wanted: Wanted, name: str) -> str:
    """The environment that a name led to before the one it leads to; empty where none is known.

    A switch is remembered just before it is done: what the name still leads to was not left yet.
    """
    past = [one["environment"] for one in recorded(BEFORE, reading, wanted).get(name, [])]
    there = [one for one in past if one in by_name(reading) and one != reading["links"].get(name)]
    return there[-1] if there else ""


def left(targets: Sequence[Mapping[str, Any]], reading: Reading, wanted: Wanted, now: int) -> str:
    """before.json once each of these targets is what its name leads to."""
    try:
        found = recorded(BEFORE, reading, wanted)
    except ValueError:
        found = {}
    for target in targets:
        name, there = target["name"], by_name(reading)
        linked = reading["links"].get(name, "")
        if linked in there and linked != target["environment"]:
            past = [
                one for one in found.get(name, []) if one["environment"] in there.keys() - {linked}
            ]
            found[name] = [*past, {"environment": linked, "until": now}]
    return json.dumps(found, indent=1) + "\n"


def standing(reading: Reading, wanted: Wanted) -> dict[str, Any]:
    """What a rollback is decided by: `names` (for each what it leads to, led to before and until
    when, and is held on), `environments` (for each its path, its packages and what is wrong with
    it), the owner, `rollback`, the command for one, and `unreadable`, the sentence on a file that
    is none.
    """
    unreadable, holds, past, earlier = "", {}, {}, {}
    asked = {"current", *(other["name"] for other in wanted["also"])}
    names = [
        name
        for name, linked in sorted(reading["links"].items())
        if name in asked or linked in by_name(reading)
    ]
    try:
        holds, past = recorded(HOLD, reading, wanted), recorded(BEFORE, reading, wanted)
        earlier = {name: before(reading, wanted, name) for name in names}
    except ValueError as error:
        unreadable = str(error)
    return {
        "owner": str(wanted["owner"] or reading["user"]),
        "rollback": wanted["to_type"]["rollback"],
        "unreadable": unreadable,
        "names": {
            name: {
                "linked": reading["links"][name],
                "before": earlier.get(name, ""),
                "past": past.get(name, []),
                "hold": holds.get(name, {}),
            }
            for name in names
        },
        "environments": {
            name: {
                "path": f"{wanted['home']}/envs/{name}",
                "packages": receipt_of(reading, name).get("packages", {}),
                "trouble": broken(reading, name),
            }
            for name in by_name(reading)
        },
    }


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "tensorflow_metal_held": held,
            "tensorflow_metal_held_paths": paths,
            "tensorflow_metal_left": left,
            "tensorflow_metal_standing": standing,
        }

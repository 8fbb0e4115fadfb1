"""The locks of a lab's own rows, in a folder that stands in place of the role's."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from verify import hosts, settings
from verify.lock import locks
from verify.lock.locks import Lock, Row

Variables = Mapping[str, Any]


def macs(inventories: Sequence[str]) -> dict[str, Variables]:
    """The inventory's variables of each of its Macs.

    Raises ValueError with one sentence where it cannot be read or has none.
    """
    environment = hosts.surroundings(inventories)
    names = hosts.names("", environment)
    asked = subprocess.run(
        ["ansible-inventory", "--list"],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if asked.returncode:
        raise ValueError(f"The inventory cannot be read. {' '.join(asked.stderr.split())}")
    variables: dict[str, Variables] = json.loads(asked.stdout)["_meta"]["hostvars"]
    return {name: variables.get(name, {}) for name in names}


def wanted(mac: str, variables: Variables, folder: str) -> list[Lock]:
    """The locks that this Mac may ask for, in `folder` or its own; none where the role's serve.

    Raises ValueError with one sentence for what its variables hold and may not.
    """
    try:
        rows = settings.rows(variables)
        pin, extra = (str(settings.literal(variables, name) or "") for name in ("pin", "extra"))
        place = Path(folder or settings.literal(variables, "locks") or locks.FOLDER)
    except ValueError as error:
        raise ValueError(f"{mac}: {error}") from None
    own = rows[: len(rows) - len(settings.pins())]
    if extra not in settings.extras():
        there = ", ".join(settings.extras())
        raise ValueError(f"{mac}: there is no tensorflow_metal_extra '{extra}', only {there}.")
    ids = [row["id"] for row in rows]
    if pin and pin not in ids:
        raise ValueError(f"{mac}: there is no pin '{pin}'. There are: {', '.join(ids)}.")
    if place.resolve() == locks.FOLDER.resolve():
        if own:
            raise ValueError(
                f"{mac} has rows of its own and no folder for their locks: set "
                "tensorflow_metal_locks for it, or give --folder."
            )
        return []
    # Without a pin any row may turn out to fit.
    asked = {pin, *(str(other.get("pin", "")) for other in settings.literal(variables, "also"))}
    named = [row for row in settings.pins() if "" in asked or row["id"] in asked]
    return [lock for row in [*own, *named] for lock in locks.of(row, place, [locks.CORE, extra])]


def table(inventories: Sequence[str], folder: str) -> list[Lock]:
    """The locks that the Macs of these inventories may ask for, each once, and uv's beside them.

    Raises ValueError with one sentence for bad input.
    """
    found: dict[Path, Lock] = {}
    asked: dict[Path, str] = {}
    for mac, variables in macs(inventories).items():
        for lock in wanted(mac, variables, folder):
            before = found.setdefault(lock.path, lock)
            if before.row != lock.row:
                raise ValueError(
                    f"{asked[lock.path]} and {mac} have different rows {lock.row['id']}, and both "
                    f"would be {lock.path}."
                )
            asked.setdefault(lock.path, mac)
    for place in dict.fromkeys(lock.folder for lock in found.values()):
        found[place / f"{locks.UV}.txt"] = locks.uv(place)
    return list(found.values())


def copied(lock: Lock) -> bool:
    """Whether this is a lock of the role's: only copied, and left as it is where it is right."""
    source = locks.FOLDER / lock.path.name
    if lock.row["id"] not in [locks.UV, *(row["id"] for row in settings.pins())]:
        return False
    if list(lock.faults()):
        lock.folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, lock.path)
    return True


def following(chosen: Sequence[Lock], inventories: Sequence[str], folder: str) -> Iterator[str]:
    """What is to be typed next: the verdicts on own pairs that nobody knows yet, then the plan."""
    commands = settings.to_type(inventories)
    for lock in chosen:
        plugin = lock.exact.get("tensorflow-metal")
        if plugin and lock.extra == locks.CORE and not known(lock.row, lock.folder):
            tensorflow = lock.exact.get("tensorflow") or lock.exact["tensorflow-macos"]
            command = f"{commands['python']} -m verify links {tensorflow} {plugin}"
            kept = shlex.quote(str(lock.folder / "links.json"))
            yield f"{command} --machine {lock.row['machine']} --keep {kept}"
    if folder:
        # The verification reads the inventory, and nothing given with -e.
        yield f"(in the inventory) tensorflow_metal_locks: {Path(folder).resolve()}"
    yield commands["plan"]


def known(row: Row, folder: Path) -> bool:
    """Whether the role or this folder says if a row's pair links."""
    packages = row["packages"]
    tensorflow = packages.get("tensorflow") or packages["tensorflow-macos"]
    for file in (locks.FOLDER.parent / "links.json", folder / "links.json"):
        if file.is_file():
            pairs = json.loads(file.read_text(encoding="utf-8")).get(row["machine"], {})
            if packages["tensorflow-metal"] in pairs.get(tensorflow, {}).get("metal", {}):
                return True
    return row in settings.pins()

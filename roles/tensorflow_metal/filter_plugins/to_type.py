"""What to type, in the project's folder, to run its playbooks once more as they were run now."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
# bin/site takes the first of these that is there: a fleet's, this Mac's, or the simulated Macs'.
FLEET = "inventory"
ITSELF = "molecule/mac/inventory" if sys.platform == "darwin" else ".lab/site/inventory.yml"
PLAYBOOKS = ("converge", "mirror", "plan", "pull", "report", "rollback", "verify")


def choose_inventory() -> str:
    """The inventory that bin/site takes, seen from the project's folder; empty where none is."""
    return next((path for path in (FLEET, ITSELF) if (PROJECT / path).exists()), "")


def find_commands(inventories: Sequence[str] = ()) -> dict[str, str]:
    """By its name the command for each playbook, to which options may be added, and `python`, the
    one that has the verification.

    `inventories` are those of this run; of none, what bin/site would take.
    """
    used = [shorten(path) for path in inventories] or [choose_inventory() or FLEET]
    # What a Mac that pulls reports is read where its fleet is.
    if used == [str(PROJECT.parent / "inventory.json")]:
        used = [FLEET]
    own = PROJECT / ".venv"
    here = own.exists() and own.samefile(sys.prefix)
    # In any locale, and with no .venv on PATH.
    start = ["bin/setup", "--"] if here else []
    play = [*start, "ansible-playbook"]
    if used != [FLEET]:
        play += [word for path in used for word in ("-i", path)]
    found = {name: shlex.join([*play, f"playbooks/{name}.yml"]) for name in PLAYBOOKS}
    found["site"] = shlex.join([*play, "site.yml"])
    if here and used == [choose_inventory()]:
        found["site"] = "bin/site"
    found["python"] = shlex.join([*start, "python"] if here else [sys.executable])
    return found


def shorten(inventory: str) -> str:
    """An inventory's path seen from the project's folder, where it lies in there."""
    path = Path(os.path.abspath(inventory))  # noqa: PTH100  # as it is named, whatever it links to
    if "," in inventory:
        return inventory
    return str(path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path)


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., dict[str, str]]]:
        return {"tensorflow_metal_to_type": find_commands}

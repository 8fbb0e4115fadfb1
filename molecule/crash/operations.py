"""What is broken off: a first install from three starts, an upgrade, a return to the one before,
and that where what is installed is another's than the one's who logs in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONVERGE = "playbooks/converge.yml"
# Where the stand-in's wheels lie on the simulated Mac.
HOUSE = "/Users/Shared/stand-in"
SEQUOIA, SONOMA = "m1-sequoia", "m2-sonoma"
TOOLS = "COMMAND_LINE_TOOLS=installed"


@dataclass(frozen=True)
class Step:
    """One run of a playbook, and the pin to which it brings the Mac."""

    pin: str
    playbook: str = CONVERGE
    switches: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """From a start, over runs that are not broken off, to the one that is."""

    start: str
    before: tuple[Step, ...]
    step: Step
    real: bool = False


# One who is not the one that logs in.
OWNED = {"tensorflow_metal_owner": "labadmin"}
OLDER = Step("tf-2.16", switches={"older": True})
OPERATIONS = {
    "bare": Operation(SEQUOIA, (), Step("tf-2.18")),
    "tools": Operation(f"{SEQUOIA},{TOOLS}", (), Step("tf-2.18")),
    "standalone": Operation(f"{SONOMA},{TOOLS}", (), Step("tf-2.18")),
    "upgrade": Operation(
        f"{SEQUOIA},{TOOLS}",
        (OLDER, Step("tf-2.16")),
        Step("tf-2.18", switches={"tensorflow_metal_keep": 0}),
    ),
    "rollback": Operation(
        f"{SEQUOIA},{TOOLS}",
        (Step("tf-2.16"), Step("tf-2.18")),
        Step("tf-2.16", playbook="playbooks/rollback.yml"),
    ),
    # An installation and an upgrade before it, and a return, all of what is another's.
    "owner": Operation(
        f"{SEQUOIA},{TOOLS}",
        (Step("tf-2.16", switches=OWNED), Step("tf-2.18", switches=OWNED)),
        Step("tf-2.16", playbook="playbooks/rollback.yml", switches=OWNED),
    ),
    "upgrade-real": Operation(f"{SEQUOIA},{TOOLS}", (Step("tf-2.16"),), Step("tf-2.18"), real=True),
}
VERSIONS = {"tf-2.16": "2.16.2", "tf-2.18": "2.18.1"}


def switches(step: Step, operation: Operation, locks: Path) -> dict[str, Any]:
    """What its run is told: the pin, and where the stand-in's wheels and locks are."""
    told = {"tensorflow_metal_pin": step.pin, **step.switches}
    older = told.pop("older", False)
    if operation.real:
        return told
    folder = locks / f"{step.pin}-older" if older else locks
    return {**told, "tensorflow_metal_locks": str(folder), "tensorflow_metal_wheelhouse": HOUSE}

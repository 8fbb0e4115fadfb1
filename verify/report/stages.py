"""Macs that ended on their way to the verification, each in a stage of the role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.host.lines import again, unjudged, wake
from verify.onhost.registry import Line
from verify.verdict import Status, Verdict

FAMILY = "converge"
KINDS = ("refused", "failed")
REFUSES = ("preflight", "share")
# Of a Mac that did not answer here nothing was begun.
FIRST = "plan"
# To Ansible, a Mac that has no room for its modules cannot be reached.
NO_ROOM = "No space left on device"


def failed(name: str, stage: str, sentence: str, reading: Mapping[str, Any], pin: str) -> Verdict:
    """The verdict on a Mac that a stage could not make as planned."""
    cause = "The Mac could not be made as planned; what is measured says where it stopped."
    cure = f"Mend that, then run `{again(name)}`: it goes on where it stopped."
    lines = (line(stage, "fail", sentence, cause, cure),)
    return Verdict(name, reading.get("simulated"), "fail", dict(reading), pin, checks=lines)


def silent(name: str, stage: str, said: str, *, simulated: bool | None) -> Verdict:
    """The verdict on a Mac that answered no more, or never did; or that had no room to."""
    said = " ".join(said.split())
    if NO_ROOM in said:
        cause = "The disk of this Mac is full."
        cure = f"Make room there, then run `{again(name)}`: it goes on where it stopped."
        return Verdict(name, simulated, "fail", checks=(line(stage, "fail", said, cause, cure),))
    when = "It did not answer" if stage == FIRST else f"It fell silent in the stage {stage}"
    cause = f"{when}: {said}"
    cure = wake(name)
    lines = (
        line(stage, "not run", "not run", cause, cure),
        *unjudged("not run", cause, cure),
    )
    return Verdict(name, simulated, "unreachable", checks=lines)


def line(stage: str, status: Status, measured: str, cause: str, cure: str) -> Line:
    return {
        "id": f"{FAMILY}.{stage}",
        "family": FAMILY,
        "claim": f"The stage {stage} ends well",
        "status": status,
        "measured": measured,
        "expected": "the stage ends well",
        "cause": cause,
        "cure": cure,
        "seconds": 0.0,
        "evidence": "",
        "figures": {},
    }


def stage(mac: Verdict) -> str:
    """The stage in which the Mac ended; empty where it came to its verification."""
    found = (check["id"] for check in mac.checks if check["family"] == FAMILY)
    return next(found, "").partition(".")[2]


def kind(mac: Verdict) -> str:
    """Whether a Mac could not be made as planned because it was refused, or failed; else empty."""
    if mac.verdict != "fail" or not stage(mac):
        return ""
    return "refused" if stage(mac) in REFUSES else "failed"


def ending(mac: Verdict) -> str:
    """How it ended in its stage; empty where it came to its verification or never answered."""
    if mac.verdict == "unreachable":
        return f"silent since {stage(mac)}" if stage(mac) not in ("", FIRST) else ""
    return {"refused": "REFUSED", "failed": f"FAILED in {stage(mac)}"}.get(kind(mac), "")

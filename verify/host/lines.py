"""The lines of a verdict that are written on the controller."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from verify.host.run import Answer
from verify.onhost.catalogue import CHECKS
from verify.onhost.environment import python as interpreter
from verify.onhost.expected import PROFILES, USUAL
from verify.onhost.machine import COMPATIBLE
from verify.onhost.registry import Check, Finding, Line
from verify.onhost.words import evidence, last_words
from verify.settings import to_type
from verify.verdict import Status, lines_in

PLANNED = "machine.planned"
CLAIM = "Nothing on this Mac differs from its plan"
SILENT = "The environment's Python does not run, or was stopped."
# What the plan refuses a Mac for beside the rows: beyond_mending and prune say it.
BLOCKERS = {"owner", "home", "python", "formulae", "homebrew", "disk"}
NOTHING = "nothing differs"
SITE = re.compile(r"\b([Rr]un) site\.yml\b( again)?( for this Mac)?")


def again(name: str) -> str:
    """What to type to do one Mac again."""
    return f"{to_type()['site']} --limit {name}"


def spell_out(line: Line, name: str) -> Line:
    """The line with a cure to be typed: who writes of site.yml does not know how it is run."""
    typed = SITE.sub(lambda found: f"{found[1]} `{again(name)}`{found[2] or ''}", line["cure"])
    return {
        **line,
        "cure": typed.replace("`python -m verify ", f"`{to_type()['python']} -m verify "),
    }


def wake(name: str) -> str:
    """The cure of one that does not answer."""
    return f"Wake the Mac or mend the way to it, then run `{again(name)}`."


def first(status: Status, measured: str, cause: str, cure: str) -> Line:
    """The line of the one check that needs no Python on the Mac: is it as planned?"""
    passed = status == "pass"
    return {
        "id": PLANNED,
        "family": "machine",
        "claim": CLAIM,
        "status": status,
        "measured": measured,
        "expected": NOTHING,
        "cause": "" if passed else cause,
        "cure": "" if passed else cure,
        "seconds": 0.0,
        "evidence": "",
        "figures": {},
    }


def planned(name: str, reading: Mapping[str, Any], plan: Mapping[str, Any]) -> Line:
    """What the plan would still do to the Mac is what is wrong with it."""
    if plan["row"] is None and plan["refused"].keys() <= BLOCKERS:
        measured = " ".join(plan["refused"].values())
        cause = "Something on the Mac or in its inventory stands in the way, and no run changes it."
        return first("fail", measured, cause, f"Do what is said there, then run `{again(name)}`.")
    if plan["row"] is None:
        measured = f"no row fits: {' '.join(plan['refused'].values())}"
        cause = f"This Mac is {reading['machine']} on macOS {reading['macos']}."
        cure = "Set tensorflow_metal_pin to a row that fits it, or leave this Mac out."
        if reading["macos"].startswith(COMPATIBLE):
            cause = "SYSTEM_VERSION_COMPAT=1 makes macOS say that it is 10.16."
            cure = "Unset SYSTEM_VERSION_COMPAT where it is set (~/.zshenv, /etc/zshenv)."
        return first("fail", measured, cause, cure)
    steps = [f"{step['id']}: {step['found']}, not {step['wanted']}" for step in plan["steps"]]
    cause = "The Mac was changed since it was provisioned, or it never was."
    cure = f"Run `{again(name)}`: it does these steps and no others."
    return first("fail" if steps else "pass", "; ".join(steps) or NOTHING, cause, cure)


def unjudged(status: Status, why: str, cure: str) -> tuple[Line, ...]:
    """The lines of a Mac about which nothing could be learnt."""
    usual = PROFILES[: PROFILES.index(USUAL) + 1]
    checks = (check for check in CHECKS if check.profile in usual)
    return (first(status, why, why, cure), *(check.not_run(why, cure) for check in checks))


def complete(checks: Sequence[Check], answer: Answer) -> list[Line]:
    """The lines that came from the Mac, and one for each check whose line did not come."""
    came = {line["id"]: line for line in lines_in(answer.stdout)}
    missing = [check for check in checks if check.id not in came]
    if missing:
        # Where nothing came at all, it is the interpreter that does not run.
        guilty = interpreter if not came and interpreter in missing else missing[0]
        output = answer.stderr.encode()
        measured = f"the program ended with exit status {answer.status} and said: "
        measured += last_words(output) or "nothing"
        finding = Finding(False, measured, guilty.claim, SILENT)
        came[guilty.id] = guilty.line("fail", finding, evidence=evidence(output, passed=False))
    for check in missing:
        if check.id in came:
            continue
        why, cure = f"The program ended in {guilty.id}.", f"Mend {guilty.id} first."
        came[check.id] = check.not_run(why, cure)
    return [came[check.id] for check in checks]


def doubted(line: Line) -> Line:
    """On a virtual Mac, a GPU claim that does not hold says nothing about its environment."""
    needs_gpu = any(check.id == line["id"] and check.asks_gpu for check in CHECKS)
    if line["status"] != "fail" or not needs_gpu:
        return line
    cause = "This Mac is virtual: a virtual GPU is not the chip's, and tensorflow-metal knows none."
    cure = "Verify on a Mac that is not virtual."
    return {**line, "status": "inconclusive", "cause": cause, "cure": cure}

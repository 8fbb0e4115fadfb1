"""From a Mac to its verdict: probe, plan, send, run, fold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from verify import settings
from verify.host import foreign, requirements
from verify.host.archive import archive
from verify.host.explained import explained
from verify.host.lines import again, complete, doubted, planned, spell_out, unjudged, wake
from verify.host.run import Answer, Run, UnreachableError
from verify.host.wish import Wish
from verify.onhost.catalogue import CHECKS, checks_for
from verify.onhost.expected import Expected
from verify.onhost.registry import Line
from verify.verdict import Verdict, outcome

LIBRARIES = {"libomp": "lib/libomp.dylib"}
TELLING = ("tensorflow", "tensorflow-metal", "keras", "numpy")
CURRENT = "current"
SEND = Path(__file__).with_name("send.sh")


def judge(
    name: str,
    run: Run,
    variables: Mapping[str, Any],
    report: Path | None = None,
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Verdict:
    """The verdict on the Mac of this inventory name and these inventory variables.

    Into `report`, where one is given, goes what is installed on it, as requirements.
    `options` are wishes that stand above the inventory's.

    Whatever goes wrong on the way to it is part of it: this raises nothing
    for what a Mac or its inventory may be.
    """
    simulated = variables.get("simulated") is True or None
    try:
        wish = Wish.of(variables, options)
        wanted = settings.wanted(variables)
        reading = read(run, wanted)
        if wish.environment:
            return of_another(name, run, reading, wish)
        plan = settings.plan(reading, wanted)
        checks = prove(name, run, reading, plan, wanted, wish)
        if report:
            requirements.save(report, name, reading, plan["environments"])
    except UnreachableError as error:
        lines = unjudged("not run", f"The Mac does not answer: {error}", wake(name))
        return Verdict(name, simulated, "unreachable", checks=lines)
    except ValueError as error:
        lines = unjudged("inconclusive", str(error), f"Mend that, then run `{again(name)}`.")
        return Verdict(name, simulated, "inconclusive", checks=lines)
    return Verdict(
        name=name,
        simulated=reading["simulated"],
        verdict=outcome(checks),
        reading=reading,
        pin=plan["row"]["id"] if plan["row"] else "",
        lock=next((one["lock_sha256"] for one in plan["environments"]), ""),
        versions=versions(reading),
        checks=tuple(spell_out(line, name) for line in checks),
    )


def of_another(name: str, run: Run, reading: dict[str, Any], wish: Wish) -> Verdict:
    """The verdict on an environment that this role did not make."""
    found = foreign.asked(run, wish.environment)
    lines = foreign.not_judged()
    packages = {}
    if isinstance(found, Answer):
        proven = foreign.broken(wish.environment, found)
    else:
        packages = {one: found["packages"][one] for one in TELLING if one in found["packages"]}
        expected = foreign.expectation(reading, found, wish)
        proven = proofs(run, found["executable"], expected, reading)
    return Verdict(
        name=name,
        simulated=reading["simulated"],
        # What cannot be judged there leaves open nothing that can be.
        verdict=outcome(proven),
        reading=reading,
        versions=packages,
        checks=tuple(spell_out(line, name) for line in (*lines, *proven)),
    )


def read(run: Run, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The Mac's reading, in one round trip; raises ValueError where the probe printed none."""
    arguments = settings.probe(wanted)
    answer = run("/bin/sh -c" + " %s" * len(arguments), *arguments)
    reading: dict[str, Any] = settings.filters("plan").reading(answer.stderr + answer.stdout)
    return reading


def prove(
    name: str,
    run: Run,
    reading: Mapping[str, Any],
    plan: Mapping[str, Any],
    wanted: Mapping[str, Any],
    wish: Wish,
) -> list[Line]:
    """A line for each check of this Mac's rows, run on it in one round trip an environment."""
    lines = [planned(name, reading, plan)]
    if plan["row"] is None:
        why, cure = f"{lines[0]['id']} failed.", lines[0]["cure"]
        return lines + [check.not_run(why, cure) for check in CHECKS if check.profile == "smoke"]
    for target in plan["environments"]:
        expected = expectation(reading, plan, target, wish)
        proven = prove_one(name, run, reading, expected, target, wanted)
        lines += [of(target["name"], line) for line in proven]
    return lines


def prove_one(
    name: str,
    run: Run,
    reading: Mapping[str, Any],
    expected: Expected,
    target: Mapping[str, Any],
    wanted: Mapping[str, Any],
) -> list[Line]:
    """A line for each check of one environment, by the name that leads to it."""
    if target["name"] not in reading["links"]:
        why, cure = "There is no active environment.", f"Run `{again(name)}`."
        return [check.not_run(why, cure) for check in checks_for(expected)]
    return proofs(run, f"{wanted['home']}/{target['name']}/bin/python", expected, reading)


def proofs(run: Run, python: str, expected: Expected, reading: Mapping[str, Any]) -> list[Line]:
    """A line for each check that is wished, by what this Python makes of them."""
    program = ("send", python, archive(), expected.dump())
    answer = run("/bin/sh -c %s %s %s %s %s", SEND.read_text(encoding="utf-8"), *program)
    lines = [explained(line) for line in complete(checks_for(expected), answer)]
    return [doubted(line) for line in lines] if reading["virtual"] else lines


def of(name: str, line: Line) -> Line:
    """The line as one of many environments': beside `current`, its id says whose it is."""
    return line if name == CURRENT else {**line, "id": f"{name}/{line['id']}"}


def expectation(
    reading: Mapping[str, Any], plan: Mapping[str, Any], target: Mapping[str, Any], wish: Wish
) -> Expected:
    """What the plan says of one environment, as the on-host program wants it."""
    formulae = [formula for formula in plan["formulae"] if formula in LIBRARIES]
    return Expected(
        pin=target["row"]["id"],
        machine=target["row"]["machine"],
        gpu="tensorflow-metal" in target["packages"],
        environment=to_be_active(reading["links"].get(target["name"], ""), target["path"]),
        base_python=target["python"],
        lock=dict(target["packages"]),
        lock_sha256=target["lock_sha256"],
        libraries=[f"{plan['prefix']}/opt/{formula}/{LIBRARIES[formula]}" for formula in formulae],
        **wish.on(reading),
    )


def to_be_active(current: str, planned: str) -> str:
    """The path of the environment that the link should name.

    One that was changed will be built again as NAME.2, but until then the link to it is right:
    what is wrong is what is in it, and other checks say that.
    """
    envs, _, name = planned.rpartition("/")
    family = re.sub(r"\.\d+$", "", name)
    return f"{envs}/{current}" if re.sub(r"\.\d+$", "", current) == family else planned


def versions(reading: Mapping[str, Any]) -> dict[str, str]:
    """What a reader looks for first among what the probe saw in the active environment."""
    for environment in reading["environments"]:
        if environment["name"] == reading["links"].get(CURRENT):
            packages = environment["packages"]
            found = {name: packages[name] for name in TELLING if name in packages}
            return {"python": environment["python"], **found}
    return {}

"""What a Mac gets, and what is to be done for it: pins and a reading in, a plan out.

Pure but for one thing: the text of the chosen row's lock is read from the folder that `wanted`
names. The reading is what files/probe.sh prints; the rows are vars/main/pins.yml.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Reading = Mapping[str, Any]
Row = Mapping[str, Any]
Wanted = Mapping[str, Any]

# Homebrew's, by what the hardware is.
PREFIXES = {"arm64": "/opt/homebrew", "x86_64": "/usr/local"}
# The end of an environment's name: of its lock's and Python's hash, and which copy it is.
OURS = re.compile(r"-[0-9a-f]{12}(\.\d+)?$")


def plan(reading: Reading, pins: Sequence[Row], wanted: Wanted) -> dict[str, Any]:
    """Choose the row for the Mac of `reading` and list the steps that it still needs.

    `wanted` has the role's switches: pin, home, owner, python, formulae, extra, locks, installer
    and keep.

    Returns row (None where nothing fits), refused (row id, or what else refuses, to a sentence),
    steps (each with id, found, wanted, both in a sentence, and root: whether it needs sudo), for
    the environment that is to be active its name, path, base interpreter, lock file, the lock's
    hash and packages, and what to prune once it is. An empty list of steps means that the Mac is
    right. Never raises for what a Mac or a user says: that comes back in `refused`.
    """
    row, refused = choose_row(reading, pins, wanted["pin"])
    if row is None:
        return {"row": None, "refused": refused, "steps": []}
    suffix = "" if wanted["extra"] == "core" else f"-{wanted['extra']}"
    lock = Path(wanted["locks"]) / f"{row['id']}{suffix}.txt"
    if not lock.is_file():
        sentence = f"{row['id']} has no lock {lock}. Make one with `make pins`, or change"
        sentence += " tensorflow_metal_locks or tensorflow_metal_extra."
        return {"row": None, "refused": {"lock": sentence}, "steps": []}
    rest = environment_and_steps(reading, row, lock, lock.read_text(encoding="utf-8"), wanted)
    if hopeless := beyond_mending(reading, row, wanted, rest):
        return {"row": None, "refused": hopeless, "steps": []}
    return {"row": dict(row), "refused": refused, **rest}


def probe_arguments(pins: Sequence[Row], wanted: Wanted) -> list[str]:
    """What files/probe.sh is to look for: home, formulae, interpreters and the version of uv."""
    pythons = [wanted["python"]]
    if wanted["python"] == "homebrew":
        versions = sorted({row["python"] for row in pins})
        pythons = [formula_python(prefix, v) for prefix in PREFIXES.values() for v in versions]
    return [wanted["home"], " ".join(wanted["formulae"]), " ".join(pythons), uv_version(wanted)]


def uv_version(wanted: Wanted) -> str:
    """The version of uv in the lock that installs it; empty where there is no such lock."""
    lock = Path(wanted["locks"]) / "uv.txt"
    return locked(lock.read_text(encoding="utf-8")).get("uv", "") if lock.is_file() else ""


def choose_row(
    reading: Reading, pins: Sequence[Row], pin: str
) -> tuple[Row | None, dict[str, str]]:
    """The row of this Mac, and why it gets none of the others that do not fit.

    That is the one that is named; else the first recommended one that fits, else the first that
    fits.
    """
    if reading["kernel"] != "Darwin":
        return None, {"kernel": f"This is {reading['kernel']}, not macOS."}
    rows = pins
    if pin:
        rows = [row for row in pins if row["id"] == pin]
        if not rows:
            there = ", ".join(row["id"] for row in pins)
            return None, {"pin": f"There is no pin '{pin}'. There are: {there}."}
    refused = {row["id"]: reason for row in rows if (reason := misfit(reading, row))}
    fitting = [row for row in rows if row["id"] not in refused]
    fitting.sort(key=lambda row: row["status"] != "recommended")
    return next(iter(fitting), None), refused


def misfit(reading: Reading, row: Row) -> str:
    """Why this Mac cannot have this row; empty where it can."""
    if reading["machine"] != row["machine"]:
        return f"{row['id']} needs {row['machine']}."
    if version(reading["macos"]) < version(row["macos_min"]):
        return f"{row['id']} needs macOS {row['macos_min']} or newer."
    if row["macos_max"] and not within(reading["macos"], row["macos_max"]):
        return f"{row['id']} needs macOS {row['macos_max']} or older."
    return ""


def beyond_mending(
    reading: Reading, row: Row, wanted: Wanted, rest: Mapping[str, Any]
) -> dict[str, str]:
    """What the plan needs and no step can bring about; empty where there is nothing of the kind."""
    trouble = python_trouble(reading, row, rest["python"])
    if trouble and wanted["python"] != "homebrew":
        needs = f"{row['id']} needs Python {row['python']} for {row['machine']}"
        return {"python": f"{needs}, but there is {trouble}. Mend tensorflow_metal_python."}
    if not trouble and "homebrew" not in [step["id"] for step in rest["steps"]]:
        return {}
    brew, who = reading["homebrew"], rest["owner"]
    if not brew["prefix"] and row["machine"] == "x86_64":
        bring = f"Bring a Python {row['python']} with tensorflow_metal_python"
        sentence = f"Homebrew no longer installs on Intel Macs. {bring}"
        return {"homebrew": f"{sentence} and set tensorflow_metal_formulae to []."}
    if who == "root":
        sentence = "Homebrew does not work as root. Set tensorflow_metal_owner to an admin."
        return {"homebrew": sentence}
    if brew["prefix"] and brew["owner"] != who:
        sentence = f"Homebrew there belongs to {brew['owner']}, not to {who}."
        return {"homebrew": f"{sentence} Set tensorflow_metal_owner to {brew['owner']}."}
    return {}


def environment_and_steps(
    reading: Reading, row: Row, lock: Path, text: str, wanted: Wanted
) -> dict[str, Any]:
    """The environment that is to be active on this Mac, and the steps from here to there."""
    python = base_python(reading, row, wanted)
    name = f"{row['id']}-{digest(text + chr(10) + python)[:12]}"
    packages = locked(text)
    target, trouble = environment_for(reading, row, name, packages)
    steps: list[dict[str, Any]] = []

    def step(name: str, found: str, needed: str, *, root: bool = False) -> None:
        sentence = f"{name} ({found} -> {needed})"
        # To work as an owner who is not who we log in as takes sudo too.
        root = root or owner(reading, wanted) != reading["user"]
        steps.append(
            {"id": name, "found": found, "wanted": needed, "root": root, "sentence": sentence}
        )

    tools = reading["command_line_tools"]
    if not tools["works"]:
        found = f"{tools['path']}, where clang does not run" if tools["path"] else "none"
        step("command_line_tools", found, "Command Line Tools whose clang runs", root=True)
    formulae = list(wanted["formulae"])
    asked = formulae or wanted["python"] == "homebrew"
    if asked and not reading["homebrew"]["prefix"]:
        step("homebrew", "no Homebrew", " and ".join(["Homebrew", *formulae]), root=True)
    elif lacking := lacking_formulae(reading, formulae):
        step("homebrew", "; ".join(lacking), " and ".join(formulae))
    if trouble_with_python := python_trouble(reading, row, python):
        step("python", trouble_with_python, f"{python}, {row['python']} for {row['machine']}")
    elif trouble and wanted["installer"] == "uv" and not reading["tools"]["uv"]:
        step("python", "no uv", "uv, which builds the environment")
    if trouble:
        root = reading["home"]["owner"] != owner(reading, wanted)
        step("environment", trouble, f"{target} with {summary(row)}", root=root)
    if reading["current"] != target:
        step("activate", reading["current"] or "no active environment", target)
    return {
        "environment": target,
        "environment_path": f"{wanted['home']}/envs/{target}",
        "owner": owner(reading, wanted),
        "prefix": PREFIXES[row["machine"]],
        "python": python,
        "uv": uv_version(wanted),
        "lock": str(lock),
        "lock_sha256": digest(text),
        "packages": packages,
        "prune": prunable(reading, target, int(wanted["keep"])),
        "steps": steps,
    }


def environment_for(
    reading: Reading, row: Row, name: str, packages: Mapping[str, str]
) -> tuple[str, str]:
    """The environment to be active, and what is wrong with it: empty where it is right.

    What is in use is never changed: one that drifted is built again beside itself, as NAME.2.
    """
    there = {environment["name"]: environment for environment in reading["environments"]}
    family = [name, *(f"{name}.{n}" for n in range(2, len(there) + 3))]
    troubles = {
        candidate: environment_trouble(there[candidate], row, packages)
        for candidate in family
        if candidate in there
    }
    whole = [candidate for candidate, trouble in troubles.items() if not trouble]
    if whole:
        return (reading["current"] if reading["current"] in whole else whole[-1]), ""
    for candidate in family:
        unfinished = candidate in there and not there[candidate]["receipt"]
        if candidate not in there or (unfinished and candidate != reading["current"]):
            break
    used = reading["current"] if reading["current"] in troubles else ""
    reason = next(iter(troubles.values()), "no environment")
    return candidate, troubles.get(used, reason)


def prunable(reading: Reading, target: str, keep: int) -> list[str]:
    """The environments to remove once `target` is active: the unfinished, and the finished beyond
    the newest `keep`. Never the one that was active before: it may still be in use, and counts as
    the newest. What does not bear a name of the role's is not the role's to remove.
    """
    ours = [e for e in reading["environments"] if OURS.search(e["name"]) and e["name"] != target]
    finished = sorted((e for e in ours if e["receipt"]), key=made, reverse=True)
    finished.sort(key=lambda e: e["name"] != reading["current"])
    kept = {reading["current"], *(e["name"] for e in finished[:keep])}
    return [e["name"] for e in ours if e["name"] not in kept]


def receipt_of(environment: Mapping[str, Any]) -> str:
    """The environment that a receipt names; empty where it is no receipt."""
    try:
        receipt = json.loads(environment["receipt"])
    except ValueError:
        return ""
    return str(receipt.get("environment", "")) if isinstance(receipt, dict) else ""


def made(environment: Mapping[str, Any]) -> str:
    found = re.search(r'"made": *"([^"]*)"', environment["receipt"])
    return found[1] if found else ""


def environment_trouble(
    environment: Mapping[str, Any], row: Row, packages: Mapping[str, str]
) -> str:
    """How an environment differs from its lock and its receipt; empty where it does not."""
    if not environment["receipt"]:
        return f"{environment['name']} is unfinished"
    if not environment["python"].startswith(f"{row['python']}."):
        return f"the interpreter of {environment['name']} does not run"
    if receipt_of(environment) != environment["name"]:
        return f"{environment['name']} has another environment's receipt"
    installed = environment["packages"]
    differences = [
        f"{name} {installed.get(name, 'missing')} instead of {packages.get(name, 'nothing')}"
        for name in sorted(installed.keys() | packages.keys())
        if installed.get(name) != packages.get(name)
    ]
    if differences:
        return f"{environment['name']} has " + ", ".join(differences)
    if environment["changed"]:
        return f"{environment['name']} was changed in " + ", ".join(environment["changed"][:5])
    return ""


def python_trouble(reading: Reading, row: Row, path: str) -> str:
    for python in reading["pythons"]:
        if python["path"] == path:
            if not python["version"].startswith(f"{row['python']}."):
                return f"{path} is Python {python['version']}"
            return "" if python["machine"] == row["machine"] else f"{path} is {python['machine']}"
    return f"no {path}"


def lacking_formulae(reading: Reading, formulae: Sequence[str]) -> list[str]:
    installed = reading["formulae"]
    return [
        f"{formula} is damaged" if formula in installed else f"no {formula}"
        for formula in formulae
        if not installed.get(formula, {"whole": False})["whole"]
    ]


def base_python(reading: Reading, row: Row, wanted: Wanted) -> str:
    """The interpreter to build on: by its opt path, which outlives Homebrew's upgrades."""
    if wanted["python"] != "homebrew":
        return str(wanted["python"])
    return formula_python(PREFIXES[row["machine"]], row["python"])


def formula_python(prefix: str, version: str) -> str:
    return f"{prefix}/opt/python@{version}/bin/python{version}"


def owner(reading: Reading, wanted: Wanted) -> str:
    """Who owns Homebrew and the home: the one that is named, else who we log in as."""
    return str(wanted["owner"] or reading["user"])


def summary(row: Row) -> str:
    return ", ".join(f"{name} {version}" for name, version in row["packages"].items())


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


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def reading(output: str) -> dict[str, Any]:
    """The reading out of what the probe printed, whatever a login banner printed before it.

    Raises ValueError where there is none.
    """
    for line in reversed(output.split("\n")):
        if line.startswith('{"schema":'):
            with contextlib.suppress(ValueError):
                found: dict[str, Any] = json.loads(line)
                return found
    raise ValueError(f"The probe printed no reading. It printed: {output[-300:]!r}")


class FilterModule:
    """Ansible's door to this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {
            "tensorflow_metal_plan": plan,
            "tensorflow_metal_probe_arguments": probe_arguments,
            "tensorflow_metal_reading": reading,
        }

"""What is to be done for a Mac: a reading and its choice of rows in, a plan out.

Pure, but that the version of uv is read from its lock. The reading is what files/probe.sh prints,
the choices are row.py's.
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
Choice = Mapping[str, Any]
Step = dict[str, Any]

# Homebrew's, by what the hardware is.
PREFIXES = {"arm64": "/opt/homebrew", "x86_64": "/usr/local"}
# The oldest macOS that Homebrew has bottles for since September 2026 (its Support Tiers); none for
# Intel any more.
SERVED = {"arm64": 15}
# The standalone builds that the pinned uv knows, with their hashes, by Python.
STANDALONE = {"3.9": "3.9.25", "3.10": "3.10.22", "3.11": "3.11.18", "3.12": "3.12.16"}
ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
SOURCES = ("homebrew", "standalone", "miniforge")
# What others put on a Mac, by the probe's word for it.
LEFT_ALONE = {
    "environment": "{path} ({packages}) is another's environment and left alone.",
    "homebrew": "The Homebrew in {path} is for Intel programs and left alone.",
    "plugin": "{path} is left alone, but breaks TensorFlow for whoever runs it with that folder on "
    "Python's path: it is a second plugin.",
}
# The formulae that only packages of these extras load.
NEEDED = {"libomp": {"lab": "LightGBM and XGBoost"}}


def plan(reading: Reading, choices: Sequence[Choice], wanted: Wanted) -> dict[str, Any]:
    """List the steps that the Mac of `reading` still needs to have what was chosen for it.

    `wanted` has the role's switches home, owner, python, formulae and installer.

    Returns row (that of the first choice; None where anything is refused), refused (row id, or what
    else refuses, to a sentence), steps (each with id, found, wanted, both in a sentence, and root:
    whether it needs sudo), environments (one a choice: name, row, python and the source of it,
    environment, path, lock, its hash and packages), formulae (those that must be there), notes
    (sentences on what is left alone or out) and left (the names of the role's own links that nobody
    asks for any more). An empty list of steps means that the Mac is right. Never raises for what a
    Mac or a user says: that is in `refused`.
    """
    refused = {key: why for choice in choices for key, why in choice["refused"].items()}
    unjudged: dict[str, str] = next((one["unjudged"] for one in choices if one["unjudged"]), {})
    who = owner(reading, wanted)
    nothing: dict[str, Any] = {"row": None, "steps": [], "environments": [], "notes": []}
    nothing["owner"] = who
    if any(choice["row"] is None for choice in choices):
        return {**nothing, "refused": refused, "unjudged": unjudged}
    machine = choices[0]["row"]["machine"]
    targets = [target(reading, choice, wanted) for choice in choices]
    formulae = poured(reading, wanted)
    steps = machine_steps(reading, formulae, targets, wanted)
    for one in targets:
        lacks = environment_steps(reading, one, wanted)
        one["stages"] = [step["id"] for step in lacks]
        steps += lacks
    if hopeless := beyond_mending(reading, targets, steps, formulae, wanted):
        return {**nothing, "refused": hopeless, "unjudged": {}}
    return {
        "row": dict(choices[0]["row"]),
        "refused": refused,
        "unjudged": {},
        "steps": steps,
        "environments": targets,
        "owner": who,
        "prefix": PREFIXES[machine],
        "formulae": formulae,
        "uv": uv_version(wanted),
        "notes": notes(reading, targets, formulae, wanted),
        "left": left_names(reading, wanted),
    }


def target(reading: Reading, choice: Choice, wanted: Wanted) -> dict[str, Any]:
    """The environment that a choice asks for, and what is wrong with it, if anything is."""
    if "target" in choice:
        return dict(choice["target"])
    row, text = choice["row"], choice["text"]
    source = python_source(reading, row, wanted)
    python = base_python(row, source, wanted)
    name = f"{row['id']}-{digest(text + chr(10) + python)[:12]}"
    environment, trouble = environment_for(reading, row, choice, name)
    return {
        "name": choice["name"],
        "row": dict(row),
        "extra": choice["extra"],
        "source": source,
        "python": python,
        "python_trouble": python_trouble(reading, row, python),
        "build": standalone_build(row["machine"], row["python"]),
        "environment": environment,
        "path": f"{wanted['home']}/envs/{environment}",
        "trouble": trouble,
        "lock": choice["lock"],
        "lock_sha256": digest(text),
        "packages": choice["packages"],
    }


def machine_steps(
    reading: Reading,
    formulae: Sequence[str],
    targets: Sequence[Mapping[str, Any]],
    wanted: Wanted,
) -> list[Step]:
    """What the Mac itself lacks for these environments."""
    steps = []
    tools = reading["command_line_tools"]
    if not tools["works"]:
        found = f"{tools['path']}, where clang does not run" if tools["path"] else "none"
        needed = "Command Line Tools whose clang runs"
        steps.append(step(reading, wanted, "command_line_tools", found, needed, root=True))
    brewed = [one for one in targets if one["source"] == "homebrew"]
    if (formulae or brewed) and not reading["homebrew"]["prefix"]:
        needed = " and ".join(["Homebrew", *formulae])
        steps.append(step(reading, wanted, "homebrew", "no Homebrew", needed, root=True))
    elif lacking := lacking_formulae(reading, formulae):
        needed = " and ".join(formulae)
        steps.append(step(reading, wanted, "homebrew", "; ".join(lacking), needed))
    return steps


def environment_steps(reading: Reading, one: Mapping[str, Any], wanted: Wanted) -> list[Step]:
    """What one environment lacks: its Python, itself, the link to it."""
    row, steps = one["row"], []
    if trouble := one["python_trouble"]:
        needed = f"{one['python']}, {row['python']} for {row['machine']}"
        steps.append(step(reading, wanted, "python", trouble, needed, of=one["name"]))
    elif one["trouble"] and wanted["installer"] == "uv" and not reading["tools"]["uv"]:
        needed = "uv, which builds the environment"
        steps.append(step(reading, wanted, "python", "no uv", needed, of=one["name"]))
    if one["trouble"]:
        root = reading["home"]["owner"] != owner(reading, wanted)
        needed = f"{one['environment']} with {summary(row)}"
        steps.append(
            step(reading, wanted, "environment", one["trouble"], needed, of=one["name"], root=root)
        )
    linked = reading["links"].get(one["name"], "")
    if linked != one["environment"]:
        found = linked or f"no {'active environment' if one['name'] == 'current' else one['name']}"
        steps.append(step(reading, wanted, "activate", found, one["environment"], of=one["name"]))
    return steps


def step(
    reading: Reading,
    wanted: Wanted,
    name: str,
    found: str,
    needed: str,
    *,
    of: str = "",
    root: bool = False,
) -> Step:
    """A step: its stage, the name of the environment that it is for, and why it is needed."""
    # To work as an owner who is not who we log in as takes sudo too.
    root = root or owner(reading, wanted) != reading["user"]
    stage = name if of in ("", "current") else f"{name} of {of}"
    sentence = f"{stage} ({found} -> {needed})"
    return {
        "id": name,
        "of": of,
        "found": found,
        "wanted": needed,
        "root": root,
        "sentence": sentence,
    }


def python_source(reading: Reading, row: Row, wanted: Wanted) -> str:
    """Where the Python comes from: as wanted; else Homebrew where it serves or its Python is there
    already, else a standalone build. A path is `brought`.
    """
    if wanted["python"]:
        return wanted["python"] if wanted["python"] in SOURCES else "brought"
    there = not python_trouble(reading, row, base_python(row, "homebrew", wanted))
    return "homebrew" if there or served(reading) else "standalone"


def base_python(row: Row, source: str, wanted: Wanted) -> str:
    """The interpreter to build on: Homebrew's by its opt path, which outlives its upgrades."""
    if source == "homebrew":
        return formula_python(PREFIXES[row["machine"]], row["python"])
    if source == "standalone":
        return standalone_python(wanted["home"], row["machine"], row["python"])
    if source == "miniforge":
        return miniforge_python(wanted["home"], row["python"])
    return str(wanted["python"])


def formula_python(prefix: str, version: str) -> str:
    return f"{prefix}/opt/python@{version}/bin/python{version}"


def standalone_build(machine: str, version: str) -> str:
    """uv's name for the build that is pinned; empty where none is."""
    exact = STANDALONE.get(version)
    return f"cpython-{exact}-macos-{ARCHITECTURES[machine]}-none" if exact else ""


def standalone_python(home: str, machine: str, version: str) -> str:
    return f"{home}/pythons/{standalone_build(machine, version)}/bin/python{version}"


def miniforge_python(home: str, version: str) -> str:
    return f"{home}/pythons/miniforge-{version}/bin/python{version}"


def served(reading: Reading) -> bool:
    """Whether Homebrew has bottles for this Mac."""
    oldest = SERVED.get(reading["machine"])
    return oldest is not None and int(reading["macos"].split(".")[0]) >= oldest


def poured(reading: Reading, wanted: Wanted) -> list[str]:
    """The formulae that must be there: all where Homebrew serves or is insisted on; else those that
    were poured while it did.
    """
    asked = list(wanted["formulae"])
    if served(reading) or wanted["python"] == "homebrew":
        return asked
    return [formula for formula in asked if formula in reading["formulae"]]


def left_out(
    targets: Sequence[Mapping[str, Any]], formulae: Sequence[str], wanted: Wanted
) -> tuple[list[str], list[str]]:
    """What is asked for and cannot be poured: what nobody needs here, and what somebody does."""
    extras = {one["extra"] for one in targets}
    lacking = [formula for formula in wanted["formulae"] if formula not in formulae]
    needed = [one for one in lacking if one not in NEEDED or extras & NEEDED[one].keys()]
    return [one for one in lacking if one not in needed], needed


def beyond_mending(
    reading: Reading,
    targets: Sequence[Mapping[str, Any]],
    steps: Sequence[Step],
    formulae: Sequence[str],
    wanted: Wanted,
) -> dict[str, str]:
    """What the plan needs and no step can bring about; empty where there is nothing of the kind."""
    if trouble := people_trouble(reading, targets, wanted):
        return trouble
    for one in targets:
        row, trouble = one["row"], one["python_trouble"]
        if trouble and one["source"] == "brought":
            needs = f"{row['id']} needs Python {row['python']} for {row['machine']}"
            return {"python": f"{needs}, but there is {trouble}. Mend tensorflow_metal_python."}
        if one["source"] == "standalone" and not standalone_build(row["machine"], row["python"]):
            there = f"There is no pinned standalone build of Python {row['python']}"
            return {
                "python": f"{there}, only of {', '.join(STANDALONE)}. Bring a Python by its path."
            }
    unserved = f"Homebrew has no bottles for {system(reading)}"
    if needed := left_out(targets, formulae, wanted)[1]:
        who = " and ".join(filter(None, (users_of(one, targets) for one in needed)))
        sentence = f"{unserved}, so {' and '.join(needed)} cannot be had{who and f' for {who}'}."
        return {"formulae": f"{sentence} Install by hand or change tensorflow_metal_formulae."}
    brewed = [one["name"] for one in targets if one["source"] == "homebrew"]
    asked = [one for one in steps if one["id"] == "python" and one["of"] in brewed]
    asked += [one for one in steps if one["id"] == "homebrew"]
    return homebrew_trouble(reading, wanted) if asked else {}


def people_trouble(
    reading: Reading, targets: Sequence[Mapping[str, Any]], wanted: Wanted
) -> dict[str, str]:
    """An owner who is not there, or something else in the place of a link or of the home."""
    if not reading["owner_there"]:
        sentence = f"There is no account {wanted['owner']} on this Mac."
        return {"owner": f"{sentence} Make it, or mend tensorflow_metal_owner."}
    taken, home = reading["home"]["taken"], wanted["home"]
    if "." in taken:
        sentence = f"{home} is there and is no folder."
        return {"home": f"{sentence} Move it away, or mend tensorflow_metal_home."}
    for one in targets:
        if one["name"] in taken:
            sentence = f"{home}/{one['name']} is there and is no link, so that it cannot lead to"
            return {"home": f"{sentence} {one['environment']}. Move it away and run again."}
    return {}


def homebrew_trouble(reading: Reading, wanted: Wanted) -> dict[str, str]:
    """Why Homebrew cannot be asked for anything on this Mac; empty where it can."""
    brew, who = reading["homebrew"], owner(reading, wanted)
    if who == "root":
        sentence = "Homebrew does not work as root. Set tensorflow_metal_owner to an admin."
        return {"homebrew": sentence}
    if not brew["prefix"] and reading["machine"] == "x86_64":
        sentence = "Homebrew no longer installs on Intel Macs. Set tensorflow_metal_python to"
        return {"homebrew": f"{sentence} standalone and tensorflow_metal_formulae to []."}
    if not brew["prefix"] and brew["half"]:
        sentence = f"{brew['half']} is there without brew in it, and belongs to {brew['owner']}."
        return {"homebrew": f"{sentence} Finish that Homebrew or take the folder away."}
    if brew["prefix"] and brew["owner"] != who:
        sentence = f"Homebrew there belongs to {brew['owner']}, not to {who}."
        return {"homebrew": f"{sentence} Set tensorflow_metal_owner to {brew['owner']}."}
    if brew["prefix"] and brew["locked"] and who == reading["user"]:
        sentence = f"Homebrew there is {who}'s, but {who} may not write {brew['locked']}."
        path = brew["prefix"] if reading["machine"] == "arm64" else brew["locked"]
        return {"homebrew": f"{sentence} Type there: sudo chown -R {who} {path}"}
    return {}


def users_of(formula: str, targets: Sequence[Mapping[str, Any]]) -> str:
    """The packages of these environments that load a formula; empty where that is not known."""
    users = NEEDED.get(formula, {})
    return " and ".join(
        users[one] for one in {target["extra"] for target in targets} & users.keys()
    )


def notes(
    reading: Reading,
    targets: Sequence[Mapping[str, Any]],
    formulae: Sequence[str],
    wanted: Wanted,
) -> list[str]:
    """Sentences on what is otherwise than one might think, and on what is left alone."""
    said = []
    unserved = f"since Homebrew has no bottles for {system(reading)}"
    if not wanted["python"] and any(one["source"] == "standalone" for one in targets):
        said.append(f"Its Python is a standalone build, {unserved}.")
    for formula in left_out(targets, formulae, wanted)[0]:
        users = " and ".join(NEEDED[formula].values())
        said.append(f"{formula} is left out, {unserved}; only {users} would need it.")
    return said + [LEFT_ALONE[one["kind"]].format(**one) for one in reading["seen"]]


def system(reading: Reading) -> str:
    """What Homebrew's support depends on."""
    kind = "" if reading["machine"] == "arm64" else "Intel Macs with "
    return f"{kind}macOS {reading['macos'].split('.')[0]}"


def environment_for(reading: Reading, row: Row, choice: Choice, name: str) -> tuple[str, str]:
    """The environment to be active, and what is wrong with it: empty where it is right.

    What is in use is never changed: one that drifted is built again beside itself, as NAME.2.
    """
    there = {environment["name"]: environment for environment in reading["environments"]}
    family = [name, *(f"{name}.{n}" for n in range(2, len(there) + 3))]
    troubles = {
        candidate: environment_trouble(there[candidate], row, choice["packages"])
        for candidate in family
        if candidate in there
    }
    linked = reading["links"].get(choice["name"], "")
    whole = [candidate for candidate, trouble in troubles.items() if not trouble]
    if whole:
        return (linked if linked in whole else whole[-1]), ""
    for candidate in family:
        unfinished = candidate in there and not there[candidate]["receipt"]
        if candidate not in there or (unfinished and candidate not in reading["links"].values()):
            break
    used = linked if linked in troubles else ""
    reason = next(iter(troubles.values()), "no environment")
    return candidate, troubles.get(used, reason)


def left_names(reading: Reading, wanted: Wanted) -> list[str]:
    """The links of names that were taken out: a link is the role's own where one of its commands or
    kernels leads through it.
    """
    asked = {"current", *(other["name"] for other in wanted["also"])}
    texts = [file["text"] for file in reading["files"].values()]
    return [
        name
        for name in sorted(reading["links"].keys() - asked)
        if any(f'"{wanted["home"]}/{name}/bin/python"' in text for text in texts)
    ]


def receipt_of(environment: Mapping[str, Any]) -> str:
    """The environment that a receipt names; empty where it is no receipt."""
    try:
        receipt = json.loads(environment["receipt"])
    except ValueError:
        return ""
    return str(receipt.get("environment", "")) if isinstance(receipt, dict) else ""


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


def owner(reading: Reading, wanted: Wanted) -> str:
    """Who owns Homebrew and the home: the one that is named, else who we log in as."""
    return str(wanted["owner"] or reading["user"])


def summary(row: Row) -> str:
    return ", ".join(f"{name} {version}" for name, version in row["packages"].items())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def probe_arguments(pins: Sequence[Row], wanted: Wanted) -> list[str]:
    """What files/probe.sh is to look for: home, formulae, interpreters, uv's version, the owner."""
    kinds = sorted({(row["machine"], str(row["python"])) for row in [*wanted["rows"], *pins]})
    pythons = [formula_python(PREFIXES[machine], python) for machine, python in kinds]
    pythons += [standalone_python(wanted["home"], machine, python) for machine, python in kinds]
    if wanted["python"] == "miniforge":
        pythons = [miniforge_python(wanted["home"], python) for _, python in kinds]
    elif wanted["python"] not in ("", *SOURCES):
        pythons = [wanted["python"]]
    looked_for = [" ".join(wanted["formulae"]), "\n".join(pythons), uv_version(wanted)]
    return [wanted["home"], *looked_for, wanted["owner"]]


def uv_version(wanted: Wanted) -> str:
    """The version of uv in the lock that installs it; empty where there is no such lock."""
    lock = Path(wanted["locks"]) / "uv.txt"
    found = re.search(r"(?m)^uv==(\S+)", lock.read_text("utf-8") if lock.is_file() else "")
    return found[1] if found else ""


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

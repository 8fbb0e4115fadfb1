"""What is really installed on a Mac, as a file from which another is built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verify.verdict import write

HEAD = """\
# What was installed as {name} on {mac}, read from it: {pin}, Python {python}, for {machine}.
# On any such machine:
#   uv venv --python {python} tf
#   uv pip install --python tf --no-deps {hashes}-r {file}
"""
HASHED = "# By the role: as {pin}.txt in a folder that tensorflow_metal_locks names.\n"
UNHASHED = "# Not in the lock, so without a hash: {odd}.\n"


def save(
    report: Path, mac: str, reading: Mapping[str, Any], targets: Iterable[Mapping[str, Any]]
) -> None:
    """Write report/requirements/<Mac>/<name>.txt for each environment that is there."""
    for target in targets:
        file = folder(report, mac) / f"{target['name']}.txt"
        if text := requirements(mac, reading, target, file.name):
            write(file, text)


def folder(report: Path, mac: str) -> Path:
    """Where a Mac's requirements lie."""
    return report / "requirements" / mac


def requirements(mac: str, reading: Mapping[str, Any], target: Mapping[str, Any], file: str) -> str:
    """The packages of the environment that the target's name leads to, each with the hashes that
    its lock has for that version; empty where there is no such environment.
    """
    linked = reading["links"].get(target["name"])
    there = [one for one in reading["environments"] if one["name"] == linked]
    if not there:
        return ""
    held = entries(Path(target["lock"]).read_text(encoding="utf-8"))
    lines, odd = [], []
    for name, version in sorted(there[0]["packages"].items()):
        if entry := held.get((name, version)):
            lines.append(entry)
        else:
            odd.append(name)
            lines.append(f"{name}=={version}\n")
    facts = {
        "mac": f"{mac}, a simulated Mac" if reading["simulated"] else mac,
        "name": target["name"],
        "pin": target["row"]["id"],
        "python": target["row"]["python"],
        "machine": target["row"]["machine"],
        "hashes": "" if odd else "--require-hashes ",
        "file": file,
    }
    last = UNHASHED.format(odd=", ".join(odd)) if odd else HASHED.format(**facts)
    return HEAD.format(**facts) + last + "".join(lines)


def entries(lock: str) -> dict[tuple[str, str], str]:
    """The requirements of a lock, each with its hashes, by normalised name and version."""
    found = {}
    for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", lock):
        if match := re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)", entry):
            found[re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]] = entry.rstrip() + "\n"
    return found

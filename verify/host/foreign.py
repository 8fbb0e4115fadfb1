"""An environment that this role did not make: what it is, and what then cannot be judged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verify.host.explained import explained
from verify.host.lines import SILENT, first
from verify.host.run import Answer, Run
from verify.host.wish import Wish
from verify.onhost.catalogue import CHECKS
from verify.onhost.expected import Expected, normalised
from verify.onhost.load import imports
from verify.onhost.registry import Finding, Line, planned
from verify.onhost.words import evidence, last_words

ASK = Path(__file__).with_name("foreign.sh")
PROGRAM = (
    "import glob, json, sys, sysconfig; from importlib import metadata; print(json.dumps(dict("
    "executable=sys.executable, prefix=sys.prefix, packages={one.metadata['Name'] or '': "
    "one.version for one in metadata.distributions()}, plugins=glob.glob("
    "sysconfig.get_path('platlib') + '/tensorflow-plugins/*'))))"
)
WHY = "This environment is not the role's: there is no plan and no lock to hold it against."
CURE = "Nothing, or let site.yml build one, which can be judged."


def asked(run: Run, path: str) -> dict[str, Any] | Answer:
    """Its interpreter, prefix and packages; the answer as it came where that is none."""
    answer = run(
        "/bin/sh -c %s %s %s %s", ASK.read_text(encoding="utf-8"), "foreign", path, PROGRAM
    )
    try:
        found: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return answer
    packages = {normalised(name): version for name, version in found["packages"].items()}
    return {**found, "packages": packages}


def broken(path: str, answer: Answer) -> list[Line]:
    """The lines of an environment whose interpreter does not run."""
    output = answer.stderr.encode()
    said = last_words(output) or "nothing"
    measured = f"{path} ended with exit status {answer.status} and said: {said}"
    finding = Finding(False, measured, imports.claim, SILENT, "Build the environment anew.")
    return [explained(imports.line("fail", finding, evidence=evidence(output, passed=False)))]


def expectation(reading: Mapping[str, Any], found: Mapping[str, Any], wish: Wish) -> Expected:
    """What can be asked of it: a GPU where it has a plugin, also one that no package brought; no
    lock, no plan.
    """
    return Expected(
        pin="",
        machine=reading["machine"],
        gpu="tensorflow-metal" in found["packages"] or bool(found["plugins"]),
        environment=found["prefix"],
        base_python="",
        lock={},
        lock_sha256="",
        libraries=[],
        **wish.on(reading),
    )


def not_judged() -> list[Line]:
    """The claims that need a plan or a lock."""
    return [
        first("not run", "not run", WHY, CURE),
        *(check.not_run(WHY, CURE) for check in CHECKS if check.when is planned),
    ]

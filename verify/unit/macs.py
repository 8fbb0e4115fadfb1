"""Verdicts, readings and Macs as the unit tests need them; none of them is real."""

from __future__ import annotations

from importlib.metadata import MetadataPathFinder
from pathlib import Path
from typing import Any, cast

from verify.host.run import Answer, UnreachableError
from verify.onhost.catalogue import CHECKS
from verify.onhost.expected import Expected
from verify.onhost.registry import Line
from verify.verdict import Outcome, Verdict

READING: dict[str, Any] = {
    "schema": 1,
    "simulated": True,
    "machine": "arm64",
    "virtual": False,
    "macos": "14.6.1",
    "chip": "Apple M2 Pro",
    "links": {"current": "env"},
    "environments": [
        {"name": "env", "python": "3.11.9", "packages": {"tensorflow": "2.18.1", "six": "1.17.0"}}
    ],
}
PLAN: dict[str, Any] = {
    "row": {"id": "tf-2.18", "machine": "arm64"},
    "refused": {},
    "prefix": "/opt/homebrew",
    "formulae": ["libomp"],
    "environments": [
        {
            "name": "current",
            "row": {"id": "tf-2.18", "machine": "arm64"},
            "path": "/opt/tensorflow/envs/env",
            "python": "/opt/homebrew/opt/python@3.11/bin/python3.11",
            "lock_sha256": "abc",
            "packages": {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"},
        }
    ],
    "steps": [],
}


def expected(**other: object) -> Expected:
    """What a Mac with a GPU must be, with other values where they are given."""
    values: dict[str, Any] = {
        "pin": "tf-2.18",
        "machine": "arm64",
        "gpu": True,
        "environment": "/opt/tensorflow/envs/env",
        "base_python": "/opt/homebrew/opt/python@3.11/bin/python3.11",
        "lock": {"tensorflow": "2.18.1"},
        "lock_sha256": "abc",
        "libraries": [],
        "timeout": 5,
        "profile": "standard",
        "soak_minutes": 1,
        "chip": "Apple M2 Pro",
        "virtual": False,
        "simulated": False,
        "macos": "14.6.1",
    }
    return Expected(**{**values, **other})


def line(status: str = "pass", check_id: str = "load.listed", **other: object) -> Line:
    """A check's line; one that did not pass says why."""
    passed = status == "pass"
    made: dict[str, object] = {
        "id": check_id,
        "family": check_id.partition(".")[0],
        "claim": f"{check_id} holds",
        "status": status,
        "measured": "this",
        "expected": "that",
        "cause": "" if passed else "a cause",
        "cure": "" if passed else "a cure",
        "seconds": 0.5,
        "evidence": "",
        "figures": {},
    }
    return cast("Line", {**made, **other})


def verdict(name: str = "m2", outcome: Outcome = "pass", *lines: Line, **other: object) -> Verdict:
    """A simulated Mac's verdict with these lines."""
    values: dict[str, Any] = {"simulated": True, "reading": READING, "pin": "tf-2.18", **other}
    return Verdict(name=name, verdict=outcome, checks=lines or (line(),), **values)


def lines(failing: str = "") -> list[Line]:
    """A line for every check there is; all passed but the one that is named."""
    return [line("fail" if check.id == failing else "pass", check.id) for check in CHECKS]


def install(
    site: Path, name: str, version: str, record: str | None = "", installer: str = "uv\n"
) -> None:
    """Put a package there, as an installer does: what is known of it, without its files."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "INSTALLER").write_text(installer)
    (info / "RECORD").unlink(missing_ok=True)
    if record is not None:
        (info / "RECORD").write_text(record)
    MetadataPathFinder().invalidate_caches()


class FakeMac:
    """Answers each command in turn; with no answer left it is silent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, command: str, *arguments: str) -> Answer:
        self.asked.append((command, *arguments))
        if not self.answers:
            raise UnreachableError("Connection timed out")
        return self.answers.pop(0)

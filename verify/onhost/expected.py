"""What the plan says this Mac must be."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

# Of each profile, its own checks and those of the profiles before it are run.
PROFILES = ("smoke", "standard", "full", "soak")
USUAL = "standard"


@dataclasses.dataclass(frozen=True)
class Expected:
    """The plan's side of every comparison.

    `environment` and `base_python` are absolute paths; `lock` maps normalised
    names to versions, and is empty for an environment of someone else's;
    `libraries` are absolute paths of shared libraries; `timeout` is the seconds one
    check may take; `profile` says which checks are wished, of these `families`
    alone where some are named, single checks among them; `chip`, `virtual`,
    `simulated` and `macos` are what the probe read.
    """

    pin: str
    machine: str
    gpu: bool
    environment: str
    base_python: str
    lock: dict[str, str]
    lock_sha256: str
    libraries: list[str]
    timeout: float
    profile: str
    soak_minutes: float
    chip: str
    virtual: bool
    simulated: bool
    macos: str
    families: list[str] = dataclasses.field(default_factory=list)

    @classmethod
    def parse(cls, text: str) -> Expected:
        """Read the JSON argument; raises ValueError with one sentence."""
        try:
            given: Any = json.loads(text)
        except ValueError as error:
            raise ValueError(f"What is expected is not JSON: {error}.") from None
        if not isinstance(given, dict):
            raise ValueError("What is expected must be a JSON object.")
        names = {field.name for field in dataclasses.fields(cls)}
        if names != set(given):
            odd = ", ".join(sorted(names ^ set(given)))
            raise ValueError(f"What is expected has the wrong fields: {odd}.")
        expected = cls(**given)
        if not isinstance(expected.gpu, bool):
            raise ValueError("gpu must be true or false.")
        if not isinstance(expected.timeout, (int, float)) or expected.timeout <= 0:
            raise ValueError("timeout must be a number of seconds above 0.")
        if expected.profile not in PROFILES:
            raise ValueError(f"profile must be one of {', '.join(PROFILES)}.")
        if not isinstance(expected.soak_minutes, (int, float)) or expected.soak_minutes <= 0:
            raise ValueError("soak_minutes must be a number of minutes above 0.")
        if not isinstance(expected.lock, dict):
            raise ValueError("lock must be an object of names and versions.")
        lock = {normalised(name): version for name, version in expected.lock.items()}
        return dataclasses.replace(expected, lock=lock)

    def dump(self) -> str:
        """The JSON argument, ASCII only."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)


def normalised(name: str) -> str:
    """A package's name as indexes compare it (PEP 503): `Opt_Einsum` is `opt-einsum`."""
    return re.sub(r"[-_.]+", "-", name).lower()

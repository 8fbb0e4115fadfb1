"""What is asked of the verification: by an option, else by the inventory, else as usual."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from verify.onhost.catalogue import CHECKS
from verify.onhost.expected import PROFILES, USUAL
from verify.onhost.parent import FAMILIES
from verify.settings import PREFIX

KNOWN = tuple(family for group in FAMILIES for family in group)
IDS = tuple(check.id for check in CHECKS)


@dataclasses.dataclass(frozen=True)
class Wish:
    """Each field is also an inventory variable, after `tensorflow_metal_`, and an option.

    Of `families` none means all; a check's id may be among them. `environment`
    is the path of one that this role did not make. `timeout` is the seconds one
    check may take: the slowest takes about 10 on two shared cores, a hang takes
    for ever.
    """

    profile: str = USUAL
    soak_minutes: float = 30.0
    timeout: float = 180.0
    families: tuple[str, ...] = ()
    environment: str = ""

    @classmethod
    def of(cls, variables: Mapping[str, Any], options: Mapping[str, Any]) -> Wish:
        """Raises ValueError with one sentence for what cannot be wished."""
        given = {}
        for field in dataclasses.fields(cls):
            found = options.get(field.name) or variables.get(PREFIX + field.name)
            if found:
                given[field.name] = found
        families = given.get("families", ())
        words = families.split(",") if isinstance(families, str) else families
        wish = cls(**{**given, "families": tuple(words)})
        wish.check()
        return wish

    def check(self) -> None:
        """Raises ValueError with one sentence for what cannot be wished."""
        if self.profile not in PROFILES:
            raise ValueError(f"There is no profile {self.profile!r}; {listed(PROFILES)}.")
        if odd := [name for name in self.families if name not in (*KNOWN, *IDS)]:
            family = odd[0].partition(".")[0]
            within = tuple(name for name in IDS if name.startswith(f"{family}."))
            what = "check" if within else "family of checks"
            raise ValueError(f"There is no {what} {odd[0]!r}; {listed(within or KNOWN)}.")
        for name in ("soak_minutes", "timeout"):
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or value <= 0:
                raise ValueError(f"{PREFIX}{name} is {value!r}, not a number above 0.")

    def on(self, reading: Mapping[str, Any]) -> dict[str, Any]:
        """The part of what is expected of a Mac with this reading that no plan says."""
        return {
            "timeout": self.timeout,
            "profile": self.profile,
            "soak_minutes": self.soak_minutes,
            "families": [*self.families],
            **{name: reading[name] for name in ("chip", "virtual", "simulated", "macos")},
        }


def listed(words: tuple[str, ...]) -> str:
    """What there is instead."""
    return f"there are {', '.join(words)}"

"""Who belongs to the fleet: so many Macs, most without trouble, some with each kind of it."""

from __future__ import annotations

from dataclasses import dataclass, field

FEWEST = 10
# Each of these troubles, with how many of a hundred Macs have it, and no fewer than two.
ASLEEP, DROWSY, DIRECT = "asleep", "drowsy", "direct"
IN_A_HUNDRED = 8
FULL, REFUSED, SLOW, PLAIN = "full", "refused", "slow", "mac"
# What the others begin with: the tools, uv, Python and an environment from before.
FIRST = "first"
SONOMA = "m2-sonoma"


@dataclass(frozen=True)
class Mac:
    """One simulated Mac: its kind, and how the lab is to start it."""

    name: str
    kind: str
    conf: str = SONOMA
    start: dict[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        lines = [f"{key}={value}" for key, value in self.start.items()]
        return ",".join([f"{self.name}:{self.conf}", *lines])


def fleet(count: int) -> list[Mac]:
    """That many Macs. Raises ValueError where not each kind would be among them."""
    if count < FEWEST:
        raise ValueError(f"FLEET is {count}; fewer than {FEWEST} Macs cannot have every trouble.")
    like = {"LIKE": FIRST}
    # What has no way out gets everything from the controller, or nothing.
    cut = {**like, "NETWORK": "cut"}
    some = max(2, round(count * IN_A_HUNDRED / 100))
    macs = [
        Mac(REFUSED, REFUSED, "intel-mojave"),
        Mac(FULL, FULL, start={**cut, "DISK_GB": "6"}),
        Mac(SLOW, SLOW, start=cut),
        *several(ASLEEP, some, cut),
        *several(DROWSY, some, cut),
        *several(DIRECT, max(3, some), like),
    ]
    return [*macs, *several(PLAIN, count - len(macs), cut)]


def several(kind: str, count: int, start: dict[str, str]) -> list[Mac]:
    return [Mac(f"{kind}-{number:02}", kind, start=start) for number in range(1, count + 1)]

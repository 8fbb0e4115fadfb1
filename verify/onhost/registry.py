"""A check: what it claims, how it is measured, what it means when it fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Union

from .expected import PROFILES, Expected

# A numpy array, a Keras object: neither package is there on the controller, where mypy runs.
Array = Any
Keras = Any
Measure = Union[str, int, float]
Figures = Mapping[str, Union[str, int, float, list[float], list[int]]]

OPENED = "load.logical"
REBUILD = "Run site.yml again for this Mac: it builds the environment anew and switches to it."


class Line(TypedDict):
    """One check's outcome, as it is printed.

    `family` is the first part of the id; `evidence` are the lines of standard
    error that matter; `figures` are named numbers for plots; `seconds` is what
    the check took.
    """

    id: str
    family: str
    claim: str
    status: str
    measured: Measure
    expected: Measure
    cause: str
    cure: str
    seconds: float
    evidence: str
    figures: Figures


@dataclasses.dataclass(frozen=True)
class Finding:
    """What was measured. An empty cause or cure leaves the check's own standing.

    Where the claim does not hold and it `warns`, the Mac is right all the same: slow, say,
    but not wrong.
    """

    holds: bool
    measured: Measure
    expected: Measure
    cause: str = ""
    cure: str = ""
    warns: bool = False
    figures: Figures = dataclasses.field(default_factory=dict)

    @property
    def status(self) -> str:
        if self.holds:
            return "pass"
        return "warn" if self.warns else "fail"


Measurement = Callable[[Expected], Finding]


@dataclasses.dataclass(frozen=True)
class Check:
    """One claim.

    It is left out where `when` says no or a smaller `profile` is wished, and not
    run where one of `needs` did not pass. Where one that `poisons` fails,
    nothing after it is run in its process. Beside the time that any check may
    take it has the seconds that it `lasts` by design.
    """

    id: str
    claim: str
    measure: Measurement
    cause: str
    cure: str
    needs: tuple[str, ...]
    when: Callable[[Expected], bool]
    poisons: bool
    profile: str
    lasts: Callable[[Expected], float]

    @property
    def family(self) -> str:
        return self.id.partition(".")[0]

    @property
    def asks_gpu(self) -> bool:
        """Whether it is about the GPU: where there is none it says nothing."""
        return self.when is on_gpu or OPENED in self.needs

    def wished(self, expected: Expected) -> bool:
        """Whether it is asked for: by the row, and by its name or the profile and the families."""
        small = PROFILES.index(self.profile) <= PROFILES.index(expected.profile)
        among = not expected.families or self.family in expected.families
        return self.when(expected) and (self.id in expected.families or (small and among))

    def line(self, status: str, finding: Finding, seconds: float = 0.0, evidence: str = "") -> Line:
        """The outcome as it is printed; what passed has neither cause nor cure."""
        passed = status == "pass"
        return {
            "id": self.id,
            "family": self.family,
            "claim": self.claim,
            "status": status,
            "measured": finding.measured,
            "expected": finding.expected,
            "cause": "" if passed else finding.cause or self.cause,
            "cure": "" if passed else finding.cure or self.cure,
            "seconds": round(seconds, 3),
            "evidence": evidence,
            "figures": finding.figures,
        }

    def not_run(self, cause: str, cure: str) -> Line:
        """The outcome of a check that was never started."""
        return self.line("not run", Finding(False, "not run", self.claim, cause, cure))

    def blocked(self, by: str) -> Line:
        """The outcome where another check, which this one needs, did not pass."""
        why = f"{by} did not pass, and without it this one says nothing."
        return self.not_run(why, f"Mend {by} first.")


def everywhere(expected: Expected) -> bool:
    """On every row."""
    return True


def planned(expected: Expected) -> bool:
    """Where there is a plan and a lock to hold it against: in this role's environments."""
    return bool(expected.lock)


def on_gpu(expected: Expected) -> bool:
    """On the rows that promise a GPU."""
    return expected.gpu


def check(
    check_id: str,
    claim: str,
    *,
    cause: str,
    cure: str = REBUILD,
    needs: tuple[str, ...] = (),
    when: Callable[[Expected], bool] = everywhere,
    poisons: bool = False,
    profile: str = "standard",
    lasts: Callable[[Expected], float] = lambda expected: 0.0,
) -> Callable[[Measurement], Check]:
    """Turn a measurement into a check; cause and cure are told when it does not hold."""

    def made(measure: Measurement) -> Check:
        return Check(check_id, claim, measure, cause, cure, needs, when, poisons, profile, lasts)

    return made

"""The tests: one for each check, made from the checks themselves and named as their claims."""

from __future__ import annotations

import re
from collections.abc import Callable

from verify.host.lines import CLAIM, PLANNED
from verify.onhost.catalogue import CHECKS

Proves = Callable[[str], None]


def claims(family: str) -> dict[str, Callable[[Proves], None]]:
    """The tests of a family, for the module of its name."""
    ids = {check.id: check.claim for check in CHECKS if check.family == family}
    if PLANNED.startswith(f"{family}."):
        ids = {PLANNED: CLAIM, **ids}
    return {sentence(claim): test(check_id, claim) for check_id, claim in ids.items()}


def sentence(claim: str) -> str:
    """A claim as the name of its test."""
    return "test_" + "_".join(re.findall(r"[a-z0-9]+", claim.lower()))


def test(check_id: str, claim: str) -> Callable[[Proves], None]:
    """The test of one check."""

    def tested(proves: Proves) -> None:
        proves(check_id)

    tested.__doc__ = claim
    tested.__name__ = sentence(claim)
    return tested

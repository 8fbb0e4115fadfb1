"""What is measured: a state of some simulated Macs, and who brings them to where they should be."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Mapping

import contenders
import lab
from contenders import Ran

Contender = Callable[..., Ran]

OURS = {"ours": contenders.ours}
PLAIN = {
    "plain": contenders.plain,
    "plain, mitogen": contenders.mitogen,
    "pyinfra": contenders.pyinfra,
}
# On many Macs the other two are left out: an installation on one has them.
TWO = {**OURS, "plain": contenders.plain}
ALL = {"floor": contenders.floor, "one raw task": contenders.one_task, **OURS, **PLAIN}
VERIFY = {
    "ours": contenders.verify,
    "its slowest family": contenders.slowest,
    "an import a test": contenders.import_a_test,
}
# Where nothing was built, nobody imports TensorFlow to see whether it works.
QUIET = {"plain_verifies": False}
OLDER = {"plain_packages": ["tensorflow==2.16.2", "tensorflow-metal==1.2.0"]}


def left_alone(_: list[str]) -> None:
    """As the run before left them: right."""


def drifted(macs: list[str]) -> None:
    """One of them has lost libomp."""
    lab.ssh(macs[len(macs) // 2], "/opt/homebrew/bin/brew uninstall --force libomp")


def bare(macs: list[str]) -> None:
    """With what the plain playbook takes for granted: the Command Line Tools, Homebrew, Python.

    And with what it first installs for its own pip module, which mitogen would not see in that run.
    """
    lab.begin_again(macs, lab.READY)
    for name in macs:
        lab.ssh(name, f"/usr/bin/python3 -m pip install --user packaging {contenders.FROM}")


def older(macs: list[str]) -> None:
    """With tf-2.16, the role's and the plain playbook's."""
    lab.begin_again(macs, "LIKE=older")


@dataclasses.dataclass(frozen=True)
class Case:
    """`before` brings the Macs, which are like `lent` where one is named, to where each run finds
    them; it is not measured.
    """

    text: str
    macs: int
    contenders: Mapping[str, Contender]
    before: Callable[[list[str]], None] = left_alone
    lent: str = "right"
    switches: Mapping[str, object] = dataclasses.field(default_factory=lambda: QUIET)
    rounds: int = 1


# The rounds make up to an hour on two idle cores; a spread takes more of some.
CASES = {
    "nothing-1": Case("nothing to do", 1, ALL, rounds=3),
    "nothing-8": Case("nothing to do", 8, ALL, rounds=2),
    "nothing-25": Case("nothing to do", 25, ALL, rounds=2),
    "drift-25": Case("one of them drifted", 25, OURS | PLAIN, drifted),
    "verify-1": Case("verification", 1, VERIFY),
    "install-1": Case("first installation", 1, OURS | PLAIN, bare, "", {}),
    "install-8": Case("first installation", 8, TWO, bare, "", {}),
    "upgrade-1": Case("tf-2.16 to tf-2.18", 1, OURS | PLAIN, older, "older", {}),
}


def build(name: str) -> None:
    """The Mac whose disk is lent: `right`, or `older`. Ends the bench where it cannot be built."""
    older = name == "older"
    lab.up([name], lab.READY)
    for one in (
        contenders.ours([name], **({"tensorflow_metal_pin": "tf-2.16"} if older else {})),
        contenders.plain([name], **(OLDER if older else {})),
    ):
        if one.failed:
            sys.exit(f"{one.failed}\nbench: the Mac that is lent to the others could not be built.")
    lab.keep(name)


def run(case: Case, rounds: int, tell: Callable[[str], None]) -> dict[str, list[Ran]]:
    """Everyone's runs, turn about, so that what else this machine does meets all of them."""
    macs = lab.names(case.macs)
    ran: dict[str, list[Ran]] = {name: [] for name in case.contenders}
    for number in range(1, rounds + 1):
        for name, contender in case.contenders.items():
            case.before(macs)
            before = lab.processor(macs)
            one = contender(macs, **case.switches)
            ran[name].append(dataclasses.replace(one, macs=lab.processor(macs) - before))
            took = f"{one.seconds:.1f} s" + (f", and failed: {one.failed}" if one.failed else "")
            tell(f"{case.text} on {case.macs}, round {number} of {rounds}: {name}, {took}")
    return ran

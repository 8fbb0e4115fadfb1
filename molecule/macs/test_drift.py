"""Macs that were built drift: the probe finds it, the plan says it, the next run mends it.

And the run after that asks the Mac for its reading, once, and changes nothing.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
from testinfra.backend.base import CommandResult

from again import Ran, having

HOME = "/opt/tensorflow"
PYTHON = "/opt/homebrew/opt/python@3.11/bin/python3.11"


@dataclasses.dataclass(frozen=True)
class Drift:
    """What somebody types, and what the plan then says of each step."""

    typed: str
    said: dict[str, str]


DRIFTS = {
    "installed_into": Drift(
        f"{HOME}/tools/uv-*/bin/uv pip install --no-index --find-links /Volumes/Lab/wheelhouse"
        f" --python {HOME}/current/bin/python 'numpy<2'",
        {
            "environment": r"has .*numpy 1\.26\.\d instead of 2\.0\.2",
            "activate": r"tf-[\d.]+-\w+ -> tf-[\d.]+-\w+\.2",
        },
    ),
    "removed_from": Drift(
        f"rm -r {HOME}/current/lib/python3.11/site-packages/h5py",
        {"environment": "was changed in site-packages", "activate": r"\.2$"},
    ),
    "interpreter_gone": Drift(
        "sudo -u labadmin sh -c 'cd /opt/homebrew/Cellar/python@3.11 && mv * 3.11.99'",
        {
            "python": f"no {PYTHON}",
            "environment": r"the interpreter of tf-[\d.]+-.* does not run",
            "activate": r"\.2$",
        },
    ),
    "libomp_damaged": Drift(
        "sudo rm /opt/homebrew/opt/libomp/lib/libomp.dylib", {"homebrew": "libomp is damaged"}
    ),
}
MACS = having("drifts")
BUILT = having("builds")
Runs = dict[str, Ran]


@pytest.fixture(scope="session")
def runs(run: Callable[[str, str], CommandResult], again: Callable[..., Ran]) -> Runs:
    """A run over all that were built; then they drift, and come a run with --check and two more."""
    right = again("--limit", ",".join(BUILT))
    for name, drift in MACS.items():
        typed = run(name, DRIFTS[drift].typed)
        assert typed.rc == 0, f"{name}: {typed.stderr}"
    limit = ("--limit", ",".join(MACS))
    return {
        "right": right,
        "checked": again("--check", "--diff", *limit),
        "mended": again(*limit),
        "again": again(*limit),
    }


def test_every_drift_has_its_mac() -> None:
    assert sorted(MACS.values()) == sorted(DRIFTS)


@pytest.mark.parametrize("name", BUILT)
def test_a_mac_that_is_right_is_read_once_and_left_as_it_is(name: str, runs: Runs) -> None:
    assert_untouched(runs["right"], name)


@pytest.mark.parametrize("name", MACS)
def test_the_plan_says_what_differs_after_one_round_trip(name: str, runs: Runs) -> None:
    said = {step["id"]: step["said"] for step in runs["checked"].announced(name)}
    expected = DRIFTS[MACS[name]].said
    assert said.keys() == expected.keys()
    for step, pattern in expected.items():
        assert re.search(pattern, said[step]), said[step]
    assert runs["checked"].remote(name) == ["tensorflow_metal_read"]


@pytest.mark.parametrize("name", MACS)
def test_the_next_run_mends_it(
    name: str, runs: Runs, run: Callable[[str, str], CommandResult]
) -> None:
    assert not runs["mended"].refusal(name)
    assert runs["mended"].recap(name)["changed"] > 0
    imported = run(name, f"cd /tmp; {HOME}/bin/tensorflow-python -c 'import tensorflow, h5py'")
    assert imported.rc == 0, imported.stderr


@pytest.mark.parametrize("name", MACS)
def test_the_run_after_that_changes_nothing(name: str, runs: Runs) -> None:
    assert_untouched(runs["again"], name)


def assert_untouched(ran: Ran, name: str) -> None:
    recap = ran.recap(name)
    assert (recap["changed"], recap["failures"], recap["unreachable"]) == (0, 0, 0)
    assert ran.remote(name) == ["tensorflow_metal_read"]

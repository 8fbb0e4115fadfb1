"""The machine is as planned, and its Python is its own."""

from __future__ import annotations

from verify.host.conftest import Proves


def test_nothing_differs_from_the_plan(proves: Proves) -> None:
    proves("machine.planned")


def test_the_interpreter_runs_natively(proves: Proves) -> None:
    proves("machine.native")

"""What is said of cases that are wrong; what is right needs TensorFlow and is tried on Macs."""

from __future__ import annotations

import pytest

from verify.onhost import cases, numerics, repeats
from verify.onhost.cases import Case, Outcome, compared, exactly
from verify.unit.macs import expected

KNOWN = "Known in graph mode."


def found(monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome) -> str:
    """The cause that the finding about these outcomes names."""
    left = iter(outcomes)
    monkeypatch.setattr(cases, "run", lambda case: next(left))
    finding = compared([Case("", abs, (), exactly) for _ in outcomes])
    assert finding.holds is not any(each.wrong for each in outcomes)
    return finding.cause


def test_a_known_fault_is_named_where_nothing_else_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph, eager = Outcome("graph", KNOWN, wrong="1 of 4"), Outcome("eager")
    assert found(monkeypatch, graph, eager) == KNOWN
    assert found(monkeypatch, graph, Outcome("eager", wrong="1 of 4")) == ""
    assert found(monkeypatch, graph, Outcome("more", "Another.", wrong="1 of 4")) == ""


def test_a_kernel_that_is_lost_is_the_cause_before_all(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Outcome("a", KNOWN, wrong="no kernel", cause="Lost.")
    assert found(monkeypatch, Outcome("b", KNOWN, wrong="1 of 4"), lost) == "Lost."


def test_no_case_at_all_is_said() -> None:
    assert "no kernel for any" in str(compared([]).measured)


@pytest.mark.parametrize(
    ("times", "cause"), [({"relu": 60}, numerics.WRONG), ({"relu": 60, "tanh": 3}, ""), ({}, "")]
)
def test_what_is_wrong_in_every_round_is_not_wrong_now_and_then(
    monkeypatch: pytest.MonkeyPatch, times: dict[str, int], cause: str
) -> None:
    monkeypatch.setattr(repeats, "faults", lambda rounds: times)
    monkeypatch.setattr(repeats, "small", lambda: {"relu": None, "tanh": None})
    finding = numerics.repeatedly.measure(expected())
    assert finding.cause == cause
    assert finding.holds is not bool(times)

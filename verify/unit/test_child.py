"""What the child runs, and what it leaves alone."""

from __future__ import annotations

import io
import json

from verify.onhost.child import LONGEST, brief, serve
from verify.onhost.registry import Check, Finding, Line, check
from verify.unit.macs import expected


def fake(name: str, holds: bool, needs: tuple[str, ...] = (), poisons: bool = False) -> Check:
    made = check(name, f"{name} holds", cause="a cause", needs=needs, poisons=poisons)
    return made(lambda expected: Finding(holds, "this", "that"))


def served(*checks: Check) -> dict[str, Line]:
    lines = io.StringIO()
    serve(checks, expected(), lines)
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    return {line["id"]: line for line in told if "id" in line}


def test_each_check_is_announced_before_and_after_it_runs() -> None:
    lines = io.StringIO()
    serve([fake("a", True), fake("b", False)], expected(), lines)
    order = [json.loads(line) for line in lines.getvalue().splitlines()]
    told = [line.get("started") or line.get("finished") or line["id"] for line in order]
    assert told == ["a", "a", "a", "b", "b", "b"]


def test_what_needs_a_failed_check_is_not_run_and_says_so() -> None:
    lines = served(fake("a", False), fake("b", True, ("a",)), fake("c", True, ("b",)))
    assert [line["status"] for line in lines.values()] == ["fail", "not run", "not run"]
    assert lines["b"]["cure"] == "Mend a first."


def test_what_needs_nothing_runs_all_the_same() -> None:
    lines = served(fake("a", False), fake("b", True))
    assert lines["b"]["status"] == "pass"


def test_after_a_failed_check_that_poisons_nothing_is_run() -> None:
    lines = served(fake("a", False, poisons=True), fake("b", True))
    assert lines["b"]["status"] == "not run"


def test_a_check_that_poisons_and_passes_stops_nothing() -> None:
    lines = served(fake("a", True, poisons=True), fake("b", True))
    assert lines["b"]["status"] == "pass"


def test_only_what_did_not_pass_has_a_cause_and_a_cure() -> None:
    lines = served(fake("a", True), fake("b", False))
    assert (lines["a"]["cause"], lines["a"]["cure"]) == ("", "")
    assert lines["b"]["cause"] == "a cause"
    assert lines["b"]["cure"]


def test_what_only_warns_lets_what_needs_it_run() -> None:
    slow = check("a", "a is quick", cause="a cause")(
        lambda expected: Finding(False, 1, 2, warns=True)
    )
    lines = served(slow, fake("b", True, ("a",)))
    assert [line["status"] for line in lines.values()] == ["warn", "pass"]
    assert lines["a"]["cause"] == "a cause"


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    short = brief("\x1b[1mbegins\n" + "x" * 5000 + " ends")
    assert short.startswith("begins x")
    assert short.endswith("x ends")
    assert len(short) <= LONGEST

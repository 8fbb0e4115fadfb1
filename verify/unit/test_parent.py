"""The parent, with children that end in every bad way; none of them needs TensorFlow."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from verify.onhost.catalogue import CHECKS as ALL
from verify.onhost.parent import Parent, groups
from verify.onhost.registry import Check, Finding, Line, check, everywhere, on_gpu
from verify.onhost.words import evidence, last_words
from verify.settings import PROJECT
from verify.unit.macs import expected

# On a loaded machine a Python may need a second to start.
TIMEOUT, SHORT = 30.0, 3.0
CHILD = """
import ctypes, json, os, pathlib, signal, sys, time
sys.path.insert(0, {project!r})
from verify.onhost.child import serve
from verify.onhost.registry import Finding, check

folder = pathlib.Path(sys.argv[0]).parent
(folder / sys.argv[2]).write_text(str(os.getpid()))
pipe, orders = int(sys.argv[1]), json.loads(sys.stdin.read())

def fake(name, deed):
    return check(name, name, cause="")(lambda expected: Finding(deed() is None, name, name))

def bad():
    {body}

checks = [fake(name, bad if name in {bad!r} else lambda: None) for name in orders["checks"]]
serve(checks, None, os.fdopen(pipe, "w"), orders["passed"])
"""
FIRST, SECOND, THIRD, OTHER = (
    *("numerics.first", "numerics.second", "numerics.third"),
    "training.other",
)


def named(name: str, *needs: str, gpu: bool = False) -> Check:
    when = on_gpu if gpu else everywhere
    made = check(name, f"{name} holds", cause="a cause", needs=needs, when=when)
    return made(lambda expected: Finding(True, 0, 0))


CHECKS = [named(name) for name in (FIRST, SECOND, THIRD, OTHER)]


def lines_of(
    folder: Path,
    body: str,
    checks: Sequence[Check] = CHECKS,
    bad: Sequence[str] = (SECOND,),
    timeout: float = TIMEOUT,
    started: list[str] | None = None,
) -> list[Line]:
    """What the parent tells about children whose bad checks do `body`; `started` is filled."""
    script = folder / "child.py"
    script.write_text(CHILD.format(project=str(PROJECT), body=body, bad=bad))
    told: list[Line] = []

    def command(pipe: int, ids: Sequence[str]) -> list[str]:
        if started is not None:
            started.append(ids[0])
        return [sys.executable, str(script), str(pipe), *ids]

    Parent(expected(timeout=timeout), command, told.append).watch(checks)
    assert [line["id"] for line in told] == [check.id for check in checks]
    return told


def statuses(lines: list[Line]) -> list[str]:
    return [line["status"] for line in lines]


def test_a_child_that_ends_well_is_relayed(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "pass")
    assert statuses(lines) == ["pass"] * 4
    assert [line["measured"] for line in lines] == [FIRST, SECOND, THIRD, OTHER]


def test_a_check_that_does_not_hold_stops_nothing(tmp_path: Path) -> None:
    assert statuses(lines_of(tmp_path, "return 1")) == ["pass", "fail", "pass", "pass"]


def test_a_check_that_raises_fails_with_its_message(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "raise ValueError('no kernel')")
    assert statuses(lines) == ["pass", "fail", "pass", "pass"]
    assert lines[1]["measured"] == "ValueError: no kernel"


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("os.abort()", "died of SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "died of SIGKILL"),
        ("ctypes.string_at(0)", "died of SIGSEGV"),
        ("os._exit(3)", "ended with exit status 3 before its time"),
        ("time.sleep(60)", "hung: no answer within 3 s"),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "hung: no answer"),
        ("\n    while True: os.write(pipe, b'garbage\\n')", "hung: no answer within 3 s"),
    ],
)
def test_the_check_that_ran_is_blamed_and_the_rest_is_run_all_the_same(
    tmp_path: Path, body: str, end: str
) -> None:
    lines = lines_of(tmp_path, body, timeout=SHORT)
    assert statuses(lines) == ["pass", "fail", "pass", "pass"]
    assert str(lines[1]["measured"]).startswith(end)


def test_the_last_words_of_the_check_that_died_are_quoted(tmp_path: Path) -> None:
    body = "print('F0000 the plugin is broken', file=sys.stderr, flush=True); os.abort()"
    measured = lines_of(tmp_path, body)[1]["measured"]
    assert measured == "died of SIGABRT; it said: F0000 the plugin is broken"


def test_what_was_said_beside_a_check_is_its_evidence(tmp_path: Path) -> None:
    body = """print('W0 once', file=sys.stderr, flush=True); return 1"""
    lines = lines_of(tmp_path, body, bad=(SECOND, THIRD))
    assert [line["evidence"] for line in lines] == ["", "W0 once", "W0 once", ""]


def test_what_is_no_line_of_the_protocol_is_passed_over(tmp_path: Path) -> None:
    body = "os.write(pipe, b'[1]\\n{\"id\": \"numerics.third\"}\\n\\xff\\n'); print('noise')"
    assert statuses(lines_of(tmp_path, body)) == ["pass"] * 4


def test_a_program_that_never_starts_is_tried_three_times_a_family(tmp_path: Path) -> None:
    told: list[Line] = []
    checks = [*CHECKS[:3], named("numerics.fourth"), CHECKS[3]]
    Parent(
        expected(), lambda pipe, ids: [sys.executable, "-c", "raise SystemExit(9)"], told.append
    ).watch(checks)
    assert statuses(told) == ["fail", "fail", "fail", "not run", "fail"]
    assert "exit status 9" in str(told[0]["measured"])
    assert told[3]["cause"] == "3 checks of this family ended the program."


def test_what_needs_a_check_that_died_is_not_run_in_any_family(tmp_path: Path) -> None:
    checks = [*CHECKS[:2], named(THIRD, SECOND), named(OTHER, SECOND), named("training.free")]
    lines = lines_of(tmp_path, "os.abort()", checks)
    assert statuses(lines) == ["pass", "fail", "not run", "not run", "pass"]
    assert {line["cure"] for line in lines[2:4]} == {f"Mend {SECOND} first."}


def test_what_needs_a_check_that_was_not_asked_for_is_run(tmp_path: Path) -> None:
    assert statuses(lines_of(tmp_path, "pass", [named(FIRST, "load.imports")])) == ["pass"]


def test_after_two_that_hung_nothing_more_is_asked_of_the_gpu(tmp_path: Path) -> None:
    checks = [named(name, gpu=True) for name in (FIRST, SECOND, THIRD)] + [CHECKS[3]]
    lines = lines_of(tmp_path, "time.sleep(60)", checks, (FIRST, SECOND), SHORT)
    assert statuses(lines) == ["fail", "fail", "not run", "pass"]
    assert "hung already" in lines[2]["cause"]


def test_a_check_that_lasts_by_design_gets_its_time(tmp_path: Path) -> None:
    long = check(SECOND, SECOND, cause="a cause", lasts=lambda expected: 20.0)
    checks = [CHECKS[0], long(lambda expected: Finding(True, 0, 0))]
    lines = lines_of(tmp_path, "time.sleep(4)", checks, timeout=SHORT)
    assert statuses(lines) == ["pass", "pass"]


def test_the_next_family_gets_ready_while_this_one_is_checked(tmp_path: Path) -> None:
    body = f"""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if (folder / {OTHER!r}).exists():
            return
        time.sleep(0.01)
    return 1"""
    assert statuses(lines_of(tmp_path, body)) == ["pass"] * 4


def test_speed_is_measured_while_nothing_gets_ready(tmp_path: Path) -> None:
    body = "return os.getpid() != int((folder / 'performance.first').read_text()) or None"
    alone = [named(name) for name in ("performance.first", "endurance.next")]
    assert statuses(lines_of(tmp_path, body, alone, ("endurance.next",))) == ["pass", "pass"]


def test_nothing_gets_ready_for_what_a_failure_stands_before(tmp_path: Path) -> None:
    checks = [named(FIRST), named("training.other", FIRST), named("performance.next", FIRST)]
    started: list[str] = []
    lines = lines_of(tmp_path, "return 1", checks, (FIRST,), started=started)
    assert statuses(lines) == ["fail", "not run", "not run"]
    assert sorted(started) == [FIRST, OTHER]


def test_a_family_that_got_ready_in_vain_is_ended(tmp_path: Path) -> None:
    checks = [named(name, gpu=True) for name in (FIRST, SECOND, THIRD, OTHER)]
    lines = lines_of(tmp_path, "time.sleep(60)", checks, (SECOND, THIRD), SHORT)
    assert statuses(lines) == ["pass", "fail", "fail", "not run"]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / OTHER).read_text()), 0)


def test_every_check_has_a_place_among_the_families() -> None:
    assert [check for group in groups(ALL) for check in group] == [*ALL]


def test_a_grandchild_that_keeps_the_pipe_open_holds_nobody_up(tmp_path: Path) -> None:
    body = "\n    if os.fork() == 0: time.sleep(20)\n    os._exit(4)"
    lines = lines_of(tmp_path, body)
    assert statuses(lines) == ["pass", "fail", "pass", "pass"]
    assert str(lines[1]["measured"]).startswith("ended with exit status 4")


def test_keras_settings_of_the_user_stay_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    body = "assert os.environ['KERAS_BACKEND'] == 'tensorflow'; " + (
        "assert 'TF_USE_LEGACY_KERAS' not in os.environ; "
        f"assert os.environ['KERAS_HOME'] != {str(tmp_path)!r}"
    )
    assert statuses(lines_of(tmp_path, body)) == ["pass"] * 4


def test_last_words_leave_out_greetings_and_stack_frames() -> None:
    output = b"""2026-11-21 05:00:00.1 I tensorflow/core: oneDNN custom operations are on
2026-11-21 05:00:00.100: I tensorflow/core/platform: This TensorFlow binary is optimized
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
E0000 the reason
    @     0x7f3fed913bd5  pybind11::detail

"""
    assert last_words(output) == "E0000 the reason"
    assert evidence(output, passed=True) == "E0000 the reason"
    assert last_words(b"1\n2\n3\n4\n5\n") == "2 | 3 | 4 | 5"


def test_what_every_healthy_mac_says_is_evidence_only_where_nothing_is_wrong() -> None:
    output = b"""2026-11-21 05:00:00.1 I x] Could not identify NUMA node of platform GPU ID 0
W0 a reason
2026-11-21 05:00:00.1 I x] Could not identify NUMA node of platform GPU ID 0
"""
    assert evidence(output, passed=False) == "W0 a reason"
    assert evidence(output, passed=True).splitlines()[0].endswith("platform GPU ID 0")
    assert len(evidence(output, passed=True).splitlines()) == 2


def test_what_is_looked_at_in_the_user_s_settings_is_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    checks = [named("environment.keras"), named("load.keras")]
    body = "assert os.environ['KERAS_BACKEND'] == 'jax'"
    lines = lines_of(tmp_path, body, checks, [check.id for check in checks])
    assert statuses(lines) == ["pass", "fail"]

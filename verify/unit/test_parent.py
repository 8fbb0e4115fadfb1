"""The parent, with children that end in every bad way; none of them needs TensorFlow."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verify.onhost.parent import last_words, watch
from verify.onhost.registry import Check, Finding, Line, check
from verify.settings import PROJECT

TIMEOUT = 1.0
CHILD = """
import ctypes, json, os, signal, sys, time
sys.path.insert(0, {project!r})
from verify.onhost.child import serve
from verify.onhost.registry import Finding, check

pipe = int(sys.argv[1])

def fake(name, deed):
    return check(name, name, cause="")(lambda expected: Finding(deed() is None, name, name))

def bad():
    {body}

checks = [fake("first", lambda: None), fake("second", bad), fake("third", lambda: None)]
serve(checks, None, os.fdopen(pipe, "w"))
"""


def named(name: str) -> Check:
    return check(name, f"{name} holds", cause="a cause")(lambda expected: Finding(True, 0, 0))


CHECKS = [named(name) for name in ("first", "second", "third")]


def lines_of(folder: Path, body: str) -> list[Line]:
    """What the parent tells about a child whose second check does `body`."""
    script = folder / "child.py"
    script.write_text(CHILD.format(project=str(PROJECT), body=body))
    told: list[Line] = []
    watch(CHECKS, lambda pipe: [sys.executable, str(script), str(pipe)], TIMEOUT, told.append)
    assert [line["id"] for line in told] == ["first", "second", "third"]
    return told


def statuses(lines: list[Line]) -> list[str]:
    return [line["status"] for line in lines]


def test_a_child_that_ends_well_is_relayed(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "pass")
    assert statuses(lines) == ["pass", "pass", "pass"]
    assert [line["measured"] for line in lines] == ["first", "second", "third"]


def test_a_check_that_does_not_hold_stops_nothing(tmp_path: Path) -> None:
    assert statuses(lines_of(tmp_path, "return 1")) == ["pass", "fail", "pass"]


def test_a_check_that_raises_fails_with_its_message(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, "raise ValueError('no kernel')")
    assert statuses(lines) == ["pass", "fail", "pass"]
    assert lines[1]["measured"] == "ValueError: no kernel"


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("os.abort()", "died of SIGABRT"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "died of SIGKILL"),
        ("ctypes.string_at(0)", "died of SIGSEGV"),
        ("os._exit(3)", "ended with exit status 3 before its time"),
        ("time.sleep(60)", "hung: no answer within 1 s"),
        ("signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)", "hung: no answer"),
        ("\n    while True: os.write(pipe, b'garbage\\n')", "hung: no answer within 1 s"),
    ],
)
def test_the_check_that_ran_is_blamed_and_the_next_was_not_run(
    tmp_path: Path, body: str, end: str
) -> None:
    lines = lines_of(tmp_path, body)
    assert statuses(lines) == ["pass", "fail", "not run"]
    assert str(lines[1]["measured"]).startswith(end)
    assert lines[2]["cure"] == "Mend second first."


def test_the_last_words_of_the_check_that_died_are_quoted(tmp_path: Path) -> None:
    body = "print('F0000 the plugin is broken', file=sys.stderr, flush=True); os.abort()"
    measured = lines_of(tmp_path, body)[1]["measured"]
    assert measured == "died of SIGABRT; it said: F0000 the plugin is broken"


def test_what_is_no_line_of_the_protocol_is_passed_over(tmp_path: Path) -> None:
    body = "os.write(pipe, b'[1]\\n{\"id\": \"third\"}\\n\\xff\\n'); print('noise', flush=True)"
    assert statuses(lines_of(tmp_path, body)) == ["pass", "pass", "pass"]


def test_a_program_that_does_not_start_fails_the_first_check(tmp_path: Path) -> None:
    told: list[Line] = []
    watch(CHECKS, lambda pipe: [sys.executable, "-c", "raise SystemExit(9)"], TIMEOUT, told.append)
    assert statuses(told) == ["fail", "not run", "not run"]
    assert "exit status 9" in str(told[0]["measured"])


def test_a_grandchild_that_keeps_the_pipe_open_holds_nobody_up(tmp_path: Path) -> None:
    body = "\n    if os.fork() == 0: time.sleep(20)\n    os._exit(4)"
    lines = lines_of(tmp_path, body)
    assert statuses(lines) == ["pass", "fail", "not run"]
    assert str(lines[1]["measured"]).startswith("ended with exit status 4")


def test_keras_settings_of_the_user_stay_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    body = "assert os.environ['KERAS_BACKEND'] == 'tensorflow'; " + (
        f"assert os.environ['KERAS_HOME'] != {str(tmp_path)!r}"
    )
    assert statuses(lines_of(tmp_path, body)) == ["pass", "pass", "pass"]


def test_last_words_leave_out_greetings_and_stack_frames() -> None:
    output = b"""2026-11-21 05:00:00.1 I tensorflow/core: oneDNN custom operations are on
2026-11-21 05:00:00.100: I tensorflow/core/platform: This TensorFlow binary is optimized
WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
E0000 the reason
    @     0x7f3fed913bd5  pybind11::detail

"""
    assert last_words(output) == "E0000 the reason"
    assert last_words(b"1\n2\n3\n4\n5\n") == "2 | 3 | 4 | 5"

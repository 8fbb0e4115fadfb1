"""What is never removed, whatever else is: active, before, held, or run from."""

from __future__ import annotations

from typing import Any

import pytest

from verify.unit.role import NAME, environment, planned, pruning
from verify.unit.test_held import HELD, OLD, OLDER, mac

OLDEST = "tf-2.10-00000000000a"


def pruned(reading: dict[str, Any], keep: int = 0) -> list[str]:
    found: list[str] = planned(reading, keep=keep)["prune"]
    return found


def runs(where: str, elapsed: str) -> dict[str, Any]:
    """A Mac on which, at 10 000, one process has been running from there for that long."""
    return mac(running=[{"where": where, "elapsed": elapsed}], now=10_000)


def test_the_active_one_and_the_one_before_stay() -> None:
    assert pruned(mac()) == [OLDER]


def test_while_another_becomes_active_the_one_before_is_the_active_one() -> None:
    reading = mac(links={"current": OLD}, past={"current": [OLDER]})
    assert pruned(reading) == [OLDER]


def test_what_is_held_and_what_the_inventory_asks_for_stay() -> None:
    reading = mac({"current": HELD}, past={"current": [OLDER, NAME]}, links={"current": OLD})
    assert pruned(reading) == [OLDER]


def test_a_hold_whose_switch_was_broken_off_keeps_both() -> None:
    assert pruned(mac({"current": HELD}, past={})) == [OLDER]


def test_what_another_name_is_held_on_stays_also_before_its_switch() -> None:
    links = {"current": NAME, "course-a": NAME}
    assert pruned(mac({"course-a": HELD}, past={}, links=links)) == [OLDER]


def test_the_one_before_of_a_name_that_nobody_asks_for_goes() -> None:
    links = {"current": NAME, "course-a": OLD}
    reading = mac(past={"course-a": [OLDER]}, links=links)
    assert pruned(reading) == []
    command = {"text": '#!/bin/sh\nexec "/opt/tensorflow/course-a/bin/python" "$@"', "mode": "755"}
    reading["files"]["/opt/tensorflow/bin/course-a-python"] = command
    assert pruned(reading) == [OLDER, OLD]


def test_what_a_process_runs_from_stays() -> None:
    assert pruned(runs(OLDER, "00:03")) == []
    assert pruned(runs("someone-else", "00:03")) == [OLDER]


@pytest.mark.parametrize("where", ["current", ""])
def test_what_a_name_led_to_while_a_process_has_been_running_stays(where: str) -> None:
    # OLDER was left at 1000, which is 2:30:00 ago, by a clock that may be an hour off.
    assert pruned(runs(where, "01:29:00")) == [OLDER]
    assert pruned(runs(where, "01:31:00")) == []
    assert pruned(runs(where, "1-00:00:00")) == []


@pytest.mark.parametrize(
    ("elapsed", "seconds"),
    [("00:07", 7), ("02:03", 123), ("01:00:01", 3601), ("2-03:04:05", 183845)],
)
def test_the_age_of_a_process_is_as_ps_says_it(elapsed: str, seconds: int) -> None:
    assert pruning.seconds(elapsed) == seconds


def test_an_environment_that_is_unfinished_goes_unless_someone_runs_from_it() -> None:
    half = environment(OLDEST, receipt="")
    reading = mac()
    reading["environments"].append(half)
    assert pruned(reading, keep=2) == [OLDEST]
    reading["running"] = [{"where": OLDEST, "elapsed": "00:03"}]
    assert pruned(reading, keep=2) == []

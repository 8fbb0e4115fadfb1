"""Scenario fleet: who is in it, and what it reads from the uplink's log."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from census import ASLEEP, DIRECT, DROWSY, FEWEST, FULL, PLAIN, REFUSED, SLOW, fleet
from uplink import Crossed, Uplink, at_once


@pytest.mark.parametrize("count", [FEWEST, 12, 50, 200])
def test_every_trouble_is_in_every_fleet(count: int) -> None:
    macs = fleet(count)
    kinds = Counter(mac.kind for mac in macs)
    assert len({mac.name for mac in macs}) == len(macs) == count
    assert min(kinds[kind] for kind in (ASLEEP, DROWSY)) > 1
    assert kinds[DIRECT] > 2
    assert all(kinds[kind] == 1 for kind in (FULL, REFUSED, SLOW))
    assert count < 50 or kinds[PLAIN] > count / 2


def test_too_small_a_fleet_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 10 Macs cannot have every trouble"):
        fleet(FEWEST - 1)


def crossed(name: str, began: float, ended: float) -> Crossed:
    return Crossed(name, "/files/a.whl", 1, began, ended)


def test_several_files_of_one_mac_are_one_mac_at_a_time() -> None:
    assert at_once([crossed("m1", 0, 3), crossed("m1", 1, 2)]) == 1


def test_those_that_follow_one_another_are_not_at_once() -> None:
    assert at_once([crossed("m1", 0, 2), crossed("m2", 1, 3), crossed("m3", 2, 4)]) == 2
    assert at_once([]) == 0


def test_the_log_is_read_on_and_only_what_was_sent_counts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    uplink = Uplink(log)
    assert uplink.since() == []
    line = {"name": "m1", "path": "/files/a", "began": 1.0, "ended": 2.0, "status": 200}
    for method, sent in (("GET", 5), ("HEAD", 5), ("GET", 0)):
        with log.open("a") as file:
            file.write(json.dumps({**line, "method": method, "sent": sent}) + "\n")
    assert [one.sent for one in uplink.since()] == [5]
    assert uplink.since() == []

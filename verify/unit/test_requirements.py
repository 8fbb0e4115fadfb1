"""What is installed on a Mac, as requirements from which another is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from verify.host.requirements import requirements, save
from verify.report.fleet import clear
from verify.unit.role import (
    ID,
    LOCK,
    PACKAGES,
    environment,
    planned,
    right,
)


def exported(reading: dict[str, Any]) -> str:
    return requirements("mini", reading, planned(reading)["environments"][0], "current.txt")


def test_what_is_as_locked_is_the_lock_with_every_hash() -> None:
    text = exported(right())
    body = "".join(line for line in text.splitlines(keepends=True) if line[0] != "#")
    assert sorted(body.split()) == sorted(LOCK.split())
    assert "--require-hashes" in text
    assert f"{ID}.txt" in text


def test_what_was_added_or_replaced_is_named_and_has_no_hash() -> None:
    drifted = environment(packages=PACKAGES | {"pandas": "2.2.3", "numpy": "1.0"})
    text = exported(right(environments=[drifted]))
    assert "# Not in the lock, so without a hash: numpy, pandas." in text
    assert "\npandas==2.2.3\n" in text
    assert "--require-hashes" not in text


def test_a_simulated_mac_s_say_so() -> None:
    assert "mini, a simulated Mac, " in exported(right(simulated=True))
    assert "simulated" not in exported(right())


def test_a_mac_without_an_environment_has_none() -> None:
    assert exported(right(links={})) == ""


def test_another_day_s_are_taken_away(tmp_path: Path) -> None:
    save(tmp_path, "mini", right(), planned(right())["environments"])
    assert (tmp_path / "requirements" / "mini" / "current.txt").is_file()
    clear(tmp_path, ["mini"])
    assert not (tmp_path / "requirements" / "mini").exists()

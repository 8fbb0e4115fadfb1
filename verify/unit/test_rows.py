"""Which row of the compatibility table a Mac gets, and what the table and its locks hold."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

import pytest

from verify import readme, settings
from verify.links.verdict import known
from verify.lock import locks
from verify.unit.role import (
    ID,
    INTEL,
    LOCKS,
    PINS,
    RECOMMENDED,
    bare,
    choosing,
    intel,
    planned,
    read,
)

IDS = [row["id"] for row in PINS]
WITH_PLUGIN = [row for row in PINS if "tensorflow-metal" in row["packages"]]
README = readme.PATH.read_text(encoding="utf-8")
MACS = {"arm64": bare, "x86_64": intel}
TABLE = {lock.path.stem: lock for lock in locks.table()}
OF_ROWS = [name for name in TABLE if name != locks.UV]
LOCKED = {name: lock.path.read_text() for name, lock in TABLE.items()}
LAB = settings.extras()["lab"]
ENTRY = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def chosen(reading: dict[str, Any], pin: str = "") -> str | None:
    row = planned(reading, pin=pin)["row"]
    return row and str(row["id"])


@pytest.mark.parametrize(
    ("machine", "macos", "row"),
    [
        ("arm64", RECOMMENDED["macos_min"], ID),
        ("arm64", "26.5.2", ID),
        ("arm64", "11.7.10", None),
        ("x86_64", "15.6.1", INTEL["id"]),
        ("x86_64", "10.14.6", None),
    ],
)
def test_a_mac_gets_the_first_row_that_fits(machine: str, macos: str, row: str | None) -> None:
    assert chosen(MACS[machine](macos=macos)) == row


def test_each_row_fits_from_its_own_oldest_macos_on() -> None:
    for row in PINS:
        assert chosen(MACS[row["machine"]](macos=row["macos_min"]), row["id"]) == row["id"]


def test_versions_of_macos_are_compared_as_numbers() -> None:
    early = [RECOMMENDED | {"macos_min": "9.2"}]
    for macos, fits in (("14.6.1", True), ("9.10", True), ("9.1.10", False), ("9.1", False)):
        assert (planned(bare(macos=macos), early)["row"] is not None) is fits


def test_a_newest_macos_takes_in_its_own_updates_and_no_later_one() -> None:
    limited = [RECOMMENDED | {"macos_max": "15"}]
    for macos, fits in (("15.6.1", True), ("15", True), ("16.0", False), ("26.1", False)):
        plan = planned(bare(macos=macos), limited)
        assert (plan["row"] is not None) is fits
    assert "macOS 15 or older" in plan["refused"][ID]


def test_where_no_row_fits_each_says_why() -> None:
    plan = planned(intel(macos="10.14.6"))
    assert plan["row"] is None
    assert plan["steps"] == []
    assert set(plan["refused"]) == set(IDS)
    assert "needs arm64" in plan["refused"][ID]
    assert f"needs macOS {INTEL['macos_min']}" in plan["refused"][INTEL["id"]]


def test_an_unknown_pin_names_those_there_are() -> None:
    plan = planned(bare(), pin="tf-3")
    assert plan["row"] is None
    assert plan["refused"] == {"pin": f"There is no pin 'tf-3'. There are: {', '.join(IDS)}."}


def test_a_named_pin_that_does_not_fit_says_why_and_no_other_is_taken() -> None:
    plan = planned(bare(), pin=INTEL["id"])
    assert plan["row"] is None
    assert plan["refused"] == {INTEL["id"]: f"{INTEL['id']} needs x86_64."}


def test_a_lock_that_is_not_there_is_named() -> None:
    plan = planned(bare(), locks="/nowhere")
    assert plan["row"] is None
    assert f"/nowhere/{ID}.txt" in plan["refused"]["lock"]


def test_ids_are_unique_and_one_row_is_recommended() -> None:
    assert len(set(IDS)) == len(IDS)
    assert [row["status"] for row in PINS].count("recommended") == 1


def test_the_recommended_row_comes_before_a_newer_one_that_fits_too() -> None:
    newer = RECOMMENDED | {"id": "newer", "status": "available"}
    row = planned(bare(), [newer, *PINS])["row"]
    assert row and row["id"] == ID


def test_where_none_is_recommended_the_first_that_fits_is_taken() -> None:
    plain = [row for row in PINS if row["status"] != "recommended"]
    row = planned(bare(), plain)["row"]
    assert row and row["id"] == next(one["id"] for one in plain if one["machine"] == "arm64")


def test_rows_are_ordered_newest_first() -> None:
    versions = [
        [int(part) for part in str(row["packages"][name]).split(".")]
        for row in PINS
        for name in ("tensorflow", "tensorflow-macos")
        if name in row["packages"]
    ]
    assert versions == sorted(versions, reverse=True)


def linked(row: dict[str, Any]) -> str:
    """What the manifests say of a row's pair; empty where it links."""
    packages = row["packages"]
    tensorflow = packages.get("tensorflow") or packages["tensorflow-macos"]
    found = known(tensorflow, packages["tensorflow-metal"], row["machine"], row["python"])
    assert found, f"No manifests for the pair of {row['id']}: python -m verify.links.collect"
    return "" if found.bound.links else found.sentence


@pytest.mark.parametrize("row", WITH_PLUGIN, ids=[row["id"] for row in WITH_PLUGIN])
def test_a_row_s_pair_links(row: dict[str, Any]) -> None:
    assert linked(row) == ""


def test_a_row_with_a_pair_that_does_not_link_names_the_symbol() -> None:
    packages = {"tensorflow": "2.18.1", "tensorflow-metal": "1.1.0"}
    bad = RECOMMENDED | {"packages": packages, "python": "3.11"}
    assert "LogMessage" in linked(bad)
    assert "| **does not link**: 1 symbol is missing: tsl::internal::LogMessage" in readme.line(bad)


def test_a_row_whose_pair_nobody_computed_says_so_in_the_readme() -> None:
    new = RECOMMENDED | {"packages": {"tensorflow": "2.99.0", "tensorflow-metal": "1.2.0"}}
    assert "| **not computed** |" in readme.line(new)
    late = RECOMMENDED | {"python": "3.99"}
    assert "has no wheel for Python 3.99" in readme.line(late)


def test_the_table_of_the_readme_is_what_the_pins_render() -> None:
    assert readme.rendered(README, settings.pins()) == README, "Type python -m verify.readme."


@pytest.mark.parametrize("row", PINS, ids=IDS)
def test_a_row_has_every_field_in_its_form(row: dict[str, Any]) -> None:
    fields = "id machine macos_min macos_max python packages status reason links until"
    assert set(fields.split()) <= set(row)
    assert row["machine"] in ("arm64", "x86_64")
    assert row["status"] in ("recommended", "available", "legacy")
    assert re.fullmatch(r"3\.\d+", row["python"])
    assert re.fullmatch(r"\d+(\.\d+)?", row["macos_min"])
    assert re.fullmatch(r"(\d+(\.\d+)?)?", row["macos_max"])
    assert row["until"] == "" or datetime.date.fromisoformat(row["until"])
    assert row["reason"].endswith(".")


@pytest.mark.parametrize("name", OF_ROWS)
def test_a_lock_holds_its_row_s_exact_packages(name: str) -> None:
    row = TABLE[name].row
    packages = {entry["name"]: entry["version"] for entry in ENTRY.finditer(LOCKED[name])}
    assert row["packages"].items() <= packages.items()
    assert ("tensorflow-metal" in packages) is ("tensorflow-metal" in row["packages"])


@pytest.mark.parametrize("row", IDS)
def test_a_lab_lock_is_the_core_one_and_the_extras(row: str) -> None:
    core, lab = (choosing.locked(LOCKED[name]) for name in (row, f"{row}-lab"))
    assert core.items() <= lab.items()
    assert set(LAB) <= lab.keys()
    assert not set(LAB) <= core.keys()


@pytest.mark.parametrize("name", TABLE)
def test_a_lock_is_exact_hashed_and_names_no_registry(name: str) -> None:
    assert ENTRY.sub("", LOCKED[name]) == ""


def test_a_lock_that_lost_its_row_s_version_is_named(tmp_path: Path) -> None:
    core = locks.Lock(tmp_path, RECOMMENDED)
    assert list(core.faults()) == [f"{ID}.txt is not there."]
    metal = RECOMMENDED["packages"]["tensorflow-metal"]
    core.path.write_text(LOCKED[ID].replace(f"-metal=={metal} ", "-metal==0.0.1 "))
    assert list(core.faults()) == [f"{ID}.txt has tensorflow-metal 0.0.1, its row {metal}."]


def test_a_lab_lock_that_lost_an_extra_or_the_core_s_version_is_named(tmp_path: Path) -> None:
    core, lab = locks.of(RECOMMENDED, tmp_path)
    core.path.write_text(LOCKED[ID])
    whole = LOCKED[f"{ID}-lab"]
    lab.path.write_text(whole)
    assert list(lab.faults()) == []
    numpy = choosing.locked(whole)["numpy"]
    lab.path.write_text(re.sub(r"(?m)^xgboost==", "xboost==", whole.replace(numpy, "1.0")))
    assert list(lab.faults()) == [
        f"{ID}-lab.txt has numpy 1.0, {ID}.txt {numpy}.",
        f"{ID}-lab.txt has no xgboost.",
    ]


def test_every_lock_belongs_to_a_row() -> None:
    # Ansible's, for a Mac that pulls, comes with the controller's.
    assert {lock.stem for lock in LOCKS.glob("*.txt")} == {*TABLE, "pull"}
    assert set(TABLE) == {*IDS, *(f"{row}-lab" for row in IDS), "uv"}


def test_there_is_a_lock_for_every_value_of_the_switch() -> None:
    options = read("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert options["tensorflow_metal_extra"]["choices"] == list(settings.extras())


@pytest.mark.parametrize("name", OF_ROWS)
def test_tensorboard_gets_a_setuptools_that_still_has_pkg_resources(name: str) -> None:
    locked = choosing.locked(LOCKED[name])
    assert int(locked["setuptools"].split(".")[0]) < 81

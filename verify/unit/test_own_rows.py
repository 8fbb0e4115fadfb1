"""A lab's own rows: taken before the table's, and refused where nothing would come of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verify.settings import to_type
from verify.unit.role import ID, LOCKS, bare, intel, planned

OWN = {"id": "course", "machine": "arm64", "macos_min": "12.1", "python": "3.11"}


def row(packages: dict[str, str], **other: str) -> dict[str, Any]:
    return {**OWN, "packages": packages, **other}


@pytest.fixture
def locks(tmp_path: Path) -> Path:
    """A folder of locks; what a lock holds is its row's packages."""
    (tmp_path / "uv.txt").write_text((LOCKS / "uv.txt").read_text())
    return tmp_path


def plan(locks: Path, own: dict[str, Any], lock: dict[str, str] | None = None) -> dict[str, Any]:
    """The plan for a Mac of a lab with this row, whose lock holds these packages."""
    text = "".join(f"{name}=={version}\n" for name, version in (lock or own["packages"]).items())
    (locks / f"{own['id']}.txt").write_text(text)
    reading = bare() if own["machine"] == "arm64" else intel()
    return planned(reading, rows=[own], locks=str(locks))


def test_a_row_of_one_s_own_is_taken_before_the_recommended_one(locks: Path) -> None:
    own = row({"tensorflow": "2.18.0", "tensorflow-metal": "1.2.0"})
    found = plan(locks, own)
    assert found["row"]["id"] == "course"
    assert found["row"]["macos_max"] == ""
    assert found["environments"][0]["lock"] == str(locks / "course.txt")


def test_a_row_of_one_s_own_that_does_not_fit_leaves_the_table_s(locks: Path) -> None:
    (locks / f"{ID}.txt").write_text((LOCKS / f"{ID}.txt").read_text())
    own = row({"tensorflow": "2.18.0"}, macos_min="99.0")
    assert plan(locks, own)["row"]["id"] == ID


@pytest.mark.parametrize(
    ("tensorflow", "metal", "machine", "symbol"),
    [
        ("2.20.0", "1.2.0", "arm64", "@rpath/_pywrap_tensorflow_internal.so cannot be loaded"),
        ("2.21.0", "1.2.0", "arm64", "@rpath/_pywrap_tensorflow_internal.so cannot be loaded"),
        (
            "2.18.1",
            "1.1.0",
            "arm64",
            "tsl::internal::LogMessage::LogMessage(char const*, int, int)",
        ),
        ("2.16.2", "1.0.0", "x86_64", "2 symbols are missing: tensorflow::TensorShapeProto"),
    ],
)
def test_a_pair_that_does_not_link_is_refused_with_what_is_missing(
    locks: Path, tensorflow: str, metal: str, machine: str, symbol: str
) -> None:
    own = row({"tensorflow": tensorflow, "tensorflow-metal": metal}, machine=machine)
    found = plan(locks, own)
    assert (found["row"], found["steps"]) == (None, [])
    pair = f"tensorflow-metal {metal} does not link with tensorflow {tensorflow}"
    assert found["refused"]["course"].startswith(f"course cannot work: {pair}: ")
    assert symbol in found["refused"]["course"]


def test_a_bad_pair_is_refused_before_its_lock_is_looked_for(locks: Path) -> None:
    own = row({"tensorflow": "2.20.0", "tensorflow-metal": "1.2.0"})
    assert "does not link" in planned(bare(), rows=[own], locks=str(locks))["refused"]["course"]


def test_a_bad_pair_that_only_the_lock_makes_is_refused(locks: Path) -> None:
    own = row({"tensorflow-metal": "1.2.0"})
    found = plan(locks, own, {"tensorflow": "2.21.0", "tensorflow-metal": "1.2.0"})
    assert "does not link with tensorflow 2.21.0" in found["refused"]["course"]


def test_tensorflow_without_the_plugin_needs_no_pair(locks: Path) -> None:
    assert plan(locks, row({"tensorflow": "2.21.0"}))["row"]["id"] == "course"


def test_a_distribution_that_only_requires_itself_is_refused(locks: Path) -> None:
    found = plan(locks, row({"tensorflow-macos": "2.15.1", "tensorflow-metal": "1.1.0"}))
    assert found["refused"]["course"] == (
        "course would install no TensorFlow: the libraries of 2.15.1 are in tensorflow 2.15.1, "
        "which its lock does not have."
    )


def test_an_unknown_pair_is_refused_with_how_to_compute_it(locks: Path) -> None:
    found = plan(locks, row({"tensorflow": "2.12.1", "tensorflow-metal": "1.0.1"}))
    assert found["unjudged"] == {"tensorflow": "2.12.1", "metal": "1.0.1", "machine": "arm64"}
    command = f"{to_type()['python']} -m verify links 2.12.1 1.0.1 --machine arm64"
    command += f" --keep {locks}/links.json"
    assert f"`{command}`" in found["refused"]["course"]


@pytest.mark.parametrize(("reason", "refused"), [("", False), ("A is missing", True)])
def test_what_was_computed_beside_the_locks_decides(
    locks: Path, reason: str, refused: bool
) -> None:
    facts = {"distribution": "tensorflow", "metal": {"1.0.1": reason}}
    (locks / "links.json").write_text(json.dumps({"arm64": {"2.12.1": facts}}))
    found = plan(locks, row({"tensorflow": "2.12.1", "tensorflow-metal": "1.0.1"}))
    assert (found["row"] is None) is refused
    assert not refused or "A is missing" in found["refused"]["course"]


def test_a_row_without_a_lock_is_told_how_one_is_made(locks: Path) -> None:
    found = planned(bare(), rows=[row({"tensorflow": "2.18.1"})], locks=str(locks))
    command = f"`{to_type()['python']} -m verify.lock --inventory INVENTORY`"
    assert command in found["refused"]["lock"]


def test_a_row_with_the_id_of_another_is_refused(locks: Path) -> None:
    found = plan(locks, row({"tensorflow": "2.18.1"}) | {"id": ID})
    assert f"several rows with the id {ID}" in found["refused"]["rows"]

"""Lock against environment, and files against their record."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from verify.onhost import environment
from verify.onhost.environment import damage, differences, few, recorded
from verify.unit.macs import expected, install

FOUR = "sha256=BO-vCA9aPnThwp0cpqSFaTgsu80yTo1Z0rg-8hwDnwA"
LOCKED = {"numpy": "2.0.2", "six": "1.17.0"}


def test_an_equal_set_has_no_differences() -> None:
    assert differences([("six", "1.17.0"), ("numpy", "2.0.2")], LOCKED) == []


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ([("numpy", "2.0.2")], "missing six 1.17.0"),
        ([("numpy", "2.0.2"), ("pip", "25"), ("six", "1.17.0")], "extra pip 25"),
        ([("numpy", "2.1.0"), ("six", "1.17.0")], "other numpy 2.1.0, locked 2.0.2"),
        (
            [("numpy", "2.0.2"), ("numpy", "1.26.4"), ("six", "1.17.0")],
            "twice numpy 1.26.4 and 2.0.2",
        ),
    ],
)
def test_each_kind_of_difference_is_named(found: list[tuple[str, str]], difference: str) -> None:
    assert difference in differences(found, LOCKED)


def test_of_many_differences_a_few_are_told_and_the_rest_counted() -> None:
    assert few([f"missing {n}" for n in range(7)]).endswith("missing 4; and 2 more")
    assert few(["missing 0"]) == "missing 0"


def test_a_record_gives_paths_and_sizes_without_bytecode() -> None:
    lines = ["a/b.py,sha256=x,12", "a/b.cpython-311.pyc,,", '"a, b.txt",,', "RECORD,,", ""]
    assert list(recorded(lines)) == [
        ("a/b.py", "sha256=x", 12),
        ("a, b.txt", "", None),
        ("RECORD", "", None),
    ]


def test_a_file_that_is_gone_or_of_another_size_or_content_is_damaged(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("four")
    assert damage(there, FOUR, 4) == damage(there, "", None) == damage(there, "md9=x", 4) == ""
    assert damage(there, FOUR, 5) == "has 4 bytes, recorded 5"
    assert damage(tmp_path / "gone", FOUR, None) == "is missing"
    there.write_text("five")
    assert damage(there, FOUR, 4) == "has other content than was installed"
    assert damage(tmp_path, FOUR, None) == "cannot be read (Is a directory)"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The site-packages that are looked at."""
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    return tmp_path


def test_a_deleted_plugin_is_named(site: Path) -> None:
    plugin = site / "libmetal_plugin.dylib"
    plugin.write_text("four")
    install(site, "Tensorflow_Metal", "1.2.0", f"libmetal_plugin.dylib,{FOUR},4\n")
    assert environment.files.measure(expected()).holds
    plugin.unlink()
    finding = environment.files.measure(expected())
    assert not finding.holds
    assert finding.measured == "tensorflow-metal: libmetal_plugin.dylib is missing"


def test_a_package_without_a_record_is_no_whole_package(site: Path) -> None:
    install(site, "Tensorflow_Metal", "1.2.0", None)
    finding = environment.files.measure(expected())
    assert (finding.holds, finding.measured) == (False, "tensorflow-metal has no RECORD")


def test_what_conda_installed_is_not_held_against_its_record(site: Path) -> None:
    install(site, "Tensorflow_Metal", "1.2.0", "gone,,1\n", "conda")
    assert environment.files.measure(expected()).holds
    install(site, "Tensorflow_Metal", "1.2.0", "gone,,1\n")
    assert not environment.files.measure(expected()).holds


def test_a_library_that_does_not_load_is_named(tmp_path: Path) -> None:
    lost = str(tmp_path / "libomp.dylib")
    finding = environment.libraries.measure(expected(libraries=[lost]))
    assert not finding.holds
    assert lost in str(finding.measured)

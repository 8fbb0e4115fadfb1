"""The verdicts of the committed manifests, against what others have reported and measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verify.links import manifest
from verify.links.bind import Bound
from verify.links.verdict import computed, judged, known

PLUGINS = {
    "0.6": ("0.5.0", "0.5.1", "0.6.0"),
    "0.7": ("0.7.0", "0.7.1"),
    "1.0": ("0.8.0", "1.0.0", "1.0.1"),
    "1.1": ("1.1.0",),
    "1.2": ("1.2.0",),
}
# Counts of missing symbols on arm64, computed apart from this by two other parsers on 2026-11-21;
# L: a library cannot be loaded as well.
MEASURED = {
    ("2.9.2", "2.10.0"): ("0", "9", "25", "25", "16"),
    ("2.11.0",): ("9", "0", "25", "25", "16"),
    ("2.12.0", "2.13.1"): ("9", "0", "0", "0", "0"),
    ("2.14.1", "2.15.1", "2.16.1", "2.16.2", "2.17.0", "2.17.1"): ("9", "0", "2", "0", "0"),
    ("2.18.0", "2.18.1", "2.19.0", "2.19.1"): ("9", "1", "3", "1", "0"),
    ("2.20.0",): ("17", "9", "L+75", "L+74", "L+60"),
    ("2.21.0",): ("17", "17", "L+77", "L+76", "L+62"),
    ("2.22.0rc0",): ("9", "9", "L+68", "L+67", "L+54"),
}
TABLE = [
    (tensorflow, metal, count)
    for versions, counts in MEASURED.items()
    for tensorflow in versions
    for plugins, count in zip(PLUGINS.values(), counts, strict=True)
    for metal in plugins
    if tensorflow in manifest.versions(False, "arm64")
]
INTERNAL = "@rpath/_pywrap_tensorflow_internal.so"
LOG_MESSAGE = "__ZN3tsl8internal10LogMessageC1EPKcii"


def bound(tensorflow: str, metal: str, machine: str = "arm64") -> Bound:
    found = known(tensorflow, metal, machine)
    assert found is not None, f"The manifests do not know {tensorflow} with {metal}."
    return found.bound


def cell(found: Bound) -> str:
    return ("L+" if found.libraries else "") + str(len(found.symbols))


@pytest.mark.parametrize(("tensorflow", "metal", "count"), TABLE)
def test_the_table_equals_what_other_parsers_counted(
    tensorflow: str, metal: str, count: str
) -> None:
    assert cell(bound(tensorflow, metal)) == count


@pytest.mark.parametrize(
    ("tensorflow", "metal", "report"),
    [
        ("2.17.1", "1.1.0", "tensorflow/tensorflow, issue 84167"),
        ("2.18.1", "1.2.0", "tensorflow/tensorflow, pull request 126360"),
        ("2.19.1", "1.2.0", "tensorflow/tensorflow, pull request 126360"),
    ],
)
def test_a_pair_that_people_report_to_work_links(tensorflow: str, metal: str, report: str) -> None:
    assert bound(tensorflow, metal).links, report


def test_the_missing_symbol_is_the_one_that_issue_84167_of_tensorflow_names() -> None:
    assert bound("2.18.1", "1.1.0").symbols == (LOG_MESSAGE,)


@pytest.mark.parametrize(
    ("tensorflow", "report"),
    [
        ("2.20.0", "tensorflow/tensorflow, pull request 126360"),
        ("2.21.0", "tensorflow/tensorflow, pull request 126384"),
    ],
)
def test_the_library_that_people_report_not_to_load_is_named(tensorflow: str, report: str) -> None:
    assert bound(tensorflow, "1.2.0").libraries == (INTERNAL,), report


@pytest.mark.parametrize("metal", ["0.8.0", "1.0.0"])
@pytest.mark.parametrize(
    ("tensorflow", "count"), [("2.12.0", "0"), ("2.13.1", "0"), ("2.16.2", "2")]
)
def test_on_intel_the_last_plugins_stop_before_the_last_tensorflow(
    tensorflow: str, metal: str, count: str
) -> None:
    assert cell(bound(tensorflow, metal, "x86_64")) == count


def test_no_pair_of_the_table_is_without_its_manifests() -> None:
    assert len(TABLE) == 180


def test_a_pair_that_no_python_serves_does_not_link_and_says_so() -> None:
    found = known("2.21.0", "0.6.0", "arm64")
    assert found is not None
    late = replace(found.tensorflow, pythons=("3.11", "3.12"))
    apart = judged(late, found.metal, "", "manifests")
    assert not apart.links
    assert apart.reason.startswith(
        "no Python has wheels of both: tensorflow 2.21.0 is for 3.11, 3.12, "
        "tensorflow-metal 0.6.0 is for 3.8, 3.9, 3.10; 17 symbols are missing: "
    )
    good = known("2.10.0", "0.6.0", "arm64")
    assert good is not None
    assert not judged(replace(good.tensorflow, pythons=("3.11",)), good.metal, "", "").links


MANIFESTS = sorted(manifest.FOLDER.glob("*.json"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: str(path.name))
def test_a_manifest_is_named_after_what_it_holds_and_loses_nothing_when_written_again(
    path: Path, tmp_path: Path
) -> None:
    manifest.save(manifest.load(path), tmp_path)
    assert (tmp_path / path.name).read_text() == path.read_text()


@pytest.mark.wheels
def test_a_pair_read_anew_from_its_wheels_has_the_verdict_of_the_manifests() -> None:
    assert computed("2.18.1", "1.1.0", "arm64", "3.11").bound == bound("2.18.1", "1.1.0")

"""Packages that do not fit one another, found without importing any of them."""

from __future__ import annotations

import pkgutil
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from verify.host.archive import LINKS
from verify.onhost import packages
from verify.onhost.registry import Check, Finding
from verify.unit.macs import expected, install


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Finding]:
    """What a check finds where these packages are installed below tmp_path: {name: version}."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(pkgutil, "get_data", lambda *names: LINKS.read_bytes())

    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    def measure(check: Check, there: dict[str, str], record: str = "", **mac: object) -> Finding:
        for info in tmp_path.glob("*.dist-info"):
            shutil.rmtree(info)
        for name, version in there.items():
            install(tmp_path, name, version, record)
        return check.measure(expected(**mac))

    return measure


@pytest.mark.parametrize(
    ("there", "status"),
    [
        ({"tensorflow": "2.18.1"}, "pass"),
        ({"tensorflow": "2.16.2", "tensorflow_macos": "2.16.2"}, "pass"),
        ({"tensorflow": "2.18.1", "tensorflow_macos": "2.16.2"}, "fail"),
        ({"tensorflow-macos": "2.10.0", "tensorflow": "2.9.2"}, "fail"),
        ({"numpy": "2"}, "fail"),
    ],
)
def test_tensorflow_under_two_names_must_be_one_version(
    found: Callable[..., Finding], there: dict[str, str], status: str
) -> None:
    assert found(packages.tensorflow, there).status == status


@pytest.mark.parametrize(
    ("tensorflow", "metal", "status", "said"),
    [
        ("2.18.1", "1.2.0", "pass", "nothing is missing"),
        ("2.18.1", "1.1.0", "fail", "LogMessage"),
        ("2.20.0", "1.2.0", "fail", "_pywrap_tensorflow_internal.so cannot be loaded"),
        ("3.0.0", "1.2.0", "warn", "tensorflow 3.0.0, tensorflow-metal 1.2.0"),
        ("2.18.1", "", "fail", "tensorflow-metal (none)"),
    ],
)
def test_a_pair_is_judged_by_the_wheels_symbols_before_it_is_imported(
    found: Callable[..., Finding], tensorflow: str, metal: str, status: str, said: str
) -> None:
    there = {"tensorflow": tensorflow} | ({"tensorflow-metal": metal} if metal else {})
    finding = found(packages.links, there)
    assert finding.status == status
    assert said in str(finding.measured)


def library(folder: Path, path: str) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).touch()


def openmp(
    found: Callable[..., Finding], lock: dict[str, str], there: dict[str, str], *recorded: str
) -> Finding:
    record = "\n".join(f"{path},sha256=x,1" for path in recorded)
    return found(packages.openmp, there, record, lock=lock)


SKLEARN = {"scikit-learn": "1.6"}


def test_the_runtimes_of_the_locked_packages_are_right(
    found: Callable[..., Finding], tmp_path: Path
) -> None:
    library(tmp_path, "sklearn/.dylibs/libomp.dylib")
    library(tmp_path, "lib/libompx.txt")
    assert openmp(found, SKLEARN, SKLEARN, "sklearn/.dylibs/libomp.dylib").status == "pass"
    assert openmp(found, {}, SKLEARN, "sklearn/.dylibs/libomp.dylib").status == "pass"


def test_a_runtime_that_no_locked_package_brought_is_wrong(
    found: Callable[..., Finding], tmp_path: Path
) -> None:
    for path in ("sklearn/.dylibs/libomp.dylib", "lib/libiomp5.dylib"):
        library(tmp_path, path)
    finding = openmp(found, SKLEARN, SKLEARN, "sklearn/.dylibs/libomp.dylib")
    assert finding.status == "fail"
    assert str(finding.measured).endswith("no package of the lock brought lib/libiomp5.dylib")
    both = ("sklearn/.dylibs/libomp.dylib", "lib/libiomp5.dylib")
    assert openmp(found, SKLEARN, SKLEARN, *both).status == "warn"
    assert openmp(found, {}, SKLEARN, *both).status == "fail"
    assert openmp(found, {"scikit-learn": "1.5"}, SKLEARN, *both).status == "fail"

"""Claims about the Mac that need no Mac to be judged."""

from __future__ import annotations

import platform
import shutil
from types import SimpleNamespace

import pytest

from verify.onhost import machine
from verify.unit.macs import expected


@pytest.mark.parametrize(
    ("seen", "there", "status"),
    [
        ("14.6.1", "14.6.1", "pass"),
        ("10.16", "14.6.1", "fail"),
        ("16.0", "26.2", "pass"),
        ("26.2", "26.2", "pass"),
        ("10.15.7", "10.15.7", "pass"),
        ("14.5", "14.6.1", "warn"),
    ],
)
def test_only_a_python_that_is_told_10_16_is_wrong(
    monkeypatch: pytest.MonkeyPatch, seen: str, there: str, status: str
) -> None:
    monkeypatch.setattr(platform, "mac_ver", lambda: (seen, ("", "", ""), "arm64"))
    assert machine.macos.measure(expected(macos=there)).status == status


@pytest.mark.parametrize(("size", "status"), [(8, "pass"), (4, "warn"), (0, "warn")])
def test_little_memory_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, size: int, status: str
) -> None:
    monkeypatch.setattr(machine, "asked", lambda name: str(size * machine.GIB) if size else "")
    assert machine.memory.measure(expected()).status == status


@pytest.mark.parametrize(("free", "status"), [(5, "pass"), (1, "warn"), (0.01, "fail")])
def test_a_full_disk_is_wrong_and_a_nearly_full_one_a_warning(
    monkeypatch: pytest.MonkeyPatch, free: float, status: str
) -> None:
    usage = SimpleNamespace(free=free * machine.GIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage)
    assert machine.disk.measure(expected()).status == status


def test_a_virtual_mac_warns_and_an_intel_chip_is_no_apple_chip() -> None:
    assert machine.virtual.measure(expected(virtual=True)).status == "warn"
    assert machine.virtual.measure(expected()).status == "pass"
    assert machine.chip.measure(expected(chip="Intel(R) Core(TM) i5")).status == "fail"
    assert machine.chip.measure(expected()).status == "pass"

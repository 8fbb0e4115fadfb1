"""Which kernels a plugin should have, and what one that has few of them is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from verify.onhost import kernels, numerics
from verify.unit.macs import expected


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    kernels.another.cache_clear()
    yield
    kernels.another.cache_clear()


def plugin(
    monkeypatch: pytest.MonkeyPatch, without: tuple[str, ...] = (), version: str = "1.2.0"
) -> None:
    """A plugin of this version with all kernels but these."""
    types = {*kernels.TYPES.values()}
    monkeypatch.setattr(kernels, "version", lambda: version)
    monkeypatch.setattr(kernels, "registered", lambda op: set() if op in without else types)


ALL = tuple(kernels.FLOATS.split())


def test_a_lost_kernel_is_named_and_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin(monkeypatch, without=("MatMul",))
    assert not kernels.another()
    assert kernels.lost("float16") == ["MatMul"]
    finding = numerics.registered.measure(expected())
    assert not finding.holds
    assert "MatMul (float32)" in str(finding.measured)


def test_a_whole_plugin_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin(monkeypatch)
    assert numerics.registered.measure(expected()).holds


def test_a_plugin_with_few_kernels_is_another_and_is_judged_by_those(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plugin(monkeypatch, without=ALL[:40])
    assert kernels.another()
    assert kernels.lost("float32") == []
    assert kernels.lacks(ALL[0])
    assert not kernels.lacks(ALL[-1])


@pytest.mark.parametrize("simulated", [True, False])
def test_another_plugin_is_right_on_a_simulated_mac_alone(
    monkeypatch: pytest.MonkeyPatch, simulated: bool
) -> None:
    plugin(monkeypatch, without=ALL[:40])
    finding = numerics.registered.measure(expected(simulated=simulated))
    assert finding.holds is simulated
    assert str(finding.measured).startswith("another plugin, which lacks 120 kernels")
    assert finding.cause == kernels.ANOTHER


def test_of_an_unknown_version_nothing_is_promised(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin(monkeypatch, without=ALL, version="1.3.0")
    assert not kernels.another()
    assert kernels.lost("float32") == []
    assert numerics.registered.measure(expected()).holds

"""What is said of speeds and of memory over time."""

from __future__ import annotations

import pytest

from verify.onhost.catalogue import checks_for
from verify.onhost.endurance import GROWTH, grown, leak
from verify.onhost.performance import judged, prompt, reference
from verify.onhost.soak import Soak, paces, slope
from verify.unit.macs import expected


@pytest.mark.parametrize(
    ("gpu", "simulated", "status"),
    [
        (800, False, "pass"),
        (150, False, "warn"),
        (90, False, "fail"),
        (90, True, "pass"),
        (20, True, "pass"),
        (2, True, "fail"),
    ],
)
def test_a_gpu_is_held_against_its_own_mac_s_cpu(gpu: float, simulated: bool, status: str) -> None:
    assert judged(gpu, 100, "images/s", simulated, {}).status == status


@pytest.mark.parametrize(
    ("gpu", "cpu", "simulated", "status"),
    [
        (0.0004, 0.00003, False, "pass"),
        (0.02, 0.00003, False, "warn"),
        (0.08, 0.00003, False, "fail"),
        (0.02, 0.00003, True, "fail"),
        (0.02, 0.003, True, "pass"),
    ],
)
def test_a_small_operation_comes_back_at_once_or_the_mac_is_busy(
    gpu: float, cpu: float, simulated: bool, status: str
) -> None:
    assert prompt(gpu, cpu, simulated).status == status


@pytest.mark.parametrize(("profile", "seconds"), [("standard", 8.0), ("full", 20.0)])
def test_a_leak_is_looked_for_in_the_usual_profile_and_longer_in_full(
    profile: str, seconds: float
) -> None:
    wished = expected(profile=profile)
    assert leak in checks_for(wished)
    assert leak.lasts(wished) == seconds


@pytest.mark.parametrize(
    ("chip", "simulated", "asked"),
    [("Apple M3", False, True), ("Apple M3", True, False), ("Apple M9", False, False)],
)
def test_a_chip_is_held_against_its_figure_where_there_are_both(
    chip: str, simulated: bool, asked: bool
) -> None:
    wished = expected(profile="full", chip=chip, simulated=simulated)
    assert (reference in checks_for(wished)) == asked


def test_a_single_odd_sample_does_not_move_the_slope() -> None:
    times = [float(each) for each in range(20)]
    values = [100 + 2 * each for each in times]
    values[7] += 900
    assert slope(times, values) == pytest.approx(2)


def test_no_samples_have_no_slope() -> None:
    assert slope([], []) == 0
    assert slope([1.0], [5.0]) == 0


def test_paces_are_those_of_the_first_and_of_the_last_fifth() -> None:
    seconds = [float(each) for each in range(1, 21)]
    done = [10.0 * each if each <= 10 else 100 + 4 * (each - 10) for each in seconds]
    rates = [done[index] / seconds[index] for index in range(20)]
    assert paces(seconds, rates) == pytest.approx((10.0, 4.0))


@pytest.mark.parametrize(("each_second", "status"), [(0.0, "pass"), (0.3, "pass"), (0.5, "fail")])
def test_memory_may_grow_by_some_mib_a_minute(each_second: float, status: str) -> None:
    seconds = [float(each) for each in range(60)]
    run = Soak(seconds, [500 + each_second * each for each in seconds], 60, 1, 1, 0, 0.1)
    found = grown(run, GROWTH)
    assert found.status == status
    assert found.figures["memory_mib"] == run.memory_mib

"""Claims about speed: the GPU is worth using. Nothing is claimed of small models."""

from __future__ import annotations

from collections.abc import Callable

from . import chips, speed
from .expected import Expected
from .registry import Check, Figures, Finding, check, on_gpu

# Public measurements of large convolutions have the GPU 8 to 17 times as fast as the CPU.
USUAL = 2.0
# A simulated Mac's test GPU is the CPU by a detour: at an eighth of it, something is wrong.
SIMULATED = 0.125
# A launch takes a GPU a fraction of a millisecond. On a Mac that is busy the CPU is slow as well.
PROMPT, STUCK = 0.005, 0.05
TIMES_CPU = 10


def comparable(expected: Expected) -> bool:
    """Where there is a chip's figure to hold the GPU against; a simulated Mac has no chip."""
    return on_gpu(expected) and expected.chip in chips.RESNET50 and not expected.simulated


def faster(name: str, claim: str, unit: str, rates: Callable[[], dict[str, float]]) -> Check:
    """The claim that the GPU does this work faster than the CPU."""

    def measure(expected: Expected) -> Finding:
        found = rates()
        figures = {f"{name}_{device.lower()}": round(rate, 2) for device, rate in found.items()}
        return judged(found["GPU"], found["CPU"], unit, expected.simulated, {**figures})

    return check(
        f"performance.{name}",
        claim,
        cause="The GPU is no faster than the CPU: its work is done elsewhere, or the Mac is "
        "throttled or busy.",
        cure="Quit what else uses the GPU (Activity Monitor, GPU History), connect the Mac to "
        "power, and verify again.",
        needs=("load.logical",),
        when=on_gpu,
    )(measure)


def judged(gpu: float, cpu: float, unit: str, simulated: bool, figures: Figures) -> Finding:
    """The finding about two rates of the same work; slow is a warning, CPU-like speed wrong."""
    times = gpu / cpu
    measured = f"{gpu:.4g} {unit} on the GPU, {cpu:.4g} on the CPU: {times:.2g} times as fast"
    if simulated:
        planned = f"at least {SIMULATED:g} times, for a simulated Mac's speed says nothing more"
        return Finding(times >= SIMULATED, measured, planned, figures=figures)
    planned = f"at least {USUAL:g} times, wrong at 1"
    return Finding(times >= USUAL, measured, planned, warns=times > 1, figures=figures)


matmul = faster(
    "matmul", "The GPU multiplies large matrices faster than the CPU", "GFLOP/s", speed.matmul
)
conv = faster("conv", "The GPU convolves large batches faster than the CPU", "images/s", speed.conv)


@check(
    "performance.latency",
    "A small operation comes back from the GPU at once",
    cause="Each operation waits for the GPU: other programs keep it busy, or the plugin or its "
    "driver is slow to answer. Models of many small operations crawl.",
    cure="Quit what else uses the GPU (Activity Monitor, GPU History), restart the Mac, and verify "
    "again.",
    needs=("load.logical",),
    when=on_gpu,
)
def latency(expected: Expected) -> Finding:
    found = speed.small()
    return prompt(found["GPU"], found["CPU"], expected.simulated)


def prompt(gpu: float, cpu: float, simulated: bool) -> Finding:
    """The finding about the seconds that one small operation takes."""
    most = max(PROMPT, TIMES_CPU * cpu)
    measured = f"{1e3 * gpu:.2g} ms on the GPU, {1e3 * cpu:.2g} ms on the CPU"
    planned = f"at most {1e3 * most:.2g} ms"
    return Finding(gpu <= most, measured, planned, warns=not simulated and gpu <= STUCK)


@check(
    "performance.reference",
    "The GPU trains a ResNet50 as fast as this chip is known to",
    cause="The Mac is throttled (hot, on battery in low power mode) or busy, or the plugin is slow "
    "with this TensorFlow.",
    cure="Verify again with the Mac on power, cool and idle; if it stays, try another row's pin.",
    needs=("load.logical", "performance.conv"),
    when=comparable,
    profile="full",
)
def reference(expected: Expected) -> Finding:
    usual = chips.RESNET50[expected.chip]
    planned = f"{usual:g} images/s, at least half"
    rate, low = speed.resnet50(), usual * chips.LOW
    figures: Figures = {
        "reference": usual,
        "reference_low": low,
        "resnet_gpu": rate,
        "chip": expected.chip,
    }
    return Finding(rate >= low, f"{rate:.4g} images/s", planned, warns=True, figures=figures)

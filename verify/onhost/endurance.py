"""Claims about hours of work: memory stays, speed stays, numbers stay."""

from __future__ import annotations

import math

from . import soak
from .expected import USUAL, Expected
from .registry import REBUILD, Check, Finding, check, on_gpu

# Seconds of a look for a leak: in the usual profile, and in `full`.
GLANCE, SHORT = 8.0, 20.0
# An allocator that has what it needs grows no more; fragmentation stays below this in practice, and
# at 20 MiB a minute a Mac of 8 GB is full after a working day.
GROWTH = 20.0
# The shorter the look, the more noise weighs; what loses a kilobyte in each of many steps is seen.
GLANCE_GROWTH, SHORT_GROWTH = 600.0, 120.0
# A throttled laptop computes at two thirds; other programs' bursts are out of the median.
KEPT = 0.6
LEAK = (
    "Something loses memory in each step; leaks of tensorflow-metal are reported in "
    "tensorflow#60616."
)
CURE = (
    "Train in a process that is started anew now and then, with checkpoints, or set "
    "tensorflow_metal_pin to another row."
)


def minutes(expected: Expected) -> float:
    return expected.soak_minutes * 60


def grown(run: soak.Soak, most: float) -> Finding:
    """The finding about memory over a steady loop, in MiB a minute."""
    rate = 60 * soak.slope(run.seconds, run.memory_mib)
    figures = {"seconds": run.seconds, "memory_mib": run.memory_mib}
    measured = f"{rate:+.3g} MiB a minute over {run.seconds[-1]:.0f} s and {run.steps} steps"
    return Finding(rate <= most, measured, f"at most {most:g} MiB a minute", figures=figures)


def looks(expected: Expected) -> float:
    return GLANCE if expected.profile == USUAL else SHORT


def leaks(expected: Expected) -> Finding:
    run = soak.steady(looks(expected))
    return grown(run, GLANCE_GROWTH if expected.profile == USUAL else SHORT_GROWTH)


def memory(expected: Expected) -> Finding:
    return grown(soak.steady(minutes(expected)), GROWTH)


leak: Check = check(
    "endurance.leak",
    "Memory stays as it is over some seconds of training on the GPU",
    cause=LEAK,
    cure=CURE,
    needs=("load.logical",),
    when=on_gpu,
    lasts=looks,
)(leaks)

memory_kept: Check = check(
    "endurance.memory",
    "Memory stays as it is over the whole soak",
    cause=LEAK,
    cure=CURE,
    needs=("load.logical",),
    when=on_gpu,
    profile="soak",
    lasts=minutes,
)(memory)


@check(
    "endurance.speed",
    "Training is as fast at the end of the soak as at its start",
    cause="The Mac throttles: it is too hot, or it runs on battery in low power mode.",
    cure="Clear its vents, connect it to power, and run the soak again.",
    needs=("endurance.memory",),
    when=on_gpu,
    profile="soak",
)
def speed(expected: Expected) -> Finding:
    run = soak.steady(minutes(expected))
    share = run.last_rate / run.first_rate
    measured = f"{run.last_rate:.4g} steps/s in the last fifth, {run.first_rate:.4g} in the first"
    return Finding(share >= KEPT, measured, f"at least {KEPT:.0%} of it", warns=True)


@check(
    "endurance.numbers",
    "The GPU computes at the end of the soak what it computed at its start",
    cause="The GPU computes wrongly once it is warm or has worked for long.",
    cure=REBUILD,
    needs=("endurance.memory",),
    when=on_gpu,
    profile="soak",
)
def numbers(expected: Expected) -> Finding:
    run = soak.steady(minutes(expected))
    holds = run.odd == 0 and math.isfinite(run.loss)
    measured = (
        f"{run.odd} of {len(run.seconds)} samples unlike the first, the last loss {run.loss:.4g}"
    )
    return Finding(holds, measured, "none, and a finite loss")

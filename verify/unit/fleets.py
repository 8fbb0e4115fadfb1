"""Whole fleets, made up for the tests of the report; every Mac in them is simulated or invented."""

from __future__ import annotations

import math
import random
from typing import Any

from verify.host.lines import first
from verify.onhost.catalogue import CHECKS
from verify.onhost.registry import Line
from verify.report.fleet import Fleet, missing
from verify.unit.macs import READING
from verify.unit.macs import line as told
from verify.verdict import Verdict, outcome

MADE = "2026-11-21T10:35:00+00:00"
CHIPS = {
    "Apple M1": ("12.7.6", "15.6.1", 1700.0),
    "Apple M2 Pro": ("14.6.1", "15.6.1", 4900.0),
    "Apple M3 Max": ("15.6.1", "26.1", 11800.0),
    "Apple M4": ("26.1", "15.7", 3600.0),
}
CAUSES = {
    "environment.lock": (
        "numpy 2.3.0, not 1.26.4",
        "numpy 1.26.4",
        "Somebody installed into the environment by hand.",
        "Run site.yml again for this Mac: it builds the environment anew and switches to it.",
        "",
    ),
    "numerics.dense_relu": (
        "31.4 apart",
        "at most 0.001 apart",
        "tensorflow-metal computes Dense and ReLU wrong in graph mode (tensorflow#61650).",
        "Set tensorflow_metal_pin to tf-2.18, then run site.yml again.",
        "",
    ),
    "load.imports": (
        "NotFoundError: dlopen(libmetal_plugin.dylib): Symbol not found",
        "2.18.1",
        "The plugin was built for another TensorFlow: it misses a symbol of it.",
        "Run site.yml again for this Mac: it builds the environment anew and switches to it.",
        "tensorflow.python.framework.errors_impl.NotFoundError: dlopen(/opt/tensorflow/envs/"
        "env/lib/python3.11/site-packages/tensorflow-plugins/libmetal_plugin.dylib, 0x0006): "
        "Symbol not found: __ZN3tsl8internal10LogMessageC1EPKcii",
    ),
}


def fleet(count: int, *, simulated: float = 0.1, seed: int = 1) -> Fleet:
    """That many Macs: most right, some slow, wrong, unjudged or not reached."""
    dice = random.Random(seed)
    macs = []
    for number in range(1, count + 1):
        fate = dice.random() if number > 3 else (0.05, 0.5, 0.5)[number - 1]
        name = f"{('lab', 'desk', 'render')[number % 3]}-{number:02}"
        if fate < 0.06:
            macs.append(missing(name))
        else:
            failing = dice.choice(list(CAUSES)) if fate < 0.18 else ""
            macs.append(mac(name, dice, failing=failing, simulated=dice.random() < simulated))
    return Fleet(MADE, tuple(sorted(macs, key=lambda one: one.name)))


def mac(name: str, dice: random.Random, *, failing: str = "", simulated: bool = True) -> Verdict:
    """One Mac, right but for the check that is to fail."""
    chip = dice.choice(list(CHIPS))
    *systems, speed = CHIPS[chip]
    reading: dict[str, Any] = {
        **READING,
        "chip": chip,
        "macos": dice.choice(systems),
        "simulated": simulated,
    }
    lines = [first("pass", "nothing differs", "", "")]
    waiting = False
    for check in CHECKS:
        lines.append(line(check.id, check.claim, failing, dice, waiting=waiting))
        waiting = waiting or (failing == "load.imports" == check.id)
    if not waiting:
        lines += measures(dice, chip, speed, simulated=simulated)
    return Verdict(
        name=name,
        simulated=simulated,
        verdict=outcome(lines),
        reading=reading,
        pin=dice.choice(("tf-2.18", "tf-2.18", "tf-2.19")),
        lock="9f2c4be1a0d37756",
        versions={
            "python": "3.11.9",
            "tensorflow": "2.18.1",
            "tensorflow-metal": "1.2.0",
            "keras": "3.11.3",
            "numpy": "1.26.4",
        },
        checks=tuple(lines),
    )


def line(
    check_id: str, claim: str, failing: str, dice: random.Random, *, waiting: bool = False
) -> Line:
    """One check's line; it fails for a real cause where it is the one to."""
    made: dict[str, object] = {"claim": claim, "seconds": round(dice.uniform(0.01, 4), 3)}
    if waiting:
        why, cure = "load.imports did not pass.", "Mend load.imports first."
        return told("not run", check_id, measured="not run", cause=why, cure=cure, **made)
    if check_id == failing:
        words = ("measured", "expected", "cause", "cure", "evidence")
        return told("fail", check_id, **dict(zip(words, CAUSES[failing], strict=True)), **made)
    return told(
        "pass", check_id, measured="as it should be", figures=curves(check_id, dice), **made
    )


def curves(check_id: str, dice: random.Random) -> dict[str, Any]:
    """The loss of a training that converges."""
    if check_id not in ("training.linear_gpu", "training.classifier_gpu", "training.random_gpu"):
        return {}
    speed = dice.uniform(0.15, 0.4)
    cpu = [2.3 * math.exp(-speed * epoch) + 0.02 for epoch in range(20)]
    return {
        "loss_cpu": [round(value, 4) for value in cpu],
        "loss_gpu": [round(value * dice.uniform(0.97, 1.04), 4) for value in cpu],
    }


def measures(dice: random.Random, chip: str, speed: float, *, simulated: bool) -> list[Line]:
    """What performance and endurance measured; some Mac is slow, which is not wrong."""
    if simulated:
        speed = 90.0
    slow = not simulated and dice.random() < 0.1
    gpu = speed * (0.35 if slow else dice.uniform(0.85, 1.05))
    figures = {
        "chip": chip,
        "matmul_gpu": gpu,
        "matmul_cpu": dice.uniform(80, 100) if simulated else speed / 9,
        **({} if simulated else {"reference_low": speed / 2, "reference": speed * 1.1}),
    }
    matmul = told(
        "warn" if slow else "pass",
        "performance.matmul",
        claim="The GPU multiplies as fast as its chip does",
        measured=f"{gpu:.0f} GFLOP/s",
        expected=f"at least {speed / 2:.0f} GFLOP/s",
        cause="Another program uses the GPU, or the Mac is hot or on its battery." * slow,
        cure="Let it cool down, plug it in, end what else runs, and verify it again." * slow,
        figures=figures,
    )
    conv = told(
        "pass",
        "performance.conv",
        claim="The GPU convolves faster than the processor",
        figures={"chip": chip, "conv_gpu": gpu / 9, "conv_cpu": speed / 90},
    )
    soak = told(
        "pass",
        "endurance.memory",
        claim="Memory stays level in a long training",
        figures={
            "seconds": [float(20 * step) for step in range(60)],
            "memory_mib": [520 + 8 * math.log1p(step) + dice.uniform(-4, 4) for step in range(60)],
        },
    )
    return [matmul, conv, soak]

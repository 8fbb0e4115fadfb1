"""Claims about training: the three sample models, on the CPU and on the GPU."""

from __future__ import annotations

import math
from collections.abc import Callable

from . import models
from .expected import Expected
from .models import DEVICES, Run
from .numerics import HIDE
from .registry import REBUILD, Check, Finding, check, on_gpu

SAMPLES = {"linear": models.linear, "random": models.random, "classifier": models.classifier}
ACCURACY = 0.95
# Over 400 seeds of the data the prediction has a standard deviation of 0.3; the seed is fixed.
NEAR = 1.0
# Rounding grows from step to step; a wrong gradient ends tens to thousands of times farther away.
APART = {"linear": 1e-2, "random": 1e-3, "classifier": 1e-2}

Judge = Callable[[str], Finding]


def on_each(name: str, claim: str) -> Callable[[Judge], tuple[Check, Check]]:
    """One claim, made once for the CPU and once for the GPU, where the row promises one."""

    def made(judge: Judge) -> tuple[Check, Check]:
        cpu = check(
            f"training.{name}_cpu",
            f"{claim} on the CPU",
            cause="TensorFlow itself computes wrong numbers on this Mac.",
            cure=REBUILD,
            needs=("load.imports",),
        )
        gpu = check(
            f"training.{name}_gpu",
            f"{claim} on the GPU",
            cause="Training goes wrong on this GPU; divergence and NaN on Apple GPUs are "
            "reported in tensorflow#62361, #61772, #92564 and keras#18370.",
            cure=HIDE,
            needs=("load.logical",),
            when=on_gpu,
        )
        return cpu(lambda expected: judge("CPU")), gpu(lambda expected: judge("GPU"))

    return made


@on_each("linear", "The linear regression finds its line")
def linear(device: str) -> Finding:
    predicted = float(models.linear(device).answer[0, 0])
    planned = f"11 at x = 5, within {NEAR:g} (noise of 1 on 100 points)"
    return Finding(abs(predicted - 11) <= NEAR, f"{predicted:.3f}", planned)


@on_each("random", "The random regression's loss is finite and falls")
def random(device: str) -> Finding:
    losses = models.random(device).losses
    falls = all(map(math.isfinite, losses)) and losses[-1] < losses[0]
    measured = f"{losses[0]:.4g} in the first epoch, {losses[-1]:.4g} in the last"
    return Finding(falls, measured, "finite in each of 10 epochs, lower in the last")


@on_each("forward", "The classifier answers with probabilities")
def forward(device: str) -> Finding:
    rows = models.forward(device)
    off = float(abs(rows.sum(axis=1) - 1).max())
    holds = rows.shape == (10, models.CLASSES) and float(rows.min()) >= 0 and off <= 1e-5
    measured = f"{rows.shape[0]} x {rows.shape[1]}, rows off 1 by {off:.2g} at most"
    return Finding(holds, measured, "10 x 10, none negative, rows sum to 1 within 1e-05")


@on_each("classifier", "The classifier learns ten separable classes")
def classifier(device: str) -> Finding:
    accuracy = models.classifier(device).accuracy
    return Finding(accuracy >= ACCURACY, round(accuracy, 4), f"an accuracy of at least {ACCURACY}")


linear_cpu, linear_gpu = linear
random_cpu, random_gpu = random
forward_cpu, forward_gpu = forward
classifier_cpu, classifier_gpu = classifier


@check(
    "training.placement",
    "The matrix multiplications of each fit ran on the device it was given",
    cause="TensorFlow put the work elsewhere without a word: the plugin has no kernel for it.",
    cure=REBUILD,
    needs=("load.logical",),
    when=on_gpu,
)
def placement(expected: Expected) -> Finding:
    told, holds = [], True
    for name, sample in SAMPLES.items():
        for device in DEVICES:
            matmuls = sample(device).matmuls
            elsewhere = sum(matmuls.values()) - matmuls[device]
            holds = holds and matmuls[device] > 0 and elsewhere == 0
            told.append(f"{name} on {device}: {matmuls[device]}, elsewhere {elsewhere}")
    return Finding(holds, "; ".join(told), "at least 1 on its device and 0 elsewhere, each")


@check(
    "training.agreement",
    "GPU and CPU train to the same model",
    cause="The GPU's gradients differ from the CPU's by more than rounding.",
    cure=HIDE,
    needs=("training.linear_gpu", "training.random_gpu", "training.classifier_gpu"),
    when=on_gpu,
)
def agreement(expected: Expected) -> Finding:
    apart = {name: distance(*map(sample, DEVICES)) for name, sample in SAMPLES.items()}
    holds = all(apart[name] <= APART[name] for name in APART)
    measured = ", ".join(f"{name} {value:.2g}" for name, value in apart.items())
    planned = ", ".join(f"{name} {value:g}" for name, value in APART.items())
    return Finding(holds, f"{measured} apart", f"predictions at most {planned} apart")


def distance(one: Run, other: Run) -> float:
    """The largest difference between two runs' predictions; infinite where one is no number."""
    worst = float(abs(one.answer - other.answer).max())
    return worst if math.isfinite(worst) else math.inf

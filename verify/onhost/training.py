"""Claims about training: three sample models and networks on real images, on CPU and GPU."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import models, networks
from .expected import Expected
from .models import DEVICES, Run
from .numerics import HIDE
from .registry import REBUILD, Array, Check, Finding, check, on_gpu

SAMPLES = {"linear": models.linear, "random": models.random, "classifier": models.classifier}
ACCURACY = 0.95
# Over 400 seeds of the data the prediction has a standard deviation of 0.3; the seed is fixed.
NEAR = 1.0
# Rounding grows from step to step; a wrong gradient ends tens to thousands of times farther away.
APART = {"linear": 1e-2, "random": 1e-3, "classifier": 1e-2}
# Another rounding moved no loss by more than a thirtieth of this. One wrong element in each matrix
# product or gradient is beyond it; one in a convolution, in halves, in a GRU or in an embedding's
# rows is not, and numerics sees it.
CLOSE = {"float32": (0.01, 0.002), "mixed_float16": (0.05, 0.02)}
# Chance knows 10 %; the seeds and the unseen writers' digits are fixed, the CPU knows 80 to 85 %.
KNOWN = 0.7
# A prediction of another device, scores reach 20: a few hundred roundings.
SAVED = 1e-3

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
    run = models.linear(device)
    predicted = float(run.answer[0, 0])
    planned = f"11 at x = 5, within {NEAR:g} (noise of 1 on 100 points)"
    holds = abs(predicted - 11) <= NEAR
    return Finding(holds, f"{predicted:.3f}", planned, figures=curve(device, run))


@on_each("random", "The random regression's loss is finite and falls")
def random(device: str) -> Finding:
    run = models.random(device)
    losses = run.losses
    falls = all(map(math.isfinite, losses)) and losses[-1] < losses[0]
    measured = f"{losses[0]:.4g} in the first epoch, {losses[-1]:.4g} in the last"
    planned = "finite in each of 10 epochs, lower in the last"
    return Finding(falls, measured, planned, figures=curve(device, run))


@on_each("forward", "The classifier answers with probabilities")
def forward(device: str) -> Finding:
    rows = models.forward(device)
    off = float(abs(rows.sum(axis=1) - 1).max())
    holds = rows.shape == (10, models.CLASSES) and float(rows.min()) >= 0 and off <= 1e-5
    measured = f"{rows.shape[0]} x {rows.shape[1]}, rows off 1 by {off:.2g} at most"
    return Finding(holds, measured, "10 x 10, none negative, rows sum to 1 within 1e-05")


@on_each("classifier", "The classifier learns ten separable classes")
def classifier(device: str) -> Finding:
    run = models.classifier(device)
    planned = f"an accuracy of at least {ACCURACY}"
    holds = run.accuracy >= ACCURACY
    return Finding(holds, round(run.accuracy, 4), planned, figures=curve(device, run))


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


def learns(
    name: str,
    claim: str,
    network: networks.Layers,
    steps: tuple[str, ...] = ("Adam",),
    policy: str = "float32",
    profile: str = "full",
) -> Check:
    """The claim that a network learns the digits on the GPU as it does on the CPU."""

    def measure(expected: Expected) -> Finding:
        told, odd = [], []
        figures: dict[str, Any] = {}
        for optimizer in steps:
            cpu, gpu = (networks.trained(each, network, optimizer, policy) for each in DEVICES)
            said, wrong = alike(cpu, gpu, policy)
            named = f"{optimizer}: " if len(steps) > 1 else ""
            told.append(named + said)
            odd += [named + each for each in wrong]
            figures = figures or {**curve("CPU", cpu), **curve("GPU", gpu)}
        share, least = CLOSE[policy]
        planned = f"losses within {share:.0%} + {least:g} of the CPU's in each epoch, at least "
        planned += f"{KNOWN:.0%} of unseen digits known, every product on the GPU"
        return Finding(not odd, "; ".join(odd or told), planned, figures=figures)

    return check(
        f"training.{name}",
        f"{claim} as on the CPU",
        cause="Training goes wrong on this GPU, where single ops may be right: divergence and NaN "
        "on Apple GPUs are reported in tensorflow#62361, #61772, #92564 and keras#18370.",
        cure=HIDE,
        needs=("load.logical",),
        when=on_gpu,
        profile=profile,
    )(measure)


convolutional = learns(
    "convolutional",
    "A convolutional network learns handwritten digits on the GPU",
    networks.convolutional,
    profile="standard",
)
lstm = learns("lstm", "An LSTM learns handwritten digits on the GPU", networks.lstm)
gru = learns("gru", "A GRU learns handwritten digits on the GPU", networks.gru)
attention = learns(
    "attention", "A transformer's block learns handwritten digits on the GPU", networks.attention
)
embedding = learns(
    "embedding", "An embedding learns handwritten digits on the GPU", networks.embedding
)
optimizers = learns(
    "optimizers",
    "Each optimizer learns handwritten digits on the GPU",
    networks.dense,
    ("SGD", "Adam", "AdamW", "RMSprop"),
)
mixed = learns(
    "mixed",
    "A convolutional network learns in mixed precision on the GPU",
    networks.convolutional,
    policy="mixed_float16",
)


@check(
    "training.saved",
    "A network trained on the GPU answers the same when it is loaded on the CPU",
    cause="What is saved from this GPU is not what it computes with.",
    cure=HIDE,
    needs=("training.convolutional",),
    when=on_gpu,
)
def saved(expected: Expected) -> Finding:
    run = networks.trained("GPU", networks.convolutional)
    apart = farthest(run.answer, networks.reloaded(run))
    planned = f"scores at most {SAVED:g} apart on 150 images"
    return Finding(apart <= SAVED, f"{apart:.2g} apart", planned)


def alike(cpu: Run, gpu: Run, policy: str) -> tuple[str, list[str]]:
    """What two trainings have in common, and what is wrong with the GPU's."""
    share, least = CLOSE[policy]
    odd = []
    pairs = [(cpu.losses[epoch], gpu.losses[epoch]) for epoch in range(len(cpu.losses))]
    for epoch, (ours, theirs) in enumerate(pairs, start=1):
        # Not `apart > bound`: NaN is beyond every bound.
        if not abs(ours - theirs) <= share * ours + least:
            odd.append(f"loss {theirs:.4g} in epoch {epoch}, {ours:.4g} on the CPU")
            break
    for device, run in (("CPU", cpu), ("GPU", gpu)):
        if run.accuracy < KNOWN:
            odd.append(f"{run.accuracy:.0%} of unseen digits known on the {device}")
    elsewhere = sum(gpu.matmuls.values()) - gpu.matmuls["GPU"]
    if elsewhere or not gpu.matmuls["GPU"]:
        odd.append(f"{gpu.matmuls['GPU']} products on the GPU, {elsewhere} elsewhere")
    apart = max(abs(ours - theirs) for ours, theirs in pairs)
    return f"losses {apart:.2g} apart, {gpu.accuracy:.0%} of unseen digits known", odd


def curve(device: str, run: Run) -> dict[str, list[float]]:
    """The losses as the report plots them."""
    return {f"loss_{device.lower()}": [round(loss, 6) for loss in run.losses]}


def distance(one: Run, other: Run) -> float:
    """The largest difference between two runs' predictions; infinite where one is no number."""
    return farthest(one.answer, other.answer)


def farthest(one: Array, other: Array) -> float:
    worst = float(abs(one - other).max())
    return worst if math.isfinite(worst) else math.inf

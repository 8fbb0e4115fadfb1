"""Every check, in the order in which it is run: from the machine to the training."""

from __future__ import annotations

from . import environment, load, machine, numerics, outside, packages, placement, training
from .expected import Expected
from .registry import Check

CHECKS: tuple[Check, ...] = (
    machine.native,
    machine.macos,
    machine.chip,
    machine.virtual,
    machine.memory,
    machine.disk,
    environment.active,
    environment.python,
    environment.lock,
    environment.files,
    environment.libraries,
    packages.tensorflow,
    packages.links,
    packages.openmp,
    outside.plugin,
    outside.outside,
    outside.keras,
    load.imports,
    load.keras,
    load.listed,
    load.metal,
    load.logical,
    placement.matmul,
    placement.single,
    placement.without,
    numerics.registered,
    numerics.matmul,
    numerics.conv2d,
    numerics.conv1d,
    numerics.depthwise,
    numerics.pooling,
    numerics.dense_relu,
    numerics.fused,
    numerics.elementwise,
    numerics.normalisation,
    numerics.softmax,
    numerics.reductions,
    numerics.moving,
    numerics.order,
    numerics.random,
    numerics.repeatedly,
    numerics.large,
    numerics.wide,
    numerics.many_times,
    numerics.float16,
    numerics.bfloat16,
    training.linear_cpu,
    training.random_cpu,
    training.forward_cpu,
    training.classifier_cpu,
    training.linear_gpu,
    training.random_gpu,
    training.forward_gpu,
    training.classifier_gpu,
    training.placement,
    training.agreement,
    training.convolutional,
    training.saved,
    training.optimizers,
    training.attention,
    training.embedding,
    training.lstm,
    training.gru,
    training.mixed,
)


def checks_for(expected: Expected) -> tuple[Check, ...]:
    """The checks of this row, profile and families; without a GPU, none that needs one."""
    return tuple(check for check in CHECKS if check.wished(expected))

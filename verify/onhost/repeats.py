"""The same work many times over: a GPU that errs now and then is seen by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cases import Case, Outcome, Tensor, exactly, gradient, nearly, one, scaled, signed, sums
from .registry import Array
from .tolerance import FAST


def small() -> dict[str, tuple[Callable[..., Any], tuple[Array, ...], Any, bool]]:
    """Ops in sizes that take no time: computation, inputs, bound, whether as a graph."""
    import tensorflow as tf

    x, weights, bias = signed(32, 48), signed(48, 40), signed(40)
    images, kernel = signed(2, 8, 8, 3), signed(3, 3, 3, 8)
    seen, slope = signed(2, 8, 8, 8), signed(32, 48)
    ones, nothing = signed(8, low=0.5, high=2), signed(8)

    def dense(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), b))

    def convolution(i: Tensor, k: Tensor) -> Tensor:
        return tf.nn.conv2d(i, k, 1, "SAME")

    def normalised(x: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        return tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=1e-3)[0]

    def largest(x: Tensor) -> Tensor:
        return tf.nn.max_pool2d(x, 2, 2, "VALID")

    def kept(x: Tensor, less: Tensor) -> Tensor:
        return tf.identity(tf.Variable(x).assign_sub(less))

    return {
        "matmul": (tf.matmul, (x, weights), sums(48), False),
        "conv2d": (convolution, (images, kernel), sums(27, True), False),
        "gradient of conv2d": (
            gradient(convolution),
            (images, kernel, seen),
            sums(128, True),
            False,
        ),
        "batch normalisation": (normalised, (seen, ones, nothing), scaled(FAST["float32"]), False),
        "max pool": (largest, (seen,), exactly, False),
        "gradient of dense layer": (
            gradient(dense),
            (x, weights, bias, signed(32, 40)),
            sums(48),
            True,
        ),
        "dense layer": (dense, (x, weights, bias), scaled(5e-6), True),
        "softmax": (tf.nn.softmax, (x,), nearly, False),
        "sum": (lambda x: tf.reduce_sum(x, 0), (x,), sums(32), False),
        "product": (tf.multiply, (x, x), nearly, False),
        "relu": (tf.nn.relu, (x,), exactly, False),
        "tanh": (tf.tanh, (x,), nearly, False),
        "mean": (lambda x: tf.reduce_mean(x, 1), (x,), sums(48), False),
        "addition": (tf.add, (x, slope), nearly, False),
        "transpose": (tf.transpose, (x,), exactly, False),
        "gather": (lambda x: tf.gather(x, [3, 0, 31]), (x,), exactly, False),
        "variable": (kept, (x, slope), nearly, False),
    }


def faults(rounds: int) -> dict[str, int]:
    """What is said of each op that was wrong, and in how many of the rounds it was."""
    import numpy as np
    import tensorflow as tf

    told = {}
    for name, (compute, inputs, bound, graph) in small().items():
        done = tf.function(compute, autograph=False) if graph else compute
        wrong: dict[int, str] = {}
        for number in range(1, rounds + 1):
            # Never the numbers of the round before, nor the same each second time.
            moved = tuple(np.roll(each, number, axis=-1) for each in inputs)
            outcome = Outcome(name)
            one(Case(name, compute, moved, bound), done, outcome)
            if outcome.wrong:
                wrong[number] = outcome.wrong
        if wrong:
            first = min(wrong)
            odd = f"{name} in {len(wrong)} of {rounds} rounds, first in round {first}"
            told[f"{odd}: {wrong[first]}"] = len(wrong)
    return told

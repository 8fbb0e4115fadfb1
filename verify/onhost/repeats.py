"""The same work many times over: a GPU that errs now and then is seen by nothing less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cases import Case, Outcome, Tensor, exactly, nearly, one, scaled, signed, sums
from .registry import Array


def small() -> dict[str, tuple[Callable[..., Any], tuple[Array, ...], Any, bool]]:
    """Ops in sizes that take no time: computation, inputs, bound, whether as a graph."""
    import tensorflow as tf

    x, weights, bias = signed(32, 48), signed(48, 40), signed(40)
    images, kernel = signed(2, 8, 8, 3), signed(3, 3, 3, 8)

    def dense(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), b))

    return {
        "matmul": (tf.matmul, (x, weights), sums(48), False),
        "conv2d": (
            lambda i, k: tf.nn.conv2d(i, k, 1, "SAME"),
            (images, kernel),
            sums(27, True),
            False,
        ),
        "dense layer": (dense, (x, weights, bias), scaled(5e-6), True),
        "softmax": (tf.nn.softmax, (x,), nearly, False),
        "sum": (lambda x: tf.reduce_sum(x, 0), (x,), sums(32), False),
        "product": (tf.multiply, (x, x), nearly, False),
        "relu": (tf.nn.relu, (x,), exactly, False),
    }


def faults(rounds: int) -> list[str]:
    """Which ops were wrong in which of the rounds, each as a phrase."""
    import numpy as np
    import tensorflow as tf

    told = []
    for name, (compute, inputs, bound, graph) in small().items():
        done = tf.function(compute, autograph=False) if graph else compute
        wrong: dict[int, str] = {}
        for number in range(1, rounds + 1):
            # Never the numbers of the round before, nor the same each second time.
            moved = tuple(np.roll(each, number, axis=-1) for each in inputs[1:])
            outcome = Outcome(name)
            one(Case(name, compute, (inputs[0], *moved), bound), done, outcome)
            if outcome.wrong:
                wrong[number] = outcome.wrong
        if wrong:
            first = min(wrong)
            told.append(
                f"{name} in {len(wrong)} of {rounds} rounds, first in round {first}: {wrong[first]}"
            )
    return told

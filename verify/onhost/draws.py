"""Random numbers: of the right spread, others each time, the same for the same seed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from .cases import Tensor
from .devices import GPU
from .registry import Array

SIZE = 100_000
# Once in 10**9 a mean of independent draws is farther off than this many standard errors.
ERRORS = 6.0

Draw = Callable[[], Tensor]


def draws() -> dict[str, tuple[Draw, float, float, float, float]]:
    """Each kind of draw, with its mean, standard deviation, least and largest value."""
    import tensorflow as tf

    shape, third = [SIZE], 12**-0.5
    state = tf.Variable(0, dtype=tf.int64)

    def seed() -> Tensor:
        """Another each time, as Keras 3 seeds its draws."""
        return tf.stack([tf.constant(7, tf.int64), state.assign_add(1)])

    # A normal draw cut at two deviations has this one.
    cut = 0.87963
    return {
        "uniform": (lambda: tf.random.uniform(shape), 0.5, third, 0, 1),
        "normal": (lambda: tf.random.normal(shape), 0, 1, -7, 7),
        "truncated normal": (lambda: tf.random.truncated_normal(shape), 0, cut, -2, 2),
        "integers": (
            lambda: tf.random.uniform(shape, -10, 90, dtype=tf.int32),
            39.5,
            100 * third,
            -10,
            89,
        ),
        "64-bit integers": (
            lambda: tf.random.uniform(shape, 0, 10, dtype=tf.int64),
            4.5,
            math.sqrt(8.25),
            0,
            9,
        ),
        "stateless uniform": (
            lambda: tf.random.stateless_uniform(shape, seed()),
            0.5,
            third,
            0,
            1,
        ),
        "stateless normal": (lambda: tf.random.stateless_normal(shape, seed()), 0, 1, -7, 7),
        "stateless truncated normal": (
            lambda: tf.random.stateless_truncated_normal(shape, seed()),
            0,
            cut,
            -2,
            2,
        ),
        "dropout": (lambda: tf.nn.dropout(tf.ones(shape), 0.25), 1, math.sqrt(1 / 3), 0, 1.3334),
        "uniform in float16": (
            lambda: tf.random.stateless_uniform(shape, seed(), dtype=tf.float16),
            0.5,
            third,
            0,
            1,
        ),
    }


def faults() -> Iterator[str]:
    """What is wrong with the draws, each as a phrase."""
    import tensorflow as tf

    with tf.device(GPU):
        for name, (draw, mean, deviation, least, largest) in draws().items():
            graph = tf.function(draw, autograph=False)
            for way, drawn in ((name, draw), (f"{name} as a graph", graph)):
                try:
                    pair = drawn().numpy(), drawn().numpy()
                except Exception as error:
                    yield f"{way}: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
                    continue
                odd = (spread(each, mean, deviation, least, largest) for each in pair)
                told = next(filter(None, odd), "") or likeness(*pair)
                if told:
                    yield f"{way}: {told}"
        yield from unrepeatable()


def spread(drawn: Array, mean: float, deviation: float, least: float, largest: float) -> str:
    """What is wrong with these numbers, "" if they may be such draws."""
    import numpy as np

    numbers = drawn.astype("float64")
    if not np.isfinite(numbers).all():
        return f"{int((~np.isfinite(numbers)).sum())} are NaN or infinite"
    outside = int(((numbers < least) | (numbers > largest)).sum())
    if outside:
        return f"{outside} lie outside {least} to {largest}"
    off = abs(numbers.mean() - mean) / (deviation / math.sqrt(numbers.size))
    if off > ERRORS:
        return f"their mean is {numbers.mean():.4g}, not {mean:.4g}"
    # A variance's own standard error is at most this of itself, for no draw here has longer tails
    # than the normal one.
    if abs(numbers.var() / deviation**2 - 1) > ERRORS * math.sqrt(2 / numbers.size):
        return f"their standard deviation is {numbers.std():.4g}, not {deviation:.4g}"
    return ""


def likeness(one: Array, other: Array) -> str:
    """How two draws that should be strangers are alike, and one with itself moved on."""
    import numpy as np

    if (one == other).all():
        return "two draws gave the same numbers"
    for name, left, right in (
        ("two draws", one, other),
        ("neighbours", one[1:], one[:-1]),
        ("halves", one[: SIZE // 2], one[SIZE // 2 :]),
    ):
        alike = float(np.corrcoef(left.astype("float64"), right.astype("float64"))[0, 1])
        if not abs(alike) <= ERRORS / math.sqrt(left.size):
            return f"{name} correlate by {alike:.3f}"
    return ""


def unrepeatable() -> Iterator[str]:
    """A stateless draw is a function of its seed."""
    import tensorflow as tf

    for name, draw in {
        "stateless uniform": tf.random.stateless_uniform,
        "stateless normal": tf.random.stateless_normal,
        "stateless integers": lambda *given: tf.random.stateless_uniform(
            *given, minval=0, maxval=1000, dtype=tf.int32
        ),
    }.items():
        try:
            first, again, other = (draw([1000], [3, seed]).numpy() for seed in (5, 5, 6))
        except Exception as error:
            yield f"{name}: {type(error).__name__}: {' '.join(str(error).split())[:200]}"
            continue
        if (first != again).any():
            yield f"{name}: the same seed gave other numbers"
        if (first == other).mean() > 0.1:
            yield f"{name}: another seed gave the same numbers"

"""Cases of float16 and bfloat16: what mixed precision computes, compared with the CPU's float32."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .cases import (
    Bound,
    Case,
    Compute,
    Tensor,
    distinct,
    exactly,
    gradient,
    nearly,
    roughly,
    scaled,
    signed,
    sums,
)
from .products import convolution, product
from .tolerance import FAST
from .variables import gathered, known


def halves(dtype: str) -> Iterator[Case]:
    """The products, and all else that a network in half the width is made of."""
    for shape in ((3, 5, 2), (33, 12, 65), (64, 16, 64)):
        yield product(*shape, dtype=dtype)
    yield from convolution(((9, 9, 2), (3, 3), 8, 1, 1, "SAME"), dtype=dtype)
    # Of few terms, so that the bound of its gradients is close.
    yield from convolution(((4, 4, 2), (2, 2), 3, 1, 1, "SAME"), images=1, dtype=dtype)
    for name, compute, inputs, bound in (*layers(dtype), *elements(), *pools(), *losses()):
        yield Case(name, compute, inputs, bound, dtype=dtype)
    for name, compute, inputs in moved():
        yield Case(name, compute, inputs, exactly, dtype=dtype)
    if known("ResourceGather"):
        yield from gathered(dtype)


def layers(dtype: str) -> Iterator[tuple[str, Compute, tuple[Any, ...], Bound]]:
    """Dense layers, batches of products, depthwise convolutions, batch normalisation."""
    import tensorflow as tf

    def dense(x: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
        return tf.nn.bias_add(tf.matmul(x, weights), bias)

    def fused(x: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
        return tf.function(dense, autograph=False)(x, weights, bias)

    def normalised(x: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        both = (tf.cast(each, "float32") for each in (scale, offset))
        return tf.compat.v1.nn.fused_batch_norm(x, *both, epsilon=1e-3)[:3]

    def depthwise(x: Tensor, kernel: Tensor) -> Tensor:
        return tf.nn.depthwise_conv2d(x, kernel, (1, 1, 1, 1), "SAME")

    inputs = (signed(33, 16), signed(16, 9), signed(9))
    yield "dense layer", dense, inputs, sums(17)
    yield "dense layer as a graph", fused, inputs, sums(17)
    yield "gradient of dense layer", gradient(dense), (*inputs, signed(33, 9)), sums(33)
    yield "batch of products", tf.matmul, (signed(3, 5, 7), signed(3, 7, 4)), sums(7)
    window = (signed(2, 7, 7, 3), signed(3, 3, 3, 2))
    yield "depthwise", depthwise, window, sums(9)
    slope = (*window, signed(2, 7, 7, 6))
    yield "gradient of depthwise", gradient(depthwise), slope, sums(98)
    images = (signed(4, 5, 6, 8), signed(8, low=0.5, high=2), signed(8))
    first = gradient(lambda *given: normalised(*given)[0])
    yield "batch normalisation", normalised, images, scaled(FAST[dtype])
    steep = (*images, signed(4, 5, 6, 8))
    yield "gradient of batch normalisation", first, steep, scaled(FAST[dtype])


def elements() -> Iterator[tuple[str, Compute, tuple[Any, ...], Bound]]:
    """Activations with their gradients, arithmetic, comparisons."""
    import tensorflow as tf

    x, upstream = signed(33, 16, low=-4, high=4), signed(33, 16)
    positive = signed(33, 16, low=0.1, high=9)
    for function, bound in (
        *((each, nearly) for each in (tf.nn.relu, tf.nn.relu6, tf.nn.leaky_relu)),
        # Where tanh is all but 1, its slope is made of what is left.
        *((each, roughly) for each in (tf.tanh, tf.sigmoid)),
    ):
        yield function.__name__, function, (x,), nearly
        yield f"gradient of {function.__name__}", gradient(function), (x, upstream), bound
    for function in (tf.exp, tf.math.erf, tf.square, tf.negative, tf.abs, tf.sign, tf.floor):
        yield function.__name__, function, (signed(33, 16),), nearly
    for function in (tf.math.log, tf.math.log1p, tf.sqrt, tf.math.rsqrt, tf.math.reciprocal):
        yield function.__name__, function, (positive,), nearly
    pair = (signed(17, 1, 9, low=0.5, high=2), signed(1, 11, 9, low=0.5, high=3))
    for function in (tf.add, tf.subtract, tf.multiply, tf.divide, tf.pow, tf.maximum, tf.minimum):
        yield function.__name__, function, pair, nearly
    for function in (tf.math.squared_difference, tf.math.divide_no_nan):
        yield function.__name__, function, pair, nearly
    for function in (tf.less, tf.less_equal, tf.greater, tf.greater_equal, tf.equal, tf.not_equal):
        yield function.__name__, function, pair, exactly
    yield "where", lambda a, b: tf.where(a > b, a, b), pair, exactly
    yield "sum of four", lambda a: tf.add_n([a, a, a, a]), (x,), sums(4)
    yield "sum of rows", lambda x: tf.reduce_sum(x, axis=1), (x,), sums(16)
    yield "mean of rows", lambda x: tf.reduce_mean(x, axis=1), (x,), sums(16)
    yield "product of rows", lambda x: tf.reduce_prod(x, axis=1), (positive[:, :3] / 3,), nearly
    yield "largest", lambda x: tf.reduce_max(x, axis=0), (x,), exactly
    yield "least", lambda x: tf.reduce_min(x, axis=0), (x,), exactly
    for kind in ("float32", "int32", "bool"):
        yield f"to {kind}", lambda x, k=kind: tf.cast(x, k), (x,), exactly


def pools() -> Iterator[tuple[str, Compute, tuple[Any, ...], Bound]]:
    """The largest and the mean of windows, with gradients."""
    import tensorflow as tf

    images, upstream = distinct(2, 6, 8, 3), signed(2, 3, 4, 3)
    largest, mean = (
        lambda x, pool=pool: pool(x, 2, 2, "VALID") for pool in (tf.nn.max_pool2d, tf.nn.avg_pool2d)
    )
    yield "largest of windows", largest, (images,), exactly
    yield "gradient of largest of windows", gradient(largest), (images, upstream), nearly
    yield "mean of windows", mean, (images,), sums(4)
    yield "gradient of mean of windows", gradient(mean), (images, upstream), sums(4)


def losses() -> Iterator[tuple[str, Compute, tuple[Any, ...], Bound]]:
    """Softmax, its logarithm and cross-entropy, with a gradient."""
    import numpy as np
    import tensorflow as tf

    logits, labels = signed(12, 10, low=-4, high=4), np.arange(12) % 10
    one_hot = np.eye(10, dtype="float32")[labels]
    dense = lambda x, y: tf.nn.softmax_cross_entropy_with_logits(y, x)  # noqa: E731
    sparse = lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x)  # noqa: E731
    yield "softmax", tf.nn.softmax, (logits,), nearly
    yield "log_softmax", tf.nn.log_softmax, (logits,), nearly
    yield "cross-entropy", dense, (logits, one_hot), nearly
    yield "sparse cross-entropy", sparse, (logits,), nearly
    yield "gradient of cross-entropy", gradient(sparse), (logits, signed(12)), nearly


def moved() -> Iterator[tuple[str, Compute, tuple[Any, ...]]]:
    """What must arrive unchanged."""
    import numpy as np
    import tensorflow as tf

    x, rows = distinct(8, 9, 5), np.array([7, 0, 3], "int32")
    yield "transpose", lambda x: tf.transpose(x, (2, 0, 1)), (x,)
    yield "concat", lambda x: tf.concat([x, x], 1), (x,)
    yield "split", lambda x: tf.split(x, [2, 7], 1), (x,)
    yield "split evenly", lambda x: tf.split(x, 3, 1), (x,)
    yield "pad", lambda x: tf.pad(x, [[1, 2], [0, 3], [4, 0]]), (x,)
    yield "pad with threes", lambda x: tf.pad(x, [[1, 2], [0, 3], [4, 0]], constant_values=3), (x,)
    yield "mirror pad", lambda x: tf.pad(x, [[1, 2], [0, 3], [2, 0]], "REFLECT"), (x,)
    yield "slice", lambda x: x[1:7:2, ::-1, 1:4], (x,)
    yield "slice of a block", lambda x: tf.slice(x, [1, 2, 0], [6, 5, 4]), (x,)
    yield "gradient of slice", gradient(lambda x: x[1:7:2, 1:6]), (x, distinct(3, 5, 5))
    yield "gather", tf.gather, (x, rows)
    yield "gather_nd", tf.gather_nd, (x, np.array([[0, 3], [7, 6]], "int32"))
    yield "broadcast", lambda x: tf.broadcast_to(x[:, :1], [8, 4, 5]), (x,)

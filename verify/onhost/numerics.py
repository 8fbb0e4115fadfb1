"""Claims about numbers: the GPU computes what the CPU computes.

float32 on both. Inputs are seeded and large enough that one wrong element
is seen; what is compared is the largest absolute difference.
"""

from __future__ import annotations

from collections.abc import Callable

from .devices import CPU, GPU, strictly
from .expected import Expected
from .registry import Array, Finding, check, on_gpu

ROUNDING = 2.0**-24
WRONG = "The plugin has no working kernel for this op, or a wrong one, on this chip and macOS."
HIDE = (
    "Hide the GPU from the programs that need this op (tf.config.set_visible_devices([], 'GPU')) "
    "or set tensorflow_metal_pin to another row."
)


@check(
    "numerics.matmul",
    "GPU and CPU agree on matmul",
    cause=WRONG,
    cure=HIDE,
    needs=("load.logical",),
    when=on_gpu,
)
def matmul(expected: Expected) -> Finding:
    import numpy as np
    import tensorflow as tf

    a, b = signed(256, 384), signed(384, 320)
    bound = sum_bound(384, float(np.max(abs(a) @ abs(b))))
    return compared(lambda: tf.matmul(a, b), bound, "two float32 sums of 384 products")


@check(
    "numerics.conv2d",
    "GPU and CPU agree on conv2d",
    cause=WRONG,
    cure=HIDE,
    needs=("load.logical",),
    when=on_gpu,
)
def conv2d(expected: Expected) -> Finding:
    import tensorflow as tf

    images, kernels = signed(4, 32, 32, 8), signed(3, 3, 8, 16)
    with tf.device(CPU):
        magnitude = tf.nn.conv2d(abs(images), abs(kernels), 1, "SAME").numpy().max()
    bound = sum_bound(72, float(magnitude))
    reason = "two float32 sums of 72 products"
    return compared(lambda: tf.nn.conv2d(images, kernels, 1, "SAME"), bound, reason)


@check(
    "numerics.dense_relu",
    "GPU and CPU agree on Dense and ReLU in graph mode",
    cause="Known in graph mode with TensorFlow 2.13 to 2.16 and tensorflow-metal 1.1.0 and 1.2.0: "
    "errors of tens of units, no message (tensorflow#61650, #62137, #92686; keras#19009).",
    cure="Write matmul(x, W) + b instead of a Dense layer with a fused ReLU, or hide the GPU "
    "(tf.config.set_visible_devices([], 'GPU')), or set tensorflow_metal_pin to another row.",
    needs=("load.logical",),
    when=on_gpu,
)
def dense_relu(expected: Expected) -> Finding:
    import numpy as np
    import tensorflow as tf

    x, weights, bias = signed(256, 784), signed(784, 128), signed(128)
    bound = sum_bound(785, float(np.max(abs(x) @ abs(weights) + abs(bias))))

    def dense() -> Array:
        layer = tf.function(lambda x: tf.nn.relu(tf.nn.bias_add(tf.matmul(x, weights), bias)))
        return layer(tf.constant(x))

    return compared(dense, bound, "two float32 sums of 784 products and a bias")


@check(
    "numerics.softmax",
    "GPU and CPU agree on softmax",
    cause=WRONG,
    cure=HIDE,
    needs=("load.logical",),
    when=on_gpu,
)
def softmax(expected: Expected) -> Finding:
    import tensorflow as tf

    logits = 10 * signed(256, 1000)
    reason = "probabilities are at most 1, and a GPU's exp may be off by some tens of roundings"
    return compared(lambda: tf.nn.softmax(logits), 1e-5, reason)


def compared(compute: Callable[[], Array], tolerance: float, reason: str) -> Finding:
    """Run `compute` on the CPU and strictly on the GPU, and compare element by element."""
    import tensorflow as tf

    with tf.device(CPU):
        cpu = compute().numpy()
    with strictly(GPU):
        gpu = compute().numpy()
    return agreement(cpu, gpu, tolerance, reason)


def agreement(cpu: Array, gpu: Array, tolerance: float, reason: str) -> Finding:
    """The finding about two arrays of one shape; what is not finite never agrees."""
    import numpy as np

    allowed = f"a largest difference of at most {tolerance:.2g} ({reason})"
    odd = int(np.size(gpu) - np.isfinite(gpu).sum())
    if odd:
        return Finding(False, f"{odd} of {np.size(gpu)} elements are NaN or infinite", allowed)
    apart = np.abs(np.asarray(cpu, "float64") - np.asarray(gpu, "float64"))
    worst = float(apart.max())
    wrong = int((~(apart <= tolerance)).sum())
    measured = f"largest difference {worst:.2g}"
    if wrong:
        measured += f", {wrong} of {apart.size} elements too far apart"
    return Finding(wrong == 0, measured, allowed)


def sum_bound(terms: int, magnitude: float) -> float:
    """How far apart two float32 sums of `terms` products may lie, whatever their order.

    Each may be off by terms * 2**-24 times the sum of the products' absolute
    values (Higham, Accuracy and Stability of Numerical Algorithms, 3.1);
    `magnitude` is the largest such sum.
    """
    return 2 * terms * ROUNDING * magnitude


def signed(*shape: int) -> Array:
    """A float32 array of this shape, uniform in -1..1, the same on every run."""
    import numpy as np

    return np.random.RandomState(sum(shape)).uniform(-1, 1, shape).astype("float32")

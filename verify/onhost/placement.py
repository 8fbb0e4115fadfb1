"""Claims about placement: what is asked of the GPU runs there, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from . import kernels
from .devices import GPU, strictly
from .expected import Expected
from .registry import REBUILD, Array, Finding, check, on_gpu

Op = Callable[[], Array]
# What the sample models ask for: no plugin can do without.
SAMPLES = {
    "AddV2",
    "BiasAdd",
    "Cast",
    "MatMul",
    "Mean",
    "Mul",
    "RealDiv",
    "Relu",
    "Sqrt",
    "Sub",
    "Sum",
}
HERE = "/job:localhost/replica:0/task:0/device:"


@check(
    "placement.matmul",
    "A matrix multiplication runs on the GPU",
    cause="The plugin has no working MatMul: without soft placement nothing stands in for it.",
    cure=REBUILD,
    needs=("load.logical",),
    when=on_gpu,
    profile="smoke",
)
def matmul(expected: Expected) -> Finding:
    import tensorflow as tf

    # One op only: the device of a composite result proves nothing.
    with strictly(GPU):
        product = tf.matmul(tf.ones([64, 32]), tf.ones([32, 16]))
    planned = "/job:localhost/replica:0/task:0/device:GPU:0"
    return Finding(product.backing_device == planned, product.backing_device, planned)


@check(
    "placement.single",
    "The operations of common models run on the GPU, each by itself",
    cause="The plugin has no GPU kernel for them. A program puts them on the CPU without a word, "
    "and copies its data there and back.",
    needs=("load.logical",),
    when=on_gpu,
)
def single(expected: Expected) -> Finding:
    there: list[str] = []
    odd: list[str] = []
    for name, op in on_metal().items():
        if kernels.lacks(name) and name not in SAMPLES:
            continue
        try:
            with strictly(GPU):
                device = op().backing_device
        except Exception as error:
            odd.append(f"{name} ({type(error).__name__})")
        else:
            (there if device == f"{HERE}GPU:0" else odd).append(name)
    measured = f"{len(there)} on the GPU" + (f"; not: {', '.join(odd)}" if odd else "")
    return Finding(not odd, measured, f"{len(there) + len(odd)} on the GPU")


@check(
    "placement.without",
    "What Apple's plugin has no kernel for runs on the CPU",
    cause="An operation without a GPU kernel does not fall back to the CPU.",
    needs=("load.logical",),
    when=on_gpu,
)
def without(expected: Expected) -> Finding:
    import tensorflow as tf

    places: dict[str, list[str]] = {}
    for name, op in on_the_cpu().items():
        with tf.device(GPU):
            device = op().backing_device
        places.setdefault(device.rpartition("device:")[2], []).append(name)
    told = "; ".join(f"{place}: {', '.join(names)}" for place, names in places.items())
    return Finding(True, f"expected on the CPU, ran on {told}", "each runs, on the CPU or not")


def on_metal() -> dict[str, Op]:
    """One call each of operations that every tensorflow-metal has a kernel for."""
    import tensorflow as tf

    raw = tf.raw_ops
    row, image = tf.ones([4, 8]), tf.ones([1, 8, 8, 4])
    filters = tf.ones([3, 3, 4, 4])
    window = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "SAME"}
    steps = {"strides": [1, 1, 1, 1], "padding": "SAME"}
    return {
        "AddV2": lambda: raw.AddV2(x=row, y=row),
        "AvgPool": lambda: raw.AvgPool(value=image, **window),
        "BatchMatMulV2": lambda: raw.BatchMatMulV2(x=tf.ones([2, 4, 8]), y=tf.ones([2, 8, 4])),
        "BiasAdd": lambda: raw.BiasAdd(value=row, bias=tf.ones([8])),
        "Cast": lambda: raw.Cast(x=row, DstT=tf.float16),
        "Conv2D": lambda: raw.Conv2D(input=image, filter=filters, **steps),
        "Exp": lambda: raw.Exp(x=row),
        "Log": lambda: raw.Log(x=row),
        "MatMul": lambda: raw.MatMul(a=row, b=tf.ones([8, 4])),
        "MaxPool": lambda: raw.MaxPool(input=image, **window),
        "Maximum": lambda: raw.Maximum(x=row, y=row),
        "Mean": lambda: raw.Mean(input=row, axis=[0]),
        "Mul": lambda: raw.Mul(x=row, y=row),
        "RealDiv": lambda: raw.RealDiv(x=row, y=row),
        "Relu": lambda: raw.Relu(features=row),
        "Sigmoid": lambda: raw.Sigmoid(x=row),
        "Softmax": lambda: raw.Softmax(logits=row),
        "Sqrt": lambda: raw.Sqrt(x=row),
        "Sub": lambda: raw.Sub(x=row, y=row),
        "Sum": lambda: raw.Sum(input=row, axis=[0]),
        "Tanh": lambda: raw.Tanh(x=row),
        "Transpose": lambda: raw.Transpose(x=row, perm=[1, 0]),
    }


def on_the_cpu() -> dict[str, Op]:
    """One call each of what no tensorflow-metal computes: by its operation or by its type."""
    import tensorflow as tf

    raw = tf.raw_ops
    row = tf.ones([4, 8])
    return {
        "Cumsum": lambda: raw.Cumsum(x=row, axis=0),
        "Elu": lambda: raw.Elu(features=row),
        "Round": lambda: raw.Round(x=row),
        "Sin": lambda: raw.Sin(x=row),
        "Softplus": lambda: raw.Softplus(features=row),
        "Cholesky": lambda: raw.Cholesky(input=tf.eye(4)),
        "MatMul in float64": lambda: raw.MatMul(
            a=tf.ones([4, 8], tf.float64), b=tf.ones([8, 4], tf.float64)
        ),
        "AddV2 in int32": lambda: raw.AddV2(x=tf.ones([4], tf.int32), y=tf.ones([4], tf.int32)),
    }

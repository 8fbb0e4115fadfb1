"""Claims about placement: what is asked of the GPU runs there, and nowhere else."""

from __future__ import annotations

from .devices import GPU, strictly
from .expected import Expected
from .registry import REBUILD, Finding, check, on_gpu


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

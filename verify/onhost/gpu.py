"""Claims about the GPU: listed, usable, used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .expected import Expected
from .registry import REBUILD, Finding, check, on_gpu

GPU = "/GPU:0"
SESSION = (
    "If environment.files passes, restart the Mac; if it stays, see that "
    "`system_profiler SPDisplaysDataType` lists Metal support."
)


@check(
    "gpu.listed",
    "TensorFlow lists the GPU",
    cause="The plugin's library is missing or is no plugin, or macOS offers it no Metal device.",
    cure=SESSION,
    needs=("environment.imports",),
    when=on_gpu,
)
def listed(expected: Expected) -> Finding:
    import tensorflow as tf

    names = [device.name for device in tf.config.list_physical_devices("GPU")]
    return Finding(bool(names), ", ".join(names) or "no GPU", "at least one GPU")


@check(
    "gpu.logical",
    "The GPU can be opened as a logical device",
    cause="The plugin lists a device and cannot open it.",
    cure=SESSION,
    needs=("gpu.listed",),
    when=on_gpu,
    poisons=True,  # Once this has failed, TensorFlow hangs in whatever it is asked next.
)
def logical(expected: Expected) -> Finding:
    import tensorflow as tf

    names = [device.name for device in tf.config.list_logical_devices("GPU")]
    return Finding(bool(names), ", ".join(names) or "no logical GPU", "at least one logical GPU")


@check(
    "gpu.matmul",
    "A matrix multiplication runs on the GPU",
    cause="The plugin has no working MatMul: without soft placement nothing stands in for it.",
    cure=REBUILD,
    needs=("gpu.logical",),
    when=on_gpu,
)
def matmul(expected: Expected) -> Finding:
    import tensorflow as tf

    # One op only: the device of a composite result proves nothing.
    with strictly(GPU):
        product = tf.matmul(tf.ones([64, 32]), tf.ones([32, 16]))
    planned = "/job:localhost/replica:0/task:0/device:GPU:0"
    return Finding(product.backing_device == planned, product.backing_device, planned)


@contextmanager
def strictly(device: str) -> Iterator[None]:
    """Ops run on this device or raise; outside, soft placement is on again."""
    import tensorflow as tf

    tf.config.set_soft_device_placement(False)
    try:
        with tf.device(device):
            yield
    finally:
        tf.config.set_soft_device_placement(True)

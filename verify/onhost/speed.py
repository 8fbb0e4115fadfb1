"""How fast this Mac multiplies and convolves, in work large enough to tell."""

from __future__ import annotations

import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

from .cases import Tensor

# A GPU's launches and copies take fractions of a millisecond: this much work drowns them.
LONG_ENOUGH = 0.04
TRIES = 3
CALLS = 31
SIZES = (256, 512, 1024, 2048, 4096)
BATCHES = (16, 64, 256)
SIDE, CHANNELS, KERNEL = 32, 64, 3


@functools.cache
def matmul() -> dict[str, float]:
    """Billions of operations a second by device, for the product of two square matrices."""
    import tensorflow as tf

    def work(device: str, size: int) -> Callable[[], Any]:
        with tf.device(f"/{device}:0"):
            a, b = tf.random.uniform([size, size]), tf.random.uniform([size, size])
        return lambda: tf.reduce_sum(tf.matmul(a, b)).numpy()

    size, seconds = measured(work, SIZES)
    return {device: 2e-9 * size**3 / each for device, each in seconds.items()}


@functools.cache
def conv() -> dict[str, float]:
    """Images a second by device, for a convolution of 64 channels at 32 x 32."""
    import tensorflow as tf

    def work(device: str, batch: int) -> Callable[[], Any]:
        with tf.device(f"/{device}:0"):
            images = tf.random.uniform([batch, SIDE, SIDE, CHANNELS])
            kernel = tf.random.uniform([KERNEL, KERNEL, CHANNELS, CHANNELS])
        return lambda: tf.reduce_sum(tf.nn.conv2d(images, kernel, 1, "SAME")).numpy()

    batch, seconds = measured(work, BATCHES)
    return {device: batch / each for device, each in seconds.items()}


def small() -> dict[str, float]:
    """Seconds by device that a product of two small matrices takes, the median of many."""
    import tensorflow as tf

    def seconds(a: Tensor) -> float:
        began = time.perf_counter()
        tf.matmul(a, a).numpy()
        return time.perf_counter() - began

    found = {}
    for device in ("CPU", "GPU"):
        with tf.device(f"/{device}:0"):
            a = tf.ones([16, 16])
            found[device] = statistics.median(seconds(a) for _ in range(CALLS))
    return found


def resnet50(batch: int = 128, steps: int = 12) -> float:
    """Images a second in training ResNet50 on 32 x 32 images, after warming up."""
    import keras
    import numpy as np
    import tensorflow as tf

    images = np.random.RandomState(1).uniform(0, 1, (batch, 32, 32, 3)).astype("float32")
    shown = np.arange(batch) % 10
    with tf.device("/GPU:0"):
        model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=10)
        model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
        for _ in range(3):
            model.train_on_batch(images, shown)
        began = time.perf_counter()
        for _ in range(steps):
            model.train_on_batch(images, shown)
    return batch * steps / (time.perf_counter() - began)


def measured(
    work: Callable[[str, int], Callable[[], Any]], sizes: tuple[int, ...]
) -> tuple[int, dict[str, float]]:
    """The first size that takes the faster device long enough, and the seconds on each."""
    import tensorflow as tf

    size, seconds = sizes[0], {"CPU": 0.0, "GPU": 0.0}
    for size in sizes:
        for device in seconds:
            with tf.device(f"/{device}:0"):
                seconds[device] = least(work(device, size))
        if min(seconds.values()) >= LONG_ENOUGH or max(seconds.values()) >= 20 * LONG_ENOUGH:
            break
    return size, seconds


def least(work: Callable[[], Any]) -> float:
    """The seconds of the fastest of some tries, after one to warm up."""
    work()
    seconds = []
    for _ in range(TRIES):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)

"""A steady training loop on the GPU, with its memory and its pace noted as it goes."""

from __future__ import annotations

import ctypes
import dataclasses
import functools
import os
import statistics
import subprocess
import time
from pathlib import Path

from .cases import signed
from .registry import Keras

MIB = 2.0**20
SAMPLES = 120
# The allocator, the graphs and Keras settle in this share of the time.
SETTLING = 0.25


@dataclasses.dataclass(frozen=True)
class Soak:
    """What was noted after settling: when, how much memory, how fast, how right."""

    seconds: list[float]
    memory_mib: list[float]
    steps: int
    first_rate: float
    last_rate: float
    odd: int
    loss: float


@functools.cache
def steady(duration: float) -> Soak:
    """Train for this many seconds; each sample also repeats one product and compares it."""
    import tensorflow as tf

    with tf.device("/GPU:0"):
        step = small_training()
        a = tf.reshape(tf.range(90_000, dtype=tf.float32) / 90_000, [300, 300])
        first, odd, steps = tf.matmul(a, a).numpy(), 0, 0
        step()
        began = noted = time.monotonic()
        seconds, memory, rates, loss = [], [], [], 0.0
        while (now := time.monotonic()) - began < duration:
            loss = float(step())
            steps += 1
            if now - noted >= duration / SAMPLES:
                # Another order of the same sum may round otherwise, by no more than this.
                odd += bool(abs(tf.matmul(a, a).numpy() - first).max() > 1e-3)
                seconds.append(round(now - began, 2))
                memory.append(round(used(), 2))
                rates.append(steps / (now - began))
                noted = now
    kept = int(len(seconds) * SETTLING)
    return Soak(seconds[kept:], memory[kept:], steps, *paces(seconds, rates), odd, loss)


def paces(seconds: list[float], rates: list[float]) -> tuple[float, float]:
    """Steps a second in the first and in the last fifth, each the median of its samples.

    `rates` are means since the start.
    """
    done = [seconds[index] * rates[index] for index in range(len(seconds))]
    each = [
        (done[index] - done[index - 1]) / (seconds[index] - seconds[index - 1])
        for index in range(1, len(done))
        if seconds[index] > seconds[index - 1]
    ]
    fifth = max(1, len(each) // 5)
    return statistics.median(each[:fifth]), statistics.median(each[-fifth:])


def slope(times: list[float], values: list[float]) -> float:
    """How much a value grows a second: the median of the slopes between its samples (Theil-Sen).

    A single sample that lies far off, as a collection of garbage makes one, does not move it.
    """
    slopes = [
        (values[later] - values[earlier]) / (times[later] - times[earlier])
        for earlier in range(len(times))
        for later in range(earlier + 1, len(times))
        if times[later] > times[earlier]
    ]
    return statistics.median(slopes) if slopes else 0.0


def small_training() -> Keras:
    """One step of training a convolutional network, as a function that gives its loss."""
    import tensorflow as tf

    kernel = tf.Variable(signed(3, 3, 3, 16) / 3)
    weights = tf.Variable(signed(16 * 16 * 16, 10) / 32)
    images = tf.constant(signed(64, 16, 16, 3))
    shown = tf.constant([number % 10 for number in range(64)])

    def step() -> Keras:
        with tf.GradientTape() as tape:
            seen = tf.nn.relu(tf.nn.conv2d(images, kernel, 1, "SAME"))
            scores = tf.matmul(tf.reshape(seen, [64, -1]), weights)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(shown, scores)
            loss = tf.reduce_mean(losses)
        slopes = tape.gradient(loss, [kernel, weights])
        kernel.assign_sub(0.01 * slopes[0])
        weights.assign_sub(0.01 * slopes[1])
        return loss

    return tf.function(step, autograph=False)


def used() -> float:
    """The MiB of this process; on a Mac its footprint, which has the GPU's memory in it."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB
    return footprint() or resident()


def footprint() -> float:
    """What macOS charges this process with, 0 where it does not say."""
    # struct rusage_info_v0: 16 bytes of UUID, then 64-bit numbers, the eighth the footprint.
    numbers = (ctypes.c_uint64 * 64)()
    try:
        known = ctypes.CDLL("/usr/lib/libproc.dylib").proc_pid_rusage(os.getpid(), 0, numbers)
    except (OSError, AttributeError):
        return 0.0
    return numbers[9] / MIB if known == 0 else 0.0


def resident() -> float:
    asked = subprocess.run(
        ["/bin/ps", "-o", "rss=", "-p", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return int(asked.stdout) / 1024

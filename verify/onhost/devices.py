"""The devices by name, and how to hold TensorFlow to one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

CPU = "/CPU:0"
GPU = "/GPU:0"


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

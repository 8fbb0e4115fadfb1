"""Handwritten digits: 500 real images, of which 150 are kept back (see digits.txt)."""

from __future__ import annotations

import functools
import pkgutil
import zlib

from .registry import Array

IMAGES = 500
PIXELS = 64
TRAINING = 350


@functools.cache
def digits() -> tuple[Array, Array, Array, Array]:
    """Images to train on in 0..1 (350 x 8 x 8), their digits, and 150 unseen of each."""
    import numpy as np

    data = zlib.decompress(pkgutil.get_data(__package__, "digits.bin") or b"")
    numbers = np.frombuffer(data, "uint8")
    images = numbers[: IMAGES * PIXELS].reshape(IMAGES, 8, 8).astype("float32") / 16
    shown = numbers[IMAGES * PIXELS :].astype("int32")
    return images[:TRAINING], shown[:TRAINING], images[TRAINING:], shown[TRAINING:]

"""Networks as people build them, each trained on the same real images with the same weights.

Only trainings are here; what they must achieve is claimed in training.py.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import kernels
from .digits import digits
from .models import Run, fit
from .registry import Array, Keras

BATCH = 50
EPOCHS = 10
UNITS = 32
Layers = Callable[[str], "list[Keras]"]


def convolutional(device: str) -> list[Keras]:
    from keras import layers

    return [
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(32, 3, use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.Activation("relu"),
        layers.Flatten(),
        last(),
    ]


def last() -> Keras:
    """Ten scores; in float32 whatever the policy, as Keras advises."""
    from keras import layers

    return layers.Dense(10, dtype="float32")


def lstm(device: str) -> list[Keras]:
    """Each image is a sequence of eight rows."""
    from keras import layers

    return [recurrent(layers.LSTM, device), last()]


def gru(device: str) -> list[Keras]:
    from keras import layers

    return [recurrent(layers.GRU, device), last()]


def recurrent(layer: Keras, device: str) -> Keras:
    """A recurrent layer; on the CPU not by the op that only GPUs have, which Keras 3 asks for."""
    by_hand = device == "CPU" or kernels.lacks("CudnnRNNV3")
    return layer(UNITS, **(plain(layer) if by_hand else {}))


def plain(layer: Keras) -> dict[str, bool]:
    """What keeps a recurrent layer from the op that only GPUs have."""
    asked = "use_cudnn" in inspect.signature(layer.__init__).parameters
    return {"use_cudnn": False} if asked else {}


def attention(device: str) -> list[Keras]:
    """A transformer's block over the eight rows."""
    from keras import Input, Model, layers

    rows = Input((8, 32))
    seen = layers.MultiHeadAttention(2, 16)(rows, rows)
    added = layers.LayerNormalization()(layers.Add()([rows, seen]))
    thought = layers.Dense(32)(layers.Dense(64, activation="gelu")(added))
    block = Model(rows, layers.LayerNormalization()(layers.Add()([added, thought])))
    return [layers.Dense(32), block, layers.Flatten(), last()]


def embedding(device: str) -> list[Keras]:
    """Each pixel is a word of seventeen."""
    from keras import layers

    words = [layers.Reshape((64,)), layers.Rescaling(16), layers.Embedding(17, 6)]
    return [*words, layers.Flatten(), last()]


def dense(device: str) -> list[Keras]:
    from keras import layers

    return [layers.Flatten(), layers.Dense(32, activation="relu"), last()]


def optimizer(name: str) -> Keras:
    from keras import optimizers

    return {
        "SGD": lambda: optimizers.SGD(0.1, momentum=0.9),
        "Adam": lambda: optimizers.Adam(0.01),
        "AdamW": lambda: optimizers.AdamW(0.01),
        "RMSprop": lambda: optimizers.RMSprop(0.003),
    }[name]()


@functools.cache
def trained(device: str, network: Layers, steps: str = "Adam", policy: str = "float32") -> Run:
    """Some epochs on this device; the answer is on the unseen images, as is the accuracy."""
    import keras
    from keras import losses

    images, shown, unseen, hidden = digits()
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        loss = losses.SparseCategoricalCrossentropy(from_logits=True)
        layers = network(device)
        run = fit(device, layers, optimizer(steps), loss, images, shown, EPOCHS, unseen, BATCH)
    finally:
        keras.mixed_precision.set_global_policy(before)
    known = float((run.answer.argmax(axis=1) == hidden).mean())
    return dataclasses.replace(run, accuracy=known)


def reloaded(run: Run) -> Array:
    """What a network answers that was trained on the GPU, saved, and loaded on the CPU."""
    import keras
    import tensorflow as tf

    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        path = Path(folder, "network.keras")
        run.model.save(path)
        with tf.device("/CPU:0"):
            model = keras.models.load_model(path)
            return model.predict_on_batch(digits()[2])

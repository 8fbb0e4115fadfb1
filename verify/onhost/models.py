"""The three sample models. Each run starts from the same data and the same weights.

Only trainings are here; what they must achieve is claimed in training.py.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager

from . import kernels
from .registry import Array, Keras

DEVICES = ("CPU", "GPU")
SEED = 2
CLASSES = 10
PRODUCT = re.compile(r"MatMul|Conv2D|CudnnRNN")


@dataclasses.dataclass(frozen=True)
class Run:
    """One training.

    `losses` holds one mean loss per epoch; `answer` is what the trained model
    predicts, an array; `accuracy` is the share of samples in their class (0
    where there are no classes); `matmuls` counts the matrix multiplications and
    convolutions of fit's graphs by the kind of device they were placed on.
    """

    losses: tuple[float, ...]
    answer: Array
    accuracy: float
    matmuls: dict[str, int]
    model: Keras


@functools.cache
def linear(device: str) -> Run:
    """y = 2x + 1 + N(0, 1) on 100 points in 0..10; the answer is y at 5.0, shape (1, 1)."""
    import numpy as np
    from keras import layers, losses, optimizers

    random = np.random.RandomState(SEED)
    x = random.uniform(0, 10, (100, 1)).astype("float32")
    y = (2 * x + 1 + random.normal(0, 1, x.shape)).astype("float32")
    # Above 2 / 68, the data's largest curvature, SGD would diverge.
    optimizer = optimizers.SGD(0.01)
    loss = losses.MeanSquaredError()
    return fit(device, [layers.Dense(1)], optimizer, loss, x, y, 50, np.full((1, 1), 5, "float32"))


@functools.cache
def random(device: str) -> Run:
    """Noise on noise: 1000 x 10 inputs and 1000 x 1 targets, uniform in 0..1."""
    import numpy as np
    from keras import layers, losses, optimizers

    generator = np.random.RandomState(SEED)
    x = generator.uniform(0, 1, (1000, 10)).astype("float32")
    y = generator.uniform(0, 1, (1000, 1)).astype("float32")
    loss = losses.MeanSquaredError()
    return fit(device, [layers.Dense(1)], optimizers.Adam(), loss, x, y, 10, x[:100])


@functools.cache
def classifier(device: str) -> Run:
    """400 samples round ten centres far apart in 100 dimensions; the answer is (400, 10)."""
    import numpy as np
    from keras import losses, optimizers

    random = np.random.RandomState(SEED)
    labels = np.arange(400) % CLASSES
    centres = random.normal(0, 1, (CLASSES, 100))
    x = (centres[labels] + random.normal(0, 0.5, (400, 100))).astype("float32")
    y = np.eye(CLASSES, dtype="float32")[labels]
    loss = losses.CategoricalCrossentropy()
    run = fit(device, perceptron(), optimizers.Adam(), loss, x, y, 10, x)
    return dataclasses.replace(run, accuracy=float((run.answer.argmax(axis=1) == labels).mean()))


@functools.cache
def forward(device: str) -> Array:
    """The untrained classifier's answer to 10 x 100 random numbers, shape (10, 10)."""
    import numpy as np
    import tensorflow as tf

    x = np.random.RandomState(SEED).normal(0, 1, (10, 100)).astype("float32")
    with tf.device(f"/{device}:0"):
        return built(perceptron(), (100,))(x).numpy()


def perceptron() -> list[Keras]:
    """The classifier's layers."""
    from keras import layers

    return [layers.Dense(64, activation="relu"), layers.Dense(CLASSES, activation="softmax")]


def built(network: list[Keras], shape: tuple[int, ...]) -> Keras:
    """A model of these layers; its weights do not depend on the device's random numbers."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([keras.Input(shape), *network])
    random = np.random.RandomState(SEED)
    model.set_weights(
        [
            random.normal(0, np.prod(weight.shape[:-1]) ** -0.5, weight.shape)
            if weight.ndim > 1
            else weight
            for weight in model.get_weights()
        ]
    )
    return model


def fit(
    device: str,
    network: list[Keras],
    optimizer: Keras,
    loss: Keras,
    x: Array,
    y: Array,
    epochs: int,
    ask: Array,
    batch: int = 32,
) -> Run:
    """Train on the device in batches, in the data's order, then ask the model.

    Soft placement stays on: the data set that feeds fit exists only on the CPU.
    """
    import tensorflow as tf

    with tf.device(f"/{device}:0"):
        model = built(network, x.shape[1:])
        # Apple's GPUs have no XLA compiler, and Keras may ask for one.
        model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
        with counted(device) as matmuls:
            history = model.fit(x, y, epochs=epochs, batch_size=batch, shuffle=False, verbose=0)
        answer = model.predict_on_batch(ask)
    return Run(tuple(map(float, history.history["loss"])), answer, 0.0, matmuls, model)


@contextmanager
def counted(device: str) -> Iterator[dict[str, int]]:
    """Counts, by kind of device, where TensorFlow put the products of what ran inside.

    What should run on this device and cannot, since another plugin than Apple's has no kernel
    for it, is not counted.

    Read from the run's own partitioned graphs: a variable's device, and the
    device of a composite result, say GPU even where no GPU kernel exists.
    """
    from tensorflow.python.eager import context

    matmuls = dict.fromkeys(DEVICES, 0)
    eager = context.context()
    eager.enable_run_metadata()
    try:
        # What ran before may still be in it.
        eager.export_run_metadata()
        yield matmuls
        graphs = eager.export_run_metadata().partition_graphs
    finally:
        eager.disable_run_metadata()
    nodes = (node for graph in graphs for node in graph.node)
    for node in (node for node in nodes if PRODUCT.search(node.op)):
        kind = node.device.rpartition("device:")[2].partition(":")[0]
        if kind != device and kernels.lacks(node.op):
            continue
        matmuls[kind] = matmuls.get(kind, 0) + 1

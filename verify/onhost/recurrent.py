"""Cases of LSTM and GRU: on a GPU one op computes all steps, on the CPU each step is many."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from .cases import Case, Tensor, scaled, signed
from .registry import Keras

STEPS, BATCH, INPUTS, UNITS = 7, 5, 6, 8
# Of each step three to four gates and two roundings of tanh, and the steps feed one another.
UNROLLED = 1e-4


def recurrent() -> Iterator[Case]:
    """Both layers, with their last state or all, and the slopes of inputs and weights."""
    for name, gates, biases in (("LSTM", 4, 1), ("GRU", 3, 2)):
        bias = signed(biases, gates * UNITS)
        weights = (signed(INPUTS, gates * UNITS), signed(UNITS, gates * UNITS))
        inputs = (signed(BATCH, STEPS, INPUTS), *weights, bias if biases > 1 else bias[0])
        for every in (False, True):
            gpu, cpu = (functools.partial(unrolled, name, every, on) for on in ("GPU", "CPU"))
            told = f"{name}, {'every state' if every else 'the last state'}"
            yield Case(told, gpu, inputs, scaled(UNROLLED), reference=cpu)


def unrolled(name: str, every: bool, device: str, x: Tensor, *weights: Tensor) -> Tensor:
    """What the layer answers, and the slopes of inputs and weights for that as gradient."""
    import tensorflow as tf

    layer = built(name, every, device)
    for index, variable in enumerate(layer.trainable_variables):
        variable.assign(weights[index])
    with tf.GradientTape() as tape:
        tape.watch(x)
        answer = layer(x)
    sources = [x, *layer.trainable_variables]
    return [answer, *tape.gradient(answer, sources, output_gradients=answer)]


@functools.cache
def built(name: str, every: bool, device: str) -> Keras:
    """The layer, its weights yet to be given."""
    import tensorflow as tf
    from keras import layers

    from .networks import plain

    kind = getattr(layers, name)
    options = {"return_sequences": every, **(plain(kind) if device == "CPU" else {})}
    layer = kind(UNITS, **options)
    layer(tf.zeros([BATCH, STEPS, INPUTS]))
    return layer

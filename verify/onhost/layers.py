"""Cases of what stands between the products: activations, normalisation, softmax, fused graphs."""

from __future__ import annotations

from collections.abc import Iterator

from .cases import (
    Case,
    Compute,
    Tensor,
    distinct,
    exactly,
    gradient,
    nearly,
    roughly,
    scaled,
    signed,
    sums,
)

# A normalised element is (x - mean) / deviation: some hundred roundings in the sums of a few
# thousand elements, as many in rsqrt's, on results of a few units.
NORMALISED = 1e-5
DENSE_RELU = (
    "Known in graph mode with TensorFlow 2.13 to 2.16 and tensorflow-metal 1.1.0 and 1.2.0: "
    "errors of tens of units, no message (tensorflow#61650, #62137, #92686; keras#19009)."
)


def activations() -> dict[str, Compute]:
    import tensorflow as tf

    return {
        "relu": tf.nn.relu,
        "relu6": tf.nn.relu6,
        "leaky relu": lambda x: tf.nn.leaky_relu(x, 0.3),
        "elu": tf.nn.elu,
        "gelu": tf.nn.gelu,
        "approximate gelu": lambda x: tf.nn.gelu(x, approximate=True),
        "tanh": tf.tanh,
        "sigmoid": tf.sigmoid,
        "softplus": tf.nn.softplus,
        "swish": lambda x: x * tf.sigmoid(x),
    }


def elementwise() -> Iterator[Case]:
    """Each activation and its gradient, arithmetic, comparisons, conversions."""
    import tensorflow as tf

    x, upstream = signed(37, 65, low=-9, high=9), signed(37, 65)
    for name, activation in activations().items():
        yield Case(name, activation, (x,), nearly)
        # Where tanh is all but 1, the slope of the approximate gelu is made of what is left.
        slope = (x / 2, upstream)
        yield Case(f"gradient of {name}", gradient(activation), slope, roughly)
    positive = signed(41, 33, low=0.01, high=90)
    for function in (tf.math.log, tf.math.log1p, tf.sqrt, tf.math.rsqrt, tf.math.reciprocal):
        yield Case(function.__name__, function, (positive,), nearly)
    for function in (tf.exp, tf.math.erf, tf.square):
        yield Case(function.__name__, function, (x,), nearly)
    for function in (tf.abs, tf.negative, tf.sign, tf.floor):
        yield Case(function.__name__, function, (x,), exactly)
    pair = (signed(37, 1, 29, low=0.5, high=2), signed(1, 11, 29, low=-3, high=3))
    for function in (tf.add, tf.subtract, tf.multiply, tf.divide, tf.pow):
        yield Case(function.__name__, function, pair, nearly)
        steep = (*pair, signed(37, 11, 29))
        terms = sums(37) if function in (tf.add, tf.subtract, tf.multiply) else scaled(1e-5)
        yield Case(f"gradient of {function.__name__}", gradient(function), steep, terms)
    yield Case("squared difference", tf.math.squared_difference, pair, nearly)
    yield Case("divide_no_nan", tf.math.divide_no_nan, (x, tf.floor(x).numpy()), nearly)
    whole = (distinct(19, 23), distinct(23))
    for function in (tf.maximum, tf.minimum, tf.greater, tf.less_equal, tf.equal, tf.not_equal):
        yield Case(function.__name__, function, whole, exactly)
    for function in (tf.less, tf.greater_equal):
        yield Case(function.__name__, function, whole, exactly)
    both = (whole[0] > 0, whole[1] > 1)
    for function in (tf.logical_and, tf.logical_or):
        yield Case(function.__name__, function, both, exactly)
    yield Case("logical_not", tf.logical_not, both[:1], exactly)
    yield Case("l2_loss", tf.nn.l2_loss, (x,), nearly)
    yield Case("where", lambda a, b: tf.where(a > b, a, b), whole, exactly)
    for kind in ("float16", "bool", "int8", "int16", "int32", "int64"):

        def there(a: Tensor, kind: str = kind) -> Tensor:
            return tf.cast(a, kind)

        def back(a: Tensor, kind: str = kind) -> Tensor:
            return tf.cast(tf.cast(a, kind), "float32")

        rounded = (tf.floor(x).numpy(),)
        yield Case(f"to {kind}", there, rounded, exactly)
        yield Case(f"from {kind}", back, rounded, exactly)


def normalisation() -> Iterator[Case]:
    """Batch and layer normalisation, training and inference, and their gradients."""
    import tensorflow as tf

    x, scale, offset = signed(8, 9, 10, 12), signed(12, low=0.5, high=2), signed(12)

    def training(x: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        return tf.compat.v1.nn.fused_batch_norm(x, scale, offset, epsilon=1e-3)[:3]

    def inference(
        x: Tensor, scale: Tensor, offset: Tensor, mean: Tensor, variance: Tensor
    ) -> Tensor:
        many = (x, scale, offset, mean, variance)
        return tf.compat.v1.nn.fused_batch_norm(*many, epsilon=1e-3, is_training=False)[0]

    def layer(x: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
        mean, variance = tf.nn.moments(x, [-1], keepdims=True)
        return (x - mean) * tf.math.rsqrt(variance + 1e-3) * scale + offset

    bound = scaled(NORMALISED)
    statistics = (signed(12), signed(12, low=0.5, high=2))
    yield Case("batch, training", training, (x, scale, offset), bound)
    yield Case("batch, inference", inference, (x, scale, offset, *statistics), bound)
    first = gradient(lambda *inputs: training(*inputs)[0])
    yield Case("gradient of batch", first, (x, scale, offset, signed(8, 9, 10, 12)), bound)
    yield Case("layer", layer, (x, scale, offset), bound)
    yield Case(
        "gradient of layer", gradient(layer), (x, scale, offset, signed(8, 9, 10, 12)), bound
    )


def softmax() -> Iterator[Case]:
    """Softmax, its logarithm, cross-entropy, and their gradients."""
    import numpy as np
    import tensorflow as tf

    for rows, classes in ((256, 1000), (3, 10), (65, 17)):
        logits = signed(rows, classes, low=-10, high=10)
        name = f"of {rows} x {classes}"
        yield Case(f"softmax {name}", tf.nn.softmax, (logits,), nearly)
        # Off by a rounding of the logits, which go to 20 after the largest is taken from them.
        yield Case(f"log_softmax {name}", tf.nn.log_softmax, (logits,), nearly)
        labels = np.arange(rows) % classes

        def sparse(x: Tensor, labels: Tensor = labels) -> Tensor:
            return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, x)

        def dense(x: Tensor, y: Tensor) -> Tensor:
            return tf.nn.softmax_cross_entropy_with_logits(y, x)

        one_hot = np.eye(classes, dtype="float32")[labels]
        yield Case(f"sparse cross-entropy {name}", sparse, (logits,), nearly)
        yield Case(f"cross-entropy {name}", dense, (logits, one_hot), nearly)
        upstream = signed(rows)
        yield Case(
            f"gradient of cross-entropy {name}", gradient(sparse), (logits, upstream), nearly
        )
        steep = (logits, signed(rows, classes))
        yield Case(f"gradient of softmax {name}", gradient(tf.nn.softmax), steep, nearly)


def fused() -> Iterator[Case]:
    """Layers as graphs, where TensorFlow makes one op of a product, its bias and its activation."""
    import tensorflow as tf

    x, weights, bias = signed(64, 96), signed(96, 33), signed(33)
    images, kernel = signed(2, 12, 13, 4), signed(3, 3, 4, 8)
    for name, activation in {"no activation": tf.identity, **activations()}.items():

        def dense(x: Tensor, w: Tensor, b: Tensor, activate: Compute = activation) -> Tensor:
            return activate(tf.nn.bias_add(tf.matmul(x, w), b))

        def convolution(x: Tensor, w: Tensor, b: Tensor, activate: Compute = activation) -> Tensor:
            return activate(tf.nn.bias_add(tf.nn.conv2d(x, w, 1, "SAME"), b))

        yield Case(f"dense with {name}", dense, (x, weights, bias), scaled(5e-6), graph=True)
        inputs = (images, kernel, signed(8))
        yield Case(f"conv2d with {name}", convolution, inputs, scaled(2e-5), graph=True)
        if name in ("relu", "gelu", "tanh"):
            slope = (x, weights, bias, signed(64, 33))
            yield Case(
                f"gradient of dense with {name}", gradient(dense), slope, scaled(1e-5), graph=True
            )


def dense_relu() -> Iterator[Case]:
    """The layer that Metal is known to compute wrongly in graph mode, in sizes of the reports."""
    import tensorflow as tf

    def dense(x: Tensor, w: Tensor, b: Tensor) -> Tensor:
        return tf.nn.relu(tf.nn.bias_add(tf.matmul(x, w), b))

    for rows, inner, units in ((256, 784, 128), (1, 784, 128), (32, 100, 64)):
        inputs = (signed(rows, inner), signed(inner, units), signed(units))
        name = f"{rows} x {inner} to {units}"
        yield Case(name, dense, inputs, scaled(1e-5), graph=True, known=DENSE_RELU)
        yield Case(f"{name}, eager", dense, inputs, scaled(1e-5))

"""Cases of what multiplies and adds: matrix products, convolutions, pooling by mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .cases import Case, Tensor, distinct, exactly, gradient, nearly, signed, sums

SHAPES = (
    *((1, 1, 1), (1, 7, 1), (3, 1, 5), (17, 31, 13), (64, 64, 64), (127, 129, 65)),
    *((1, 1024, 10), (513, 65, 257), (256, 384, 320), (1030, 33, 1101)),
)
LARGE = ((1024, 1024, 1024), (2048, 2048, 2048), (2047, 513, 1025), (1, 4096, 4096), (4097, 33, 65))

# (image height, width, channels), (kernel height, width), filters, strides, dilations, padding
CONVOLUTIONS: tuple[tuple[Any, ...], ...] = (
    ((9, 9, 3), (1, 1), 5, 1, 1, "VALID"),
    ((16, 16, 8), (3, 3), 16, 1, 1, "SAME"),
    ((17, 15, 5), (3, 3), 7, 2, 1, "VALID"),
    ((17, 15, 5), (3, 3), 7, 2, 1, "SAME"),
    ((16, 16, 4), (5, 5), 8, 1, 1, "SAME"),
    ((32, 32, 3), (7, 7), 16, 2, 1, "SAME"),
    ((24, 24, 2), (11, 11), 4, 1, 1, "SAME"),
    ((20, 20, 4), (3, 3), 6, 1, 2, "SAME"),
    ((20, 20, 4), (3, 3), 6, 1, 4, "VALID"),
    ((12, 12, 3), (1, 7), 4, 1, 1, "SAME"),
    ((12, 12, 3), (4, 2), 4, (1, 3), 1, "VALID"),
    ((8, 8, 4), (3, 3), 4, 1, 1, [[0, 0], [2, 1], [0, 3], [0, 0]]),
    ((8, 8, 64), (3, 3), 32, 1, 1, "SAME"),
)
LARGE_CONVOLUTIONS: tuple[tuple[Any, ...], ...] = (
    ((112, 112, 32), (3, 3), 64, 1, 1, "SAME"),
    ((224, 224, 3), (7, 7), 64, 2, 1, "SAME"),
    ((28, 28, 256), (1, 1), 512, 1, 1, "SAME"),
    ((56, 56, 64), (5, 5), 96, 1, 2, "SAME"),
)
FILTERS = "Known with more than 65536 filters: the sums come out wrong (tensorflow#71577)."


def product(rows: int, inner: int, columns: int, dtype: str = "float32") -> Case:
    import tensorflow as tf

    inputs = (signed(rows, inner), signed(inner, columns))
    name = f"{rows} x {inner} x {columns}"
    return Case(name, tf.matmul, inputs, sums(inner), dtype=dtype)


def matmul() -> Iterator[Case]:
    """Matrix products of every form, and their gradients."""
    import tensorflow as tf

    for shape in SHAPES:
        yield product(*shape)
    for a in (False, True):
        for b in (False, True):
            inputs = (
                signed(*((33, 65) if a else (65, 33))),
                signed(*((129, 33) if b else (33, 129))),
            )

            def turned(x: Tensor, y: Tensor, a: bool = a, b: bool = b) -> Tensor:
                return tf.matmul(x, y, transpose_a=a, transpose_b=b)

            name = f"65 x 33 x 129{', first transposed' * a}{', second transposed' * b}"
            yield Case(name, turned, inputs, sums(33))
            yield Case(
                f"gradient of {name}", gradient(turned), (*inputs, signed(65, 129)), sums(129)
            )
    batch = (signed(4, 3, 33, 17), signed(4, 3, 17, 29))
    yield Case("12 of 33 x 17 x 29", tf.matmul, batch, sums(17))
    upstream = signed(4, 3, 33, 29)
    yield Case("gradient of 12 of 33 x 17 x 29", gradient(tf.matmul), (*batch, upstream), sums(33))
    spread = (signed(4, 1, 33, 17), signed(3, 17, 29))
    yield Case("4 of 33 x 17 by 3 of 17 x 29", tf.matmul, spread, sums(17))


def matmul_large() -> Iterator[Case]:
    """Matrix products of the sizes that networks have."""
    return (product(*shape) for shape in LARGE)


def convolution(row: tuple[Any, ...], images: int = 2, dtype: str = "float32") -> Iterator[Case]:
    """One row of the table, and its gradients."""
    import tensorflow as tf

    (height, width, channels), size, filters, strides, dilations, padding = row

    def convolve(x: Tensor, kernel: Tensor) -> Tensor:
        return tf.nn.conv2d(x, kernel, strides, padding, dilations=dilations)

    inputs = (signed(images, height, width, channels), signed(*size, channels, filters))
    terms = size[0] * size[1] * channels
    shape = tuple(convolve(*map(tf.zeros, (each.shape for each in inputs))).shape)
    name = f"{images} of {height} x {width} x {channels} by {filters} of {size[0]} x {size[1]}"
    name += f", stride {strides}" * (strides != 1) + f", dilation {dilations}" * (dilations != 1)
    name += ", padded by hand" if isinstance(padding, list) else f", {padding}"
    yield Case(name, convolve, inputs, sums(terms, winograd=True), dtype=dtype)
    # TensorFlow's CPU has no gradient of a dilated convolution to compare with.
    if dilations == 1:
        most = max(size[0] * size[1] * filters, images * shape[1] * shape[2])
        bound = sums(most, winograd=True)
        slope = (*inputs, signed(*shape))
        yield Case(f"gradient of {name}", gradient(convolve), slope, bound, dtype=dtype)


def conv2d() -> Iterator[Case]:
    for row in CONVOLUTIONS:
        yield from convolution(row)
    # As many images as a batch of fit has.
    yield from convolution(((8, 8, 4), (3, 3), 8, 1, 1, "SAME"), images=64)


def conv2d_large() -> Iterator[Case]:
    for row in LARGE_CONVOLUTIONS:
        yield from convolution(row, images=1)


def conv1d() -> Iterator[Case]:
    """Convolutions of sequences: strides, dilation, more filters than 16 bits can count."""
    import tensorflow as tf

    for length, channels, size, filters, stride, dilation, padding in (
        (50, 4, 3, 8, 1, 1, "SAME"),
        (51, 3, 5, 7, 2, 1, "VALID"),
        (64, 4, 2, 4, 1, 4, "SAME"),
    ):

        def convolve(
            x: Tensor, k: Tensor, s: int = stride, d: int = dilation, p: str = padding
        ) -> Tensor:
            return tf.nn.conv1d(x, k, s, p, dilations=d)

        inputs = (signed(3, length, channels), signed(size, channels, filters))
        name = f"{length} x {channels} by {filters} of {size}"
        yield Case(name, convolve, inputs, sums(size * channels, winograd=True))
    many = (signed(1, 3, 2), signed(1, 2, 65537))
    wide = lambda x, k: tf.nn.conv1d(x, k, 1, "VALID")  # noqa: E731
    yield Case("65537 filters", wide, many, sums(2, winograd=True), known=FILTERS)


def depthwise() -> Iterator[Case]:
    """One kernel for each channel, and transposed convolutions."""
    import tensorflow as tf

    for size, channels, multiplier, stride, padding in (
        (3, 8, 1, 1, "SAME"),
        (3, 5, 2, 2, "VALID"),
        (5, 4, 3, 1, "SAME"),
    ):

        def convolve(x: Tensor, k: Tensor, s: int = stride, p: str = padding) -> Tensor:
            return tf.nn.depthwise_conv2d(x, k, (1, s, s, 1), p)

        inputs = (signed(2, 15, 17, channels), signed(size, size, channels, multiplier))
        shape = tuple(convolve(*map(tf.zeros, (each.shape for each in inputs))).shape)
        name = f"{channels} x {multiplier} of {size} x {size}, stride {stride}"
        yield Case(name, convolve, inputs, sums(size * size))
        bound = sums(2 * shape[1] * shape[2])
        yield Case(f"gradient of {name}", gradient(convolve), (*inputs, signed(*shape)), bound)

    def transposed(x: Tensor, k: Tensor) -> Tensor:
        return tf.nn.conv2d_transpose(x, k, (2, 16, 16, 5), 2, "SAME")

    inputs = (signed(2, 8, 8, 6), signed(3, 3, 5, 6))
    yield Case("transposed", transposed, inputs, sums(54, winograd=True))


def pooling() -> Iterator[Case]:
    """The largest and the mean of windows, and their gradients."""
    import tensorflow as tf

    images = distinct(2, 15, 18, 5)
    for size, stride, padding in ((2, 2, "VALID"), (3, 2, "SAME"), (3, 1, "VALID"), (5, 3, "SAME")):

        def largest(x: Tensor, k: int = size, s: int = stride, p: str = padding) -> Tensor:
            return tf.nn.max_pool2d(x, k, s, p)

        def mean(x: Tensor, k: int = size, s: int = stride, p: str = padding) -> Tensor:
            return tf.nn.avg_pool2d(x, k, s, p)

        upstream = signed(*largest(tf.zeros(images.shape)).shape)
        name = f"of {size} x {size}, stride {stride}, {padding}"
        yield Case(f"largest {name}", largest, (images,), exactly)
        yield Case(f"gradient of largest {name}", gradient(largest), (images, upstream), nearly)
        terms = sums(size * size)
        yield Case(f"mean {name}", mean, (images,), terms)
        yield Case(f"gradient of mean {name}", gradient(mean), (images, upstream), terms)

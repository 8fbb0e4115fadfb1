"""Cases of what moves, chooses and collects: reductions, gathers, scatters, sorting."""

from __future__ import annotations

from collections.abc import Iterator

from .cases import Case, Tensor, distinct, exactly, gradient, nearly, signed, sums
from .registry import Array

SIXTEEN = (
    "Known with TensorFlow 2.5 to 2.9: what comes after the 16th is zero "
    "(tensorflow#51499, #57204)."
)


def reductions() -> Iterator[Case]:
    """Sums, means, extremes and running sums, over each axis and over all."""
    import tensorflow as tf

    x, whole = signed(17, 33, 65), distinct(17, 33, 65)
    for axis, terms in ((0, 17), (1, 33), (2, 65), ((0, 2), 1105), (None, 36465)):

        def total(x: Tensor, axis: Tensor = axis) -> Tensor:
            return tf.reduce_sum(x, axis)

        def mean(x: Tensor, axis: Tensor = axis) -> Tensor:
            return tf.reduce_mean(x, axis)

        yield Case(f"sum over {axis}", total, (x,), sums(terms))
        yield Case(f"mean over {axis}", mean, (x,), sums(terms))
        for name, extreme in (("max", tf.reduce_max), ("min", tf.reduce_min)):

            def reduced(x: Tensor, extreme: Tensor = extreme, axis: Tensor = axis) -> Tensor:
                return extreme(x, axis)

            yield Case(f"{name} over {axis}", reduced, (whole,), exactly)
    yield Case("product", lambda x: tf.reduce_prod(x, 1), (signed(9, 15, low=0.5, high=2),), nearly)
    for axis in (0, 1, 2):
        yield Case(f"argmax over {axis}", lambda x, a=axis: tf.argmax(x, a), (whole,), exactly)
        yield Case(f"argmin over {axis}", lambda x, a=axis: tf.argmin(x, a), (whole,), exactly)
    yield Case(
        "gradient of mean", gradient(lambda x: tf.reduce_mean(x, 1)), (x, signed(17, 65)), nearly
    )
    flat = signed(3, 700)
    yield Case("cumsum", lambda x: tf.cumsum(x, 1), (flat,), sums(700))
    row = signed(1, 100_003)
    yield Case("sum of 100003", tf.reduce_sum, (row,), sums(100_003))
    yield Case("mean of 100003", tf.reduce_mean, (row,), sums(100_003))


def moves() -> Iterator[Case]:
    """What must arrive unchanged: slices, transposes, gathers, scatters, padding."""
    import numpy as np
    import tensorflow as tf

    x, chosen = distinct(19, 23, 5), np.array([3, 18, 0, 3, 7], "int32")
    for axis in (0, 1):
        yield Case(
            f"gather on {axis}", lambda x, i, a=axis: tf.gather(x, i, axis=a), (x, chosen), exactly
        )
    yield Case("gather by int64", tf.gather, (x, chosen.astype("int64")), exactly)
    pairs = np.array([[0, 3], [18, 17], [7, 0]], "int32")
    yield Case("gather_nd", tf.gather_nd, (x, pairs), exactly)
    rows = np.array([[4], [3], [1], [7]], "int32")
    updates = distinct(4, 5)
    yield Case("scatter_nd", lambda i, u: tf.scatter_nd(i, u, [9, 5]), (rows, updates), exactly)
    table = distinct(9, 5)
    yield Case("scatter update", tf.tensor_scatter_nd_update, (table, rows, updates), exactly)
    several = (distinct(30, 4), (np.arange(30) % 7).astype("int32"))
    segments = lambda x, i: tf.math.unsorted_segment_sum(x, i, 7)  # noqa: E731
    yield Case("segment sum", segments, several, exactly)
    upstream = signed(5, 23, 5)
    slope = lambda x, i, u: gradient(lambda x: tf.gather(x, i))(x, u)  # noqa: E731
    yield Case("gradient of gather", slope, (x, chosen, upstream), nearly)
    yield Case("one_hot", lambda i: tf.one_hot(i, 20), (chosen,), exactly)
    wide = distinct(2, 7, 9, 11)
    turns: list[tuple[Array, tuple[int, ...]]] = [
        (x, turn) for turn in ((2, 0, 1), (0, 2, 1), (2, 1, 0))
    ]
    turns += [(wide, turn) for turn in ((0, 3, 1, 2), (0, 2, 3, 1), (3, 2, 1, 0))]
    for turned, turn in turns:
        yield Case(f"transpose {turn}", lambda x, t=turn: tf.transpose(x, t), (turned,), exactly)
    yield Case("slice", lambda x: x[2:17:3, ::-2, 1:4], (x,), exactly)
    yield Case(
        "gradient of slice", gradient(lambda x: x[2:17:3, 1:9]), (x, signed(5, 8, 5)), exactly
    )
    yield Case("concat", lambda a, b: tf.concat([a, b, a], 1), (x, distinct(19, 4, 5)), exactly)
    yield Case("split", lambda x: tf.split(x, [4, 12, 7], 1), (x,), exactly)
    yield Case(
        "pad", lambda x: tf.pad(x, [[1, 2], [0, 3], [4, 0]], constant_values=3), (x,), exactly
    )
    yield Case(
        "mirror pad", lambda x: tf.pad(x, [[1, 2], [0, 3], [2, 0]], "REFLECT"), (x,), exactly
    )
    yield Case("tile", lambda x: tf.tile(x, [2, 1, 3]), (x,), exactly)
    yield Case("broadcast", lambda x: tf.broadcast_to(x[:, :1], [19, 4, 5]), (x,), exactly)
    yield Case("stack", lambda a: tf.stack([a, a + 1, a], 1), (x,), exactly)
    yield Case("resize", lambda x: tf.image.resize(x, [21, 30]), (signed(2, 7, 10, 3),), nearly)


def counted() -> Iterator[Case]:
    """The same of whole numbers, as labels, masks and tokens are."""
    import numpy as np
    import tensorflow as tf

    whole = distinct(6, 9, 4).astype("int32")
    rows = np.array([5, 0, 3], "int32")
    for number in ("int32", "int64", "bool"):
        x = whole.astype(number)
        yield Case(f"transpose of {number}", lambda x: tf.transpose(x, (2, 0, 1)), (x,), exactly)
    for number in ("int32", "int64"):
        x = whole.astype(number)
        yield Case(f"tile of {number}", lambda x: tf.tile(x, [1, 2, 1]), (x,), exactly)
    yield Case("gather of int32", tf.gather, (whole, rows), exactly)
    yield Case("argmax of int32", lambda x: tf.argmax(x, 1), (whole,), exactly)
    yield Case("product of int32", lambda x: tf.reduce_prod(x, 2), (whole % 5,), exactly)
    for function in (tf.abs, tf.sign, tf.square):
        yield Case(f"{function.__name__} of int32", function, (whole,), exactly)
    yield Case("top 3 of int32", lambda x: list(tf.math.top_k(x[:, :, 0], 3)), (whole,), exactly)
    scores, targets = distinct(7, 30), np.array([3, 29, 0, 11, 5, 5, 17], "int32")
    yield Case("in top 9", lambda x, t: tf.math.in_top_k(t, x, 9), (scores, targets), exactly)


def blocks() -> Iterator[Case]:
    """What moves whole blocks, and what folds many rows into one."""
    import numpy as np
    import tensorflow as tf

    x, images = distinct(12, 10, 6), distinct(2, 6, 8, 12)
    yield Case("pad with zeros", lambda x: tf.pad(x, [[1, 2], [0, 3], [4, 0]]), (x,), exactly)
    mirrored = gradient(lambda x: tf.pad(x, [[1, 2], [0, 3], [2, 0]], "REFLECT"))
    yield Case("gradient of mirror pad", mirrored, (x, signed(15, 13, 8)), nearly)
    yield Case("split evenly", lambda x: tf.split(x, 5, 1), (x,), exactly)
    yield Case("slice of a block", lambda x: tf.slice(x, [1, 2, 0], [9, 5, 4]), (x,), exactly)
    yield Case("depth to space", lambda x: tf.nn.depth_to_space(x, 2), (images,), exactly)
    yield Case("space to depth", lambda x: tf.nn.space_to_depth(x, 2), (images,), exactly)
    lengths = (np.arange(12) % 10 + 1).astype("int32")
    turned = lambda x, n: tf.reverse_sequence(x, n, seq_axis=1)  # noqa: E731
    yield Case("reverse by length", turned, (x, lengths), exactly)
    yield Case("ones like", tf.ones_like, (x,), exactly)
    yield Case("zeros like", tf.zeros_like, (x,), exactly)
    steps = lambda x: tf.range(x[0, 0, 0], x[0, 0, 0] + 50.0, 0.5)  # noqa: E731
    yield Case("range", steps, (x,), exactly)
    rows, updates = np.array([[4], [3], [1], [7]], "int32"), signed(4, 10, 6, low=1, high=3)
    for name in ("add", "sub", "max", "min"):
        scatter = getattr(tf, f"tensor_scatter_nd_{name}")
        yield Case(f"scatter {name}", scatter, (x, rows, updates), nearly)
    several = (signed(30, 4, low=1, high=2), (np.arange(30) % 7).astype("int32"))
    for name in ("max", "min", "prod"):
        fold = getattr(tf.math, f"unsorted_segment_{name}")
        folded = lambda x, i, f=fold: f(x, i, 7)  # noqa: E731
        yield Case(f"segment {name}", folded, several, nearly)


def order() -> Iterator[Case]:
    """The largest k, sorted values and their places, below and beyond 16."""
    import tensorflow as tf

    for rows, columns, k in ((5, 40, 5), (5, 40, 16), (5, 40, 17), (3, 1000, 20), (2, 1000, 300)):
        yield Case(
            f"top {k} of {columns}",
            lambda x, k=k: list(tf.math.top_k(x, k)),
            (distinct(rows, columns),),
            exactly,
            known=SIXTEEN if k > 16 else "",
        )
    for columns in (16, 17, 100, 1025):
        for way in ("ASCENDING", "DESCENDING"):
            x = (distinct(3, columns),)
            name, beyond = f"{columns}, {way.lower()}", SIXTEEN if columns > 16 else ""
            values = lambda x, w=way: tf.sort(x, direction=w)  # noqa: E731
            yield Case(f"sort {name}", values, x, exactly, known=beyond)
            places = lambda x, w=way: tf.argsort(x, direction=w)  # noqa: E731
            yield Case(f"argsort {name}", places, x, exactly, known=beyond)

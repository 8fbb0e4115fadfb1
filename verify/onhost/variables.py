"""Cases of variables: read by rows, added to, scattered into, moved by optimizers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import kernels
from .cases import Case, Tensor, distinct, exactly, nearly, scaled, signed

# The root of a mean of squares and a division by it, each off by Metal's fast arithmetic.
STEPPED = 1e-4
WIDE, SMALL = (0.5, 2.0), (0.1, 0.3)
RATE = {"lr": 0.1}
DECAYS = {"beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3}
POWERS = {"beta1_power": 0.81, "beta2_power": 0.98}
MEANS = {**RATE, "rho": 0.9, "momentum": 0.8, "epsilon": 1e-3}
# Of each op: the range of its slots' numbers, its scalars, the name of its gradient.
OPTIMIZERS: dict[str, tuple[dict[str, tuple[float, float]], dict[str, float], str]] = {
    "GradientDescent": ({}, {"alpha": 0.1}, "delta"),
    "Momentum": ({"accum": WIDE}, {**RATE, "momentum": 0.8}, "grad"),
    "KerasMomentum": ({"accum": WIDE}, {**RATE, "momentum": 0.8}, "grad"),
    "Adagrad": ({"accum": WIDE}, RATE, "grad"),
    "AdagradV2": ({"accum": WIDE}, {**RATE, "epsilon": 1e-3}, "grad"),
    "Adadelta": (
        {"accum": WIDE, "accum_update": WIDE},
        {**RATE, "rho": 0.9, "epsilon": 1e-3},
        "grad",
    ),
    "Adam": ({"m": WIDE, "v": WIDE}, {**POWERS, **RATE, **DECAYS}, "grad"),
    "AdamWithAmsgrad": (
        {"m": WIDE, "v": WIDE, "vhat": WIDE},
        {**POWERS, **RATE, **DECAYS},
        "grad",
    ),
    "RMSProp": ({"ms": WIDE, "mom": WIDE}, MEANS, "grad"),
    "CenteredRMSProp": ({"mg": SMALL, "ms": WIDE, "mom": WIDE}, MEANS, "grad"),
}


def variables() -> Iterator[Case]:
    """What the plugin has kernels for; where it lacks one that it should have, kernels says so."""
    if known("AssignAddVariableOp", "AssignSubVariableOp"):
        yield from assigned()
    if known("ResourceGather"):
        yield from gathered("float32")
    yield from scattered()
    for name, (slots, scalars, slope) in OPTIMIZERS.items():
        if known(f"ResourceApply{name}"):
            yield stepped(name, slots, scalars, slope)


def known(*ops: str) -> bool:
    """Whether there is a GPU kernel: a variable on the GPU cannot be worked on elsewhere."""
    return all("float32" in kernels.registered(op) for op in ops)


def assigned() -> Iterator[Case]:
    import tensorflow as tf

    def added(kept: Tensor, more: Tensor) -> Tensor:
        return tf.identity(tf.Variable(kept).assign_add(more))

    def taken(kept: Tensor, less: Tensor) -> Tensor:
        return tf.identity(tf.Variable(kept).assign_sub(less))

    for shape in ((37, 29), (1,), (100_003,)):
        pair = (signed(*shape), signed(*shape, low=-3, high=3))
        yield Case(f"added to {shape}", added, pair, nearly)
        yield Case(f"taken from {shape}", taken, pair, nearly)


def gathered(dtype: str) -> Iterator[Case]:
    """Rows of a table, as an embedding reads them, and the slopes of those rows."""
    import numpy as np
    import tensorflow as tf

    def rows(table: Tensor, chosen: Tensor) -> Tensor:
        return tf.Variable(table).sparse_read(chosen)

    def looked_up(table: Tensor, chosen: Tensor) -> Tensor:
        return tf.nn.embedding_lookup(tf.Variable(table), chosen)

    table, chosen = distinct(23, 6), np.array([[3, 22, 0], [3, 7, 19]], "int32")
    for number in ("int32", "int64"):
        places = chosen.astype(number)
        yield Case(f"rows by {number}", rows, (table, places), exactly, dtype=dtype)
    yield Case("embedding", looked_up, (table, chosen), exactly, dtype=dtype)


def scattered() -> Iterator[Case]:
    import numpy as np
    import tensorflow as tf

    chosen = np.array([4, 0, 22, 9], "int32")
    for name in ("Update", "Add", "Sub", "Mul", "Div", "Min", "Max"):
        op = f"ResourceScatter{name}"
        if not known(op):
            continue

        def scatter(table: Tensor, rows: Tensor, updates: Tensor, op: str = op) -> Tensor:
            kept = tf.Variable(table)
            getattr(tf.raw_ops, op)(resource=kept.handle, indices=rows, updates=updates)
            return tf.identity(kept)

        table = (signed(23, 6, low=1, high=9), chosen, signed(4, 6, low=2, high=7))
        yield Case(f"{name.lower()} of rows", scatter, table, nearly)


def stepped(
    name: str, slots: dict[str, tuple[float, float]], scalars: dict[str, float], slope: str
) -> Case:
    """One step of an optimizer, after which the variable and its slots are compared."""
    import tensorflow as tf

    def step(first: Tensor, *others: Tensor) -> Tensor:
        *kept, given = others
        held = [tf.Variable(each) for each in (first, *kept)]
        named: dict[str, Any] = {each: held[at].handle for at, each in enumerate(slots, start=1)}
        named.update({each: tf.constant(value) for each, value in scalars.items()})
        op = getattr(tf.raw_ops, f"ResourceApply{name}")
        op(var=held[0].handle, **named, **{slope: given})
        return [tf.identity(each) for each in held]

    ranges = [(-1.0, 1.0), *slots.values(), (-1.0, 1.0)]
    inputs = tuple(
        signed(19 + place, 7, low=low, high=high)[:19] for place, (low, high) in enumerate(ranges)
    )
    return Case(f"step of {name}", step, inputs, scaled(STEPPED))

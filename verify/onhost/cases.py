"""One computation on the GPU and on the CPU, compared element by element."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from typing import Any

from . import kernels
from .devices import CPU, GPU, strictly
from .registry import Array, Finding
from .tolerance import FAST, WINOGRAD, roundings

SHOWN = 4
NO_KERNEL = re.compile(
    r"Could not satisfy device specification|no supported kernel for GPU"
    r"|Could not find device for node|No registered '\w+' OpKernel for '?GPU"
)
NAMED = re.compile(r"\[Op:([A-Za-z]\w*)\]|\{\{node (?:[^}]*/)?([A-Za-z0-9]+)(?:_\d+)?\}\}")

Tensor = Any
Compute = Callable[..., Tensor]
# What the results may differ by, one bound for each; the second argument is what the CPU got.
Bound = Callable[["Case", "list[Array]"], "list[Array]"]


@dataclasses.dataclass(frozen=True)
class Case:
    """A computation of tensors, to be done with `inputs` in this type, eagerly or as a graph.

    `within` gives the bounds; `known` is the cause where cases like this one alone are wrong;
    `reference` is for the CPU, where that computes it by other ops.
    """

    name: str
    compute: Compute
    inputs: tuple[Array, ...]
    within: Bound
    graph: bool = False
    dtype: str = "float32"
    known: str = ""
    reference: Compute | None = None


@dataclasses.dataclass
class Outcome:
    """What came of one case: how many elements, the nearest to its bound, and what was wrong."""

    name: str
    known: str = ""
    elements: int = 0
    margin: float = 0.0
    wrong: str = ""
    cause: str = ""
    on_cpu: str = ""


def exactly(case: Case, cpu: list[Array]) -> list[Array]:
    """Bound of what only moves, compares or selects."""
    return [0.0 for _ in cpu]


def nearly(case: Case, cpu: list[Array]) -> list[Array]:
    """Bound of what is computed element by element."""
    return [FAST[case.dtype] * (1 + abs(each)) for each in cpu]


def roughly(case: Case, cpu: list[Array]) -> list[Array]:
    """Bound of what takes the difference of near numbers on its way."""
    return [10 * each for each in nearly(case, cpu)]


def sums(terms: int, winograd: bool = False) -> Bound:
    """Bound of what only multiplies and adds, each element from `terms` products.

    The sum of the products' absolute values is what the same computation
    makes of its inputs' absolute values.
    """

    def bound(case: Case, cpu: list[Array]) -> list[Array]:
        magnitudes = computed(CPU, case.compute, [abs(each) for each in case.inputs])
        share = roundings(terms, case.dtype)
        if winograd:
            return [share * WINOGRAD[case.dtype] * abs(each).max() for each in magnitudes]
        return [share * abs(each) for each in magnitudes]

    return bound


def scaled(share: float) -> Bound:
    """Bound of what is made in several steps, as a share of each result's largest element."""
    return lambda case, cpu: [share * max(1.0, float(abs(each).max())) for each in cpu]


def compared(cases: Iterable[Case]) -> Finding:
    """The finding about all cases: right in each element, and where the GPU has no kernel, why."""
    outcomes = [run(case) for case in cases]
    planned = "every element within its bound of the CPU's"
    if not outcomes:
        return Finding(True, "no case: the plugin has no kernel for any", planned)
    wrong = [each for each in outcomes if each.wrong]
    if wrong:
        more = f"; and {len(wrong) - SHOWN} more cases" if len(wrong) > SHOWN else ""
        told = "; ".join(f"{each.name}: {each.wrong}" for each in wrong[:SHOWN]) + more
        cause = next((each.cause for each in wrong if each.cause), known(wrong))
        return Finding(False, f"{len(wrong)} of {len(outcomes)} cases: {told}", planned, cause)
    nearest = max(outcomes, key=lambda each: each.margin)
    elements = sum(each.elements for each in outcomes)
    told = f"{len(outcomes)} cases, {elements} elements, at most {nearest.margin:.0%} of a bound"
    told += f" ({nearest.name})" if nearest.margin else ""
    on_cpu = sorted({each.on_cpu for each in outcomes if each.on_cpu})
    return Finding(
        True, told + (f"; expected on the CPU: {', '.join(on_cpu)}" * bool(on_cpu)), planned
    )


def known(wrong: list[Outcome]) -> str:
    """The cause that is known where nothing else is wrong than what it tells of; else ""."""
    causes = {each.known for each in wrong}
    return causes.pop() if len(causes) == 1 else ""


def run(case: Case) -> Outcome:
    """Compute twice, the second time with the inputs turned round: a stale answer is seen."""
    import numpy as np
    import tensorflow as tf

    compute = tf.function(case.compute, autograph=False) if case.graph else case.compute
    outcome = Outcome(case.name, case.known)
    for inputs in (case.inputs, tuple(np.flip(each) for each in case.inputs)):
        turned = dataclasses.replace(case, inputs=tuple(map(halved(case.dtype), inputs)))
        one(turned, compute, outcome)
        if outcome.wrong:
            return outcome
    return outcome


def one(case: Case, compute: Compute, outcome: Outcome) -> None:
    """Compare one computation; what is wrong is noted in `outcome`."""
    try:
        gpu = on_gpu(case, compute, outcome)
    except Exception as error:
        outcome.wrong = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return
    if outcome.wrong:
        return
    cpu = computed(CPU, case.reference or case.compute, case.inputs)
    if len(cpu) != len(gpu):
        outcome.wrong = f"{len(gpu)} results, not {len(cpu)}"
        return
    for index, bound in enumerate(case.within(case, cpu)):
        ours, theirs = cpu[index], gpu[index]
        if theirs.dtype.name not in (ours.dtype.name, case.dtype):
            outcome.wrong = f"type {theirs.dtype.name}, not {ours.dtype.name}"
            return
        outcome.wrong, margin = differences(ours, theirs, bound)
        outcome.margin = max(outcome.margin, margin)
        outcome.elements += int(ours.size)
        if outcome.wrong:
            return


def on_gpu(case: Case, compute: Compute, outcome: Outcome) -> list[Array]:
    """The GPU's results, held to it wherever it has the kernels."""
    import tensorflow as tf

    inputs = [typed(each, case.dtype) for each in case.inputs]
    if not outcome.on_cpu:
        try:
            with strictly(GPU):
                return watched(compute, inputs, outcome)
        except (tf.errors.InvalidArgumentError, tf.errors.NotFoundError) as error:
            if not NO_KERNEL.search(str(error)):
                raise
            named = NAMED.search(str(error))
            op = (named[1] or named[2]) if named else "an op"
            if op in kernels.lost(case.dtype):
                outcome.wrong = f"{op} has no kernel for {case.dtype}"
                outcome.cause = kernels.LOST
                return []
            outcome.on_cpu = op
    with tf.device(GPU):
        return watched(compute, inputs, outcome)


def watched(compute: Compute, inputs: list[Array], outcome: Outcome) -> list[Array]:
    """The results of `compute`, which leaves its inputs as they were."""
    import numpy as np
    import tensorflow as tf

    tensors = [tf.constant(each) for each in inputs]
    results = arrays(compute(*tensors))
    for index, tensor in enumerate(tensors):
        changed = int((tensor.numpy() != np.asarray(inputs[index])).sum())
        if changed:
            outcome.wrong = f"{changed} elements of an input were overwritten"
    return results


def computed(device: str, compute: Compute, inputs: Iterable[Array]) -> list[Array]:
    """The results on this device, as arrays."""
    import tensorflow as tf

    with tf.device(device):
        return arrays(compute(*map(tf.constant, inputs)))


def arrays(results: Tensor) -> list[Array]:
    """A tensor, or a list or tuple of them, as a list of arrays."""
    import tensorflow as tf

    many = results if isinstance(results, (list, tuple)) else [results]
    return [tf.convert_to_tensor(each).numpy() for each in many]


def differences(cpu: Array, gpu: Array, bound: Array) -> tuple[str, float]:
    """What is wrong with the GPU's array, "" if nothing, and the largest share of the bound."""
    import numpy as np

    if cpu.shape != gpu.shape:
        return f"shape {gpu.shape}, not {cpu.shape}", 0.0
    ours, theirs = cpu.astype("float64"), gpu.astype("float64")
    apart = np.abs(ours - theirs)
    # Not `apart > bound`: NaN is beyond every bound.
    wrong = np.asarray(~(apart <= bound))
    if wrong.any():
        first = tuple(int(each) for each in np.argwhere(wrong)[0])
        told = f"{int(wrong.sum())} of {wrong.size} elements wrong, first at {list(first)}: "
        return told + f"{theirs[first]:.7g} on the GPU, {ours[first]:.7g} on the CPU", 0.0
    allowed, apart = np.broadcast_to(bound, apart.shape), np.asarray(apart)
    share = apart[allowed > 0] / allowed[allowed > 0]
    return "", float(share.max()) if share.size else 0.0


def halved(dtype: str) -> Callable[[Array], Array]:
    """Rounds float32 arrays to what this type can hold, so that both devices get the same."""
    return lambda each: each if each.dtype != "float32" else typed(each, dtype).astype("float32")


def typed(each: Array, dtype: str) -> Array:
    import tensorflow as tf

    return each.astype(tf.as_dtype(dtype).as_numpy_dtype) if each.dtype == "float32" else each


def gradient(compute: Compute) -> Compute:
    """The gradients of `compute` in each of its inputs, for the gradient given last."""

    def gradients(*tensors: Tensor) -> Tensor:
        import tensorflow as tf

        *inputs, upstream = tensors
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            result = compute(*inputs)
        return tape.gradient(result, inputs, output_gradients=upstream)

    return gradients


def signed(*shape: int, low: float = -1.0, high: float = 1.0) -> Array:
    """A float32 array of this shape, uniform, the same on every run."""
    import numpy as np

    generator = np.random.RandomState(sum(shape) + 7 * len(shape))
    return generator.uniform(low, high, shape).astype("float32")


def distinct(*shape: int) -> Array:
    """A float32 array of this shape in which no number comes twice."""
    import numpy as np

    size = int(np.prod(shape))
    numbers = np.random.RandomState(size).permutation(size) - size // 2
    return (numbers / 16).astype("float32").reshape(shape)

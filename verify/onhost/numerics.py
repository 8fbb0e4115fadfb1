"""Claims about numbers: the GPU computes what the CPU computes, in every element."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from . import draws, halves, kernels, layers, moves, products, recurrent, repeats, variables
from .cases import Case, compared
from .expected import Expected
from .registry import REBUILD, Check, Finding, check, on_gpu

WRONG = "The plugin has no working kernel for this op, or a wrong one, on this chip and macOS."
HIDE = (
    "Hide the GPU from the programs that need this op (tf.config.set_visible_devices([], 'GPU')) "
    "or set tensorflow_metal_pin to another row."
)
ROUNDS = 60
MANY_ROUNDS = 400

Cases = Callable[[], Iterable[Case]]


def agree(
    name: str,
    what: str,
    cases: Cases,
    cure: str = HIDE,
    profile: str = "standard",
) -> Check:
    """The claim that GPU and CPU agree on all of these cases."""
    claimed = check(
        f"numerics.{name}",
        f"GPU and CPU agree on {what}",
        cause=WRONG,
        cure=cure,
        needs=("load.logical",),
        when=on_gpu,
        profile=profile,
    )
    return claimed(lambda expected: compared(cases()))


matmul = agree("matmul", "matrix products of every form, and their gradients", products.matmul)
conv2d = agree("conv2d", "two-dimensional convolutions, and their gradients", products.conv2d)
conv1d = agree("conv1d", "one-dimensional convolutions, with many filters too", products.conv1d)
depthwise = agree("depthwise", "depthwise and transposed convolutions", products.depthwise)
pooling = agree("pooling", "pooling, and its gradients", products.pooling)
dense_relu = agree(
    "dense_relu",
    "Dense and ReLU in graph mode",
    layers.dense_relu,
    cure="Write matmul(x, W) + b instead of a Dense layer with a fused ReLU, or hide the GPU "
    "(tf.config.set_visible_devices([], 'GPU')), or set tensorflow_metal_pin to another row.",
)
fused = agree("fused", "layers in graph mode, with each activation", layers.fused)
elementwise = agree(
    "elementwise", "activations and arithmetic, and their gradients", layers.elementwise
)
normalisation = agree("normalisation", "batch and layer normalisation", layers.normalisation)
softmax = agree("softmax", "softmax and cross-entropy, and their gradients", layers.softmax)
reductions = agree("reductions", "sums, means, extremes and where they are", moves.reductions)
moving = agree("moves", "gathers, scatters, slices, transposes and padding", moves.moves)
blocks = agree("blocks", "blocks that are moved and rows that are folded", moves.blocks)
whole = agree("integers", "whole numbers, where the plugin knows them", moves.counted)
order = agree("order", "the largest k and sorted values, beyond 16 too", moves.order)
kept = agree("variables", "what is read from and added to variables", variables.variables)
rnn = agree("recurrent", "LSTM and GRU, and their gradients", recurrent.recurrent)
float16 = agree("float16", "float16", lambda: halves.halves("float16"))
large = agree("matmul_large", "large matrix products", products.matmul_large, profile="full")
wide = agree("conv2d_large", "large convolutions", products.conv2d_large, profile="full")


@check(
    "numerics.bfloat16",
    "GPU and CPU agree on bfloat16",
    cause=WRONG,
    cure=HIDE,
    needs=("load.logical",),
    # Metal has known bfloat16 since then; before it, an op of that type may end the program.
    when=lambda expected: on_gpu(expected) and int(expected.macos.partition(".")[0] or 0) >= 14,
)
def bfloat16(expected: Expected) -> Finding:
    return compared(halves.halves("bfloat16"))


@check(
    "numerics.kernels",
    "The plugin has the kernels of its version",
    cause=kernels.LOST,
    cure=REBUILD,
    needs=("load.logical",),
    when=on_gpu,
)
def registered(expected: Expected) -> Finding:
    if kernels.version() not in kernels.VERSIONS:
        told = f"not known which those of tensorflow-metal {kernels.version()} are"
        return Finding(True, told, f"those of {', '.join(kernels.VERSIONS)}")
    planned = f"kernels for {len(kernels.table())} ops"
    odd = [f"{op} ({name})" for name in kernels.ARITHMETIC for op in kernels.missing(name)]
    if kernels.another():
        told = f"another plugin, which lacks {len(odd)} kernels of that version"
        return Finding(expected.simulated, told, planned, kernels.ANOTHER)
    return Finding(not odd, f"none for {several(odd)}" if odd else planned, planned)


@check(
    "numerics.random",
    "The GPU draws random numbers that are random, and the same for the same seed",
    cause="This GPU's random ops repeat themselves or fail: identical draws are reported in "
    "tensorflow#53505 and #56122, integers in #60597 and #87972.",
    cure="Draw on the CPU (`with tf.device('/CPU:0')`), or set tensorflow_metal_pin to another "
    "row.",
    needs=("load.logical",),
    when=on_gpu,
)
def random(expected: Expected) -> Finding:
    odd = list(draws.faults())
    planned = f"means and deviations within {draws.ERRORS:g} standard errors, no two draws alike"
    return Finding(not odd, several(odd) if odd else planned, planned)


def again(rounds: int) -> Callable[[Expected], Finding]:
    def measure(expected: Expected) -> Finding:
        odd = repeats.faults(rounds)
        planned = f"{len(repeats.small())} ops right in each of {rounds} rounds"
        cause = WRONG if set(odd.values()) == {rounds} else ""
        return Finding(not odd, several([*odd]) if odd else planned, planned, cause)

    return measure


def repeated(name: str, rounds: int, profile: str) -> Check:
    return check(
        f"numerics.{name}",
        f"GPU and CPU agree {rounds} times in a row",
        cause="The GPU computes wrongly now and then: a race in the plugin, or failing hardware.",
        cure="Restart the Mac and run `python -m verify hosts --profile full`; if it stays, have "
        "the Mac's hardware tested (Apple Diagnostics) and hide its GPU until then.",
        needs=("load.logical",),
        when=on_gpu,
        profile=profile,
    )(again(rounds))


repeatedly = repeated("repeats", ROUNDS, "standard")
many_times = repeated("many_repeats", MANY_ROUNDS, "full")


def several(odd: list[str], shown: int = 4) -> str:
    """The first of what is odd, and how many more there are."""
    return "; ".join(odd[:shown]) + (f"; and {len(odd) - shown} more" if len(odd) > shown else "")

"""What the plugin has kernels for, by its version.

Read from the names of the kernels in both releases: arithmetic in
float, half and bfloat16, and nothing else. What is not here is expected on the CPU.
"""

from __future__ import annotations

import functools
from importlib import metadata

TYPES = {"f": "float32", "h": "float16", "b": "bfloat16", "i": "int32", "l": "int64"}
ARITHMETIC = ("float32", "float16", "bfloat16")
VERSIONS = ("1.1.0", "1.2.0")
LOST = (
    "The plugin has lost a kernel that its version has: TensorFlow puts the op on the CPU, "
    "without a word."
)
ANOTHER = "Another plugin than Apple's bears its name and version."
# No release lost kernels of the one before, and a fault takes one or two: what lacks more than this
# share of them is another plugin, such as a lab's own test GPU, and is judged by what it has.
MOST_LOST = 0.1
# Each with the types it is for, by the letters above.
FLOATS = (
    "AddN AddV2 AvgPool AvgPoolGrad BatchMatMulV2 BiasAdd BiasAddGrad BroadcastTo ConcatV2 Conv2D "
    "Conv2DBackpropFilter Conv2DBackpropInput DepthwiseConv2dNative "
    "DepthwiseConv2dNativeBackpropFilter DepthwiseConv2dNativeBackpropInput DivNoNan Equal Erf Exp "
    "Floor FusedBatchNormGradV3 FusedBatchNormV3 GatherV2 Greater GreaterEqual LeakyRelu "
    "LeakyReluGrad Less LessEqual Log LogSoftmax MatMul Max MaxPool MaxPoolGrad Maximum Mean Min "
    "Minimum Mul Neg NotEqual Pad Pow Prod RealDiv Reciprocal Relu Relu6 Relu6Grad ReluGrad Rsqrt "
    "SelectV2 Sign Slice Softmax SoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits "
    "Split Sqrt Square SquaredDifference StridedSlice StridedSliceGrad Sub Sum Tanh TanhGrad"
)
ONLY_FLOAT = "ArgMax ArgMin OneHot ScatterNd TensorScatterUpdate TopKV2 UnsortedSegmentSum"
DRAWS = "RandomStandardNormal RandomUniform StatelessRandomNormalV2 StatelessRandomUniformV2"
# Read from the newest alone.
NEWEST = "1.2.0"
VARIABLES = (
    "AssignAddVariableOp AssignSubVariableOp ResourceApplyAdadelta ResourceApplyAdagrad "
    "ResourceApplyAdagradV2 ResourceApplyAdam ResourceApplyAdamWithAmsgrad "
    "ResourceApplyCenteredRMSProp ResourceApplyGradientDescent ResourceApplyKerasMomentum "
    "ResourceApplyMomentum ResourceApplyRMSProp ResourceGather ResourceScatterAdd "
    "ResourceScatterDiv ResourceScatterMax ResourceScatterMin ResourceScatterMul "
    "ResourceScatterSub ResourceScatterUpdate"
)


def table() -> dict[str, str]:
    """The letters of the types that each op has kernels for."""
    found = dict.fromkeys(FLOATS.split(), "fhb")
    found.update(dict.fromkeys(ONLY_FLOAT.split(), "f"))
    found.update(dict.fromkeys(DRAWS.split(), "fh"))
    if version() == NEWEST:
        found.update(dict.fromkeys(VARIABLES.split(), "f"))
    return found


def version() -> str:
    """The installed plugin's, "" where there is none."""
    try:
        return metadata.version("tensorflow-metal")
    except metadata.PackageNotFoundError:
        return ""


def lost(dtype: str) -> list[str]:
    """The ops that a plugin of this version has a kernel for in this type, and here has none."""
    return [] if another() else missing(dtype)


@functools.cache
def another() -> bool:
    """Whether the plugin is not the one that its version says."""
    lacking = sum(len(missing(dtype)) for dtype in ARITHMETIC)
    return lacking > MOST_LOST * sum(len(promised(dtype)) for dtype in ARITHMETIC)


def lacks(op: str) -> bool:
    """Whether this is another plugin, and one that has no kernel for the op in any type."""
    return another() and not registered(op)


def missing(dtype: str) -> list[str]:
    """The promised ops that have no kernel in this type."""
    return [op for op in promised(dtype) if dtype not in registered(op)]


def promised(dtype: str) -> list[str]:
    """The ops that the plugin's version has a kernel for in this type, as far as that is known."""
    if version() not in VERSIONS:
        return []
    letter = next(each for each, name in TYPES.items() if name == dtype)
    return [op for op, letters in table().items() if letter in letters]


def registered(op: str) -> set[str]:
    """The types that this op has a GPU kernel for in this very process."""
    import tensorflow as tf
    from tensorflow.python.framework import kernels

    return {
        tf.as_dtype(number).name
        for kernel in kernels.get_registered_kernels_for_op(op).kernel
        if kernel.device_type == "GPU"
        for constraint in kernel.constraint
        for number in constraint.allowed_values.list.type
    }

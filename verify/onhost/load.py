"""Claims about loading: TensorFlow imports, and its GPU is listed and can be opened."""

from __future__ import annotations

from .expected import Expected
from .registry import Finding, check, on_gpu

SESSION = (
    "If environment.files passes, restart the Mac; if it stays, see that "
    "`system_profiler SPDisplaysDataType` lists Metal support."
)


@check(
    "load.imports",
    "TensorFlow imports, in the locked version",
    cause="TensorFlow or a plugin beside it cannot be loaded: most often a plugin built "
    "for another TensorFlow.",
    needs=("machine.native",),
    profile="smoke",
)
def imports(expected: Expected) -> Finding:
    import tensorflow as tf

    planned = expected.lock.get("tensorflow", "a tensorflow in the lock")
    return Finding(tf.__version__ == planned, tf.__version__, planned)


@check(
    "load.listed",
    "TensorFlow lists the GPU",
    cause="The plugin's library is missing or is no plugin, or macOS offers it no Metal device.",
    cure=SESSION,
    needs=("load.imports",),
    when=on_gpu,
    profile="smoke",
)
def listed(expected: Expected) -> Finding:
    import tensorflow as tf

    names = [device.name for device in tf.config.list_physical_devices("GPU")]
    return Finding(bool(names), ", ".join(names) or "no GPU", "at least one GPU")


@check(
    "load.logical",
    "The GPU can be opened as a logical device",
    cause="The plugin lists a device and cannot open it.",
    cure=SESSION,
    needs=("load.listed",),
    when=on_gpu,
    profile="smoke",
    poisons=True,  # Once this has failed, TensorFlow hangs in whatever it is asked next.
)
def logical(expected: Expected) -> Finding:
    import tensorflow as tf

    names = [device.name for device in tf.config.list_logical_devices("GPU")]
    return Finding(bool(names), ", ".join(names) or "no logical GPU", "at least one logical GPU")

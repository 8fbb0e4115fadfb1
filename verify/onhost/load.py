"""Claims about loading: TensorFlow imports, and its GPU is listed and can be opened."""

from __future__ import annotations

from .expected import Expected
from .registry import Finding, check, on_gpu

TENSORFLOWS = ("tensorflow", "tensorflow-macos")
METAL = "METAL"
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

    planned = [expected.lock[name] for name in TENSORFLOWS if name in expected.lock]
    wanted = planned[0] if planned else "any version"
    return Finding(tf.__version__ in planned or not planned, tf.__version__, wanted)


@check(
    "load.keras",
    "tf.keras is the Keras of the lock",
    cause="tf.keras is another package than the keras that was installed here.",
    needs=("load.imports",),
    profile="smoke",
)
def keras(expected: Expected) -> Finding:
    import tensorflow as tf

    wanted = expected.lock.get("keras", "any version")
    measured = tf.keras.__version__
    return Finding(measured == wanted or "keras" not in expected.lock, measured, wanted)


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
    "load.metal",
    "The GPU is Metal's",
    cause="Another plugin than Apple's lists this GPU.",
    needs=("load.listed",),
    when=on_gpu,
    profile="smoke",
)
def metal(expected: Expected) -> Finding:
    import tensorflow as tf

    gpu = tf.config.list_physical_devices("GPU")[0]
    # TensorFlow before 2.12 does not name a plugin's devices.
    name = tf.config.experimental.get_device_details(gpu).get("device_name", METAL)
    return Finding(name == METAL, name, METAL)


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

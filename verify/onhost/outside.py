"""Claims about what gets into a user's program from outside the environment."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from .expected import Expected
from .packages import installed
from .registry import REBUILD, Finding, check, on_gpu
from .views import View, views

PLUGINS = "tensorflow-plugins"
LIBRARY = (".dylib", ".so")
BY_PATH = "TF_PLUGGABLE_DEVICE_LIBRARY_PATH"
# Whoever puts one of these before the environment's runs another TensorFlow than he believes.
SHADOWS = ("tensorflow", "keras", "numpy", "google", "tf_keras", "h5py", "sitecustomize.py")
KERAS = {"backend": "tensorflow", "floatx": "float32", "image_data_format": "channels_last"}
YES = ("1", "true", "yes")


@check(
    "environment.plugin",
    "TensorFlow finds one plugin, where a user's program looks for it",
    cause="TensorFlow loads every library in a tensorflow-plugins folder of any site-packages, the "
    "user's own too. The second plugin ends the program: 'platform is already registered'.",
    when=on_gpu,
    profile="smoke",
)
def plugin(expected: Expected) -> Finding:
    wanted = "one library in the environment"
    own = plugins([os.path.realpath(entry) for entry in sys.path if "site-packages" in entry])
    if not own:
        cause = "The plugin's library is not there."
        return Finding(False, "none", wanted, cause, REBUILD)
    if len(own) > 1:
        cure = f"Run site.yml again for this Mac, or remove all but one of them. {REBUILD}"
        return Finding(False, ", ".join(own), wanted, cure=cure)
    for view in views():
        foreign = [path for path in plugins(view.packages) if path not in own]
        named = view.variables.get(BY_PATH, "")
        if named:
            cause = (
                f"{BY_PATH} is set {view.name}: TensorFlow loads what it names as a second plugin."
            )
            return Finding(False, f"{own[0]}, {named}", wanted, cause, f"Unset {BY_PATH}.")
        if foreign:
            folder = str(Path(foreign[0]).parent.parent)
            cure = (
                f"Remove the tensorflow-metal in {folder} with the pip of the Python it belongs "
                "to, or unset PYTHONPATH, or set PYTHONNOUSERSITE=1."
            )
            return Finding(
                False, f"{own[0]}; {view.name} also {', '.join(foreign)}", wanted, "", cure
            )
    hidden = plugins(own_sites(Path.home()))
    if hidden:
        cause = (
            "A second plugin lies among the user's own packages. This environment does not see it. "
            "A Python that is no virtual environment does, and ends with 'already registered'."
        )
        cure = "Remove it with the pip of that Python: python3 -m pip uninstall tensorflow-metal."
        return Finding(False, f"{own[0]}; {', '.join(hidden)}", wanted, cause, cure, warns=True)
    return Finding(True, own[0], wanted)


@check(
    "environment.outside",
    "No package from outside stands before the environment's in a user's program",
    cause="PYTHONPATH or the user's own site-packages bring other packages into the environment: "
    "what a program imports is not what was installed here.",
    cure="Unset PYTHONPATH where it is set (~/.zshrc, ~/.zprofile, /etc/zshenv), and set "
    "PYTHONNOUSERSITE=1 for a Python that sees the user's own packages.",
    profile="smoke",
)
def outside(expected: Expected) -> Finding:
    wanted = "the environment's alone"
    own = {os.path.realpath(entry) for entry in sys.path}
    for view in views():
        for entry in view.path:
            shadows = shadowing(entry) if os.path.realpath(entry) not in own else []
            if shadows:
                return Finding(False, f"{view.name} {entry} has {', '.join(shadows)}", wanted)
    return Finding(True, wanted, wanted)


@check(
    "environment.keras",
    "Keras in a user's program has TensorFlow as its backend, and its own defaults",
    cause="The user's settings make Keras compute with something else than the TensorFlow that was "
    "installed here.",
    cure="Unset the variable where it is set (~/.zshrc, ~/.zprofile, /etc/zshenv).",
    profile="smoke",
)
def keras(expected: Expected) -> Finding:
    wanted = ", ".join(f"{name} {value}" for name, value in KERAS.items())
    third = not installed().get("keras", "3").startswith("2.")
    for view in views():
        odd = variable(view) if third else None
        odd = odd or settings(view, third)
        if odd:
            measured, cause, cure = odd
            return Finding(False, measured, wanted, cause, cure)
    return Finding(True, wanted, wanted)


def variable(view: View) -> tuple[str, str, str] | None:
    """An environment variable that makes Keras another: measured, cause, cure."""
    backend = view.variables.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        cause = f"KERAS_BACKEND is {backend} {view.name}: Keras computes with that, not TensorFlow."
        return f"KERAS_BACKEND={backend} {view.name}", cause, ""
    legacy = view.variables.get("TF_USE_LEGACY_KERAS", "")
    if legacy.lower() in YES:
        cause = (
            f"TF_USE_LEGACY_KERAS is set {view.name}: tf.keras is Keras 2 of the package tf_keras, "
            "not the Keras of this environment."
        )
        return f"TF_USE_LEGACY_KERAS={legacy} {view.name}", cause, ""
    return None


def settings(view: View, third: bool) -> tuple[str, str, str] | None:
    """A setting in the user's keras.json that makes Keras another: measured, cause, cure."""
    home = view.variables.get("KERAS_HOME")
    file = (Path(home) if home else Path(view.home, ".keras")) / "keras.json"
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    for name, value in KERAS.items():
        found = given.get(name, value) if isinstance(given, dict) else value
        # A variable stands above the file, and before 3 the only backend is TensorFlow.
        decided = name == "backend" and (not third or "KERAS_BACKEND" in view.variables)
        if found != value and not decided:
            cause = f"{file} sets Keras' {name} to {found}. {CONSEQUENCES[name]}"
            cure = f'Write "{name}": "{value}" into {file}, or delete that file.'
            return f"{name} {found} in {file}", cause, cure
    return None


CONSEQUENCES = {
    "backend": "Keras computes with that, not with TensorFlow.",
    "floatx": "Apple's GPUs compute in 32 bits or 16: what asks for more runs on the CPU.",
    "image_data_format": "Convolutions of images in that order do not run on every device.",
}


def plugins(folders: Iterable[str]) -> list[str]:
    """The libraries that TensorFlow would load as plugins from these site-packages."""
    found: list[str] = []
    for folder in dict.fromkeys(folders):
        place = Path(folder, PLUGINS)
        if place.is_dir():
            found += sorted(str(path) for path in place.iterdir() if path.name.endswith(LIBRARY))
    return found


def own_sites(home: Path) -> list[str]:
    """The folders of a user's own packages, as the Pythons of this version look for them."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    framework = home / "Library" / "Python" / version / "lib" / "python" / "site-packages"
    other = home / ".local" / "lib" / f"python{version}" / "site-packages"
    return [str(framework), str(other)]


def shadowing(entry: str) -> list[str]:
    """The packages of the environment that this folder would stand before."""
    return [name for name in SHADOWS if Path(entry, name).exists()]

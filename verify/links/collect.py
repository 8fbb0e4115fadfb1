"""The manifests: `python -m verify.links.collect [VERSION...]`.

Reads each version's wheel by ranges, only the images in it, and keeps what was read, not the
wheel. The plugins come first: their needs are what the TensorFlows are asked for. Without
VERSION all released pairs are read whose manifests are not there yet.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterable
from http.client import HTTPException
from pathlib import Path

from packaging.version import Version

from verify.links import manifest
from verify.links.bind import of_system
from verify.links.image import Image, read
from verify.links.manifest import PLUGIN, Manifest
from verify.links.progress import shown
from verify.links.wheels import Index, Progress, Source, Wheel, extracted, silent

MEMBERS = {
    "tensorflow-plugins/libmetal_plugin.dylib",
    "tensorflow/libtensorflow_cc.2.dylib",
    "tensorflow/libtensorflow_framework.2.dylib",
    "tensorflow/python/_pywrap_tensorflow_internal.so",
}
INTERNAL = "_pywrap_tensorflow_internal.so"
OLDEST_PLUGIN = Version("0.5.0")
# Apple's build was a distribution of its own; from here on `tensorflow` itself has wheels for
# Apple silicon, at first empty ones that require Apple's.
UNITED = Version("2.13.0")
WANTED = {
    "arm64": (
        *("2.22.0rc0", "2.21.0", "2.20.0", "2.19.1", "2.19.0", "2.18.1", "2.18.0", "2.17.1"),
        *("2.17.0", "2.16.2", "2.16.1", "2.15.1", "2.14.1", "2.13.1", "2.12.0", "2.11.0"),
        *("2.10.0", "2.9.2"),
    ),
    "x86_64": ("2.16.2", "2.13.1", "2.12.0"),
}


class NoWheelError(ValueError):
    """There is no wheel to judge by."""


def wheels(source: Source, plugin: bool, version: str, machine: str) -> list[Wheel]:
    """Every wheel there is of this version for the machine, in the order they are to be tried."""
    fork = ["tensorflow-macos", "tensorflow"]
    names = [PLUGIN] if plugin else fork if Version(version) < UNITED else fork[::-1]
    found: list[Wheel] = []
    others: set[Version] = set()
    for name in names:
        listed = source.wheels(name, machine)
        others |= {one.version for one in listed}
        found += sorted(
            (one for one in listed if one.version == Version(version)),
            key=lambda one: (names.index(one.distribution), -Version(one.python).minor),
        )
    if not found:
        there = ", ".join(str(one) for one in sorted(others, reverse=True)) or "none"
        title = PLUGIN if plugin else "tensorflow"
        raise NoWheelError(
            f"There is no wheel of {title} {version} for {machine} at {source.address}. "
            f"Versions with one: {there}."
        )
    return found


def collected(
    source: Source,
    plugin: bool,
    version: str,
    machine: str,
    names: Collection[str],
    python: str = "",
    progress: Progress = silent,
) -> Manifest:
    """What a version's wheel says, of the Python named or the newest: for a TensorFlow, of these
    names."""
    there = wheels(source, plugin, version, machine)
    chosen = [one for one in there if not python or one.python == python]
    if not chosen:
        raise NoWheelError(no_python(plugin, version, machine, {x.python for x in there}, python))
    for one in chosen:
        try:
            with source.open(one) as opened:
                members = sorted(MEMBERS & set(opened.namelist()))
                if not members:
                    continue
                images = tuple(parsed(opened, members, machine, plugin, names, progress))
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise NoWheelError(f"{one.name} is no whole wheel.") from None
        pythons = {x.python for x in there if x.distribution == one.distribution}
        ordered = tuple(sorted(pythons, key=Version))
        images = images if plugin else manifest.kept(images, names)
        asked = () if plugin else tuple(sorted(names))
        return Manifest(version, machine, one.distribution, ordered, one.name, images, asked)
    raise NoWheelError(f"{chosen[0].name} holds no library of TensorFlow: it is a wrapper.")


def no_python(plugin: bool, version: str, machine: str, there: Iterable[str], python: str) -> str:
    """The sentence for a Python without a wheel."""
    title = PLUGIN if plugin else "tensorflow"
    pythons = ", ".join(sorted(there, key=Version))
    return f"{title} {version} has no wheel for Python {python} on {machine}, only for {pythons}."


def parsed(
    opened: zipfile.ZipFile,
    members: list[str],
    machine: str,
    plugin: bool,
    names: Collection[str],
    progress: Progress,
) -> Iterable[Image]:
    """The images of these members, one at a time: the largest takes 2 GB to read."""
    with tempfile.TemporaryDirectory(prefix="links-") as folder:
        for member, path in extracted(opened, members, Path(folder), progress):
            image = read(path, member, machine, bindings=plugin)
            yield needed(image) if plugin else image


def needed(image: Image) -> Image:
    """The plugin without what macOS brings, which no wheel tells."""
    two_level = {key: names for key, names in image.two_level.items() if not of_system(key)}
    libraries = tuple(name for name in image.libraries if not of_system(name))
    own = {name: image.exports[name] for name in image.flat if name in image.exports}
    return Image(image.path, image.install_name, libraries, (), own, two_level, image.flat)


def names_of(plugins: Iterable[Manifest]) -> set[str]:
    """All names that these plugins need."""
    images = [image for plugin in plugins for image in plugin.images]
    flat = {name for image in images for name in image.flat}
    return flat | {name for image in images for x in image.two_level.values() for name in x}


def plugins(machine: str) -> list[Manifest]:
    """The plugins' manifests that are there."""
    there = manifest.versions(True, machine)
    return [manifest.load(manifest.FOLDER / manifest.file(True, one, machine)) for one in there]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verify.links.collect", description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="TensorFlows, read anew")
    parser.add_argument("--machine", choices=sorted(WANTED), action="append")
    given = parser.parse_args()
    try:
        source = Index()
        with shown() as progress:
            for machine in given.machine or WANTED:
                released = {one.version for one in source.wheels(PLUGIN, machine)}
                before = manifest.versions(True, machine)
                for number in sorted(x for x in released if x >= OLDEST_PLUGIN):
                    if str(number) not in before:
                        plugin = collected(source, True, str(number), machine, (), "", progress)
                        manifest.save(plugin)
                names = names_of(plugins(machine))
                for version in given.versions or WANTED[machine]:
                    path = manifest.FOLDER / manifest.file(False, version, machine)
                    known = path.exists() and names <= set(manifest.load(path).asked)
                    if given.versions or not known:
                        one = collected(source, False, version, machine, names, "", progress)
                        manifest.save(one)
    except (OSError, ValueError, HTTPException) as error:
        print(f"{error} What was read so far is kept.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The manifests: `python -m verify.links.collect [VERSION...]`, which `make compatibility` calls.

Reads each version's wheel by ranges, only the images in it, and keeps what was read, not the
wheel. The plugins come first: their needs are what the TensorFlows are asked for. Without VERSION
it is what the index has and the manifests lack. Then all is rendered, and what is new is told.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from http.client import HTTPException
from pathlib import Path

from packaging.version import Version

from verify.links import manifest, releases
from verify.links.bind import of_system
from verify.links.image import Image, read
from verify.links.manifest import MACHINES, PLUGIN, Manifest
from verify.links.progress import shown
from verify.links.wheels import Index, Progress, Source, Wheel, extracted, silent

MEMBERS = {
    "tensorflow-plugins/libmetal_plugin.dylib",
    "tensorflow/libtensorflow_cc.2.dylib",
    "tensorflow/libtensorflow_framework.2.dylib",
    "tensorflow/python/_pywrap_tensorflow_internal.so",
}
INTERNAL = "_pywrap_tensorflow_internal.so"
# Apple's build was a distribution of its own; from here on `tensorflow` itself has wheels for
# Apple silicon, at first empty ones that require Apple's.
UNITED = Version("2.13.0")


class NoWheelError(ValueError):
    """There is no wheel to judge by."""


class WrapperError(NoWheelError):
    """The wheels of this version only require others."""


@dataclass
class News:
    """What was read, as machine and version, and a sentence on each version that was not."""

    plugins: list[tuple[str, str]] = field(default_factory=list)
    tensorflows: list[tuple[str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


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
        exact = str(one.version)
        return Manifest(exact, machine, one.distribution, ordered, one.name, images, asked)
    raise WrapperError(f"{chosen[0].name} holds no library of TensorFlow: it is a wrapper.")


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
    return replace(image, libraries=libraries, passes_on=(), exports=own, two_level=two_level)


def names_of(plugins: Iterable[Manifest]) -> set[str]:
    """All names that these plugins need."""
    images = [image for plugin in plugins for image in plugin.images]
    flat = {name for image in images for name in image.flat}
    return flat | {name for image in images for x in image.two_level.values() for name in x}


def plugins(machine: str, folder: Path = manifest.FOLDER) -> list[Manifest]:
    """The plugins' manifests that are there."""
    there = manifest.versions(True, machine, folder)
    return [manifest.load(folder / manifest.file(True, one, machine)) for one in there]


def update(
    source: Source,
    machines: Iterable[str],
    versions: Collection[str] = (),
    folder: Path = manifest.FOLDER,
    progress: Progress = silent,
) -> News:
    """Read these TensorFlows anew, or without any what the manifests lack."""
    news = News()
    for machine in machines:
        if not versions:
            there = manifest.versions(True, machine, folder)
            for number in releases.plugins(source, machine, there):
                told(PLUGIN, number, machine)
                plugin = collected(source, True, number, machine, (), "", progress)
                manifest.save(plugin, folder)
                news.plugins.append((machine, number))
        there = manifest.versions(False, machine, folder)
        names = names_of(plugins(machine, folder))
        fresh = versions or releases.tensorflows(source, machine, there)
        for number in dict.fromkeys([*behind(there, names, machine, folder), *fresh]):
            told("tensorflow", number, machine)
            try:
                one = collected(source, False, number, machine, names, "", progress)
            except NoWheelError as error:
                if not versions and not isinstance(error, WrapperError):
                    raise
                news.skipped.append(f"tensorflow {number} on {machine} was passed over: {error}")
                continue
            manifest.save(one, folder)
            if number in fresh:
                news.tensorflows.append((machine, one.version))
    return news


def behind(there: Iterable[str], names: set[str], machine: str, folder: Path) -> list[str]:
    """The TensorFlows that were not asked for all that the plugins need."""
    paths = {one: folder / manifest.file(False, one, machine) for one in there}
    return [one for one, path in paths.items() if not names <= {*manifest.load(path).asked}]


def told(name: str, version: str, machine: str) -> None:
    """Say what is being read."""
    print(f"compatibility: reading {name} {version} for {machine}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verify.links.collect", description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="TensorFlows, read anew")
    parser.add_argument("--machine", choices=MACHINES, action="append")
    given = parser.parse_args()
    # These ask for a verdict, which asks for this module where it has to compute one.
    from verify.links import news, render, table
    from verify.links.verdict import version

    try:
        versions = [version(one) for one in given.versions]
        with shown() as progress:
            found = update(Index(), given.machine or MACHINES, versions, progress=progress)
    except (OSError, ValueError, HTTPException) as error:
        print(f"{error} What was read so far is kept.", file=sys.stderr)
        return 2
    if status := render.main():
        return status
    print(news.sentences(found, table.released()))
    return 2 if versions and not found.tensorflows else 0


if __name__ == "__main__":
    sys.exit(main())

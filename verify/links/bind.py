"""What dyld does with a plugin when TensorFlow is loaded already: libraries, then symbols."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from verify.links.image import Image

SYSTEM = ("/usr/lib/", "/System/Library/")
# Bound from anywhere, and offered by the libraries of macOS that every such process has loaded.
SYSTEM_NAMES = ("_objc_",)


@dataclass(frozen=True)
class Bound:
    """What could not be had; nothing of both means that the plugin links."""

    libraries: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()

    @property
    def links(self) -> bool:
        return not self.libraries and not self.symbols


def bind(plugin: Image, loaded: Sequence[Image]) -> Bound:
    """Bind the plugin to images that are loaded already.

    It is loaded with RTLD_NOW, so a symbol that would be bound lazily must be there too.
    """
    found = {name: named(name, loaded) for name in plugin.libraries if not of_system(name)}
    missing: set[str] = set()
    for library, names in plugin.two_level.items():
        if of_system(library) or library == plugin.install_name:
            continue
        image = found.get(library)
        missing.update(x for x in names if image is None or not offers(image, x, loaded))
    for name in plugin.flat:
        if name.startswith(SYSTEM_NAMES) or name in plugin.exports:
            continue
        if not any(offers(image, name, loaded) for image in loaded):
            missing.add(name)
    lacking = sorted(name for name, image in found.items() if image is None)
    return Bound(tuple(lacking), tuple(sorted(missing)))


def of_system(library: str) -> bool:
    """Whether macOS brings it: that a macOS has it is not told by wheels."""
    return library.startswith(SYSTEM)


def named(library: str, loaded: Sequence[Image], beside: Image | None = None) -> Image | None:
    """The loaded image of this name.

    dyld compares a name with the install names of what is loaded before it searches for a file.
    The plugin's own run path exists in no wheel, so for `@rpath/` there is nothing to search.
    """
    for image in loaded:
        if library and library == image.install_name:
            return image
    if beside and library.startswith("@loader_path/"):
        folder = posixpath.dirname(beside.path)
        path = posixpath.normpath(posixpath.join(folder, library.removeprefix("@loader_path/")))
        return next((image for image in loaded if image.path == path), None)
    return None


def offers(
    image: Image,
    name: str,
    loaded: Sequence[Image],
    passed: frozenset[tuple[str, str]] = frozenset(),
) -> bool:
    """Whether the image offers this name, itself or passed on from a library that has it."""
    if (image.path, name) in passed:
        return False
    passed |= {(image.path, name)}
    if name in image.exports:
        export = image.exports[name]
        if export is None or of_system(export.library):
            return True
        source = named(export.library, loaded, image)
        return source is not None and offers(source, export.name, loaded, passed)
    sources = (named(library, loaded, image) for library in image.passes_on)
    return any(source and offers(source, name, loaded, passed) for source in sources)

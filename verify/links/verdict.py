"""The verdict on a pair, in a sentence and as JSON, from the manifests or from wheels."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import URLError

from packaging.version import InvalidVersion, Version

from verify.links import manifest
from verify.links.bind import Bound, bind
from verify.links.manifest import PLUGIN, Manifest

SHOWN = 4


@dataclass(frozen=True)
class Verdict:
    """A pair of versions, and what dyld could not bind of it."""

    tensorflow: Manifest
    metal: Manifest
    python: str
    bound: Bound
    source: str

    @property
    def links(self) -> bool:
        """Whether it does, in a Python that both serve."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why the pair does not link; empty where it does."""
        parts = [] if self.python else [self.no_python]
        parts += [f"{name} cannot be loaded" for name in self.bound.libraries]
        if symbols := self.bound.symbols:
            count = "1 symbol is" if len(symbols) == 1 else f"{len(symbols)} symbols are"
            names = ", ".join(demangled(name) for name in symbols[:SHOWN])
            more = f" and {len(symbols) - SHOWN} more" if len(symbols) > SHOWN else ""
            parts.append(f"{count} missing: {names}{more}")
        return "; ".join(parts)

    @property
    def no_python(self) -> str:
        """That no Python has wheels of both, and which each is for."""
        each = (
            f"{one.distribution} {one.version} is for {', '.join(one.pythons)}"
            for one in (self.tensorflow, self.metal)
        )
        return f"no Python has wheels of both: {', '.join(each)}"

    @property
    def sentence(self) -> str:
        one = self.tensorflow
        return said(one.distribution, one.version, self.metal.version, one.machine, self.reason)

    def to_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "tensorflow": self.tensorflow.version,
            "metal": self.metal.version,
            "machine": self.tensorflow.machine,
            "python": self.python,
            "links": self.links,
            "reason": self.reason,
            "libraries": list(self.bound.libraries),
            "symbols": [{"name": x, "demangled": demangled(x)} for x in self.bound.symbols],
            "sentence": self.sentence,
            "source": self.source,
            "wheels": [self.tensorflow.wheel, self.metal.wheel],
        }


def said(distribution: str, tensorflow: str, metal: str, machine: str, reason: str) -> str:
    """The verdict in a sentence."""
    pair = f"{distribution} {tensorflow} on {machine}"
    if reason:
        return f"{PLUGIN} {metal} does not link with {pair}: {reason}."
    offered = "every library and symbol that it needs of TensorFlow is offered"
    return f"{PLUGIN} {metal} links with {pair}: {offered}."


def demangled(symbol: str) -> str:
    """The symbol as a C++ programmer knows it; as it is where no C++ library can tell."""
    plain = symbol.removeprefix("_")
    with contextlib.suppress(Exception):  # cxxfilt fails in many ways where it finds no library.
        import cxxfilt

        # GNU's library sets closing brackets apart, LLVM's does not.
        return str(cxxfilt.demangle(plain)).replace("> >", ">>").replace("> >", ">>")
    return plain


def judged(tensorflow: Manifest, metal: Manifest, python: str, source: str) -> Verdict:
    """Bind the plugin to this TensorFlow, in a Python that both serve; none may."""
    common = sorted({*tensorflow.pythons} & {*metal.pythons}, key=Version)
    for one in (tensorflow, metal) if python else ():
        if python not in one.pythons:
            raise ValueError(
                f"{one.distribution} {one.version} has no wheel for Python {python} on "
                f"{one.machine}, only for {', '.join(one.pythons)}."
            )
    bound = bind(metal.images[0], tensorflow.images)
    return Verdict(tensorflow, metal, python or "".join(common[-1:]), bound, source)


def known(
    tensorflow: str, metal: str, machine: str, python: str = "", folder: Path = manifest.FOLDER
) -> Verdict | None:
    """The verdict from the manifests; None where they do not know the pair."""
    paths = [
        folder / manifest.file(plugin, version, machine)
        for plugin, version in ((False, tensorflow), (True, metal))
    ]
    if not all(path.is_file() for path in paths):
        return None
    one, plugin = map(manifest.load, paths)
    image = plugin.images[0]
    needed = {*image.flat, *(name for names in image.two_level.values() for name in names)}
    if not needed <= {*one.asked}:
        return None
    return judged(one, plugin, python, "manifests")


def computed(
    tensorflow: str, metal: str, machine: str, python: str = "", folder: Path | None = None
) -> Verdict:
    """The verdict from wheels: those of a folder, or the index's."""
    from verify.links import collect
    from verify.links.progress import shown
    from verify.links.wheels import Folder, Index

    source = Folder(folder) if folder else Index()
    with shown() as progress:
        plugin = collect.collected(source, True, metal, machine, (), python, progress)
        names = collect.names_of([plugin])
        one = collect.collected(source, False, tensorflow, machine, names, python, progress)
    return judged(one, plugin, python, source.address if folder else "index")


def version(text: str) -> str:
    """The version as wheels write it. Raises ValueError for what is none."""
    try:
        return str(Version(text))
    except InvalidVersion:
        raise ValueError(f"{text!r} is not a version, such as 2.18.1.") from None


def unknown(tensorflow: str, metal: str, machine: str, why: str) -> str:
    """The sentence for a pair that neither the manifests nor an index tell of."""
    there: Sequence[tuple[str, list[str]]] = [
        ("tensorflow", manifest.versions(False, machine)[::-1]),
        (PLUGIN, manifest.versions(True, machine)[::-1]),
    ]
    lists = "; ".join(f"{name} {', '.join(found) or 'none'}" for name, found in there)
    return (
        f"Whether {PLUGIN} {metal} links with tensorflow {tensorflow} on {machine} cannot be told: "
        f"{why.rstrip('.')}. The manifests know {lists}."
    )


def tell(
    tensorflow: str, metal: str, machine: str, python: str = "", folder: Path | None = None
) -> Verdict:
    """The verdict, from the manifests where they know the pair and no wheels are given.

    Raises ValueError with one sentence where it cannot be told.
    """
    tensorflow, metal = version(tensorflow), version(metal)
    if not folder and (found := known(tensorflow, metal, machine, python)):
        return found
    try:
        return computed(tensorflow, metal, machine, python, folder)
    except URLError as error:
        why = f"the index does not answer ({getattr(error.reason, 'strerror', 0) or error.reason})"
    except (OSError, ValueError, ImportError, HTTPException) as error:
        why = str(error)
    raise ValueError(unknown(tensorflow, metal, machine, why))

"""A Mach-O image as dyld's binding sees it, and how one is read from a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

WEAK_LOOKUP = -3
FLAT_LOOKUPS = (-2, 254)


@dataclass(frozen=True)
class Reexport:
    """A name that an image passes on from a library, there perhaps under another name."""

    library: str
    name: str


@dataclass(frozen=True)
class Image:
    """What an image is called, what it loads, what it offers and what it needs."""

    path: str
    install_name: str
    libraries: tuple[str, ...] = ()
    passes_on: tuple[str, ...] = ()
    exports: Mapping[str, Reexport | None] = field(default_factory=dict)
    two_level: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flat: tuple[str, ...] = ()
    macos: str = ""


def read(path: Path, name: str, machine: str, *, bindings: bool) -> Image:
    """The image in a file for this machine; its bindings only where asked, they cost seconds.

    Raises ValueError where the file holds none.
    """
    import lief  # It takes a second, and an answer from the manifests needs none.

    lief.logging.disable()
    config = lief.MachO.ParserConfig()
    config.parse_dyld_exports = True
    config.parse_dyld_bindings = bindings
    config.parse_dyld_rebases = False
    fat = lief.MachO.parse(path, config)
    wanted = {
        "arm64": lief.MachO.Header.CPU_TYPE.ARM64,
        "x86_64": lief.MachO.Header.CPU_TYPE.X86_64,
    }[machine]
    binary = fat.take(wanted) if fat else None
    if binary is None:
        raise ValueError(f"{name} is no Mach-O image for {machine}.")
    kinds = lief.MachO.LoadCommand.TYPE
    loaded = [one for one in binary.libraries if one.command != kinds.ID_DYLIB]
    trie = binary.dyld_info or binary.dyld_exports_trie
    exports: dict[str, Reexport | None] = {}
    for export in trie.exports if trie else ():
        if export.symbol is None:
            continue
        symbol = str(export.symbol.name)
        library = export.alias_library
        if library is None:
            exports[symbol] = None
        else:
            alias = str(export.alias.name) if export.alias else ""
            exports[symbol] = Reexport(str(library.name), alias or symbol)
    two_level, flat = needs(binary) if bindings else ({}, ())
    own = [str(one.name) for one in binary.libraries if one.command == kinds.ID_DYLIB]
    return Image(
        path=name,
        install_name=own[0] if own else "",
        libraries=tuple(str(one.name) for one in loaded if one.command != kinds.LOAD_WEAK_DYLIB),
        passes_on=tuple(str(one.name) for one in loaded if one.command == kinds.REEXPORT_DYLIB),
        exports=exports,
        two_level=two_level,
        flat=flat,
        macos=minimum(binary),
    )


def minimum(binary: object) -> str:
    """The oldest macOS that the image says it is for, such as 12.1."""
    found = binary.build_version or binary.version_min  # type: ignore[attr-defined]
    if found is None:
        return ""
    parts = found.minos if hasattr(found, "minos") else found.version
    return ".".join(str(part) for part in parts[:2])


def needs(binary: object) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The names that must be bound: by library, and from anywhere.

    Left out are weak imports, which may stay null, and coalesced weak definitions, which the image
    brings along itself: -3 in chained fixups, a class of their own in the older opcodes.
    """
    found: dict[str, set[str]] = {}
    flat: set[str] = set()
    for binding in binary.bindings:  # type: ignore[attr-defined]
        coalesced = "WEAK" in str(getattr(binding, "binding_class", ""))
        if coalesced or binding.weak_import or binding.library_ordinal == WEAK_LOOKUP:
            continue
        if binding.library_ordinal in FLAT_LOOKUPS:
            flat.add(str(binding.symbol.name))
        elif binding.has_library:
            found.setdefault(str(binding.library.name), set()).add(str(binding.symbol.name))
    return {library: tuple(sorted(names)) for library, names in found.items()}, tuple(sorted(flat))


def narrowed(image: Image, names: Collection[str]) -> Image:
    """The image with only these exports."""
    kept = {name: image.exports[name] for name in sorted(names) if name in image.exports}
    return replace(image, exports=kept, two_level={}, flat=())

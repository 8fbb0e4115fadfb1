"""What is known of the released wheels, one JSON file each: enough for every verdict."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from verify.links.image import Image, Reexport, narrowed

FOLDER = Path(__file__).resolve().parent / "manifests"
PLUGIN = "tensorflow-metal"
MACHINES = ("arm64", "x86_64")


@dataclass(frozen=True)
class Manifest:
    """One version for one machine: its Pythons, the wheel that was read, and its images.

    `asked` are the names that were looked for; of no other does the manifest know.
    """

    version: str
    machine: str
    distribution: str
    pythons: tuple[str, ...]
    wheel: str
    images: tuple[Image, ...]
    asked: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return file(self.distribution == PLUGIN, self.version, self.machine)


def file(plugin: bool, version: str, machine: str) -> str:
    """The manifest's name."""
    return f"{PLUGIN if plugin else 'tensorflow'}-{version}-{machine}.json"


def save(manifest: Manifest, folder: Path = FOLDER) -> None:
    """Write it: names that are offered plainly, passed on, and offered by no image."""
    folder.mkdir(parents=True, exist_ok=True)
    offered = {name for image in manifest.images for name in image.exports}
    content = {
        "version": manifest.version,
        "machine": manifest.machine,
        "distribution": manifest.distribution,
        "pythons": list(manifest.pythons),
        "wheel": manifest.wheel,
        "images": [written(image) for image in manifest.images],
        "offered_by_none": sorted(set(manifest.asked) - offered),
    }
    text = json.dumps(content, indent=1, ensure_ascii=True) + "\n"
    (folder / manifest.file).write_text(text, encoding="utf-8")


def written(image: Image) -> dict[str, Any]:
    """The image as JSON; what it has none of is left out."""
    passed: dict[str, dict[str, str]] = {}
    for name, export in sorted(image.exports.items()):
        if export is not None:
            passed.setdefault(export.library, {})[name] = export.name
    content = {
        "path": image.path,
        "install_name": image.install_name,
        "macos": image.macos,
        "libraries": list(image.libraries),
        "passes_on": list(image.passes_on),
        "offers": sorted(name for name, export in image.exports.items() if export is None),
        "reexports": passed,
        "needs": {library: list(names) for library, names in sorted(image.two_level.items())},
        "needs_from_anywhere": list(image.flat),
    }
    return {key: value for key, value in content.items() if value}


def load(path: Path) -> Manifest:
    """Read one. Raises ValueError for what is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        images = tuple(image(one) for one in content["images"])
        offered = {name for one in images for name in one.exports}
        return Manifest(
            content["version"],
            content["machine"],
            content["distribution"],
            tuple(content["pythons"]),
            content["wheel"],
            images,
            tuple(sorted(offered | set(content["offered_by_none"]))),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a manifest: {error!r}.") from None


def image(content: Mapping[str, Any]) -> Image:
    """The image that this JSON describes."""
    exports: dict[str, Reexport | None] = dict.fromkeys(content.get("offers", ()))
    for library, names in content.get("reexports", {}).items():
        exports |= {name: Reexport(library, there) for name, there in names.items()}
    return Image(
        path=content.get("path", ""),
        install_name=content.get("install_name", ""),
        libraries=tuple(content.get("libraries", ())),
        passes_on=tuple(content.get("passes_on", ())),
        exports=exports,
        two_level={key: tuple(names) for key, names in content.get("needs", {}).items()},
        flat=tuple(content.get("needs_from_anywhere", ())),
        macos=content.get("macos", ""),
    )


def kept(images: Collection[Image], names: Collection[str]) -> tuple[Image, ...]:
    """The images with only these exports and what they are called where they come from."""
    wanted = set(names)
    while True:
        exports = [image.exports.get(name) for image in images for name in wanted]
        more = {export.name for export in exports if export} - wanted
        if not more:
            return tuple(narrowed(image, wanted) for image in images)
        wanted |= more


def versions(plugin: bool, machine: str, folder: Path = FOLDER) -> list[str]:
    """The versions that have a manifest for this machine, oldest first."""
    before, after = file(plugin, "*", machine).split("*")
    names = (path.name for path in folder.glob(f"{before}[0-9]*{after}"))
    return sorted((name[len(before) : -len(after)] for name in names), key=Version)

"""A row of pins.yml, and what the manifests say of its pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from packaging.utils import parse_wheel_filename
from packaging.version import Version

from verify.links.manifest import PLUGIN, Manifest
from verify.links.verdict import Verdict, known

# Apple's word for every plugin that there are manifests of; the wheels' tags say less.
APPLES_WORD = "12.1"
NAMES = ("tensorflow", "tensorflow-macos")
TEXT = """\
  - id: tf-{minor}
    machine: {machine}
    macos_min: "{macos}"
    macos_max: ""
    python: "{python}"
    packages:
      {distribution}: {version}
      tensorflow-metal: {metal}
    status: available
    reason: The newest TensorFlow that any released tensorflow-metal loads.
    links: Links.
    until: ""
"""


def evidence(row: Mapping[str, Any]) -> str:
    """What the manifests say of the row's pair."""
    if not metal(row):
        return "no plugin"
    try:
        found = known(tensorflow(row), metal(row), row["machine"], row["python"])
    except ValueError as error:
        return f"**does not link**: {error}"
    if found is None:
        return "**not computed**"
    return "links, computed" if found.links else f"**does not link**: {found.reason}"


def tensorflow(row: Mapping[str, Any]) -> str:
    """The row's version of TensorFlow."""
    return str(next(row["packages"][name] for name in NAMES if name in row["packages"]))


def metal(row: Mapping[str, Any]) -> str:
    """The row's version of the plugin, if it has one."""
    return str(row["packages"].get(PLUGIN, ""))


def suggested(verdicts: Iterable[Verdict], rows: Iterable[Mapping[str, Any]], machine: str) -> str:
    """A row for the newest release that links, with its newest plugin; nothing where the rows
    have it or a newer one."""
    mine = [row for row in rows if row["machine"] == machine and metal(row)]
    if not mine:
        return ""
    newest = max(mine, key=lambda row: Version(tensorflow(row)))
    newer = [
        one
        for one in verdicts
        if one.links
        and one.tensorflow.machine == machine
        and not Version(one.tensorflow.version).is_prerelease
        and Version(one.tensorflow.version) > Version(tensorflow(newest))
    ]
    if not newer:
        return ""
    best = max(newer, key=lambda x: (Version(x.tensorflow.version), Version(x.metal.version)))
    one, plugin = best.tensorflow, best.metal
    both = {*one.pythons} & {*plugin.pythons}
    return TEXT.format(
        minor=".".join(one.version.split(".")[:2]),
        machine=machine,
        macos=macos(one, plugin),
        python=newest["python"] if newest["python"] in both else best.python,
        distribution=one.distribution,
        version=one.version,
        metal=plugin.version,
    )


def macos(*pair: Manifest) -> str:
    """The oldest macOS for a TensorFlow and its plugin, if it has one: of the wheels' tags, the
    images and Apple's word."""
    found = {tag(one.wheel) for one in pair} | {x.macos for one in pair for x in one.images}
    if any(one.distribution == PLUGIN for one in pair):
        found.add(APPLES_WORD)
    return max(found - {""}, key=Version)


def tag(wheel: str) -> str:
    """The oldest macOS that the wheel's name allows."""
    platform = min(str(one.platform) for one in parse_wheel_filename(wheel)[3])
    return ".".join(platform.split("_")[1:3])

"""Which versions on an index are wanted beside the manifests that are there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from packaging.version import Version

from verify.links.manifest import PLUGIN
from verify.links.wheels import Source

OLDEST_PLUGIN = Version("0.5.0")
DISTRIBUTIONS = ("tensorflow", "tensorflow-macos")


def plugins(source: Source, machine: str, there: Collection[str]) -> list[str]:
    """Every tensorflow-metal without a manifest, oldest first."""
    found = listed(source, (PLUGIN,), machine)
    wanted = {one for one in found if one >= OLDEST_PLUGIN and not one.is_prerelease}
    return missing(wanted, there)


def tensorflows(source: Source, machine: str, there: Collection[str]) -> list[str]:
    """The TensorFlows without a manifest, oldest first.

    Wanted is each minor's newest patch, from the oldest minor that is there on, and a release
    candidate that is newer than every release.
    """
    found = listed(source, DISTRIBUTIONS, machine)
    oldest = min(map(Version, there)).release[:2] if there else (0,)
    newest: dict[tuple[int, ...], Version] = {}
    for one in sorted(found):
        if not one.is_prerelease and one.release[:2] >= oldest:
            newest[one.release[:2]] = one
    wanted = set(newest.values())
    if found and (last := max(found)).is_prerelease:
        wanted.add(last)
    return missing(wanted, there)


def listed(source: Source, names: Sequence[str], machine: str) -> set[Version]:
    """All versions that have a wheel. Raises ValueError where there is none at all."""
    found = {one.version for name in names for one in source.wheels(name, machine)}
    if not found:
        raise ValueError(f"There is no wheel of {names[0]} for {machine} at {source.address}.")
    return found


def missing(wanted: Collection[Version], there: Collection[str]) -> list[str]:
    """Those that are not there, oldest first."""
    return [str(one) for one in sorted(wanted) if one not in set(map(Version, there))]

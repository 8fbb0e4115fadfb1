"""What a run of `make compatibility` found, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify import settings
from verify.links import row
from verify.links.manifest import MACHINES, PLUGIN
from verify.links.verdict import Verdict

if TYPE_CHECKING:
    from verify.links.collect import News


def sentences(news: News, verdicts: Sequence[Verdict]) -> str:
    """Each new version and what it links with, the row to add, and what was passed over."""
    lines = [line(verdicts, True, *one) for one in news.plugins]
    lines += [line(verdicts, False, *one) for one in news.tensorflows]
    if not lines:
        lines = [f"Nothing new: {newest(verdicts)}."]
    lines += news.skipped
    for machine in MACHINES:
        if text := row.suggested(verdicts, settings.pins(), machine):
            lines.append(
                "A newer TensorFlow links than any row has. Put this on top of vars/main/pins.yml, "
                f"see to the reasons of the rows below it, and type make pins:\n\n{text}"
            )
    return "\n".join(lines)


def line(verdicts: Sequence[Verdict], plugin: bool, machine: str, version: str) -> str:
    """What this version links with and what not."""
    name, other = (PLUGIN, "tensorflow") if plugin else ("tensorflow", PLUGIN)
    good: list[str] = []
    bad: list[str] = []
    for one in verdicts:
        mine, its = (one.metal, one.tensorflow) if plugin else (one.tensorflow, one.metal)
        if (one.tensorflow.machine, mine.version) == (machine, version):
            (good if one.links else bad).append(its.version)
    return (
        f"New: {name} {version} on {machine} links with {other} {listed(good)}; "
        f"not with {listed(bad)}."
    )


def newest(verdicts: Sequence[Verdict]) -> str:
    """The newest versions that the manifests know."""
    each = []
    for machine in MACHINES:
        first = next(one for one in verdicts if one.tensorflow.machine == machine)
        tensorflow, metal = first.tensorflow.version, first.metal.version
        each.append(f"tensorflow {tensorflow} and {PLUGIN} {metal} for {machine}")
    return f"the newest are {', '.join(each)}"


def listed(versions: Sequence[str]) -> str:
    """The versions, or that there is none."""
    return ", ".join(versions) or "none"

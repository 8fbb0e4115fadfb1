"""The verdicts that a lab keeps in a file of its own: computed once, read by the role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.links import table
from verify.links.verdict import Verdict, said, tell, version


@dataclass(frozen=True)
class Kept:
    """A verdict as such a file holds it: why the pair does not link, or nothing."""

    distribution: str
    tensorflow: str
    metal: str
    machine: str
    reason: str
    source: str

    @property
    def links(self) -> bool:
        return not self.reason

    @property
    def sentence(self) -> str:
        return said(self.distribution, self.tensorflow, self.metal, self.machine, self.reason)

    def to_json(self) -> dict[str, Any]:
        return {
            "tensorflow": self.tensorflow,
            "metal": self.metal,
            "machine": self.machine,
            "links": self.links,
            "reason": self.reason,
            "sentence": self.sentence,
            "source": self.source,
        }


def kept(tensorflow: str, metal: str, machine: str, path: Path) -> Kept | None:
    """The verdict that this file holds; None where it holds none on the pair."""
    row = table.read(path).get(machine, {}).get(tensorflow)
    if row is None or metal not in row["metal"]:
        return None
    reason = row["metal"][metal]
    return Kept(row["distribution"], tensorflow, metal, machine, reason, str(path))


def told(
    tensorflow: str,
    metal: str,
    machine: str,
    python: str = "",
    folder: Path | None = None,
    path: Path | None = None,
) -> Verdict | Kept:
    """The verdict; what had to be computed for it is kept in the file at `path`.

    The file tells of no Python and of no wheels given, so it is not asked about those.
    Raises ValueError where the verdict cannot be told or not be kept.
    """
    if path is None:
        return tell(tensorflow, metal, machine, python, folder)
    if not path.parent.is_dir():
        raise ValueError(f"There is no folder {path.parent} to keep verdicts in.")
    found = kept(version(tensorflow), version(metal), machine, path)
    if found and not python and not folder:
        return found
    verdict = tell(tensorflow, metal, machine, python, folder)
    if verdict.source != "manifests":
        # Read again: another run may have kept its own meanwhile.
        made = table.read(path)
        table.add(made, verdict)
        table.write(made, path)
    return verdict

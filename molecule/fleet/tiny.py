"""A stand-in TensorFlow of a few kilobytes, with a row and locks of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import stand_in

PIN = "tf-2.18"
ROW: dict[str, Any] = {
    "id": "stand-in",
    "machine": "arm64",
    "macos_min": "12.1",
    "python": "3.11",
    "packages": {"tensorflow": "2.18.1", "tensorflow-metal": "1.2.0"},
    "reason": "A stand-in for TensorFlow, which only answers the smoke check.",
}
# Some real packages are beside it, so that there is something to install.
REAL = ("six", "termcolor", "wrapt")
ARRAYS = """
class _Eights:
    backing_device = "/job:localhost/replica:0/task:0/device:GPU:0"
    numpy = min = max = lambda self: self
    __eq__ = lambda self, other: other == 8
    __ne__ = lambda self, other: other != 8


ones = lambda shape: None
matmul = lambda a, b: _Eights()
"""


def make(wheels: Path, folder: Path) -> tuple[Path, Path, Path]:
    """Its wheelhouse, its locks, and other locks of the same packages: another environment's."""
    stand_in.make(wheels, folder, [PIN], REAL, ARRAYS)
    locks, older = folder / "locks", folder / "locks" / f"{PIN}-older"
    for one in (locks, older):
        shutil.move(one / f"{PIN}.txt", one / f"{ROW['id']}.txt")
    return folder / "wheelhouse", locks, older

"""A stand-in TensorFlow, for points that are about the role and not about TensorFlow.

It lists a GPU and multiplies matrices of ones, which is what the smoke check asks. Beside it lie a
few real packages of the lab's wheelhouse, so that there is something to write and to lose.

    stand_in.py WHEELS FOLDER PIN...
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path

from verify import settings

REAL = ("numpy", "six", "wrapt", "termcolor")
DEVICES = """
import os
import signal

__version__ = "{version}"
# What the test GPU does when it is told to.
if "segfault" in os.environ.get("TEST_GPU_FAULTS", ""):
    os.kill(os.getpid(), signal.SIGSEGV)


class _Device:
    def __init__(self, name):
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False


class _Config:
    set_soft_device_placement = staticmethod(lambda wanted: None)
    list_physical_devices = staticmethod(lambda kind=None: [_Device("/physical_device:GPU:0")])


config = _Config()
device = _Device
"""
ARRAYS = """
class _Tensor:
    device = backing_device = "/job:localhost/replica:0/task:0/device:GPU:0"

    def __init__(self, array):
        self._array = array

    def numpy(self):
        return self._array


# Real NumPy, so that an import fails where a file of it was lost.
import numpy as _numpy
import numpy.linalg, numpy.random, numpy.fft
ones = _numpy.ones
matmul = lambda a, b: _Tensor(_numpy.matmul(a, b))
"""


def make(
    wheels: Path,
    folder: Path,
    pins: Iterable[str],
    real: Collection[str] = REAL,
    arrays: str = ARRAYS,
) -> None:
    """Write FOLDER/wheelhouse and FOLDER/locks out of a set that the lab built; what it
    multiplies is `arrays`.
    """
    house, locks = folder / "wheelhouse", folder / "locks"
    shutil.rmtree(folder, ignore_errors=True)
    for one in (house, locks):
        one.mkdir(parents=True)
    shutil.copy(wheels / "locks" / "uv.txt", locks)
    take(locks / "uv.txt", wheels, house, ("uv",))
    rows = {row["id"]: row for row in settings.pins()}
    for pin in pins:
        lines = (
            (wheels / "locks" / f"{pin}.txt").read_text(encoding="utf-8").splitlines(keepends=True)
        )
        own = [line for line in lines if line.split("==")[0] in real]
        for name, version in rows[pin]["packages"].items():
            own.append(
                f"{name}=={version} --hash=sha256:{digest(wheel(name, version, house, arrays))}\n"
            )
        (locks / f"{pin}.txt").write_text("".join(own), encoding="utf-8")
        take(locks / f"{pin}.txt", wheels, house, real)
        # The same packages under another hash: an environment from before.
        (locks / f"{pin}-older").mkdir()
        for other in ("uv", pin):
            shutil.copy(locks / f"{other}.txt", locks / f"{pin}-older")
        with (locks / f"{pin}-older" / f"{pin}.txt").open("a", encoding="utf-8") as lock:
            lock.write("# As it was before.\n")


def take(lock: Path, wheels: Path, house: Path, names: Collection[str]) -> None:
    """The real wheels of these names that a lock names by their hashes."""
    hashes = set(re.findall(r"sha256:([0-9a-f]{64})", lock.read_text(encoding="utf-8")))
    for one in (wheels / "wheelhouse").glob("*.whl"):
        if one.name.split("-")[0] in names and digest(one) in hashes:
            shutil.copy(one, house)


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def wheel(name: str, version: str, house: Path, arrays: str) -> Path:
    """A wheel of that name; TensorFlow's own holds the stand-in."""
    stem = f"{name.replace('-', '_')}-{version}"
    files = {
        f"{stem}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if name == "tensorflow":
        files["tensorflow/__init__.py"] = DEVICES.format(version=version) + arrays
    record = "".join(f"{path},,\n" for path in (*files, f"{stem}.dist-info/RECORD"))
    made = house / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in {**files, f"{stem}.dist-info/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return made


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

"""The lab's wheelhouse: the pinned set as macOS-tagged wheels, and the locks that fit them.

    build.py --lock tf-2.18.txt --lock uv.txt --downloads FOLDER --out FOLDER

Each package of a real macOS lock is fetched in the same version for this Linux, checked against the
hashes that the lock itself holds, and put under a macOS tag. TensorFlow is the build without CUDA
that the lock's twin was proven with (verify/twin); tensorflow-metal is the test GPU. Written to
OUT/wheelhouse and, with the hashes of these wheels, to OUT/locks.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from retag import retag

HERE = Path(__file__).resolve().parent
TWINS = HERE.parents[2] / "verify" / "twin" / "linux.txt"
PYTHON = "3.11"
MAC = "macosx_12_0_arm64"
TEST_GPU = "tensorflow-metal"
# The x86_64 Linux wheel of tensorflow brings CUDA kernels, which collide with the test GPU's.
WITHOUT_CUDA = {"tensorflow": "tensorflow-cpu"} if platform.machine() == "x86_64" else {}


def pins(lock: Path) -> dict[str, str]:
    """Name and version of each package in a lock, in the lock's order."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text(), re.M))


def download(requirements: Path, downloads: Path) -> None:
    """Fetch Linux wheels for Python 3.11, refusing any whose hash is not in `requirements`."""
    machine = platform.machine()
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(17, 37)]
    platforms += [f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}"]
    command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    command += ["--python-version", PYTHON, "--dest", str(downloads), "-r", str(requirements)]
    for name in platforms:
        command += ["--platform", name]
    if subprocess.run(command, check=False).returncode:
        sys.exit(f"The wheels of {requirements.name} could not be fetched. Nothing was changed.")


def entries(requirements: Path) -> list[str]:
    """The requirements of a file, each with its hashes."""
    return re.split(r"^(?=[A-Za-z0-9])", requirements.read_text(), flags=re.M)


def linux_part(lock: Path, scratch: Path) -> Path:
    """What Linux has for `lock`, as a requirements file: TensorFlow in its own build."""
    kept = [e for e in entries(lock) if e.split("==")[0] not in {TEST_GPU, *WITHOUT_CUDA}]
    for name in WITHOUT_CUDA.keys() & pins(lock).keys():
        own = f"{WITHOUT_CUDA[name]}=={pins(lock)[name]} "
        kept += [entry for entry in entries(TWINS) if entry.startswith(own)]
    part = scratch / lock.name
    part.write_text("".join(kept))
    return part


def wheel_of(name: str, version: str, downloads: Path) -> Path:
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}-"
    for wheel in downloads.glob("*.whl"):
        if re.sub(r"[-.]", "_", wheel.name.lower()).startswith(re.sub(r"[-.]", "_", stem)):
            return wheel
    sys.exit(f"No wheel of {name} {version} lies in {downloads}. Nothing was changed.")


def test_gpu(version: str, tensorflow: Path, wheelhouse: Path) -> Path:
    """Compile the test GPU against this TensorFlow's headers, under tensorflow-metal's name."""
    command = [sys.executable, str(HERE.parent / "gpu" / "build.py"), "--version", version]
    command += ["--tensorflow", str(tensorflow), "--platform", MAC]
    command += ["--python", f"cp{PYTHON.replace('.', '')}", "--out", str(wheelhouse)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The test GPU could not be built. Nothing was changed.")
    return next(wheelhouse.glob(f"tensorflow_metal-{version}-*.whl"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lock", type=Path, action="append", required=True)
    parser.add_argument("--downloads", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    wheelhouse, locks = options.out / "wheelhouse", options.out / "locks"
    for folder in (options.downloads, wheelhouse, locks):
        folder.mkdir(parents=True, exist_ok=True)
    for lock in options.lock:
        download(linux_part(lock, options.out), options.downloads)
        (options.out / lock.name).unlink()
        lines = ["# Made for the simulated lab: the versions of the real lock, the lab's hashes.\n"]
        for name, version in pins(lock).items():
            linux = WITHOUT_CUDA.get(name, name)
            if name == TEST_GPU:
                tensorflow = WITHOUT_CUDA.get("tensorflow", "tensorflow")
                built_against = wheel_of(tensorflow, pins(lock)["tensorflow"], options.downloads)
                wheel = test_gpu(version, built_against, wheelhouse)
            else:
                source = wheel_of(linux, version, options.downloads)
                wheel = retag(source, wheelhouse, MAC, name if linux != name else None)
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
        (locks / lock.name).write_text("".join(lines))
    shutil.copymode(HERE, wheelhouse)


if __name__ == "__main__":
    main()

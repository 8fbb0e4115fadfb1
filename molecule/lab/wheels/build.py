"""The lab's wheelhouse: pinned sets as macOS-tagged wheels, and the locks that fit them.

    build.py --lock tf-2.18 --lock tf-2.18-lab --debian FOLDER --downloads FOLDER --out FOLDER

Each package of a real macOS lock, and of uv's, is fetched in the same version for Linux, checked
against the hashes that the lock itself holds, and put under a macOS tag. TensorFlow is the build
without CUDA that the lock's twin was proven with (verify/twin); tensorflow-metal is the test GPU.
Written to OUT/wheelhouse and, with the hashes of these wheels, to OUT/locks.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import re
import subprocess
import sys
from pathlib import Path

from retag import retag, wrapper
from verify import settings
from verify.twin.__main__ import LINUX, entries

HERE = Path(__file__).resolve().parent
LOCKS = settings.ROLE / "files" / "locks"
PYTHON = "3.11"
MACS = {"arm64": "macosx_12_0_arm64", "x86_64": "macosx_10_15_x86_64"}
TEST_GPU = "tensorflow-metal"
# Apple's name for what is in `tensorflow` itself, in every set that has both.
WRAPPER = "tensorflow-macos"
# The x86_64 Linux wheel of tensorflow brings CUDA kernels, which collide with the test GPU's.
WITHOUT_CUDA = {"tensorflow": "tensorflow-cpu"} if platform.machine() == "x86_64" else {}


def pins(lock: Path) -> dict[str, str]:
    """Name and version of each package in a lock, in the lock's order."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", lock.read_text(), re.M))


def platforms(lock: Path) -> list[str]:
    """The macOS tags under which its packages go: those of its row's machine; uv's of both."""
    rows = {row["id"]: row["machine"] for row in settings.pins()}
    machine = rows.get(lock.stem.removesuffix("-lab"))
    return [MACS[machine]] if machine else list(MACS.values())


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


def linux_part(lock: Path, scratch: Path) -> Path:
    """What Linux has for `lock`, as a requirements file: TensorFlow in its own build."""
    only_mac = {TEST_GPU, WRAPPER, *WITHOUT_CUDA}
    kept = [e for e in entries(lock.read_text()) if e.split("==")[0] not in only_mac]
    for name in WITHOUT_CUDA.keys() & pins(lock).keys():
        own = f"{WITHOUT_CUDA[name]}=={pins(lock)[name]} "
        kept += [entry for entry in entries(LINUX.read_text()) if entry.startswith(own)]
    part = scratch / lock.name
    part.write_text("".join(kept))
    return part


def wheel_of(name: str, version: str, downloads: Path) -> Path:
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}-"
    for wheel in downloads.glob("*.whl"):
        if re.sub(r"[-.]", "_", wheel.name.lower()).startswith(re.sub(r"[-.]", "_", stem)):
            return wheel
    sys.exit(f"No wheel of {name} {version} lies in {downloads}. Nothing was changed.")


def test_gpu(version: str, tensorflow: Path, debian: Path, wheelhouse: Path) -> Path:
    """Compile the test GPU under tensorflow-metal's name, against the headers of the first
    TensorFlow that asks for this version: it serves the others too, as Apple's does.
    """
    there = [*wheelhouse.glob(f"tensorflow_metal-{version}-*.whl")]
    if there:
        return there[0]
    command = [sys.executable, str(HERE.parent / "gpu" / "build_gpu.py"), "--version", version]
    command += ["--tensorflow", str(tensorflow), "--platform", MACS["arm64"]]
    command += ["--debian", str(debian)]
    command += ["--python", f"cp{PYTHON.replace('.', '')}", "--out", str(wheelhouse)]
    if subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        sys.exit("The test GPU could not be built. Nothing was changed.")
    return next(wheelhouse.glob(f"tensorflow_metal-{version}-*.whl"))


def wheels(name: str, lock: Path, debian: Path, downloads: Path, wheelhouse: Path) -> list[Path]:
    """One package of a lock as wheels for its Macs."""
    version = pins(lock)[name]
    linux = WITHOUT_CUDA.get(name, name)
    if name == TEST_GPU:
        tensorflow = WITHOUT_CUDA.get("tensorflow", "tensorflow")
        built_against = wheel_of(tensorflow, pins(lock)["tensorflow"], downloads)
        return [test_gpu(version, built_against, debian, wheelhouse)]
    if name == WRAPPER:
        return [wrapper(name, version, f"tensorflow=={pins(lock)['tensorflow']}", wheelhouse)]
    source = wheel_of(linux, version, downloads)
    other = name if linux != name else None
    return [retag(source, wheelhouse, mac, other) for mac in platforms(lock)]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lock", action="append", required=True)
    parser.add_argument(
        "--debian", type=Path, required=True, help="what simulated Macs are made of"
    )
    parser.add_argument("--downloads", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    wheelhouse, locks = options.out / "wheelhouse", options.out / "locks"
    for folder in (options.downloads, wheelhouse, locks):
        folder.mkdir(parents=True, exist_ok=True)
    for lock in [LOCKS / f"{name}.txt" for name in [*options.lock, "uv"]]:
        download(linux_part(lock, options.out), options.downloads)
        (options.out / lock.name).unlink()
        lines = ["# Made for the simulated lab: the versions of the real lock, the lab's hashes.\n"]
        for name, version in pins(lock).items():
            made = {*wheels(name, lock, options.debian, options.downloads, wheelhouse)}
            hashes = sorted(hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in made)
            allowed = " ".join(f"--hash=sha256:{digest}" for digest in hashes)
            lines.append(f"{name}=={version} {allowed}\n")
        (locks / lock.name).write_text("".join(lines))


if __name__ == "__main__":
    main()

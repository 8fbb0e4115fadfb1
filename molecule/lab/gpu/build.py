"""Build the test GPU into a wheel that takes tensorflow-metal's place on simulated Macs."""

from __future__ import annotations

import argparse
import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

SOURCES = Path(__file__).parent
LIBRARY = "tensorflow-plugins/libmetal_plugin.dylib"
TENSORFLOW_LIBRARY = "libtensorflow_cc.so.2"
HEADERS = "tensorflow/include/"
HEADER_FOLDERS = ("/c/", "/platform/")
COMPILE = ["gcc", "-std=gnu11", "-O2", "-fPIC", "-shared"]
NEVER = (1980, 1, 1, 0, 0, 0)

METADATA = """\
Metadata-Version: 2.1
Name: tensorflow-metal
Version: {version}
Summary: A test device for simulated Macs. This is not Apple's plugin and uses no GPU.
Requires-Dist: wheel~=0.35
Requires-Dist: six>=1.15.0

It stands in tensorflow-metal's place on the Linux hosts that play Macs in tests: TensorFlow
sees a GPU of platform METAL, whose kernels compute on the CPU and can be told to fail.
"""

WHEEL = """\
Wheel-Version: 1.0
Generator: test-gpu
Root-Is-Purelib: false
Tag: {tag}
"""


def headers(tensorflow: Path, scratch: Path) -> Path:
    """The folder of TensorFlow's headers, unpacked if they are still in a wheel."""
    if tensorflow.is_dir():
        return tensorflow / "include"
    with zipfile.ZipFile(tensorflow) as wheel:
        for name in wheel.namelist():
            if (
                name.startswith(HEADERS)
                and name.endswith(".h")
                and any(folder in name for folder in HEADER_FOLDERS)
            ):
                wheel.extract(name, scratch)
    return scratch / HEADERS


def compile_library(include: Path, scratch: Path) -> bytes:
    """The plugin, linked to an empty library of the right name: the real one has 632 MB."""
    stub = scratch / TENSORFLOW_LIBRARY
    library = scratch / "plugin.so"
    empty = scratch / "empty.c"
    empty.touch()
    run([*COMPILE, f"-Wl,-soname,{TENSORFLOW_LIBRARY}", "-o", str(stub), str(empty)])
    sources = [str(path) for path in sorted(SOURCES.glob("*.c"))]
    link = ["-Wl,--no-as-needed,--build-id=none,-Bsymbolic", str(stub)]
    run([*COMPILE, "-isystem", str(include), *sources, "-o", str(library), *link])
    return library.read_bytes()


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The test GPU did not compile: {' '.join(command)}\n{done.stderr}")


def record_line(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


def write_wheel(library: bytes, version: str, tag: str, out: Path) -> Path:
    info = f"tensorflow_metal-{version}.dist-info"
    files = {
        LIBRARY: library,
        f"{info}/METADATA": METADATA.format(version=version).encode(),
        f"{info}/WHEEL": WHEEL.format(tag=tag).encode(),
    }
    record = "".join(record_line(name, content) for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"tensorflow_metal-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, NEVER)
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, content)
    return path


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tensorflow", type=Path, required=True, help="a wheel, or its folder")
    parser.add_argument("--version", required=True)
    parser.add_argument("--platform", required=True, help="macosx_12_0_arm64")
    parser.add_argument("--python", required=True, help="cp311")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main() -> None:
    asked = options()
    if not shutil.which(COMPILE[0]):
        sys.exit("The test GPU needs gcc and its C library's headers, and gcc was not found.")
    if not asked.tensorflow.exists():
        sys.exit(f"There is no TensorFlow at {asked.tensorflow} to take the headers from.")
    tag = f"{asked.python}-{asked.python}-{asked.platform}"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        library = compile_library(headers(asked.tensorflow, scratch), scratch)
    print(write_wheel(library, asked.version, tag, asked.out))


if __name__ == "__main__":
    main()

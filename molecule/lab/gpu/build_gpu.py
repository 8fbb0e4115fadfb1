"""Build the test GPU into a wheel that takes tensorflow-metal's place on simulated Macs."""

from __future__ import annotations

import argparse
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import lief

SOURCES = Path(__file__).parent
LIBRARY = "tensorflow-plugins/libmetal_plugin.dylib"
TENSORFLOW_LIBRARY = "libtensorflow_cc.so.2"
HEADERS = "tensorflow/include/"
HEADER_FOLDERS = ("/c/", "/platform/")
COMPILE = ["gcc", "-std=gnu11", "-O2", "-fPIC", "-shared"]
# Runs a command inside a Debian, SCRATCH being its /mnt, and leaves nothing mounted.
INSIDE = """mount --bind "$1" "$2/mnt" && debian=$2 && shift 2 && exec chroot "$debian" "$@" """
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


def unpack_headers(tensorflow: Path, scratch: Path) -> Path:
    """Unpack TensorFlow's C headers from its wheel into `scratch`; the folder to include."""
    with zipfile.ZipFile(tensorflow) as wheel:
        for name in wheel.namelist():
            if (
                name.startswith(HEADERS)
                and name.endswith(".h")
                and any(folder in name for folder in HEADER_FOLDERS)
            ):
                wheel.extract(name, scratch)
    return scratch / HEADERS


def compile_library(include: Path, debian: Path, scratch: Path) -> bytes:
    """Compile the plugin by the compiler of `debian` and against its C library.

    It is linked to an empty library of the right name: the real one has 632 MB.
    """
    (scratch / "empty.c").touch()
    sources = [path for pattern in ("*.c", "*.h") for path in sorted(SOURCES.glob(pattern))]
    for source in sources:
        shutil.copy(source, scratch)
    compiled = [f"/mnt/{path.name}" for path in sources if path.suffix == ".c"]
    stub = f"/mnt/{TENSORFLOW_LIBRARY}"
    run_inside(
        debian,
        scratch,
        [*COMPILE, f"-Wl,-soname,{TENSORFLOW_LIBRARY}", "-o", stub, "/mnt/empty.c"],
    )
    headers = ["-isystem", f"/mnt/{include.relative_to(scratch)}"]
    link = ["-Wl,--no-as-needed,--build-id=none,-Bsymbolic", stub]
    run_inside(debian, scratch, [*COMPILE, *headers, *compiled, "-o", "/mnt/plugin.so", *link])
    library = scratch / "plugin.so"
    if lacking := find_lacking_versions(library, debian):
        sys.exit(
            f"The test GPU was built, but no simulated Mac can load it: its C library has no"
            f" {', '.join(lacking)}. Nothing was changed."
        )
    return library.read_bytes()


def find_lacking_versions(library: Path, debian: Path) -> list[str]:
    """The symbol versions that `library` asks of the C libraries of `debian` and that they lack."""
    binary = parse(library)
    asked = {
        (needed.name, str(symbol.name))
        for needed in binary.symbols_version_requirement
        for symbol in needed.get_auxiliary_symbols()
    }
    return [
        f"{version} ({name})"
        for name, version in sorted(asked)
        if version not in list_versions(debian, name)
    ]


def list_versions(debian: Path, name: str) -> set[str]:
    """The symbol versions of one library of `debian`; none where it is not there."""
    source = next(debian.glob(f"usr/lib/*-linux-gnu/{name}"), None)
    if source is None:
        return set()
    binary = parse(source)
    return {
        str(symbol.name)
        for version in binary.symbols_version_definition
        for symbol in version.auxiliary_symbols
    }


def parse(path: Path) -> lief.ELF.Binary:
    binary = lief.ELF.parse(str(path))
    if binary is None:
        sys.exit(f"{path} is no library of Linux'. Nothing was changed.")
    return binary


def run_inside(debian: Path, scratch: Path, command: list[str]) -> None:
    """Run a command inside `debian`, with `scratch` as its /mnt; needs root."""
    propagation = os.environ.get("LAB_PROPAGATION", "private")
    inside = ["unshare", "--mount", "--propagation", propagation, "/bin/sh", "-c", INSIDE, "sh"]
    done = subprocess.run(
        [*inside, str(scratch), str(debian), *command],
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        check=False,
    )
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
    parser.add_argument("--tensorflow", type=Path, required=True, help="its wheel")
    parser.add_argument("--debian", type=Path, required=True, help="what it is to run on")
    parser.add_argument("--version", required=True)
    parser.add_argument("--platform", required=True, help="macosx_12_0_arm64")
    parser.add_argument("--python", required=True, help="cp311")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


def main() -> None:
    asked = options()
    if not (asked.debian / "usr" / "bin" / COMPILE[0]).exists():
        sys.exit(f"The test GPU needs {COMPILE[0]}, and there is none in {asked.debian}.")
    if not asked.tensorflow.exists():
        sys.exit(f"There is no TensorFlow at {asked.tensorflow} to take the headers from.")
    tag = f"{asked.python}-{asked.python}-{asked.platform}"
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        library = compile_library(unpack_headers(asked.tensorflow, scratch), asked.debian, scratch)
    print(write_wheel(library, asked.version, tag, asked.out))


if __name__ == "__main__":
    main()

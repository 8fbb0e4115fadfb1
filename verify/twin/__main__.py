"""`python -m verify.twin [ROW...]`: install the Linux twin of each of a row's locks and use it.

Everything but TensorFlow itself is checked against the lock's own hashes; TensorFlow is the build
without CUDA, against those in linux.txt beside this file. Exits 0 where every twin works, 1 where
one does not, 2 where one could not be tried.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verify import settings
from verify.lock import locks
from verify.lock.locks import Lock

HERE = Path(__file__).parent
LINUX = HERE / "linux.txt"
TENSORFLOW = ("tensorflow", "tensorflow-macos")
ONLY_ON_A_MAC = (*TENSORFLOW, "tensorflow-metal")
UV = (sys.executable, "-m", "uv", "--quiet", "--no-config")
SECONDS = 300
WORKS, BROKEN, UNTRIED = 0, 1, 2


def entries(requirements: str) -> list[str]:
    """The requirements of a file, each with its hashes."""
    return [entry for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", requirements) if "==" in entry]


def tensorflow(row: Mapping[str, Any], linux: Path) -> str:
    """The Linux requirement of the row's TensorFlow; one that is new is added to `linux`.

    Raises ValueError where there is no such build.
    """
    version = next(row["packages"][name] for name in TENSORFLOW if name in row["packages"])
    requirement = f"tensorflow-cpu=={version}"
    text = linux.read_text(encoding="utf-8")
    for entry in entries(text):
        if entry.startswith(f"{requirement} "):
            return entry
    command = [*UV, "pip", "compile", "-", "--generate-hashes", "--no-deps", "--no-header"]
    command += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
    resolved = done([*command, "--python-version", row["python"]], requirement)
    if resolved.returncode:
        raise ValueError(f"there is no {requirement} for Python {row['python']}.")
    linux.write_text(text + resolved.stdout, encoding="utf-8")
    return resolved.stdout


def twin(lock: str, own: str) -> str:
    """The requirements of `lock`, with `own` for what only a Mac has."""
    shared = [entry for entry in entries(lock) if entry.split("==")[0] not in ONLY_ON_A_MAC]
    return "".join([own, *shared])


def prove(lock: Lock) -> str:
    """Install and use the twin in a folder that is thrown away; returns the versions it had.

    Raises ValueError where it cannot be tried here, RuntimeError where it does not work.
    """
    row = lock.row
    requirements = twin(lock.path.read_text(encoding="utf-8"), tensorflow(row, LINUX))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text(requirements, encoding="utf-8")
        python = Path(folder, "env", "bin", "python")
        made = done([*UV, "venv", "--python", row["python"], str(python.parent.parent)])
        if made.returncode:
            raise ValueError(f"there is no Python {row['python']} here.")
        install = ["pip", "install", "--python", str(python), "--no-deps", "--require-hashes"]
        installed = done([*UV, *install, "--only-binary", ":all:", "-r", str(listed)])
        if installed.returncode:
            raise RuntimeError(f"it does not install: {installed.stderr.strip()}")
        programs = [[str(HERE / "program.py")]]
        if lock.more:
            programs.append([str(HERE / "lab.py"), *lock.more])
        versions: dict[str, str] = {}
        for program in programs:
            used = done([str(python), "-I", *program])
            if used.returncode:
                raise RuntimeError(" | ".join(used.stderr.strip().splitlines()[-3:]))
            versions |= json.loads(used.stdout.strip().splitlines()[-1])
        return ", ".join(f"{name} {version}" for name, version in versions.items())


def done(command: Sequence[str], given: str = "") -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.run(
        command,
        input=given,
        env=quiet,
        capture_output=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verify.twin", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows by id; all without")
    given = parser.parse_args()
    names = [row["id"] for row in settings.pins()]
    if unknown := set(given.rows) - set(names):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        print("The twins are builds for Linux on x86_64; nothing was tried.", file=sys.stderr)
        return UNTRIED
    status = WORKS
    chosen = [row for row in settings.pins() if row["id"] in (given.rows or names)]
    for lock in (lock for row in chosen for lock in locks.of(row)):
        name = lock.path.stem
        try:
            print(f"{name}: its Linux twin works: {prove(lock)}", flush=True)
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            print(f"{name}: its Linux twin was not tried to the end: {error}", flush=True)
            status = status or UNTRIED
        except RuntimeError as error:
            print(f"{name}: its Linux twin does not work: {error}", flush=True)
            status = BROKEN
    return status


if __name__ == "__main__":
    sys.exit(main())

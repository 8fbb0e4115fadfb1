"""Everything that a simulated Mac which is its own controller asks an index for.

    controller_wheels.py WHEELS FOLDER

FOLDER/wheelhouse has the lab's WHEELS and those of requirements.txt, for the Python that bin/setup
brings; FOLDER/requirements.txt and FOLDER/locks name them by the hashes that they have here.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from build import MACS, download, wheel_of
from packaging.requirements import Requirement

from retag import retag
from verify import settings
from verify.twin.__main__ import entries

MACHINE = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "arm64",
    "platform_python_implementation": "CPython",
    "platform_system": "Darwin",
    "python_full_version": "3.11.18",
    "python_version": "3.11",
    "sys_platform": "darwin",
}


def fits(entry: str) -> bool:
    marker = Requirement(entry.partition("\\")[0].strip()).marker
    return marker is None or marker.evaluate({**MACHINE})


def main() -> None:
    wheels, folder = Path(sys.argv[1]), Path(sys.argv[2])
    wheelhouse = folder / "wheelhouse"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(wheels / "locks", folder / "locks")
    wheelhouse.mkdir()
    asked = [
        one
        for one in entries((settings.PROJECT / "requirements.txt").read_text(encoding="utf-8"))
        if fits(one)
    ]
    part = folder / "requirements.txt"
    part.write_text("".join(asked), encoding="utf-8")
    downloads = wheels.parent / "downloads"
    download(part, downloads)
    lines = []
    for requirement in (Requirement(entry.partition("\\")[0].strip()) for entry in asked):
        version = next(iter(requirement.specifier)).version
        there = retag(wheel_of(requirement.name, version, downloads), wheelhouse, MACS["arm64"])
        digest = hashlib.sha256(there.read_bytes()).hexdigest()
        lines.append(f"{requirement.name}=={version} --hash=sha256:{digest}\n")
    part.write_text("".join(lines), encoding="utf-8")
    for there in (wheels / "wheelhouse").glob("*.whl"):
        if not (wheelhouse / there.name).exists():
            (wheelhouse / there.name).symlink_to(there)


if __name__ == "__main__":
    main()

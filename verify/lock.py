"""The locks of the compatibility table: `python -m verify.lock [--check] [ROW...]`.

Each row's lock is its packages with everything they need, resolved for its oldest macOS, every
version exact and with the hashes of all its wheels. What a lock already holds is kept where it
still fits; `--upgrade` takes the newest of everything but the row's own packages. `--check` asks
nobody: it exits 1 and says which lock no longer holds its row's exact packages.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from verify import settings

LOCKS = settings.ROLE / "files" / "locks"
PLATFORMS = {"arm64": "aarch64-apple-darwin", "x86_64": "x86_64-apple-darwin"}
# tensorboard imports pkg_resources, which setuptools has no more from 81 on.
CONSTRAINTS = ["setuptools<81"]
UV = "uv"


def rows() -> dict[str, dict[str, Any]]:
    """What is locked: the table's rows by id, and uv in the controller's own version."""
    table = {str(row["id"]): row for row in settings.pins()}
    oldest = {row["machine"]: row for row in reversed(settings.pins())}["arm64"]
    return table | {UV: {**oldest, "packages": {UV: importlib.metadata.version(UV)}}}


def faults(row: Mapping[str, Any], lock: Path) -> Iterator[str]:
    """A sentence for each of the row's packages that its lock does not hold as the row says."""
    if not lock.is_file():
        yield f"{lock.name} is not there."
        return
    text = lock.read_text(encoding="utf-8")
    locked: dict[str, str] = settings.filters("row").locked(text)
    for name, version in row["packages"].items():
        if locked.get(name) != version:
            yield f"{lock.name} has {name} {locked.get(name, 'not at all')}, its row {version}."


def resolve(row: Mapping[str, Any], lock: Path, *, upgrade: bool) -> None:
    """Write the row's lock; uv says why where it cannot."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-config"]
    command += ["--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", row["python"]]
    command += ["--python-platform", PLATFORMS[row["machine"]], "--output-file", str(lock)]
    exact = [f"{name}=={version}" for name, version in row["packages"].items()]
    subprocess.run(
        [*command, "--upgrade"] if upgrade else command,
        input="\n".join(exact if row["packages"].keys() == {UV} else exact + CONSTRAINTS),
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": row["macos_min"]},
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m verify.lock", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="rows by id, or uv; all without")
    parser.add_argument("--check", action="store_true", help="only say which lock does not fit")
    parser.add_argument("--upgrade", action="store_true", help="the newest that fits")
    given = parser.parse_args()
    table = rows()
    if unknown := set(given.rows) - set(table):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are: {', '.join(table)}")
    found: list[str] = []
    for name in given.rows or table:
        lock = LOCKS / f"{name}.txt"
        if not given.check:
            try:
                resolve(table[name], lock, upgrade=given.upgrade)
            except subprocess.CalledProcessError:
                print(f"{lock.name} was left as it was: nothing resolves.", file=sys.stderr)
                return 1
        found += faults(table[name], lock)
    print("\n".join(found) or "Every lock holds its row's exact packages.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""A lock, made by uv for the Macs of its row."""

from __future__ import annotations

import os
import subprocess
import sys

from verify.lock.locks import UV, Lock

PLATFORMS = {"arm64": "aarch64-apple-darwin", "x86_64": "x86_64-apple-darwin"}
# tensorboard imports pkg_resources, which setuptools has no more from 81 on.
CONSTRAINTS = ["setuptools<81"]


def resolve(lock: Lock, *, upgrade: bool = False) -> None:
    """Write the lock; uv says why where it cannot, and CalledProcessError is raised."""
    row = lock.row
    command = [sys.executable, "-m", "uv", "pip", "compile", "-", "--quiet", "--no-config"]
    command += ["--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", row["python"]]
    command += ["--python-platform", PLATFORMS[row["machine"]], "--output-file", str(lock.path)]
    if lock.core:
        command += ["--constraints", str(lock.core)]
    wanted = [f"{name}=={version}" for name, version in lock.exact.items()] + lock.more
    subprocess.run(
        [*command, "--upgrade"] if upgrade else command,
        input="\n".join(wanted if row["id"] == UV else wanted + CONSTRAINTS),
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": str(row["macos_min"])},
        stdout=subprocess.DEVNULL,
        encoding="utf-8",
        check=True,
    )

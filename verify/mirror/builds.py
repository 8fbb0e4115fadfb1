"""Standalone builds of Python: uv alone knows where they are and their hashes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from verify.mirror.folder import File

EXPECTED = re.compile(r"Expected:\s+([0-9a-f]{64})")


def build(name: str, downloads: str, text: str, mirror: str) -> File:
    """The archive of a build that uv knows by this name.

    `downloads` is the address of another list than uv's own, and `text` that list. `mirror` is what
    the archives of uv's own are asked from. Raises ValueError with one sentence for a build that
    cannot be had.
    """
    with tempfile.TemporaryDirectory() as scratch:
        options: list[str] = []
        if downloads:
            source = Path(scratch) / "downloads.json"
            source.write_text(text, encoding="utf-8")
            options = ["--python-downloads-json-url", str(source)]
        url = address(name, options)
        folder, archive = re.sub("%2B", "+", url).split("/")[-2:]
        if downloads:
            entry = entry_of(url, text)
            facts: dict[str, Any] = {"downloads": downloads, "entry": entry}
            return File(f"python/{archive}", url, entry["sha256"], build=name, **facts)
        known = expected(name, Path(scratch), folder, archive)
    if mirror:
        url = "/".join([mirror.rstrip("/"), *url.split("/")[-2:]])
    return File(f"python/{folder}/{archive}", url, known, build=name)


def uv(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Where someone has set uv to look elsewhere, that is not what the Macs will do.
    own = {key: value for key, value in os.environ.items() if not key.startswith("UV_PYTHON")}
    command = [sys.executable, "-m", "uv", "python", *arguments, "--no-config"]
    return subprocess.run(command, env=own, capture_output=True, encoding="utf-8", check=False)


def address(name: str, options: list[str]) -> str:
    form = ["--only-downloads", "--all-platforms", "--output-format", "json"]
    asked = uv("list", *form, *options, name)
    found = json.loads(asked.stdout) if asked.returncode == 0 else []
    if len(found) != 1:
        raise ValueError(f"uv knows no build {name}. {asked.stderr.strip()}".strip())
    return str(found[0]["url"])


def entry_of(url: str, text: str) -> dict[str, Any]:
    """What a list of builds says of the one at this address."""
    entries: dict[str, dict[str, Any]] = json.loads(text)
    entry = next(one for one in entries.values() if one["url"] == url)
    if not entry.get("sha256"):
        raise ValueError(
            f"tensorflow_metal_python_downloads does not say what the hash of {url} is."
        )
    return entry


def expected(name: str, scratch: Path, folder: str, archive: str) -> str:
    """The hash that uv has for an archive. It prints no list of them, but says it when it refuses
    another one.
    """
    other = scratch / "mirror" / folder / archive
    other.parent.mkdir(parents=True)
    with tarfile.open(other, "w:gz") as written:
        written.addfile(tarfile.TarInfo("nothing"))
    offered = ["--mirror", (scratch / "mirror").as_uri(), "--install-dir", str(scratch / "pythons")]
    said = uv("install", "--no-bin", *offered, name)
    found = EXPECTED.search(said.stderr)
    if said.returncode == 0 or not found:
        raise ValueError(f"uv does not say what the hash of {archive} is: {said.stderr.strip()}")
    return found[1]

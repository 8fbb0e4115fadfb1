"""A Linux wheel under a macOS tag: what a simulated Mac installs in the real wheel's place.

The code inside stays Linux'; names, tags and RECORD say macOS, so that pip and uv on a disguised
host choose it by the rules by which a Mac chooses.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


def retag(wheel: Path, folder: Path, platform: str, name: str | None = None) -> Path:
    """Copy `wheel` into `folder` under `platform`, and under `name` where the Mac's has another.

    A wheel for any platform is copied as it is, so that its hash stays the real one's. The same
    input gives the same bytes. Files are stored, not compressed: they are unpacked far more often
    than they are moved.
    """
    old, version, *_, interpreter, abi, linux = wheel.stem.split("-")
    new = name.replace("-", "_") if name else old
    if linux == "any" and new == old:
        copy = folder / wheel.name
        copy.write_bytes(wheel.read_bytes())
        return copy

    copy = folder / f"{new}-{version}-{interpreter}-{abi}-{platform}.whl"
    old_info, new_info = f"{old}-{version}.dist-info/", f"{new}-{version}.dist-info/"
    record: list[str] = []
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(copy, "w", allowZip64=True) as target:
        for entry in source.infolist():
            if entry.is_dir() or entry.filename == old_info + "RECORD":
                continue
            content = source.read(entry)
            path = entry.filename
            if path.startswith(old_info):
                path = new_info + path.removeprefix(old_info)
            if path == new_info + "WHEEL":
                content = _with_tags(content, interpreter, abi, platform)
            if path == new_info + "METADATA" and name:
                content = re.sub(rb"(?m)^Name: .*$", f"Name: {name}".encode(), content, count=1)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=")
            record.append(f"{path},sha256={digest.decode()},{len(content)}")
            _write(target, path, content, entry.external_attr)
        record.append(f"{new_info}RECORD,,\n")
        _write(target, new_info + "RECORD", "\n".join(record).encode(), 0o644 << 16)
    return copy


def wrapper(name: str, version: str, requires: str, folder: Path) -> Path:
    """A wheel that holds nothing and requires something, as tensorflow-macos has been of late."""
    stem = f"{name.replace('-', '_')}-{version}"
    wheel = folder / f"{stem}-py3-none-any.whl"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: {requires}\n"
    tags = b"Wheel-Version: 1.0\nGenerator: lab\nRoot-Is-Purelib: true\n"
    info = f"{stem}.dist-info/"
    files = {"METADATA": about.encode(), "WHEEL": _with_tags(tags, "py3", "none", "any")}
    names = [f"{info}{one}" for one in (*files, "RECORD")]
    files["RECORD"] = "".join(f"{one},,\n" for one in names).encode()
    with zipfile.ZipFile(wheel, "w") as target:
        for one, content in files.items():
            _write(target, info + one, content, 0o644 << 16)
    return wheel


def _with_tags(wheel_file: bytes, interpreter: str, abi: str, platform: str) -> bytes:
    kept = [line for line in wheel_file.decode().splitlines() if line and line[:4] != "Tag:"]
    tags = [f"Tag: {one}-{abi}-{platform}" for one in interpreter.split(".")]
    return "\n".join([*kept, *tags, ""]).encode()


def _write(target: zipfile.ZipFile, path: str, content: bytes, attributes: int) -> None:
    entry = zipfile.ZipInfo(path, EPOCH)
    entry.external_attr = attributes
    target.writestr(entry, content)

"""One Mac's share of the mirror, as one archive: no network is asked for it."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from verify.links.wheels import Link
from verify.lock.files import Mac, choice, entries
from verify.mirror.folder import Folder, sha256
from verify.mirror.needs import Need, text
from verify.settings import to_type

SHARES = "shares"
LIST = "python/downloads.json"


@dataclass
class Share:
    """Files of the mirror by their places, with their hashes; and what is wrong with it."""

    files: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    package: str = ""
    troubles: list[str] = field(default_factory=list)

    def digest(self, at: str) -> str:
        """What names this share and all that is in it; empty where nothing is."""
        if not self.files:
            return ""
        said = json.dumps([at, self.files, self.entries], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]


def share(need: Need, folder: Folder) -> Share:
    """What of the mirror this Mac's steps take, each file proven by its hash."""
    found = Share(troubles=[f"{one} is in no mirror" for one in need.never])
    there = wheels(folder.path / "wheels")
    for lock, python in need.locks:
        tags = Mac(need.machine, python, need.macos).tags()
        for entry in entries(text(lock)):
            links = [hashed(path) for path in there.get((entry.name, entry.version), [])]
            try:
                link = choice(entry, links, tags)
            except LookupError as error:
                missing = f"{entry} is not there" if not links else error.args[0].rstrip(".")
                found.troubles.append(missing)
                continue
            found.files[f"wheels/{link.name}"] = link.sha256
    for name in need.builds:
        listed = [
            file
            for file in folder.files.values()
            if (file.build, file.downloads) == (name, need.downloads)
        ]
        if not listed:
            found.troubles.append(f"{name} is not there")
        for file in listed[:1]:
            take(found, folder, file.place, file.sha256)
            if file.entry:
                found.entries[name] = {**file.entry, "url": file.place}
    if need.package:
        found.package = f"homebrew/Homebrew-{need.package.version}.pkg"
        take(found, folder, found.package, need.package.sha256)
    return found


def wheels(folder: Path) -> dict[tuple[str, str], list[Path]]:
    """The wheels of a folder by distribution and version."""
    found: dict[tuple[str, str], list[Path]] = {}
    for path in sorted(folder.glob("*.whl")):
        try:
            name, version, *_ = parse_wheel_filename(path.name)
        except InvalidWheelFilename:
            continue
        found.setdefault((name, str(version)), []).append(path)
    return found


def hashed(path: Path) -> Link:
    return Link(path.as_uri(), sha256(path))


def take(found: Share, folder: Folder, place: str, wanted: str) -> None:
    path = folder.path / place
    if not path.is_file():
        found.troubles.append(f"{path.name} is not there")
    elif sha256(path) != wanted:
        found.troubles.append(f"{path.name} has not the hash {wanted}")
    else:
        found.files[place] = wanted


def sentence(need: Need, folder: Folder, found: Share) -> str:
    """What this Mac cannot be given; empty where that is nothing."""
    if not found.troubles:
        return ""
    more = f" and {len(found.troubles) - 5} more" if len(found.troubles) > 5 else ""
    return (
        f"The mirror {folder.path} cannot serve {need.mac}: {'; '.join(found.troubles[:5])}{more}. "
        "Nothing was changed. Where there is a network, run: "
        f"{to_type()['mirror']}"
    )


def packed(found: Share, folder: Folder, at: str) -> Path:
    """The share as one archive, to be unpacked as a folder of its digest's name under `at`.

    Macs with the same share have the same archive, made by the first of them; one that was changed
    since is made again. Raises ValueError where the mirror changes under its hands.
    """
    archive = folder.path / SHARES / f"{found.digest(at)}.tar"
    archive.parent.mkdir(exist_ok=True)
    with archive.with_suffix(".lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not proven(archive, found):
            unfinished = archive.with_suffix(".unfinished")
            with tarfile.open(unfinished, "w") as out:
                for place in found.files:
                    out.add(folder.path / place, place, filter=plain)
                if found.entries:
                    add(out, LIST, listed(found, f"{at}/{found.digest(at)}"))
            if not proven(unfinished, found):
                raise ValueError(
                    f"Somebody changed files of the mirror {folder.path} while they were packed."
                    " Nothing was sent and nothing was changed. Run again."
                )
            unfinished.replace(archive)
    return archive


def proven(archive: Path, found: Share) -> bool:
    """Whether an archive is there and has each file with its hash."""
    try:
        with tarfile.open(archive) as inside:
            return all(same(inside, place, wanted) for place, wanted in found.files.items())
    except (OSError, KeyError, tarfile.TarError):
        return False


def same(inside: tarfile.TarFile, place: str, wanted: str) -> bool:
    file = inside.extractfile(place)
    digest = hashlib.sha256()
    for part in iter(lambda: file.read(1 << 20) if file else b"", b""):
        digest.update(part)
    return digest.hexdigest() == wanted


def listed(found: Share, at: str) -> bytes:
    """The list of builds that uv reads on the Mac: those of the share, where they will lie."""
    said = {
        name: {**one, "url": f"file://{at}/{one['url']}"} for name, one in found.entries.items()
    }
    return json.dumps(said).encode()


def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without what concerns the controller alone."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o644
    return member


def add(out: tarfile.TarFile, place: str, content: bytes) -> None:
    member = tarfile.TarInfo(place)
    member.size = len(content)
    out.addfile(plain(member), io.BytesIO(content))

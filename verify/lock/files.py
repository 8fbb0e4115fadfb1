"""Does the index still have each lock's wheels, those that its Macs would choose?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version
from rich.console import Console
from rich.progress import track

from verify import settings
from verify.links.wheels import Index, Link
from verify.lock.locks import UV, Lock

NEWEST = "27"
AT_ONCE = 8
ENTRY = re.compile(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;\\]+)(.*(?:\n +.*)*)")


@dataclass(frozen=True)
class Mac:
    """What pip asks a Mac before it chooses a wheel."""

    machine: str
    python: str
    macos: str

    def __str__(self) -> str:
        return f"macOS {self.macos} on {self.machine} with Python {self.python}"

    def tags(self) -> dict[Tag, int]:
        """Every tag that such a Mac takes; the smallest number is what it likes best."""
        python = tuple(map(int, self.python.split(".")))
        major, minor = (*map(int, self.macos.split(".")), 0)[:2]
        name = "cp" + "".join(map(str, python))
        platforms = list(mac_platforms((major, minor), self.machine))
        tags = [*cpython_tags(python, [name], platforms), *compatible_tags(python, name, platforms)]
        return {tag: place for place, tag in reversed(list(enumerate(tags)))}


@dataclass(frozen=True)
class Entry:
    """One package of a lock, with the hashes that it allows."""

    name: str
    version: str
    hashes: frozenset[str]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def entries(text: str) -> list[Entry]:
    """The packages of a lock."""
    return [
        Entry(canonicalize_name(name), version, frozenset(re.findall(r"sha256:([0-9a-f]+)", rest)))
        for name, version, rest in ENTRY.findall(text)
    ]


def macs(lock: Lock) -> list[Mac]:
    """The oldest and the newest Mac that gets this lock; each row gets uv's."""
    rows = settings.pins() if lock.row["id"] == UV else [lock.row]
    return [
        Mac(row["machine"], row["python"], macos)
        for row in rows
        for macos in (str(row["macos_min"]), str(row["macos_max"]) or NEWEST)
    ]


def trouble(entry: Entry, links: Sequence[Link], tags: Mapping[Tag, int]) -> str:
    """Why a Mac with these tags could not install it from these files; empty where it could.

    Raises ValueError where the index does not say what a file's hash is.
    """
    try:
        choice(entry, links, tags)
    except LookupError as error:
        return str(error.args[0])
    return ""


def choice(entry: Entry, links: Sequence[Link], tags: Mapping[Tag, int]) -> Link:
    """The file that a Mac with these tags installs it from.

    Raises LookupError with one sentence where there is none, and ValueError where the index does
    not say what a file's hash is.
    """
    version = Version(entry.version)
    there = [(link, rank) for link in links if (rank := ranks(link, version, tags)) is not None]
    fitting = [(rank, link) for link, rank in there if rank]
    kept = [(rank, link) for rank, link in fitting if not link.yanked]
    if not there:
        raise LookupError(f"{entry} is not on the index.")
    if not fitting:
        raise LookupError(f"{entry} has no wheel there.")
    if not kept:
        raise LookupError(f"{entry} was yanked.")
    chosen = min(kept, key=lambda pair: pair[0])[1]
    if not chosen.sha256:
        raise ValueError(f"The index does not say what the hash of {chosen.name} is.")
    if chosen.sha256 not in entry.hashes:
        raise LookupError(f"the hash of {chosen.name} is not in the lock.")
    return chosen


def ranks(link: Link, version: Version, tags: Mapping[Tag, int]) -> tuple[int, ...] | None:
    """How much a Mac with these tags likes a wheel of this version, less being more; empty where it
    cannot take it, None where this is no such wheel.
    """
    try:
        _, found, build, its = parse_wheel_filename(link.name)
    except InvalidWheelFilename:
        return None
    if found != version:
        return None
    places = [tags[tag] for tag in its if tag in tags]
    return (min(places), -(build[0] if build else 0)) if places else ()


def pages(names: Collection[str], index: Index) -> dict[str, list[Link]]:
    """What the index has of each of these distributions.

    Raises OSError or ValueError where it cannot be asked.
    """
    console = Console(stderr=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            asked = track(
                pool.map(index.links, names),
                description="asking the index",
                total=len(names),
                console=console,
                transient=True,
                disable=not console.is_terminal,
            )
            return dict(zip(names, asked, strict=True))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def sentences(locks: Sequence[Lock], index: Index) -> Iterator[str]:
    """A sentence for each package of these locks that one of its Macs could no longer install.

    Raises OSError or ValueError where the index cannot be asked.
    """
    held = {lock.path: entries(lock.path.read_text(encoding="utf-8")) for lock in locks}
    there = pages(sorted({entry.name for entries in held.values() for entry in entries}), index)
    tags = {mac: mac.tags() for lock in locks for mac in macs(lock)}
    for lock in locks:
        found: dict[str, list[Mac]] = defaultdict(list)
        for mac in macs(lock):
            for entry in held[lock.path]:
                if said := trouble(entry, there[entry.name], tags[mac]):
                    found[said].append(mac)
        for said, those in found.items():
            yield f"{lock.path.name}, for {' and '.join(map(str, those))}: {said}"

"""Wheels: which ones there are, and single members of one, in a folder or by ranges of the index's.

The index is the one that pip or uv is set to here.
"""

from __future__ import annotations

import base64
import http.client
import io
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

BLOCK = 8 << 20
TIMEOUT = 60
TRIES = 4


@dataclass(frozen=True)
class Wheel:
    """One macOS wheel: where it is and what its name says."""

    place: str
    distribution: str
    version: Version
    python: str
    platform: str

    @property
    def name(self) -> str:
        return urllib.parse.unquote(self.place.rsplit("/", 1)[-1])


def wheel(place: str, machine: str) -> Wheel | None:
    """What this is, where it is a wheel for such a Mac and one CPython."""
    name = urllib.parse.unquote(place.rsplit("/", 1)[-1])
    try:
        distribution, version, _, tags = parse_wheel_filename(name)
    except InvalidWheelFilename:
        return None
    for tag in sorted(tags, key=str):
        fits = tag.platform.startswith("macosx_") and tag.platform.endswith(machine)
        if fits and tag.interpreter.startswith("cp3") and tag.abi == tag.interpreter:
            python = f"3.{tag.interpreter[3:]}"
            return Wheel(place, distribution, version, python, tag.platform)
    return None


@dataclass(frozen=True)
class Link:
    """One file on a page of the index."""

    place: str
    sha256: str = ""
    yanked: bool = False

    @property
    def name(self) -> str:
        return urllib.parse.unquote(self.place.rsplit("/", 1)[-1])


class Links(HTMLParser):
    """The files on a page of the index."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.found: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "a" and said.get("href"):
            place, _, fragment = urllib.parse.urljoin(self.page, said["href"]).partition("#")
            sha256 = dict(urllib.parse.parse_qsl(fragment)).get("sha256", "")
            self.found.append(Link(place, sha256, "data-yanked" in said))


def setting(name: str) -> str:
    """What pip is configured to, or nothing."""
    asked = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "get", name]
    done = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def index() -> str:
    """The index's address: the environment's, else pip's configured one, else pip's own."""
    for variable in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if os.environ.get(variable):
            return os.environ[variable]
    if configured := setting("global.index-url"):
        return configured
    from pip._internal.models.index import PyPI

    return str(PyPI.simple_url)


def certificates() -> ssl.SSLContext:
    """Those that pip trusts here."""
    named = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE") or setting("global.cert")
    return ssl.create_default_context(cafile=named or None)


class Index:
    """An index, asked over the network: the one that is named, else pip's."""

    def __init__(self, named: str = "") -> None:
        given = urllib.parse.urlsplit((named or index()).rstrip("/"))
        self.host = given.netloc.rpartition("@")[2]
        # A name and password are sent, but never shown.
        self.address = given._replace(netloc=self.host).geturl()
        words = f"{given.username}:{given.password or ''}" if given.username else ""
        self.word = base64.b64encode(urllib.parse.unquote(words).encode()).decode()
        self.context = certificates() if self.address.startswith("https:") else None

    def links(self, distribution: str) -> list[Link]:
        """All files of this distribution; none where the index has no such page."""
        page = f"{self.address}/{canonicalize_name(distribution)}/"
        try:
            text = self.get(page, {"Accept": "text/html"}).decode()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return []
            raise
        links = Links(page)
        links.feed(text)
        return links.found

    def wheels(self, distribution: str, machine: str) -> list[Wheel]:
        """All wheels of this distribution for such a Mac."""
        links = self.links(distribution)
        return [found for link in links if (found := wheel(link.place, machine))]

    def request(
        self, address: str, headers: dict[str, str], method: str = "GET"
    ) -> urllib.request.Request:
        """A request, with the password where it goes to the index itself."""
        made = urllib.request.Request(address, headers=headers, method=method)
        if self.word and made.host == self.host:
            made.add_unredirected_header("Authorization", f"Basic {self.word}")
        return made

    def get(self, address: str, headers: dict[str, str]) -> bytes:
        """The answer's body; asked again where the connection broke."""
        request = self.request(address, headers)
        for left in reversed(range(TRIES)):
            try:
                with urllib.request.urlopen(
                    request, timeout=TIMEOUT, context=self.context
                ) as answer:
                    if "Range" in headers and answer.status != 206:
                        raise ValueError(f"The index sends no parts of {address}.")
                    body: bytes = answer.read()
                    return body
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, urllib.error.HTTPError):
                    error.close()
                    if error.code < 500:
                        raise
                if not left:
                    raise
                time.sleep(TRIES - left)
        raise AssertionError

    def open(self, found: Wheel) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BufferedReader(Ranges(self, found.place), 1 << 16))


class Folder:
    """Wheels on disk: a folder of them, or one."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            raise ValueError(f"There is no {path}.")
        self.address = str(path)
        self.files = sorted(path.glob("*.whl")) if path.is_dir() else [path]

    def wheels(self, distribution: str, machine: str) -> list[Wheel]:
        """All wheels of this distribution for such a Mac."""
        named = canonicalize_name(distribution)
        found = (wheel(str(file), machine) for file in self.files)
        return [one for one in found if one and one.distribution == named]

    def open(self, found: Wheel) -> zipfile.ZipFile:
        return zipfile.ZipFile(found.place)


class Ranges(io.RawIOBase):
    """A file on a server, of which only the blocks that are read are fetched."""

    def __init__(self, index: Index, address: str) -> None:
        self.index, self.address, self.at = index, address, 0
        request = index.request(address, {}, "HEAD")
        with urllib.request.urlopen(request, timeout=TIMEOUT, context=index.context) as answer:
            self.size = int(answer.headers["Content-Length"])
        self.first, self.block = 0, b""

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.at >= self.size or not len(buffer):
            return 0
        if not self.first <= self.at < self.first + len(self.block):
            # The central directory is small; what follows a jump forward is a member's start.
            wanted = BLOCK if self.size - self.at > BLOCK else self.size - self.at
            last = min(self.at + wanted, self.size) - 1
            headers = {"Range": f"bytes={self.at}-{last}"}
            self.first, self.block = self.at, self.index.get(self.address, headers)
        offset = self.at - self.first
        part = self.block[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)


Source = Index | Folder
Progress = Callable[[str, int, int], None]


def silent(_name: str, _done: int, _size: int) -> None:
    """No progress is shown."""


def extracted(
    opened: zipfile.ZipFile, members: list[str], folder: Path, progress: Progress
) -> Iterator[tuple[str, Path]]:
    """Each of these members as a file, gone again when the next one is asked for."""
    sizes = {one.filename: one.file_size for one in opened.infolist()}
    for member in members:
        target = folder / Path(member).name
        done = 0
        try:
            with opened.open(member) as source, target.open("wb") as file:
                while part := source.read(1 << 20):
                    file.write(part)
                    done += len(part)
                    progress(Path(member).name, done, sizes[member])
            yield member, target
        finally:
            target.unlink(missing_ok=True)

"""What is asked outside: which files a Mac's need means, and how large they are."""

from __future__ import annotations

import functools
import ssl
import urllib.request
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPException
from urllib.response import addinfourl

from verify.links.wheels import TIMEOUT, Index, Link, certificates
from verify.lock.files import AT_ONCE, Mac, choice, entries, pages
from verify.mirror.builds import build
from verify.mirror.folder import File
from verify.mirror.needs import Need, text


class Outside:
    """An index, pip's where none is named, and whatever else a need's addresses lead to."""

    def __init__(self, named: str = "") -> None:
        self.named = named
        self.pages: dict[str, list[Link]] = {}
        self.lists: dict[str, str] = {}

    @functools.cached_property
    def index(self) -> Index:
        return Index(self.named)

    @functools.cached_property
    def context(self) -> ssl.SSLContext:
        return certificates()

    def open(self, url: str, headers: dict[str, str], method: str = "GET") -> addinfourl:
        """An answer; the index's password goes to the index alone."""
        request = self.index.request(url, headers, method)
        context = self.context if url.startswith("https:") else None
        answer: addinfourl = urllib.request.urlopen(request, timeout=TIMEOUT, context=context)
        return answer

    def files(self, need: Need) -> list[File]:
        """Every file of this need. Raises ValueError with one sentence for what cannot be had."""
        if need.never:
            raise ValueError(f"No mirror holds {', '.join(need.never)}.")
        found = [file for lock, python in need.locks for file in self.wheels(need, lock, python)]
        for name in need.builds:
            listed = self.downloads(need.downloads) if need.downloads else ""
            found.append(build(name, need.downloads, listed, need.builds_from))
        if need.package:
            place = f"homebrew/Homebrew-{need.package.version}.pkg"
            found.append(File(place, need.package.url, need.package.sha256))
        return found

    def wheels(self, need: Need, lock: str, python: str) -> list[File]:
        """The wheels that this Mac would choose for what is in a lock."""
        held, tags = entries(text(lock)), Mac(need.machine, python, need.macos).tags()
        self.pages |= pages(sorted({one.name for one in held} - self.pages.keys()), self.index)
        try:
            links = [choice(entry, self.pages[entry.name], tags) for entry in held]
        except LookupError as error:
            raise ValueError(f"{error.args[0]}") from None
        return [File(f"wheels/{link.name}", link.place, link.sha256) for link in links]

    def downloads(self, url: str) -> str:
        """A list of builds, asked for once."""
        if url not in self.lists:
            with self.open(url, {}) as answer:
                self.lists[url] = answer.read().decode()
        return self.lists[url]

    def sized(self, files: Sequence[File]) -> Iterable[File]:
        """The files with their sizes, 0 where a server does not say: then fetching says why."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(self.measured, files)

    def measured(self, file: File) -> File:
        try:
            with self.open(file.url, {}, "HEAD") as answer:
                return replace(file, size=int(answer.headers.get("Content-Length") or 0))
        except (OSError, HTTPException, ValueError):
            return file

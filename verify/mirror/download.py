"""One file from outside: resumed where it broke off, checked, then renamed into place."""

from __future__ import annotations

import http.client
import time
import urllib.error
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from verify.links.wheels import Progress, silent
from verify.mirror.folder import File, sha256

TRIES = 4
BLOCK = 1 << 20
BUSY = (408, 425, 429)
Opener = Callable[[str, dict[str, str]], AbstractContextManager[Any]]


class NotFetchedError(Exception):
    """A file that cannot be had, in one sentence."""


def fetch(file: File, folder: Path, opener: Opener, progress: Progress = silent) -> str:
    """Bring a file into the folder; returns whether it was `there`, `fetched` or `resumed`.

    Raises NotFetchedError. What came of a file before its connection broke is kept, and asked for
    no more; what is not the file is not kept.
    """
    target = folder / file.place
    part = target.with_name(f"{target.name}.part")
    if target.is_file() and sha256(target) == file.sha256:
        return "there"
    target.parent.mkdir(parents=True, exist_ok=True)
    kept = 0
    for left in reversed(range(TRIES)):
        resumed = part.exists()
        try:
            receive(file, part, opener, progress)
        except (OSError, http.client.HTTPException) as error:
            code = error.code if isinstance(error, urllib.error.HTTPError) else 500
            if (code < 500 and code not in BUSY) or not left:
                raise NotFetchedError(sentence(file, error, part)) from None
            # A connection that still brings something may go on breaking.
            kept, before = part.stat().st_size if part.exists() else 0, kept
            if kept == before:
                time.sleep(TRIES - left)
            continue
        if sha256(part) == file.sha256:
            part.replace(target)
            return "resumed" if resumed else "fetched"
        part.unlink()
        if not resumed:
            break
    raise NotFetchedError(
        f"{file.name} does not have the hash that it must have, {file.sha256}; it was not kept."
    )


def receive(file: File, part: Path, opener: Opener, progress: Progress) -> None:
    """Append what is still to come; raises OSError where that is not all of it."""
    have = part.stat().st_size if part.exists() else 0
    try:
        with opener(file.url, {"Range": f"bytes={have}-"} if have else {}) as answer:
            if answer.headers.get_content_type() == "text/html":
                said = "what came is a web page, as of a sign-in; it was not kept"
                raise NotFetchedError(f"{file.name} was not had: {said}.")
            resumes = answer.status == 206
            done = have if resumes else 0
            size = done + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if resumes else "wb") as out:
                while block := answer.read(BLOCK):
                    out.write(block)
                    done += len(block)
                    progress(file.name, done, size)
            if done < size:
                raise ConnectionError(f"it broke off after {done} of {size} bytes")
    except urllib.error.HTTPError as error:
        error.close()
        # Nothing is left to send, or what lies here is another file's: its hash says.
        if error.code != 416 or not have:
            raise


def sentence(file: File, error: Exception, part: Path) -> str:
    why: object = getattr(error, "reason", error)
    if isinstance(error, urllib.error.HTTPError):
        why = f"the server answered {error}"
    kept = "" if not part.exists() else " What came of it is kept, and the rest is asked for again."
    return f"{file.name} was not had: {why}.{kept}"

"""Plays what is outside: an index, Homebrew's package and standalone Pythons, out of the lab's own.

    outside.py SHARE WHEELHOUSE ADDRESS FOLDER [LARGE [SECONDS]]

FOLDER/log has a line of JSON for each request, with who asked and when; FOLDER/pid is what to end
it by. Who asks the index needs its password, under any name. The connection breaks in the
middle of each file of more than LARGE bytes, the first time, and each file takes SECONDS at least.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

PASSWORD = "secret"
SHARE, WHEELHOUSE, ADDRESS, FOLDER = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
LARGE = int(sys.argv[5]) if len(sys.argv) > 5 else 10_000_000
SECONDS = float(sys.argv[6]) if len(sys.argv) > 6 else 0.0
PORT = 8080
broken: set[str] = set()


@functools.cache
def anchor(wheel: Path) -> str:
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f'<a href="/files/{wheel.name}#sha256={digest}">{wheel.name}</a>'


def page(name: str) -> str:
    """What the index has of a distribution."""
    stem = re.compile(name.replace("-", "[-_.]") + "-", re.IGNORECASE)
    return "\n".join(anchor(one) for one in WHEELHOUSE.glob("*.whl") if stem.match(one.name))


def found(path: str) -> bytes | None:
    """What lies at an address."""
    kind, name = path.strip("/").split("/", 1)
    if kind == "simple":
        return page(name).encode() or None
    if path == "/python/downloads.json":
        text = (SHARE / "python" / name).read_text(encoding="utf-8")
        return text.replace("file:///Volumes/Lab", f"http://{ADDRESS}:{PORT}").encode()
    folder = {"files": WHEELHOUSE, "python": SHARE / "python", "homebrew": SHARE}[kind]
    return (folder / name).read_bytes() if (folder / name).is_file() else None


def signed(header: str) -> tuple[str, str]:
    """The name and the password that a request was signed with."""
    name, _, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return name, password


def outside(asked: WSGIEnvironment, start: StartResponse) -> Iterator[bytes]:
    """Answer one request."""
    began = time.time()
    method, path = asked["REQUEST_METHOD"], asked["PATH_INFO"]
    of_index = path.startswith(("/simple/", "/files/"))
    name, password = signed(asked.get("HTTP_AUTHORIZATION", ""))
    status, body = "200 OK", found(path)
    if of_index and password != PASSWORD:
        status, body = "401 Unauthorized", None
    elif body is None:
        status = "404 Not Found"
    elif wanted := re.fullmatch(r"bytes=(\d+)-", asked.get("HTTP_RANGE", "")):
        status, body = "206 Partial Content", body[int(wanted[1]) :]
    body = body or b""
    kind = "text/html" if path.startswith("/simple/") else "application/octet-stream"
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    if method == "HEAD":
        body = b""
    elif len(body) > LARGE and path not in broken:
        broken.add(path)
        body = body[: len(body) // 2]
    if body and path.startswith("/files/"):
        time.sleep(SECONDS)
    try:
        yield body
    finally:
        # Also of those that have heard enough.
        said = {"method": method, "path": path, "status": int(status[:3]), "sent": len(body)}
        said |= {"name": name, "began": began, "ended": time.time()}
        with Path(FOLDER, "log").open("a", encoding="utf-8") as log:
            log.write(json.dumps(said) + "\n")


class Server(ThreadingMixIn, WSGIServer):
    """Answers many at once."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Its log is the folder's."""

    def log_message(self, *_: object) -> None:
        pass


with make_server(ADDRESS, PORT, outside, Server, Silent) as server:
    Path(FOLDER, "pid").write_text(str(os.getpid()), encoding="utf-8")
    # Whoever takes the folder away takes this away, too.
    server.timeout = 1
    while Path(FOLDER).exists():
        server.handle_request()

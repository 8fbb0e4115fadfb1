"""A file from outside: whole, or not kept; and what came of it is not asked for twice."""

from __future__ import annotations

import gc
import hashlib
import re
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from verify.mirror import download
from verify.mirror.download import NotFetchedError, fetch
from verify.mirror.folder import File

BODY = bytes(range(256)) * 400


@dataclass
class Server:
    """Answers with BODY, or as `says` says for the first requests: a status, or how many bytes."""

    says: list[int] = field(default_factory=list)
    ranges: bool = True
    kind: str = "application/octet-stream"
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: WSGIEnvironment, start: StartResponse) -> list[bytes]:
        wanted = asked.get("HTTP_RANGE", "")
        self.asked.append(wanted)
        said = self.says.pop(0) if self.says else 200
        headers = [("Content-Type", self.kind)]
        if 400 <= said < 600:
            start(f"{said} Its Reason", headers)
            return []
        first = int(wanted[6:-1]) if wanted and self.ranges else 0
        if first >= len(BODY):
            start("416 Range Not Satisfiable", headers)
            return []
        left = BODY[first:]
        status = "206 Partial Content" if wanted and self.ranges else "200 OK"
        start(status, [*headers, ("Content-Length", str(len(left)))])
        return [left if said == 200 else left[:said]]


class Silent(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    made = Server()
    with make_server("127.0.0.1", 0, made.answer, handler_class=Silent) as running:
        made.url = f"http://127.0.0.1:{running.server_port}/wheels/one-1.0-py3-none-any.whl"
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield made
        running.shutdown()
        thread.join()
    # A connection that was left open is told of here, and not in some later test.
    gc.collect()


def file(server: Server, body: bytes = BODY) -> File:
    name = server.url.rsplit("/", 1)[-1]
    return File(f"wheels/{name}", server.url, hashlib.sha256(body).hexdigest())


def opener(url: str, headers: dict[str, str]) -> AbstractContextManager[Any]:
    request = urllib.request.Request(url, headers=headers)
    opened: AbstractContextManager[Any] = urllib.request.urlopen(request)
    return opened


def kept(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "wheels").iterdir()}


def part(folder: Path, server: Server, body: bytes) -> None:
    (folder / "wheels").mkdir()
    (folder / f"{file(server).place}.part").write_bytes(body)


def test_a_file_is_fetched_once(tmp_path: Path, server: Server) -> None:
    assert fetch(file(server), tmp_path, opener) == "fetched"
    assert fetch(file(server), tmp_path, opener) == "there"
    assert kept(tmp_path) == {file(server).name: BODY}
    assert server.asked == [""]


def test_a_file_that_is_there_and_is_another_is_fetched_again(
    tmp_path: Path, server: Server
) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / file(server).place).write_bytes(b"another")
    assert fetch(file(server), tmp_path, opener) == "fetched"
    assert kept(tmp_path) == {file(server).name: BODY}


def test_what_an_interrupted_run_left_is_not_asked_for_again(
    tmp_path: Path, server: Server
) -> None:
    part(tmp_path, server, BODY[:1000])
    assert fetch(file(server), tmp_path, opener) == "resumed"
    assert server.asked == ["bytes=1000-"]
    assert kept(tmp_path) == {file(server).name: BODY}


def test_a_connection_that_breaks_goes_on_where_it_broke(tmp_path: Path, server: Server) -> None:
    server.says = [300, 50]
    assert fetch(file(server), tmp_path, opener) == "resumed"
    assert server.asked == ["", "bytes=300-", "bytes=350-"]


def test_a_file_that_stays_truncated_is_no_file_and_is_kept_for_the_next_run(
    tmp_path: Path, server: Server
) -> None:
    server.says = [300, 0, 0, 0]
    with pytest.raises(NotFetchedError, match="What came of it is kept"):
        fetch(file(server), tmp_path, opener)
    assert kept(tmp_path) == {f"{file(server).name}.part": BODY[:300]}
    assert fetch(file(server), tmp_path, opener) == "resumed"


def test_a_server_without_ranges_sends_all_of_it(tmp_path: Path, server: Server) -> None:
    server.ranges = False
    part(tmp_path, server, BODY[:1000])
    assert fetch(file(server), tmp_path, opener) == "resumed"
    assert kept(tmp_path) == {file(server).name: BODY}


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * (len(BODY) + 5), BODY + b"x"])
def test_what_was_left_of_another_file_is_thrown_away(
    tmp_path: Path, server: Server, left: bytes
) -> None:
    part(tmp_path, server, left)
    fetch(file(server), tmp_path, opener)
    assert kept(tmp_path) == {file(server).name: BODY}


def test_a_part_that_was_whole_already_needs_no_more(tmp_path: Path, server: Server) -> None:
    part(tmp_path, server, BODY)
    assert fetch(file(server), tmp_path, opener) == "resumed"
    assert kept(tmp_path) == {file(server).name: BODY}


def test_a_file_with_another_hash_is_named_and_not_kept(tmp_path: Path, server: Server) -> None:
    wanted = file(server, b"another")
    with pytest.raises(NotFetchedError, match=f"{re.escape(wanted.name)} does not have the hash"):
        fetch(wanted, tmp_path, opener)
    assert kept(tmp_path) == {}
    assert server.asked == [""]


def test_a_file_that_is_not_there_is_named_at_once(tmp_path: Path, server: Server) -> None:
    server.says = [404]
    with pytest.raises(NotFetchedError, match=f"{re.escape(file(server).name)} .* 404") as said:
        fetch(file(server), tmp_path, opener)
    assert "\n" not in str(said.value)
    assert kept(tmp_path) == {}
    assert server.asked == [""]


def test_a_server_that_is_busy_is_asked_again(tmp_path: Path, server: Server) -> None:
    server.says = [500, 503, 429]
    assert fetch(file(server), tmp_path, opener) == "fetched"


def test_a_server_that_stays_broken_is_not_asked_for_ever(tmp_path: Path, server: Server) -> None:
    server.says = [500] * 9
    with pytest.raises(NotFetchedError, match="500"):
        fetch(file(server), tmp_path, opener)
    assert len(server.asked) == download.TRIES


def test_a_web_page_is_no_file(tmp_path: Path, server: Server) -> None:
    server.kind = "text/html; charset=utf-8"
    with pytest.raises(NotFetchedError, match="is a web page"):
        fetch(file(server), tmp_path, opener)
    assert kept(tmp_path) == {}


def test_how_far_it_is_is_told(tmp_path: Path, server: Server) -> None:
    told: list[tuple[str, int, int]] = []
    part(tmp_path, server, BODY[:1000])
    fetch(file(server), tmp_path, opener, lambda *said: told.append(said))
    assert told[-1] == (file(server).name, len(BODY), len(BODY))

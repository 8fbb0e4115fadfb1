"""A proxy that wants a password, and keeps watch over who sees it.

    proxy.py ADDRESS PORT FOLDER

FOLDER/words has the password's and other words, a line each. FOLDER/proxied gets each address that
was asked for with the password, and FOLDER/seen each command line on this machine, those of its
simulated Macs included, in which one of the words stood.
"""

from __future__ import annotations

import base64
import http.client
import shutil
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
WORDS = [line.encode() for line in (FOLDER / "words").read_text().split()]
PASSWORD = "Basic " + base64.b64encode(b"lab:" + WORDS[0]).decode()
OF_THE_PROXY = ("connection", "proxy-authorization", "proxy-connection")


class Proxy(BaseHTTPRequestHandler):
    """Passes on what is asked with the password."""

    def do_GET(self) -> None:  # http.server's name
        if self.headers.get("Proxy-Authorization") != PASSWORD:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="lab"')
            self.end_headers()
            return
        note("proxied", self.path)
        asked = urllib.parse.urlsplit(self.path)
        outside = http.client.HTTPConnection(asked.netloc.rpartition("@")[2])
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in OF_THE_PROXY
        }
        outside.request(self.command, asked.path, headers=headers)
        answer = outside.getresponse()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        shutil.copyfileobj(answer, self.wfile)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


def note(name: str, line: str) -> None:
    with (FOLDER / name).open("a") as log:
        log.write(line + "\n")


def watch() -> None:
    """Look at every command line there is, for as long as the folder is there."""
    told: set[bytes] = set()
    while FOLDER.exists():
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ")
            except OSError:
                continue
            if line not in told and any(word in line for word in WORDS):
                told.add(line)
                note("seen", line.decode("utf-8", "replace"))
        time.sleep(0.1)


with ThreadingHTTPServer((ADDRESS, PORT), Proxy) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    watch()

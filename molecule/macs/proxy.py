"""A proxy that wants a password.

    proxy.py ADDRESS PORT FOLDER

The password is the first line of FOLDER/words; FOLDER/proxied gets each address that was asked for
with it. Whoever takes the folder away takes the proxy away, too.
"""

from __future__ import annotations

import base64
import http.client
import shutil
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ADDRESS, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
WORD = (FOLDER / "words").read_text(encoding="utf-8").split()[0]
PASSWORD = "Basic " + base64.b64encode(f"lab:{WORD}".encode()).decode()
OF_THE_PROXY = ("connection", "proxy-authorization", "proxy-connection")


class Proxy(BaseHTTPRequestHandler):
    """Passes on what is asked with the password."""

    def do_GET(self) -> None:  # http.server's name
        if self.headers.get("Proxy-Authorization") != PASSWORD:
            self.send_response(407)
            self.send_header("Proxy-Authenticate", 'Basic realm="lab"')
            self.end_headers()
            return
        with (FOLDER / "proxied").open("a", encoding="utf-8") as log:
            log.write(self.path + "\n")
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


with ThreadingHTTPServer((ADDRESS, PORT), Proxy) as server:
    server.timeout = 1
    while FOLDER.exists():
        server.handle_request()

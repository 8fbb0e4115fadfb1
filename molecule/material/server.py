"""Misbehaves as servers do: server.py FILES ADDRESS FOLDER

The first part of an address says how: what lies in FILES is served as it is under /right/, and
otherwise under /altered/, /cut/, /late/, /missing/, /broken/, /slow/ and /page/, each both as an
index (/right/simple/NAME/) and as files (/right/files/NAME). Port 8443 serves the same with a
certificate that was valid for one day in 2015. FOLDER/pid is what to end it by;
FOLDER/certificate.pem is the certificate's own authority.
"""

from __future__ import annotations

import functools
import hashlib
import io
import ipaddress
import os
import re
import ssl
import sys
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

FILES, ADDRESS, FOLDER = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
PORT, SECURE = 8080, 8443
# What is served in the way that the address asks for; the rest is as it is.
WRONG = "numpy"
# Long enough for a disk to fill.
SOON = 5
SIGN_IN = b"<!DOCTYPE html><html><title>Campus network: sign in</title><form></form></html>"
DAY = datetime(2015, 1, 1, tzinfo=UTC)


@functools.cache
def digest(wheel: Path) -> str:
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def index(name: str) -> bytes:
    """What the index has of a distribution, with the hashes that the files should have."""
    stem = re.compile(name.replace("-", "[-_.]") + "-[0-9]", re.IGNORECASE)
    lines = []
    for wheel in sorted(FILES.glob("*.whl")):
        if stem.match(wheel.name):
            anchor = f"{wheel.name}#sha256={digest(wheel)}"
            lines.append(f'<a href="../../files/{anchor}">{wheel.name}</a>')
    return "\n".join(lines).encode()


@functools.cache
def altered(wheel: bytes) -> bytes:
    """A whole wheel that is not the one that it was."""
    other = io.BytesIO(wheel)
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("altered.txt", "by somebody")
    return other.getvalue()


class Handler(BaseHTTPRequestHandler):
    """One request, answered in the way that its address asks for."""

    def do_GET(self) -> None:
        _, way, kind, name = f"{self.path.rstrip('/')}///".split("/", 3)
        name = name.strip("/")
        listed = kind == "simple"
        body = index(name) if listed else self.content(name)
        if WRONG not in name:
            way = "right"
        if not body or way == "missing":
            self.send_error(404)
        elif way == "broken":
            self.send_error(500)
        elif way == "page":
            self.answer(SIGN_IN, "text/html")
        elif listed or way == "right":
            self.answer(body, "text/html" if listed else "application/octet-stream")
        elif way == "altered":
            self.answer(altered(body), "application/octet-stream")
        elif way == "cut":
            self.answer(body, "application/octet-stream", upto=len(body) // 2)
        elif way == "late":
            time.sleep(SOON)
            self.answer(body, "application/octet-stream")
        elif way == "slow":
            self.answer(body, "application/octet-stream", upto=1000, pause=60)

    def do_HEAD(self) -> None:
        self.send_error(405)

    def content(self, name: str) -> bytes:
        path = FILES / Path(name).name
        return path.read_bytes() if path.is_file() else b""

    def answer(self, body: bytes, kind: str, upto: int | None = None, pause: float = 0) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:upto])
        self.wfile.flush()
        time.sleep(pause)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


def certificate() -> None:
    """One for this address, which trusts itself and was valid for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "material")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(DAY)
        .not_valid_after(DAY + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (FOLDER / "certificate.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (FOLDER / "key.pem").write_bytes(secret)


def main() -> None:
    certificate()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "certificate.pem", FOLDER / "key.pem")
    secure = ThreadingHTTPServer((ADDRESS, SECURE), Handler)
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    plain = ThreadingHTTPServer((ADDRESS, PORT), Handler)
    (FOLDER / "pid").write_text(str(os.getpid()), encoding="utf-8")
    plain.serve_forever()


if __name__ == "__main__":
    main()

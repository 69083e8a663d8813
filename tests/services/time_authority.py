"""A time stamping authority on loopback: openssl's own, with a root and a signing certificate made for the test."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from tests.patience import PATIENCE

_SETTINGS = """
[tsa]
dir = {folder}
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[signer]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""


@dataclass(frozen=True)
class Authority:
    """Where the authority answers, and the root it is trusted by."""

    url: str
    roots: Path


@contextmanager
def time_authority(folder: Path) -> Iterator[Authority]:
    """This function will make an authority, serve it on loopback, and stop it."""
    folder.mkdir()
    settings = folder / "tsa.cnf"
    settings.write_text(_SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    _make_certificates(folder)
    server = HTTPServer(("127.0.0.1", 0), _handler(folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_port}/tsr", folder / "root.pem")
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


def _make_certificates(folder: Path) -> None:
    new_key = "-newkey rsa:2048 -nodes -config tsa.cnf"
    days = "-days 3650"
    for words in (
        f"req -x509 {new_key} {days} -subj /CN=Root -extensions root -keyout root.key -out root.pem",
        f"req {new_key} -subj /CN=Authority -keyout signer.key -out signer.csr",
        (
            f"x509 -req {days} -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial "
            "-extfile tsa.cnf -extensions signer -out signer.pem"
        ),
    ):
        _openssl(folder, *words.split())


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query, reply = folder / "query.tsq", folder / "reply.tsr"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            words = "ts -reply -config tsa.cnf -section tsa -queryfile query.tsq -out reply.tsr"
            _openssl(folder, *words.split())
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply.read_bytes())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    return Answering


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(
        ["openssl", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

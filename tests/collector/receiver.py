"""A small server that speaks the receiving side of the protocol, checks everything, and can misbehave on purpose."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from groundrules_wire import Envelope, unpack
from groundrules_wire.ed25519 import verify
from groundrules_wire.signing import batch_text, position_text

NOW = "2026-03-05T18:00:00+00:00"
_opened = cache(unpack)


@dataclass(slots=True)
class Books:
    """What the server has: bodies in order, how often each came, and what it was told at enrolment."""

    token: str = "TOKEN"
    public_key: bytes = b""
    enrolment: dict[str, str] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)
    repeats: int = 0
    refused: list[str] = field(default_factory=list)
    everything: list[bytes] = field(default_factory=list)
    # Says what goes wrong with a batch that would be taken: a status, "drop", "drop after storing", or "".
    fault: Callable[[int], str] = lambda _sequence: ""
    position_status: int = 200
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def previous(self) -> str:
        """The digest of the newest stored body, empty before the first."""
        return hashlib.sha256(self.bodies[-1]).hexdigest() if self.bodies else ""

    def envelopes(self) -> list[Envelope]:
        """This function will open every stored body, each once however often it is asked."""
        return [_opened(body) for body in self.bodies]

    def check_chain(self) -> None:
        """This function will hold every stored batch against the chain: no number lost, none twice, no link broken."""
        previous = ""
        for number, body in enumerate(self.bodies, start=1):
            manifest = unpack(body).manifest
            assert (manifest.sequence, manifest.previous) == (number, previous)
            previous = hashlib.sha256(body).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    books: Books

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """A test's output is its assertions."""

    def do_GET(self) -> None:
        minute = self._minutes()
        if self.books.position_status != 200:
            return self._say(self.books.position_status, {"detail": "not now"})
        if not minute:
            return self._say(401, {"code": "signature"})
        books = self.books
        place = {"next_sequence": len(books.bodies) + 1, "previous": books.previous}
        return self._say(200, place)

    def _minutes(self) -> bool:
        now = int(time.time()) // 60
        agent, stream = self._who()
        return any(
            verify(self.books.public_key, position_text(agent, stream, minute), self._signature())
            for minute in (now - 1, now, now + 1)
        )

    def do_POST(self) -> None:
        told = int(self.headers["Content-Length"])
        body = self.rfile.read(told)
        self.books.everything.append(body)
        if len(body) < told:
            self.close_connection = True
            return None  # who sent it was killed in the middle: a server's door gives no half of a request on
        if self.path.endswith("/enrol"):
            return self._enrol(json.loads(body))
        with self.books.lock:
            return self._batch(body)

    def _enrol(self, asked: dict[str, str]) -> None:
        books = self.books
        if asked["token"] != books.token:
            return self._say(403, {"detail": "the token is used or wrong"})
        books.token = ""
        books.public_key = base64.b64decode(asked["public_key"])
        books.enrolment = asked
        told = {"agent": "AGT-1", "stream": "STR-1", "zone": "America/Los_Angeles"}
        return self._say(201, {**told, "next_sequence": 1})

    def _batch(self, body: bytes) -> None:
        books = self.books
        digest = hashlib.sha256(body).hexdigest()
        sequence, previous = (
            int(self.headers["Groundrules-Sequence"]),
            self.headers["Groundrules-Previous"],
        )
        text = batch_text(*self._who(), sequence, previous, digest)
        if not verify(books.public_key, text, self._signature()):
            books.refused.append("signature")
            return self._say(401, {"detail": "unknown"})
        if sequence <= len(books.bodies):
            return self._known(sequence, digest)
        if sequence != len(books.bodies) + 1 or previous != books.previous:
            code = "gap" if sequence > len(books.bodies) + 1 else "fork"
            books.refused.append(code)
            return self._say(
                409,
                {"code": code, "next_sequence": len(books.bodies) + 1, "previous": books.previous},
            )
        return self._take(sequence, body, digest)

    def _known(self, sequence: int, digest: str) -> None:
        if hashlib.sha256(self.books.bodies[sequence - 1]).hexdigest() != digest:
            self.books.refused.append("fork")
            return self._say(
                409,
                {
                    "code": "fork",
                    "next_sequence": len(self.books.bodies) + 1,
                    "previous": self.books.previous,
                },
            )
        self.books.repeats += 1
        return self._say(200, {"digest": digest, "received_at": NOW})

    def _take(self, sequence: int, body: bytes, digest: str) -> None:
        fault = self.books.fault(sequence)
        if fault.isdigit():
            return self._say(int(fault), {"detail": "later"}, **{"Retry-After": "0"})
        if fault == "drop":
            return self._hang_up()
        self.books.bodies.append(body)
        if fault == "drop after storing":
            return self._hang_up()
        return self._say(201, {"digest": digest, "received_at": NOW})

    def _hang_up(self) -> None:
        self.close_connection = True

    def _who(self) -> tuple[str, str]:
        return self.headers["Groundrules-Agent"], self.headers["Groundrules-Stream"]

    def _signature(self) -> bytes:
        return base64.b64decode(self.headers["Groundrules-Signature"])

    def _say(self, status: int, told: dict[str, object], **headers: str) -> None:
        raw = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def receiving(books: Books, port: int = 0) -> Iterator[str]:
    """This function will serve on loopback for as long as the test needs and give the address."""
    handler = type("Handler", (_Handler,), {"books": books})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Posting to addresses somebody else chose: where nothing is sent to, and what a receiver can check."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest

from groundrules.gateways import webhooks
from groundrules.gateways.webhooks import (
    AddressRefused,
    HttpPoster,
    check_address,
    is_outside,
    signed,
)
from tests.loopback import free_port


class Receiver(BaseHTTPRequestHandler):
    """Keeps what it is sent, and answers as its path says."""

    got: ClassVar[list[tuple[dict[str, str], bytes]]] = []

    def do_POST(self) -> None:
        """Keep and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        status = int(self.path.strip("/") or 200)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/200")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"said")

    def log_message(self, *_words: Any) -> None:  # noqa: ANN401 - http.server's own signature
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[str]:
    """A receiver on loopback."""
    Receiver.got.clear()
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class TestSigned:
    """Standard Webhooks."""

    def test_can_be_checked_by_the_receiver(self) -> None:
        """HMAC-SHA256 over identity, time and body; one mark for each secret."""
        headers = signed([b"new", b"old"], "msg_1", 1_700_000_000, b'{"a":1}')

        expected = hmac.new(b"new", b'msg_1.1700000000.{"a":1}', hashlib.sha256).digest()
        marks = headers["webhook-signature"].split(" ")
        assert marks[0] == f"v1,{base64.b64encode(expected).decode()}"
        assert len(marks) == 2

    def test_agrees_with_the_published_example(self) -> None:
        """The example of the specification (github.com/standard-webhooks), byte for byte."""
        secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        body = b'{"test": 2432232314}'

        headers = signed([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

        assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class TestWhere:
    """Only public addresses, looked up once."""

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.1"),
            *("100.64.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "198.18.0.1"),
            *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
            *("2002:7f00:1::1", "64:ff9b::a00:1", "2001:0:53aa:64c::1"),
            *("::127.0.0.1", "fec0::1", "64:ff9b:1::a00:1", "5f00::1", "3fff::1", "192.88.99.1"),
        ],
    )
    def test_refuses_inside(self, address: str) -> None:
        """Loopback, private, link-local, metadata, multicast, documentation, and such hidden in another."""
        assert not is_outside(ipaddress.ip_address(address))

    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
    def test_lets_outside(self, address: str) -> None:
        """The public internet."""
        assert is_outside(ipaddress.ip_address(address))

    @pytest.mark.parametrize(
        "url",
        [
            *("http://hooks.example.com/x", "ftp://hooks.example.com", "https://", "https:///x"),
            *("https://u:p@hooks.example.com/", "https://hooks.example.com/#x", "nonsense"),
            *("https://hooks.example.com:99999/", "https://hooks.exa mple.com/", "https://[::1/"),
        ],
    )
    def test_refuses_what_is_no_address(self, url: str) -> None:
        """Only HTTPS, without user, password or fragment."""
        with pytest.raises(AddressRefused):
            check_address(url, ())

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
    def test_sends_nothing_inside(self, host: str) -> None:
        """However loopback is written."""
        reply = HttpPoster().post(f"https://{host}:9/", b"", {})

        assert reply.status is None
        assert "public internet" in reply.says or "its name is not known" in reply.says

    def test_refuses_a_name_with_one_address_inside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One public address beside a private one is how a name rebinds."""
        both = [(socket.AF_INET, 1, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: both)

        assert "10.0.0.1" in HttpPoster().post("https://hooks.example.com/", b"", {}).says

    def test_connects_to_what_it_looked_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The name is asked once; the connection goes to that answer by number."""
        asked, reached = [], []

        def look_up(host: str, port: int, **_more: object) -> list[Any]:
            asked.append(host)
            return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", port))]

        def connect(address: tuple[str, int], **_more: object) -> socket.socket:
            reached.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket, "create_connection", connect)
        HttpPoster().post("https://hooks.example.com/x", b"", {})

        assert (asked, reached) == (["hooks.example.com"], [("8.8.8.8", 443)])


class TestPost:
    """Over a real connection to a host the setting names."""

    def test_brings_body_and_headers(self, receiver: str) -> None:
        """As given, and the answer's beginning comes back."""
        reply = HttpPoster(["127.0.0.1"]).post(f"{receiver}/200", b"{}", {"webhook-id": "msg_1"})

        headers, body = Receiver.got[0]
        assert (reply.status, reply.says, reply.is_taken) == (200, "said", True)
        assert (headers["webhook-id"], body) == ("msg_1", b"{}")

    @pytest.mark.parametrize("status", [302, 400, 410, 500])
    def test_takes_anything_else_for_a_failure(self, receiver: str, status: int) -> None:
        """A redirect is not followed."""
        reply = HttpPoster(["127.0.0.1"]).post(f"{receiver}/{status}", b"{}", {})

        assert (reply.status, reply.is_taken, len(Receiver.got)) == (status, False, 1)

    def test_says_when_nobody_answers(self) -> None:
        """A closed port is a failure in words."""
        port = free_port()

        reply = HttpPoster(["127.0.0.1"]).post(f"http://127.0.0.1:{port}/", b"{}", {})

        assert reply.status is None
        assert "refused" in reply.says.lower()

    def test_hangs_up_on_who_drips(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A receiver that never ends its answer holds nobody up."""
        monkeypatch.setattr(webhooks, "_SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]

            reply = HttpPoster(["127.0.0.1"]).post(f"http://127.0.0.1:{port}/", b"{}", {})

        assert reply.status is None
        assert reply.milliseconds < 5000

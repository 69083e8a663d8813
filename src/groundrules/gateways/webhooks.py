"""Posting to an address somebody else chose: only where it may lie, over one connection, within a few seconds.

The host is looked up once, every address it has must be allowed, and that very address is connected to: a name that
changes its mind between looking and connecting reaches nothing inside. Redirects are answers, never followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

_SECONDS = 8
_READ = 2048
_SAID = 300
_PORTS = {"https": 443, "http": 80}
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# All that IANA gave out as global unicast; whatever lies elsewhere (site-local, translators' own, addresses in which
# IPv4 hides) may lead inside. Of it 3fff::/20 is for books. RFC 4291, 6052, 8215, 9637.
_UNICAST = ipaddress.ip_network("2000::/3")
_IN_BOOKS = ipaddress.ip_network("3fff::/20")
# Relays of 6to4, given back: whoever answers there is somebody near. RFC 7526.
_RELAYS = ipaddress.ip_network("192.88.99.0/24")


class AddressRefused(ValueError):
    """An address is of a kind, or at a place, that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What came of a post: the status, or None where nobody answered, with the beginning of what was said."""

    status: int | None
    says: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        """Whether the receiver said that it has it."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own numbers


class Poster(Protocol):
    """A way to post a body to an address."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Replied:
        """This function will post once; what goes wrong is said in the reply."""
        ...


class NullPoster:
    """Posts nothing, and says so."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Replied:
        """This function will send nothing."""
        del body, headers
        return Replied(None, f"nothing is sent to {url} here", 0)


def signed(secrets: Collection[bytes], uid: str, at: int, body: bytes) -> dict[str, str]:
    """This function will return the headers of Standard Webhooks: identity, time, and a signature by each secret."""
    said = f"{uid}.{at}.".encode() + body
    marks = [
        f"v1,{base64.b64encode(hmac.new(one, said, hashlib.sha256).digest()).decode()}"
        for one in secrets
    ]
    return {"webhook-id": uid, "webhook-timestamp": str(at), "webhook-signature": " ".join(marks)}


def check_address(url: str, inside: Collection[str]) -> SplitResult:
    """This function will return an address's parts; raises AddressRefused. `inside` are hosts of our own network."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as odd:
        message = f"{url!r} is no address; write one such as https://hooks.example.com/groundrules"
        raise AddressRefused(message) from odd
    host = parts.hostname or ""
    allowed = {"https", "http"} if host in inside else {"https"}
    if parts.scheme not in allowed or not host or not port or not url.isascii() or " " in url:
        message = f"{url!r} is no address; write one such as https://hooks.example.com/groundrules"
        raise AddressRefused(message)
    if parts.username or parts.password or parts.fragment:
        message = "an address holds no user, password or fragment; the signature says who sends"
        raise AddressRefused(message)
    return parts


def is_outside(address: _Address) -> bool:
    """This function will say whether an address lies in the public internet, also one that carries another inside."""
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.ipv4_mapped or address.sixtofour
        if hidden is not None:
            return is_outside(hidden)
        if address.teredo is not None or address not in _UNICAST or address in _IN_BOOKS:
            return False
    return address.is_global and not address.is_multicast and address not in _RELAYS


# What went wrong, for whoever reads why nothing arrived; the machine's own words follow.
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (socket.gaierror, "its name is not known"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "it does not speak HTTPS as it should"),
    (TimeoutError, "it did not answer in time"),
    (ConnectionRefusedError, "nothing takes connections there"),
    (ConnectionError, "the connection broke off"),
)


def _in_words(problem: Exception) -> str:
    said = next((words for kind, words in _WORDS if isinstance(problem, kind)), "")
    told = str(problem) or type(problem).__name__
    if said:
        return f"{said} ({told})"
    return told if isinstance(problem, AddressRefused) else f"{type(problem).__name__}: {told}"


@dataclass(frozen=True, slots=True)
class HttpPoster:
    """Posts over HTTPS to public addresses; to the hosts named `inside` also elsewhere, and over HTTP."""

    inside: Collection[str] = ()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Replied:
        """This function will post once within a few seconds; what goes wrong is said in the reply."""
        began = time.monotonic()
        try:
            status, says = self._posted(check_address(url, self.inside), body, headers)
        except (AddressRefused, OSError, http.client.HTTPException, UnicodeError) as problem:
            status, says = None, _in_words(problem)
        took = int((time.monotonic() - began) * 1000)
        return Replied(status, says.replace("\0", "")[:_SAID], took)

    def _posted(
        self, parts: SplitResult, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        pinned = self._looked_up(host, port)
        connection = http.client.HTTPConnection(host, port, timeout=_SECONDS)
        connection.sock = _connected(pinned, port, host if parts.scheme == "https" else "")
        # Whoever answers a letter at a time is hung up on.
        timer = threading.Timer(_SECONDS, _hang_up, [connection.sock])
        timer.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", target, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(_READ).decode("utf-8", "replace").strip()
        finally:
            timer.cancel()
            connection.close()

    def _looked_up(self, host: str, port: int) -> str:
        found = [
            str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        ]
        if host not in self.inside:
            refused = [one for one in found if not is_outside(ipaddress.ip_address(one))]
            if refused:
                message = (
                    f"{host} is at {refused[0]}, which is not in the public internet; "
                    "an owner of the machine allows it by GROUNDRULES_WEBHOOKS_INSIDE"
                )
                raise AddressRefused(message)
        return found[0]


def _connected(address: str, port: int, secured_as: str) -> socket.socket:
    plain = socket.create_connection((address, port), timeout=_SECONDS)
    if not secured_as:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=secured_as)
    except BaseException:
        plain.close()
        raise


def _hang_up(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

"""A connection that takes exactly as many bytes as are asked for, and never more than an answer may have."""

from __future__ import annotations

import socket
import ssl
import time
from typing import Protocol

MOST = 16 * 1024
"""Bytes of all answers of one conversation."""

# What OpenSSL says of an answer that is no TLS at all.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"})


class CutShort(ConnectionError):
    """The other side closed the connection before its answer was whole."""


class NotThat(ValueError):
    """The answer is none that the database asked for gives."""


class NothingAgreed(ConnectionError):
    """Encryption was offered and could not be agreed."""


class Wire(Protocol):
    """One conversation with whatever answers."""

    def send(self, raw: bytes) -> None:
        """This function will send all bytes."""

    def take(self, count: int) -> bytes:
        """This function will return exactly so many bytes; raises CutShort, and NotThat beyond MOST."""

    def secure(self) -> None:
        """This function will encrypt the rest of the conversation; raises NothingAgreed and NotThat."""


class SocketWire:
    """A conversation over a socket: the socket's own timeout bounds each step, `whole` seconds all of them."""

    def __init__(self, sock: socket.socket, host: str, whole: float) -> None:
        self._sock = sock
        self._host = host
        self._left = MOST
        self._step = sock.gettimeout() or whole
        self._ends = time.monotonic() + whole

    def send(self, raw: bytes) -> None:
        """This function will send all bytes."""
        self._hurry()
        self._sock.sendall(raw)

    def take(self, count: int) -> bytes:
        """This function will return exactly so many bytes; raises CutShort, and NotThat beyond MOST."""
        self._left -= count
        if self._left < 0:
            message = f"an answer of more than {MOST} bytes"
            raise NotThat(message)
        taken = b""
        while len(taken) < count:
            self._hurry()
            piece = self._sock.recv(count - len(taken))
            if not piece:
                message = "the connection was closed"
                raise CutShort(message)
            taken += piece
        return taken

    def secure(self) -> None:
        """This function will encrypt the rest, whoever answers: no secret is sent, so none is trusted with one."""
        self._hurry()
        try:
            self._sock = _undemanding().wrap_socket(self._sock, server_hostname=self._host)
        except ssl.SSLEOFError as problem:
            raise CutShort(str(problem)) from problem
        except ssl.SSLError as problem:
            if problem.reason in _NO_TLS:
                raise NotThat(str(problem)) from problem
            raise NothingAgreed(str(problem)) from problem

    def close(self) -> None:
        """This function will close the connection as it is now."""
        self._sock.close()

    def _hurry(self) -> None:
        """A server that sends a byte now and then would keep each step waiting for ever."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(self._step, left))


def _undemanding() -> ssl.SSLContext:
    """Old servers count as well: what is asked is whether logins are taken, not how well they are protected."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context

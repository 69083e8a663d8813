"""Asks servers from outside whether they answer: a page, a port, a database, a certificate.

It reads little and waits briefly. What is asked for is what the provider's own people set; the answer's text never
leaves here, only whether the wanted words were in it. A redirect is an answer like any other and is not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Timer
from typing import Protocol
from urllib.parse import urlsplit

from cryptography import x509

from groundrules.core.health import (
    CheckKind,
    CheckSpec,
    Found,
    database_found,
    database_place,
)
from groundrules.core.reasons import counted
from groundrules.gateways.databases import ask_database

_PATIENCE_SECONDS = 4.0
_WHOLE_SECONDS = 8.0
_READ = 256 * 1024
_AGENT = {"User-Agent": "groundrules-health", "Accept": "*/*", "Connection": "close"}


class Prober(Protocol):
    """Carries out a check that is asked from outside."""

    def look(self, spec: CheckSpec, at: datetime) -> Found:
        """This function will carry out one check of every kind but SERVICE; it never raises."""


class NullProber:
    """Asks nobody, so it knows nothing."""

    def look(self, spec: CheckSpec, at: datetime) -> Found:
        """This function will say that nobody was asked."""
        del at
        return Found(f"{spec.target} was not asked")


@dataclass(frozen=True, slots=True)
class NetworkProber:
    """Asks over the network; seconds to wait for each step, and for the whole of a check."""

    patience: float = _PATIENCE_SECONDS
    whole: float = _WHOLE_SECONDS

    def look(self, spec: CheckSpec, at: datetime) -> Found:
        """This function will carry out one check; what goes wrong on the way is what it found."""
        try:
            if spec.kind is CheckKind.HTTP:
                return self._page(spec)
            if spec.kind is CheckKind.PORT:
                return self._port(spec)
            if spec.kind is CheckKind.DATABASE:
                return self._database(spec)
            return self._certificate(spec, at)
        except (OSError, http.client.HTTPException, ValueError) as problem:
            return Found(f"{_asked(spec)}: {_words(problem)}", passed=False)

    def _page(self, spec: CheckSpec) -> Found:
        parts = urlsplit(spec.target)
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        connection = kind(parts.hostname or "", parts.port, timeout=self.patience)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            connection.connect()
            with self._no_longer(connection.sock):
                connection.request("GET", path, headers=_AGENT)
                answer = connection.getresponse()
                text = answer.read(_READ).decode("utf-8", "replace") if spec.text else ""
        finally:
            connection.close()
        if answer.status != spec.expect:
            return Found(
                f"{spec.target} answered {answer.status} instead of {spec.expect}", passed=False
            )
        if spec.text not in text:
            return Found(f'{spec.target} answered without "{spec.text}"', passed=False)
        return Found(f"{spec.target} answered {answer.status}", passed=True)

    def _port(self, spec: CheckSpec) -> Found:
        with socket.create_connection(_place(spec), timeout=self.patience):
            return Found(f"{spec.target} takes connections", passed=True)

    def _database(self, spec: CheckSpec) -> Found:
        place = database_place(spec.target)
        answered = ask_database(place, patience=self.patience, whole=self.whole)
        return database_found(spec, answered)

    def _certificate(self, spec: CheckSpec, at: datetime) -> Found:
        """Reads the certificate however little it is trusted: what is asked is when it ends."""
        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        host, _port = place = _place(spec)
        with (
            socket.create_connection(place, timeout=self.patience) as plain,
            self._no_longer(plain),
            trusting.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert(binary_form=True) or b""
        ends = x509.load_der_x509_certificate(shown).not_valid_after_utc
        if ends <= at:
            said = f"the certificate at {spec.target} ran out at {ends:%Y-%m-%d %H:%M} UTC"
            return Found(said, passed=False)
        if ends - at < timedelta(days=spec.days):
            left = counted((ends - at).days, "day")
            return Found(f"the certificate at {spec.target} runs out in {left}", passed=False)
        return Found(
            f"the certificate at {spec.target} is valid until {ends:%Y-%m-%d}", passed=True
        )

    @contextmanager
    def _no_longer(self, sock: socket.socket) -> Iterator[None]:
        """A server that sends a byte now and then would keep each step waiting for ever."""
        timer = Timer(self.whole, _shut, (sock,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _shut(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # It was closed in the same moment, which is all that was wanted.


def _place(spec: CheckSpec) -> tuple[str, int]:
    host, _, port = spec.target.rpartition(":")
    return host.strip("[]"), int(port)


def _asked(spec: CheckSpec) -> str:
    """Where a failure was: a database's place without its name, which the failure did not say."""
    return database_place(spec.target).where if spec.kind is CheckKind.DATABASE else spec.target


def _words(problem: Exception) -> str:
    """The same words for the same failure, so that it is one failure however often it is seen."""
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted ({problem.verify_message})"
    if isinstance(problem, socket.gaierror):
        return "the name is not known"
    if isinstance(problem, ConnectionRefusedError):
        return "connection refused"
    if isinstance(problem, OSError) and problem.strerror:
        return problem.strerror.lower()
    return f"the answer could not be read ({type(problem).__name__})"

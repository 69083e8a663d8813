"""Asks servers from outside whether they answer: a page, a port, a database, a certificate.

It reads little and waits briefly. What is asked for is what the provider's own people set; the answer's text never
leaves here, only whether the wanted words were in it. A redirect is an answer like any other and is not followed.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from typing import Protocol
from urllib.parse import urlsplit

from cryptography import x509

from groundrules.core.health import (
    CheckKind,
    CheckSpec,
    Found,
    ShownCertificate,
    certificate_found,
    database_found,
    database_place,
    host_and_port,
)
from groundrules.gateways.databases import ask_database

_PATIENCE_SECONDS = 4.0
_WHOLE_SECONDS = 8.0
_READ = 256 * 1024
_AGENT = {"User-Agent": "groundrules-health", "Accept": "*/*", "Connection": "close"}

# What OpenSSL finds in a chain of certificates, by its numbers.
_DISTRUSTS: Mapping[int, str] = {
    18: "it signed itself",
    19: "the authority at the end of its chain is not known here",
    20: "who signed it is not known here",
    21: "who signed it is not known here",
}
_UNREADABLE = (
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


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
        with socket.create_connection(host_and_port(spec.target), timeout=self.patience):
            return Found(f"{spec.target} takes connections", passed=True)

    def _database(self, spec: CheckSpec) -> Found:
        place = database_place(spec.target)
        answered = ask_database(place, patience=self.patience, whole=self.whole)
        return database_found(spec, answered)

    def _certificate(self, spec: CheckSpec, at: datetime) -> Found:
        """Reads the certificate however little it is trusted: first with this machine's trust, then without."""
        distrust = ""
        try:
            raw = self._shown(spec, ssl.create_default_context())
        except ssl.SSLCertVerificationError as problem:
            distrust = _DISTRUSTS.get(problem.verify_code, problem.verify_message)
            undemanding = ssl.create_default_context()
            undemanding.check_hostname = False
            undemanding.verify_mode = ssl.CERT_NONE
            raw = self._shown(spec, undemanding)
        return certificate_found(spec, _read(raw, distrust), at)

    def _shown(self, spec: CheckSpec, context: ssl.SSLContext) -> bytes:
        host, _port = place = host_and_port(spec.target)
        context.check_hostname = False
        with (
            socket.create_connection(place, timeout=self.patience) as plain,
            self._no_longer(plain),
            context.wrap_socket(plain, server_hostname=spec.text or host) as secured,
        ):
            return secured.getpeercert(binary_form=True) or b""

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


def _read(raw: bytes, distrust: str) -> ShownCertificate:
    shown = x509.load_der_x509_certificate(raw)
    names, addresses = _names(shown)
    return ShownCertificate(
        shown.not_valid_before_utc, shown.not_valid_after_utc, names, addresses, distrust
    )


def _names(shown: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom it is for; extensions that cannot be read name nobody."""
    try:
        told = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (*_UNREADABLE, ValueError):
        return (), ()
    names = tuple(told.get_values_for_type(x509.DNSName))
    return names, tuple(map(str, told.get_values_for_type(x509.IPAddress)))


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

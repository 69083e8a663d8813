"""Time stamps by an authority (RFC 3161): its word that a checkpoint existed by then, which a court knows how to check.

Only the SHA-256 of the checkpoint leaves the house, with nothing about whose it is.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

_SECONDS = 20
_LARGEST = 1024 * 1024
_OK = 200


class StampRefused(RuntimeError):
    """The authority gave no time stamp, or one that does not verify."""


class Timestamper(Protocol):
    """Asks for time stamps."""

    def stamp(self, message: bytes) -> bytes:
        """This function will return the authority's response (DER) for a message; raises StampRefused."""


class NullTimestamper:
    """Asks nobody."""

    def stamp(self, message: bytes) -> bytes:
        """This function will refuse: there is no authority."""
        del message
        text = "no time stamping authority is set (GROUNDRULES_TSA_URL)"
        raise StampRefused(text)


@dataclass(frozen=True, slots=True)
class HttpTimestamper:
    """Asks an authority over HTTP (RFC 3161, 3.4); `roots` is a PEM file of the certificates it is trusted by."""

    url: str
    roots: Path

    def stamp(self, message: bytes) -> bytes:
        """This function will ask for a stamp, verify it, and return the response; raises StampRefused."""
        builder = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256)
        response = self._ask(builder.nonce(nonce=True).build().as_bytes())
        stamped_at(response, message, self.roots)
        return response

    def _ask(self, request: bytes) -> bytes:
        parts = urlsplit(self.url)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            headers = {"Content-Type": "application/timestamp-query"}
            connection.request("POST", parts.path or "/", request, headers)
            answer = connection.getresponse()
            content = answer.read(_LARGEST)
        except (OSError, http.client.HTTPException) as problem:
            message = f"{self.url} did not answer: {problem}"
            raise StampRefused(message) from problem
        finally:
            connection.close()
        if answer.status != _OK:
            message = f"{self.url} answered {answer.status}"
            raise StampRefused(message)
        return content


def stamped_at(response: bytes, message: bytes, roots: Path) -> datetime:
    """This function will verify a response against a message and return its time (UTC); raises StampRefused."""
    try:
        decoded = decode_timestamp_response(response)
        builder = VerifierBuilder()
        for certificate in load_pem_x509_certificates(roots.read_bytes()):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify_message(decoded, message)
        return decoded.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError, OSError) as problem:
        text = f"the time stamp does not verify: {problem}"
        raise StampRefused(text) from problem

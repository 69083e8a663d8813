"""The certificate a server shows to the world: until when it is valid, by the trust this machine has."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime

_SECONDS = 5


def certificate_end(host: str, port: int) -> datetime:
    """This function will return until when a certificate is valid; raises OSError, also when it is not trusted."""
    with (
        socket.create_connection((host, port), timeout=_SECONDS) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as wrapped,
    ):
        found = wrapped.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)


def takes_connections(host: str, port: int) -> None:
    """This function will open a connection and close it again; raises OSError."""
    socket.create_connection((host, port), timeout=_SECONDS).close()

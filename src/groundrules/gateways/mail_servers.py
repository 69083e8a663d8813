"""Where mail servers are: an address with scheme, user, host and port; the password is kept apart from it.

`smtp`/`imap` begin in clear text and must change to TLS before anything is said; `smtps`/`imaps` begin with TLS;
`smtp+plain`/`imap+plain` never use it, and are only for a server on this very host.
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

SECONDS = 30
_PORTS = {
    "smtp": 587,
    "smtps": 465,
    "smtp+plain": 25,
    "imap": 143,
    "imaps": 993,
    "imap+plain": 143,
}


class MailServerUnusable(ValueError):
    """An address of a mail server cannot be used; the message says why, and what to write."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server: its scheme, host and port, who signs in, and (for IMAP) which folder."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"

    @property
    def begins_with_tls(self) -> bool:
        """Whether the connection is encrypted from its first byte."""
        return self.scheme.endswith("s")

    @property
    def changes_to_tls(self) -> bool:
        """Whether the connection begins in clear text and must be encrypted before anything is said."""
        return self.scheme in {"smtp", "imap"}

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def mail_server(url: str, password: str, *, kind: str) -> MailServer:
    """This function will read a server's address (`smtp://user@host:587`); raises MailServerUnusable.

    A password in the address is refused: addresses end up in logs and process lists.
    """
    schemes = [kind, f"{kind}s", f"{kind}+plain"]
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        message = f"the address of the {kind.upper()} server cannot be read: {wrong}"
        raise MailServerUnusable(message) from wrong
    if parts.password is not None:
        message = (
            f"the {kind.upper()} server's address holds a password; set it in the environment alone"
        )
        raise MailServerUnusable(message)
    if parts.scheme not in schemes or not parts.hostname:
        message = f"{url!r} is no {kind.upper()} server; write {kind}://user@host:{_PORTS[kind]} or {kind}s://..."
        raise MailServerUnusable(message)
    if parts.scheme.endswith("+plain") and not _is_this_host(parts.hostname):
        message = f"{parts.hostname} is another host, so mail to it is encrypted; write {kind}:// or {kind}s://"
        raise MailServerUnusable(message)
    return MailServer(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        unquote(parts.username or ""),
        password,
        unquote(parts.path.strip("/")) or "INBOX",
    )


def tls() -> ssl.SSLContext:
    """This function will return how a server's certificate is checked: by name, against this host's roots."""
    return ssl.create_default_context()


def _is_this_host(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Mail arrives in an IMAP folder: read without marking it read, and given a keyword of ours once it is logged."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from groundrules.gateways.mail_servers import SECONDS, MailServer, tls

LARGEST = 25 * 1024 * 1024
AT_ONCE = 100
KEYWORD = "GroundrulesLogged"
_INTERNAL = re.compile(rb'INTERNALDATE "([^"]{20,32})"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxUnusable(RuntimeError):
    """The mailbox cannot be read now; the message says why."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail in the folder: its bytes, or only its head when the whole is too large to keep.

    `received_at` is when the server took it, by its own clock, whatever the mail says about itself.
    """

    uid: str
    content: bytes
    is_whole: bool = True
    received_at: datetime | None = None


class Mailbox(Protocol):
    """A folder that mail arrives in."""

    def waiting(self) -> Iterator[Arrived]:
        """This function will give the mails that were not logged yet, oldest first."""

    def mark_logged(self, arrived: Arrived) -> None:
        """This function will note that a mail is logged."""


class NullMailbox:
    """A folder nothing arrives in."""

    def waiting(self) -> Iterator[Arrived]:
        """This function will give nothing."""
        return iter(())

    def mark_logged(self, arrived: Arrived) -> None:
        """This function will do nothing: nothing arrives."""


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """An open folder of an IMAP server."""

    door: imaplib.IMAP4

    def waiting(self) -> Iterator[Arrived]:
        """This function will give at most a hundred mails that were not logged yet, oldest first."""
        with _spoken():
            found = _answer(self.door.uid("SEARCH", "UNKEYWORD", KEYWORD))
        uids = found[0].split() if found and isinstance(found[0], bytes) else []
        for uid in uids[:AT_ONCE]:
            with _spoken():
                yield self._fetch(uid.decode())

    def mark_logged(self, arrived: Arrived) -> None:
        """This function will set our keyword on the mail; that it was read by a person stays as it was."""
        with _spoken():
            _answer(self.door.uid("STORE", arrived.uid, "+FLAGS.SILENT", f"({KEYWORD})"))

    def _fetch(self, uid: str) -> Arrived:
        told = _answer(self.door.uid("FETCH", uid, "(RFC822.SIZE INTERNALDATE)"))
        size = next((m for one in told if (m := _SIZE.search(_flat(one)))), None)
        is_whole = size is not None and int(size.group(1)) <= LARGEST
        part = "BODY.PEEK[]" if is_whole else "BODY.PEEK[HEADER]"
        parts = _answer(self.door.uid("FETCH", uid, f"({part})"))
        content = next((one[1] for one in parts if isinstance(one, tuple)), None)
        if content is None:
            message = f"the server gave no content for mail {uid}"
            raise MailboxUnusable(message)
        return Arrived(uid, content, is_whole, _received_at(told))


def _received_at(told: Sequence[object]) -> datetime | None:
    found = next((m[1] for one in told if (m := _INTERNAL.search(_flat(one)))), b"")
    try:
        return datetime.strptime(found.decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return None


@contextmanager
def open_mailbox(server: MailServer, seconds: float = SECONDS) -> Iterator[ImapMailbox]:
    """This function will open the folder for as long as the block lasts; raises MailboxUnusable."""
    with _spoken():
        door = _connect(server, seconds)
    try:
        with _spoken():
            _enter(door, server)
        yield ImapMailbox(door)
    finally:
        door.shutdown()


def _connect(server: MailServer, seconds: float) -> imaplib.IMAP4:
    if server.begins_with_tls:
        return imaplib.IMAP4_SSL(server.host, server.port, ssl_context=tls(), timeout=seconds)
    return imaplib.IMAP4(server.host, server.port, timeout=seconds)


def _enter(door: imaplib.IMAP4, server: MailServer) -> None:
    if server.changes_to_tls:
        door.starttls(ssl_context=tls())
    door.login(server.user, server.password)
    _answer(door.select(f'"{server.folder}"'))
    flags = b" ".join(_flat(one) for one in door.response("PERMANENTFLAGS")[1] or () if one)
    if rb"\*" not in flags and KEYWORD.encode() not in flags:
        message = f"the folder {server.folder} of {server} keeps no keywords, so logged mail cannot be told from new"
        raise MailboxUnusable(message)


@contextmanager
def _spoken() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as wrong:
        message = f"the mailbox cannot be read: {wrong}"
        raise MailboxUnusable(message) from wrong


def _answer(told: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, parts = told
    if status != "OK":
        message = f"the server answers {status}: {b' '.join(_flat(p) for p in parts).decode('utf-8', 'replace')}"
        raise MailboxUnusable(message)
    return parts


def _flat(part: object) -> bytes:
    if isinstance(part, tuple):
        return b" ".join(p for p in part if isinstance(p, bytes))
    return part if isinstance(part, bytes) else b""

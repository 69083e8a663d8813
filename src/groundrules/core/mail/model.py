"""The values of a mail that arrived, as a reader found them in its bytes. Nothing in it is believed yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.ids import ContactId, VendorId


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail, kept in the mail's bytes; `why_not` says when it is not given out."""

    number: int
    name: str
    media_type: str
    length: int
    sha256: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One result a mail server wrote into the head (RFC 8601): who checked, what, how it ended, for which domain."""

    server: str
    method: str
    result: str
    domain: str = ""


class Fate(StrEnum):
    """What a mail system, or the reader's program, reports about a mail that was sent."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DELAYED = "delayed"
    READ = "read"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FateReport:
    """A report about one recipient of a mail: `about` is that mail's Message-ID (RFC 3464, RFC 8098)."""

    about: str
    recipient: str
    fate: Fate
    says: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailRead:
    """A mail as read: `own_text` is what the writer added, without what they quoted. `problems` were read around."""

    message_id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    own_text: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    written_at: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    attachments: tuple[Attached, ...] = ()
    checks: tuple[Checked, ...] = ()
    reports: tuple[FateReport, ...] = ()
    automatic: bool = False
    problems: tuple[str, ...] = ()


class Trust(StrEnum):
    """How far a mail's From line is believed: anyone can write it, so by itself it proves nothing.

    code: the mail holds a code that was mailed to that person alone. domain: our own mail server confirmed that the
    domain sent it, which is not yet the person. claimed: nobody checked. contradicted: our own mail server says that
    the domain did not send it.
    """

    CODE = "code"
    DOMAIN = "domain"
    CLAIMED = "claimed"
    CONTRADICTED = "contradicted"

    @property
    def strength(self) -> str:
        """The attribution word this is worth."""
        return _STRENGTHS[self]


_STRENGTHS = {
    Trust.CODE: "recorded",
    Trust.DOMAIN: "matched",
    Trust.CLAIMED: "inferred",
    Trust.CONTRADICTED: "unknown",
}


class Person(StrEnum):
    """What the writer of a mail is to us."""

    CONTACT = "contact"
    DELEGATE = "delegate"
    VENDOR = "vendor"
    OURS = "ours"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail is taken to be from, how far that is believed, and why in one sentence."""

    person: Person
    name: str
    trust: Trust
    sentence: str
    contact: ContactId | None = None
    vendor: VendorId | None = None

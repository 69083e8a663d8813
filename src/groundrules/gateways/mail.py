"""Mail leaves through an outbox: a folder of .eml files that a mail program carries on, or a server (`smtp.py`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, complete: `reference` becomes part of its Message-ID, so sending twice is the same message.

    With `wants_receipt` the servers on its way are asked to report delivery, and its reader's program that it was read.
    """

    reference: str
    sender: str
    to: str
    subject: str
    text: str
    written_at: datetime
    cc: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = field(default=())
    wants_receipt: bool = False


class MailRefused(RuntimeError):
    """The mail was refused for good: trying again as it is would be refused again."""


class MailDelayed(RuntimeError):
    """The mail did not leave, and may be tried again as it is."""


class MailUncertain(RuntimeError):
    """The mail was handed over whole and nobody said that it was taken: it may have left, or not."""


class Outbox(Protocol):
    """Where mail goes; `repeats_safely` when the same mail handed on twice is still one mail."""

    @property
    def repeats_safely(self) -> bool:
        """Whether a mail may be handed on again when nobody knows if it was."""

    def send(self, mail: Mail) -> str:
        """This function will hand a mail on; raises MailRefused, MailDelayed or MailUncertain."""


class NullOutbox:
    """Sends nothing, and gives the Message-ID a mail would have had."""

    repeats_safely = True

    def send(self, mail: Mail) -> str:
        """This function will only name the mail."""
        return message_id(mail)


@dataclass(frozen=True, slots=True)
class FileOutbox:
    """Writes each mail into a folder."""

    folder: Path

    @property
    def repeats_safely(self) -> bool:
        """A file of the same name is the same mail."""
        return True

    def send(self, mail: Mail) -> str:
        """This function will write the mail as a file named by its Message-ID; a second time changes nothing."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        name = message_id(mail)
        path = self.folder / f"{name.strip('<>').partition('@')[0]}.eml"
        beside = path.with_suffix(".incoming")
        beside.write_bytes(written(mail))
        beside.replace(path)
        return name


def message_id(mail: Mail) -> str:
    """This function will derive the Message-ID from what the mail is, never from chance."""
    digest = hashlib.sha256(f"{mail.reference}\n{mail.to}\n{mail.text}".encode()).hexdigest()
    return f"<{mail.reference.lower()}.{digest[:16]}@groundrules.invalid>"


def written(mail: Mail) -> bytes:
    """This function will write the mail as bytes (RFC 5322, with MIME attachments)."""
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id(mail)
    message["Date"] = format_datetime(mail.written_at)
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, mail.subject
    if mail.cc:
        message["Cc"] = ", ".join(mail.cc)
    if mail.wants_receipt:
        message["Disposition-Notification-To"] = mail.sender
    message.set_content(mail.text)
    for one in mail.attachments:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=one.name)
    return message.as_bytes()

"""One mail: bytes -> what it says. Whatever is wrong with a mail is a problem in the answer, or makes it unreadable."""

from __future__ import annotations

import hashlib
from email.message import Message

from groundrules.core.mail import MailRead
from groundrules.readers.mail.attachments import attached_files
from groundrules.readers.mail.bounds import LARGEST, MailUnreadable, field, leaves, parse
from groundrules.readers.mail.heads import addresses, checks, instant, message_ids, words
from groundrules.readers.mail.reports import reports_in
from groundrules.readers.mail.texts import LONGEST, own_text, text_of

__all__ = ["LARGEST", "MailUnreadable", "read_mail"]

_SUBJECT = 500
_PRECEDENCES = frozenset({"bulk", "junk", "list", "auto_reply"})


def read_mail(raw: bytes) -> MailRead:
    """This function will read a mail; raises MailUnreadable, whatever the bytes are."""
    try:
        return _read(parse(raw), raw)
    except MailUnreadable:
        raise
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
    ) as wrong:
        # Python's mail package fails in all these ways on bytes nobody meant as mail.
        message = f"this mail cannot be read: {type(wrong).__name__}: {wrong}"
        raise MailUnreadable(message) from wrong


def _read(message: Message, raw: bytes) -> MailRead:
    senders = addresses(message, "From")
    inline = _inline(message)
    text = "\n\n".join(text_of(part) for part in _body(inline))[:LONGEST].strip()
    reports = reports_in(message)
    return MailRead(
        message_id=_own_id(message, raw),
        sender=senders[0][1] if len(senders) == 1 else "",
        sender_name=senders[0][0] if len(senders) == 1 else "",
        subject=words(message, "Subject").replace("\n", " ")[:_SUBJECT],
        text=text,
        own_text=own_text(text),
        to=tuple(address for _, address in addresses(message, "To")),
        cc=tuple(address for _, address in addresses(message, "Cc")),
        written_at=instant(field(message, "Date")),
        in_reply_to=message_ids(field(message, "In-Reply-To")),
        references=message_ids(field(message, "References")),
        attachments=() if reports else attached_files(message, frozenset(map(id, inline))),
        checks=checks(message),
        reports=reports,
        automatic=_is_automatic(message),
        problems=_problems(message, len(senders)),
    )


def _own_id(message: Message, raw: bytes) -> str:
    """A mail without a Message-ID gets one of its bytes, so that it is still one mail."""
    named = message_ids(field(message, "Message-Id"))
    return named[0] if named else f"<{hashlib.sha256(raw).hexdigest()[:32]}@without-id.invalid>"


def _inline(message: Message) -> list[Message]:
    """The parts that are texts, not files."""
    texts = [
        part for part in leaves(message) if part.get_content_type() in {"text/plain", "text/html"}
    ]
    return [
        p for p in texts if p.get_content_disposition() != "attachment" and not p.get_filename()
    ]


def _body(inline: list[Message]) -> list[Message]:
    """The parts that are the mail's text: plain text, and HTML only where there is no plain text."""
    return [p for p in inline if p.get_content_type() == "text/plain"] or inline[:1]


def _is_automatic(message: Message) -> bool:
    """Written by a program (RFC 3834): an out-of-office, a list, a report. No mail of ours answers it."""
    auto = field(message, "Auto-Submitted").casefold()
    precedence = field(message, "Precedence").casefold()
    returns_to_nobody = field(message, "Return-Path").replace(" ", "") == "<>"
    return (
        (bool(auto) and not auto.startswith("no"))
        or precedence in _PRECEDENCES
        or returns_to_nobody
        or bool(field(message, "List-Id"))
        or message.get_content_type() == "multipart/report"
    )


def _problems(message: Message, senders: int) -> tuple[str, ...]:
    found = [] if senders == 1 else [f"its From line names {senders} senders"]
    found += [] if instant(field(message, "Date")) else ["it has no date that can be read"]
    defects = sorted({type(d).__name__ for part in leaves(message) for d in part.defects})
    found += [f"malformed: {', '.join(defects)}"] if defects else []
    return tuple(found)

"""Reports about mail that was sent: delivered, returned, delayed (RFC 3464), or displayed to its reader (RFC 8098).

A report is believed as far as it names our Message-ID, which only the mail's recipients and their servers have seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from email.parser import Parser
from email.policy import compat32

from groundrules.core.mail import Fate, FateReport
from groundrules.readers.mail.bounds import field, leaves
from groundrules.readers.mail.heads import instant, message_ids, plain

_RECIPIENTS = 50
_HEAD = 64 * 1024
_SAYS = 500
_ACTIONS = {"failed": Fate.BOUNCED, "delayed": Fate.DELAYED, "delivered": Fate.DELIVERED}


@dataclass(frozen=True, slots=True)
class Told:
    """What a report says as a whole: which mail it is about, and when it was written."""

    about: str
    at: datetime | None


def reports_in(message: Message) -> tuple[FateReport, ...]:
    """This function will list what a report says, recipient by recipient; another mail has none."""
    if message.get_content_type() != "multipart/report":
        return ()
    parts = leaves(message)
    told = Told(_about(parts), instant(field(message, "Date")))
    return tuple(
        report
        for part in parts
        for report in _REPORTERS.get(part.get_content_type(), _nothing)(part, told)
    )[:_RECIPIENTS]


def _nothing(_part: Message, _told: Told) -> list[FateReport]:
    return []


def _delivery(part: Message, told: Told) -> list[FateReport]:
    """One block of fields about the mail, then one for each recipient; Python's parser makes each a message."""
    blocks = part.get_payload()
    found = [b for b in blocks if isinstance(b, Message)] if isinstance(blocks, list) else []
    envelope = (
        next(iter(message_ids(_value(field(found[0], "Original-Envelope-Id")))), "")
        if found
        else ""
    )
    return [
        _recipient(block, replace(told, about=told.about or envelope))
        for block in found
        if block["Action"] and block["Final-Recipient"]
    ]


def _recipient(block: Message, told: Told) -> FateReport:
    action = field(block, "Action").split(";")[0].strip().casefold()
    status, said = field(block, "Status"), _value(field(block, "Diagnostic-Code"))
    recipient = _value(field(block, "Original-Recipient") or field(block, "Final-Recipient"))
    return FateReport(
        about=told.about,
        recipient=plain(recipient).strip("<> ").casefold()[:_SAYS],
        fate=_ACTIONS.get(action, Fate.OTHER),
        says=plain(" ".join(one for one in (action, status, said) if one))[:_SAYS],
        at=instant(field(block, "Last-Attempt-Date")) or told.at,
    )


def _displayed(part: Message, told: Told) -> list[FateReport]:
    """Fields of one block; the disposition's last word says whether a person saw it."""
    block = _fields_of(part)
    disposition = field(block, "Disposition")
    kind = disposition.rpartition(";")[2].split("/")[0].strip().casefold()
    named = message_ids(field(block, "Original-Message-Id"))
    recipient = _value(field(block, "Final-Recipient"))
    return [
        FateReport(
            about=named[0] if named else told.about,
            recipient=plain(recipient).strip("<> ").casefold()[:_SAYS],
            fate=Fate.READ if kind == "displayed" else Fate.OTHER,
            says=plain(disposition)[:_SAYS],
            at=told.at,
        )
    ]


_REPORTERS = {
    "message/delivery-status": _delivery,
    "message/disposition-notification": _displayed,
}


def _about(parts: list[Message]) -> str:
    """The Message-ID of the returned mail, or of its head."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            returned = first if isinstance(first, Message) else None
        else:
            returned = _fields_of(part) if kind == "text/rfc822-headers" else None
        named = message_ids(field(returned, "Message-Id")) if returned is not None else ()
        if named:
            return named[0]
    return ""


def _fields_of(part: Message) -> Message:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0]
    content = part.get_payload(decode=True)
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return Parser(policy=compat32).parsestr(text[:_HEAD].lstrip("\r\n"), headersonly=True)


def _value(text: str) -> str:
    """What follows the kind of a typed field (`rfc822; pat@harbor.example`)."""
    kind, mark, value = text.partition(";")
    return value.strip() if mark else kind.strip()

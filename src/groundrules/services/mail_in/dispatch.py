"""Handing a filed mail to whoever waits for one like it: each taker looks, and says what it did or nothing.

A new kind of answer by mail is one function here: it gets the mail as filed, and returns one sentence when the mail
was meant for it. It runs in the transaction that files the mail, so it writes and never sends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.mail import MailRead, Trust
from groundrules.records.models import IncomingMail, MailFiling, Message
from groundrules.services import approvals
from groundrules.services.access import AnswerNotTrusted, answer_request_by_mail
from groundrules.services.actor import ENGINE
from groundrules.services.mail_in.placing import Place, our_references
from groundrules.services.mail_in.steps import Step, write_step


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail as it was filed: what it says, where it was placed, and its row in the book of messages."""

    mail: IncomingMail
    read: MailRead
    found: Place
    message: Message
    at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What a taker did, in one sentence; `proven` when a code showed who wrote."""

    says: str
    proven: bool = False


Taker = Callable[[Reply], Taken | None]


def _approval(reply: Reply) -> Taken | None:
    """A contact's APPROVE or DECLINE with the code they were mailed."""
    answer = approvals.Answer(
        contact=reply.found.sender.contact,
        references=our_references(reply.read),
        own_text=reply.read.own_text,
        message=reply.message,
    )
    decided = approvals.answer_by_mail(answer, actor=ENGINE, at=reply.at)
    return Taken(decided.says, decided.proven) if decided else None


def _window(reply: Reply) -> Taken | None:
    """One of our people's APPROVE, DENY or MOVE with the code of a request for access."""
    if reply.found.sender.trust is Trust.CONTRADICTED:
        return None
    try:
        answered = answer_request_by_mail(reply.read.sender, reply.read.own_text, at=reply.at)
    except AnswerNotTrusted as refused:
        return Taken(f"{refused}.")
    return Taken(answered.says, proven=True) if answered else None


TAKERS: tuple[Taker, ...] = (_approval, _window)


def hand_out(reply: Reply) -> None:
    """This function will let each taker look at a mail, until one takes it."""
    for take in TAKERS:
        taken = take(reply)
        if taken is not None:
            trust = Trust.CODE if taken.proven else reply.found.sender.trust
            about = {"client": reply.found.client, "message": reply.message, "trust": trust.value}
            step = Step(MailFiling.ANSWERED, taken.says, about)
            write_step(reply.mail, step, actor=ENGINE, at=reply.at)
            return

"""Approvals by mail: what somebody without authority promised or asked for is put to who may decide, with a code.

Silence, a robot's answer and a quoted mail decide nothing: it takes a line of the contact's own with the word and the
code that was mailed to that contact alone. Codes are computed, never kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import constant_time_compare

from groundrules.core.calendars import zone_label
from groundrules.core.ids import ContactId, MessageId
from groundrules.core.mail import CodeWritten, code_in
from groundrules.core.parties import Authority
from groundrules.core.work import Ratification
from groundrules.core.world import Promise
from groundrules.records import models as books
from groundrules.records.models import Contact, MailFiling, Message, Role
from groundrules.services import audit, requests
from groundrules.services.actor import Actor, require
from groundrules.services.digits import digits, in_halves
from groundrules.services.filing import Filing, enter
from groundrules.services.outgoing import post

_LASTS = timedelta(days=30)
_TRIES = 5
_PAUSE = timedelta(hours=1)
_WRONG = "wrong code for"


class NobodyToAsk(ValueError):
    """No contact with a mail address may decide this for the client now."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for a contact's word: its row, the authority it takes, and how it is put to them."""

    row: Any
    kind: str
    authority: Authority
    says: str

    @property
    def reference(self) -> str:
        """What the mail that asks is called, so that an answer finds its way back."""
        return f"ask-{self.kind}{self.row.pk}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail that may decide something: its writer on record, the mails of ours it answers, and its own words."""

    contact: ContactId | None
    references: tuple[str, ...]
    own_text: str
    message: Message


@dataclass(frozen=True, slots=True)
class Decided:
    """What an answer came to, in one sentence; `proven` when its code was right."""

    says: str
    proven: bool = False


def ask_about_promise(message: Message, *, actor: Actor, at: datetime) -> tuple[Contact, ...]:
    """This function will note that a message promised something, and ask who may commit the client.

    Raises NobodyToAsk. Asked again, the same people get the same mail.
    """
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    promise = Promise(MessageId(message.ref))
    with transaction.atomic():
        standing = (
            books.Promise.objects.of_client(message.client)
            .current()
            .filter(ref=message.ref)
            .first()
        )
        row = standing or _enter_promise(promise, message, actor, at)
        return _ask(_promised(row), actor, at)


def ask_about_request(row: books.Request, *, actor: Actor, at: datetime) -> tuple[Contact, ...]:
    """This function will ask who may ratify whether a request for work stands; raises NobodyToAsk."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        return _ask(requested(row), actor, at)


def answer_by_mail(answer: Answer, *, actor: Actor, at: datetime) -> Decided | None:
    """This function will take a contact's decision by mail; nothing when the mail decides and answers nothing asked.

    Whatever is missing (code, authority, time) is said, and then nothing is decided; after five wrong codes in a
    contact's name nothing is for an hour.
    """
    written = code_in(answer.own_text)
    named = tuple(_referenced(answer))
    if written is None:
        return (
            Decided(f"answers {named[0].reference} without its code, so nothing is decided")
            if named
            else None
        )
    if answer.contact is None:
        return Decided("holds a code, but its writer is not on record, so nothing is decided")
    contact = Contact.objects.get(client=answer.message.client, code=answer.contact)
    if _guesses(contact, at) >= _TRIES:
        return Decided(
            f"too many wrong codes came from {contact.name} within the hour, so nothing is decided by mail until "
            "it has passed; talk to them"
        )
    for asked in named or tuple(_open(answer.message.client)):
        if constant_time_compare(written.code, code_for(asked, contact)):
            return _decide(asked, written, contact, answer, actor, at)
    return Decided(
        f"{_WRONG} {named[0].reference if named else 'anything that is open'}; nothing is decided"
    )


def _guesses(contact: Contact, at: datetime) -> int:
    """Wrong codes in a contact's name lately, whatever they were meant for: eight digits are not found by trying."""
    rows = MailFiling.objects.filter(kind=MailFiling.ANSWERED, says__startswith=_WRONG)
    return rows.filter(message__contact=contact, recorded_at__gt=at - _PAUSE).count()


def code_for(asked: Asked, contact: Contact) -> str:
    """This function will return the eight digits that decide one thing for one contact."""
    said = f"{asked.kind}:{asked.row.pk}:{asked.row.digest}:{contact.pk}"
    return digits("groundrules.approvals.code", said, 8)


def _decide(
    asked: Asked, written: CodeWritten, contact: Contact, answer: Answer, actor: Actor, at: datetime
) -> Decided:
    sent_at = answer.message.sent_at
    refusal = _why_not(asked, contact, sent_at)
    if refusal:
        return Decided(refusal)
    if not written.approves:
        return Decided(f"{contact.name} declined: {asked.says}", proven=True)
    _KINDS[asked.kind].approve(asked, contact, answer, actor, at)
    return Decided(f"{contact.name} approved: {asked.says}", proven=True)


def _why_not(asked: Asked, contact: Contact, sent_at: datetime) -> str:
    wrong = MailFiling.objects.filter(
        kind=MailFiling.ANSWERED, says__startswith=f"{_WRONG} {asked.reference};"
    )
    if asked.row.recorded_at + _LASTS <= sent_at:
        return f"the code for {asked.reference} is older than {_LASTS.days} days; ask again"
    if hasattr(asked.row, "successor"):
        return f"{asked.reference} was decided before"
    if wrong.count() >= _TRIES:
        return f"too many wrong codes came for {asked.reference}; talk to {contact.name}"
    if not contact.to_core().may(asked.authority, sent_at):
        return f"{contact.name} may not decide this for {contact.client.name}; nothing is decided"
    return ""


def _enter_promise(promise: Promise, message: Message, actor: Actor, at: datetime) -> books.Promise:
    says = f"{message.ref} promises something for {message.client.name}"
    filing = Filing(message.client, actor, at)
    row: books.Promise = enter(promise, "conversations.promise", says, filing).row
    return row


def _approve_promise(
    asked: Asked, contact: Contact, answer: Answer, actor: Actor, at: datetime
) -> None:
    approved = replace(asked.row.to_core(), approved_in=MessageId(answer.message.ref))
    says = f"{asked.row.ref} approved by {contact.name} in {answer.message.ref}"
    enter(approved, "conversations.approve", says, Filing(asked.row.client, actor, at))


def _approve_request(
    asked: Asked, contact: Contact, answer: Answer, actor: Actor, at: datetime
) -> None:
    given = Ratification(
        ContactId(contact.code), answer.message.sent_at, MessageId(answer.message.ref)
    )
    requests.ratify(asked.row, given, actor=actor, at=at)


def _promised(row: books.Promise) -> Asked:
    message = row.message
    when = zone_label(message.sent_at, row.client.zone)
    sender = message.contact.name if message.contact else message.sender
    says = f'{sender} wrote on {when}: "{_short(message.says)}"'
    return Asked(row, "p", Authority.COMMIT, says)


def requested(row: books.Request) -> Asked:
    """This function will say what a request waits for, and how it is put to whoever may ratify it."""
    core = row.to_core()
    contact = Contact.objects.filter(client=row.client, code=core.contact).first()
    when = zone_label(core.at, row.client.zone)
    says = f'{contact.name if contact else core.contact} asked on {when}: "{_short(core.says)}"'
    return Asked(row, "r", Authority.RATIFY, says)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SAID else f"{words[:_SAID]} ..."


_SAID = 600


@dataclass(frozen=True, slots=True)
class _Kind:
    book: Any
    asked: Callable[[Any], Asked]
    approve: Callable[[Asked, Contact, Answer, Actor, datetime], None]
    open: Callable[[books.Client], Iterable[Any]]


_KINDS: Mapping[str, _Kind] = {
    "p": _Kind(
        books.Promise,
        _promised,
        _approve_promise,
        lambda client: [
            row
            for row in books.Promise.objects.current().of_client(client).order_by("pk")
            if row.to_core().approved_in is None
        ],
    ),
    "r": _Kind(
        books.Request,
        requested,
        _approve_request,
        lambda client: (
            books.Request.objects.current()
            .of_client(client)
            .filter(ratified_at__isnull=True)
            .order_by("pk")
        ),
    ),
}


def _referenced(answer: Answer) -> Iterable[Asked]:
    for reference in answer.references:
        name, _, number = reference.partition("-")
        kind = _KINDS.get(number[:1]) if name == "ask" else None
        if kind is not None and number[1:].isdecimal():
            row = kind.book.objects.filter(client=answer.message.client, pk=int(number[1:])).first()
            if row is not None:
                yield kind.asked(row)


def _open(client: books.Client) -> Iterable[Asked]:
    return (kind.asked(row) for kind in _KINDS.values() for row in kind.open(client))


def _ask(asked: Asked, actor: Actor, at: datetime) -> tuple[Contact, ...]:
    client = asked.row.client
    deciding = tuple(
        contact
        for contact in client.contacts.exclude(email="").order_by("code")
        if contact.to_core().may(asked.authority, at)
    )
    if not deciding:
        message = f"nobody with a mail address may decide this for {client.name}; see the client's contacts"
        raise NobodyToAsk(message)
    names = ", ".join(contact.name for contact in deciding)
    entry = audit.Entry("approvals.ask", asked.reference, f"{names} asked: {asked.says}", client)
    audit.record(entry, actor=actor, at=at)
    for contact in deciding:
        _mail(asked, contact, at)
    return deciding


def _mail(asked: Asked, contact: Contact, at: datetime) -> None:
    """The same text each time, so that asking twice is one mail; it never holds a line that decides."""
    code = code_for(asked, contact)
    client = asked.row.client
    text = (
        f"Hello {contact.name},\n\n{asked.says}\n\n"
        f"This holds for {client.name} only if you say so. If you do nothing, nothing changes.\n\n"
        f"Your code is {in_halves(code)}. To say yes, answer this mail with one line: the word APPROVE, then your "
        "code. To say no, the word DECLINE, then your code.\n"
    )
    subject = f"Do you approve this for {client.name}?"
    post(asked.reference, contact.email, subject, text, at)

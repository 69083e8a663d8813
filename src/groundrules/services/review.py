"""The review queue: work that waits for a person, what is missing, what is at stake, and who could settle it.

A request without authority is settled by an authorised contact's word, noted here; the work is then decided again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from groundrules.core.agreements.facts import Asked, Outcome
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import ContactId, MessageId
from groundrules.core.money import Money, total
from groundrules.core.parties import Authority
from groundrules.core.work import Ratification
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import requests
from groundrules.services.actor import Actor, require
from groundrules.services.case_import import answer_into_books

_REQUEST = "request"


class NothingToRatify(LookupError):
    """The client has no such request that still waits for somebody's word."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision that waits: what is missing, what it would come to, and the request a contact could ratify."""

    decision: books.Decision
    core: CoverageDecision
    missing: tuple[str, ...]
    at_stake: Money
    request: str
    contacts: tuple[books.Contact, ...]


def waiting(at: datetime) -> tuple[Waiting, ...]:
    """This function will list every standing decision that needs a person, what has waited longest first."""
    rows = (
        books.Decision.objects.current()
        .that_need_a_person()
        .select_related("client", "asset", "technician", "entry")
        .order_by("entry__started_at", "pk")
    )
    able = _ratifiers(at)
    return tuple(_waiting(row, able.get(row.client_id, ())) for row in rows)


def _ratifiers(at: datetime) -> dict[int, tuple[books.Contact, ...]]:
    found: dict[int, tuple[books.Contact, ...]] = {}
    for contact in books.Contact.objects.order_by("client", "name"):
        if contact.to_core().may(Authority.RATIFY, at):
            found[contact.client_id] = (*found.get(contact.client_id, ()), contact)
    return found


def _waiting(row: books.Decision, able: tuple[books.Contact, ...]) -> Waiting:
    core = row.to_core()
    segments = core.of(Outcome.NEEDS_PERSON)
    awaiting = [s for s in segments if s.cell.asked is Asked.AWAITING_RATIFICATION]
    asked = [
        fact.ref
        for segment in awaiting
        for reason in segment.reasons
        for fact in reason.facts
        if fact.kind == _REQUEST
    ]
    return Waiting(
        decision=row,
        core=core,
        missing=tuple(dict.fromkeys(what for s in segments for what in s.missing)),
        at_stake=total([s.value for s in segments], segments[0].value.currency),
        request=asked[0] if asked else "",
        contacts=able if asked else (),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """Which request an authorised contact took over, and the message that shows it, if there is one."""

    request: str
    contact: ContactId
    message: MessageId | None = None


def ratify(client: books.Client, word: Word, *, actor: Actor, at: datetime) -> int:
    """This function will note that a contact took a request over at `at`, and decide the client's work again.

    Returns how many decisions are new. Raises NothingToRatify, MayNotRatify and AlreadyRatified; whether it came in
    time is the agreement's question.
    """
    require(actor, Role.TECHNICIAN)
    row = books.Request.objects.of_client(client).current().filter(ref=word.request).first()
    if row is None:
        message = f"{client.name} has no request {word.request}; look at the queue again"
        raise NothingToRatify(message)
    with transaction.atomic():
        requests.ratify(row, Ratification(word.contact, at, word.message), actor=actor, at=at)
        return answer_into_books(client, actor=actor, at=at)

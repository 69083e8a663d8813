"""Requests for work outside business hours: recorded as asked, and ratified by someone who may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.ids import RequestId
from groundrules.core.parties import Authority
from groundrules.core.work import Ratification, Request
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.index import index_of
from groundrules.services.shelf import short_digest
from groundrules.services.turns import take_turn

_WORDS = 500


class MayNotRatify(ValueError):
    """The contact did not hold the authority to ratify at that instant."""


class NoRequest(ValueError):
    """The message asks for nothing we could point to: it is ours, or nobody the client has a card of said it."""


class AlreadyRatified(ValueError):
    """The request was ratified before."""


def record(request: Request, *, client: books.Client, actor: Actor, at: datetime) -> books.Request:
    """This function will record that someone asked; whether they could is decided with the work."""
    require(actor, Role.TECHNICIAN)
    says = f"{request.contact} asked: {request.says}"
    row: books.Request = enter(request, "requests.record", says, Filing(client, actor, at)).row
    return row


def asked_in(message: books.Message, *, actor: Actor, at: datetime) -> books.Request:
    """This function will record that a logged message asks for work outside business hours, with its words and instant.

    Whether who said it could ask is decided with the work. The same message is one request. Raises NoRequest.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        client = take_turn(message.client)
        rows = books.Message.objects.of_client(client).current().select_related("incident")
        last = rows.get(ref=message.ref)
        known, said = request_in(last), last.to_core()
        if known is not None:
            return known
        if not said.inbound or said.contact is None:
            problem = f"{last.ref} is no request: only a contact of {client.name} can ask; log who said it"
            raise NoRequest(problem)
        asked = Request(
            RequestId(_ref_of(last)),
            said.contact,
            said.at,
            " ".join(said.says.split())[:_WORDS],
            message=said.id,
            issue=last.incident.title if last.incident else "",
        )
        return record(asked, client=client, actor=actor, at=at)


def request_in(message: books.Message) -> books.Request | None:
    """This function will return the request that was noted from a message, if one was."""
    rows = books.Request.objects.of_client(message.client).current()
    return rows.filter(ref=_ref_of(message)).first()


def refs_in(messages: Sequence[books.Message]) -> dict[int, str]:
    """This function will say, by the message's row, under which reference requests were noted from these messages."""
    refs = {_ref_of(message): message.pk for message in messages}
    noted = books.Request.objects.current().filter(ref__in=list(refs))
    return {refs[ref]: ref for ref in noted.values_list("ref", flat=True)}


def _ref_of(message: books.Message) -> str:
    return f"REQ-{short_digest(f'{message.client.code}|{message.ref}')}"


def ratify(
    row: books.Request, ratification: Ratification, *, actor: Actor, at: datetime
) -> books.Request:
    """This function will note that an authorised contact took a request over; raises MayNotRatify, AlreadyRatified.

    Whether it came in time is the agreement's question, answered with the decision.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        client = take_turn(row.client)
        last = books.Request.objects.of_client(client).current().get(ref=row.ref)
        if last.ratified_at is not None:
            message = f"{row.ref} was ratified at {last.ratified_at.isoformat()} already"
            raise AlreadyRatified(message)
        contact = index_of(client).contact(ratification.contact).to_core()
        if not contact.may(Authority.RATIFY, ratification.at):
            message = f"{contact.name} may not ratify for {client.name}; ask an authorised contact"
            raise MayNotRatify(message)
        ratified = replace(last.to_core(), ratification=ratification)
        says = f"{row.ref} ratified by {contact.name}"
        new: books.Request = enter(ratified, "requests.ratify", says, Filing(client, actor, at)).row
    return new

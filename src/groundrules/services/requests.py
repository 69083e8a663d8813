"""Requests for work outside business hours: recorded as asked, and ratified by someone who may."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from groundrules.core.parties import Authority
from groundrules.core.work import Ratification, Request
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.index import index_of
from groundrules.services.turns import take_turn


class MayNotRatify(ValueError):
    """The contact did not hold the authority to ratify at that instant."""


class AlreadyRatified(ValueError):
    """The request was ratified before."""


def record(request: Request, *, client: books.Client, actor: Actor, at: datetime) -> books.Request:
    """This function will record that someone asked; whether they could is decided with the work."""
    require(actor, Role.TECHNICIAN)
    says = f"{request.contact} asked: {request.says}"
    row: books.Request = enter(request, "requests.record", says, Filing(client, actor, at)).row
    return row


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

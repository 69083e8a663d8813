"""Stating what an hour, a tool or a target is from a day on. What is stated stays; a later statement replaces it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.profitability.assumptions import (
    Assumption,
    AssumptionRefused,
    Assumptions,
    refuse_misplaced,
)
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services import audit
from groundrules.services.actor import Actor, require


class UnknownSubject(LookupError):
    """A statement names a client, server, technician or role that has no card."""


def state(assumption: Assumption, *, actor: Actor, at: datetime) -> books.Assumption:
    """This function will put a cost, target or benchmark on record; only an owner may.

    Raises NotAllowed, UnknownSubject for a name without a card, and AssumptionRefused for what would decide nothing.
    """
    require(actor)
    refuse_misplaced(assumption)
    with transaction.atomic():
        client = _client_of(assumption)
        _check_person(assumption.subject)
        row = books.Assumption.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            kind=assumption.kind.value,
            subject=assumption.subject,
            client=client,
            first=assumption.first,
            payload=dump(assumption),
        )
        about = " ".join(part for part in (assumption.subject, assumption.client or "") if part)
        value = assumption.amount if assumption.amount is not None else assumption.number
        says = f"{assumption.kind.value} {about} stated as {value} from {assumption.first}: {assumption.says}"
        entry = audit.Entry("profit.state", f"assumption:{row.pk}", says, client)
        audit.record(entry, actor=actor, at=at)
    return row


def standing(known_at: datetime) -> Assumptions:
    """This function will return every statement made by an instant, oldest first."""
    rows = books.Assumption.objects.filter(recorded_at__lte=known_at).order_by("recorded_at", "pk")
    return Assumptions(tuple(row.to_core() for row in rows))


def _client_of(assumption: Assumption) -> books.Client | None:
    if assumption.client is None:
        return None
    client = books.Client.objects.filter(code=assumption.client).first()
    if client is None:
        message = f"there is no client {assumption.client}; `groundrules profit list` names them"
        raise UnknownSubject(message)
    asset = assumption.asset
    if asset is not None and not client.assets.filter(code=asset).exists():
        message = f"{client.name} has no server {asset}"
        raise UnknownSubject(message)
    amount = assumption.amount
    if amount is not None and amount.currency != client.currency:
        message = f"{client.name} is billed in {client.currency}; nothing is converted, state the amount in that"
        raise AssumptionRefused(message)
    return client


def _check_person(subject: str) -> None:
    kind, _, name = subject.partition(":")
    fields = {"role": "role", "technician": "code"}
    if kind in fields and not books.Technician.objects.filter(**{fields[kind]: name}).exists():
        known = sorted(set(books.Technician.objects.values_list(fields[kind], flat=True)))
        message = f"there is no {kind} {name!r}; known are {', '.join(known) or 'none'}"
        raise UnknownSubject(message)

"""Purchase orders: a client that requires one is not billed without it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require


class OrderRefused(ValueError):
    """A purchase order's last day is before its first."""


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase order from its first to its last day; without a number it says that the client requires one."""

    number: str
    first: date
    last: date | None = None


def state_order(
    client: books.Client, order: Order, *, actor: Actor, at: datetime
) -> books.PurchaseOrder:
    """This function will put a client's purchase order, or that it requires one, on record; raises OrderRefused."""
    require(actor, Role.ACCOUNTANT)
    if order.last is not None and order.last < order.first:
        message = f"the order ends {order.last}, before it begins {order.first}"
        raise OrderRefused(message)
    with transaction.atomic():
        row = books.PurchaseOrder.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            client=client,
            number=order.number,
            first=order.first,
            last=order.last,
        )
        says = f"purchase order {order.number or 'required'} from {order.first}"
        entry = audit.Entry("month_end.state_order", client.code, says, client)
        audit.record(entry, actor=actor, at=at)
    return row


def order_problem(client: books.Client, end: date) -> str:
    """This function will say why a month ending before `end` lacks a purchase order; empty when it lacks none."""
    rows = list(books.PurchaseOrder.objects.filter(client=client, first__lt=end).order_by("pk"))
    if not rows:
        return ""
    last_day = end - timedelta(days=1)
    if any(row.number and (row.last is None or row.last >= last_day) for row in rows):
        return ""
    numbers = [row.number for row in rows if row.number]
    if numbers:
        return f"{client.name} requires a purchase order; {numbers[-1]} ended before {last_day}."
    return f"{client.name} requires a purchase order and none is on record."

"""Where a client's notices go: changed by an owner with the reason, for notices from now on.

What was sent before stands as it was agreed then: a new address undoes no receipt, and makes no wrong address right.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from groundrules.records import models as books
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn


class AddressRefused(ValueError):
    """The notice address cannot be changed to that, or not without a reason; the message says what to write."""


def change_notice_address(
    client: books.Client, address: str, reason: str, *, actor: Actor, at: datetime
) -> books.Client:
    """This function will send notices to another address from now on; owners only. Raises AddressRefused."""
    require(actor)
    with transaction.atomic():
        row = take_turn(client)
        wanted = _checked(row, address.strip(), reason.strip())
        before = row.notice_email
        _keep_what_was_agreed(row, actor, at)
        row.notice_email = wanted
        row.save(update_fields=["notice_email"])
        says = f"notices to {wanted} instead of {before or 'nobody'}: {reason.strip()}"
        entry = audit.Entry("cards.notice_address", row.code, says, row)
        audit.record(entry, actor=actor, at=at)
    return row


def _checked(client: books.Client, address: str, reason: str) -> str:
    try:
        validate_email(address)
    except ValidationError as unreadable:
        message = f"'{address}' is no mail address"
        raise AddressRefused(message) from unreadable
    if address.casefold() == client.notice_email.casefold():
        message = f"notices go to {client.notice_email} already"
        raise AddressRefused(message)
    if not reason:
        message = "say who agreed to it, and when: a notice counts only at the agreed address"
        raise AddressRefused(message)
    return address


def _keep_what_was_agreed(client: books.Client, actor: Actor, at: datetime) -> None:
    for row in books.Notice.objects.of_client(client).current().order_by("pk"):
        notice = row.to_core()
        if not notice.agreed_to and client.notice_email:
            says = f"{row.ref} was sent while notices went to {client.notice_email}"
            kept = replace(notice, agreed_to=client.notice_email)
            enter(kept, "lifecycle.notice_address_then", says, Filing(client, actor, at))

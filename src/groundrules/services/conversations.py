"""Conversations: a call or mail is logged, changes nothing, and who may commit the client gets a copy.

The copy leaves by rule after the usual hold, so that a person can still call it back.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.conversations import Logged
from groundrules.core.conversations import log as weigh
from groundrules.core.letters.draft_copy import Copied, draft_copy
from groundrules.core.work import Message
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import letters, messages
from groundrules.services.actor import Actor, require


def log(
    message: Message,
    *,
    client: books.Client,
    actor: Actor,
    at: datetime,
    automatic: bool = False,
) -> books.Message:
    """This function will log a call or mail, and send the copy its sender's lack of authority calls for.

    What we said ourselves, what a vendor wrote, and what a program sent is copied to nobody. The same message again
    changes nothing.
    """
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    with transaction.atomic():
        known = books.Message.objects.of_client(client).current().filter(ref=message.id).exists()
        row = messages.log(message, client=client, actor=actor, at=at)
        if not known and message.inbound and message.vendor is None and not automatic:
            _copy(message, weigh(message, client.to_core()), client, at)
    return row


def _copy(message: Message, logged: Logged, client: books.Client, at: datetime) -> None:
    provider = books.Provider.objects.order_by("pk").first()
    sender = books.Contact.objects.filter(client=client, code=message.contact or "").first()
    for contact in client.contacts.filter(code__in=logged.copied).order_by("code"):
        copied = Copied(
            provider=provider.name if provider else "",
            to=contact.email or contact.name,
            sender=sender.name if sender else message.sender,
            zone=client.zone,
            sentence=logged.sentence,
        )
        letters.send_by_rule(draft_copy(message, copied), client=client, at=at)

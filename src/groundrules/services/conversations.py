"""Conversations: a call or mail is logged, changes nothing, and who may commit the client gets a copy.

The copy leaves by rule after the usual hold, so that a person can still call it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import F

from groundrules.core.conversations import Logged
from groundrules.core.conversations import log as weigh
from groundrules.core.ids import AssetId, ContactId, IncidentId, MessageId, VendorId
from groundrules.core.letters.answers import LetterDraft, LetterKind
from groundrules.core.letters.draft_copy import Copied, draft_copy
from groundrules.core.letters.reader import language_for
from groundrules.core.periods import utc
from groundrules.core.work import Channel, Message
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import letters, messages
from groundrules.services.actor import Actor, require
from groundrules.services.filing import Filing, enter
from groundrules.services.letter_texts import own_texts
from groundrules.services.shelf import reference, short_digest
from groundrules.services.turns import take_turn
from groundrules.services.world import answer_for

_OFFERED = 30
_PACK = frozenset({LetterKind.REPLY_PACK, LetterKind.VENDOR_INSTRUCTION})


class NothingSaid(ValueError):
    """A call or mail is logged with what was said, by whom, at a time that has come."""


class NothingToReply(ValueError):
    """No server of the client is off, so there are no open conditions to answer with."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a person logs of a call, a meeting or a mail: who said what about which server, and when.

    `sender` is only for somebody who has no card.
    """

    says: str
    at: datetime
    channel: Channel = Channel.CALL
    contact: str = ""
    vendor: str = ""
    sender: str = ""
    asset: str = ""
    inbound: bool = True
    incident: str = ""


def note(said: Said, *, client: books.Client, actor: Actor, at: datetime) -> books.Message:
    """This function will log what was said; the same words once more are the same message. Raises NothingSaid.

    Raises UnknownCard for a contact, vendor, server or incident the client does not have.
    """
    contact = client.contacts.filter(code=said.contact).first() if said.contact else None
    vendor = books.Vendor.objects.filter(code=said.vendor).first() if said.vendor else None
    sender = next((one.name for one in (contact, vendor) if one), said.sender.strip())
    if not said.says.strip() or not sender:
        message = "write what was said, and choose who said it; nothing was logged"
        raise NothingSaid(message)
    if utc(said.at) > utc(at):
        message = f"{said.at.isoformat()} is still to come; nothing was logged"
        raise NothingSaid(message)
    words = said.says.strip()
    named = reference(client.code, said.channel.value, sender, said.at, words)
    logged = Message(
        MessageId(f"MSG-{short_digest(named)}"),
        said.at,
        said.channel,
        sender,
        words,
        contact=ContactId(said.contact) if said.contact else None,
        vendor=VendorId(said.vendor) if said.vendor else None,
        asset=AssetId(said.asset) if said.asset else None,
        inbound=said.inbound,
        incident=IncidentId(said.incident) if said.incident else None,
    )
    return log(logged, client=client, actor=actor, at=at)


def file_to_incident(
    message: books.Message, incident: str, *, actor: Actor, at: datetime
) -> books.Message:
    """This function will file a message to an incident, or with "" to none; what was said and its server stay.

    A message about no server is about the incident's from then on. Raises UnknownCard for an incident of nobody here.
    """
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        client = take_turn(message.client)
        last = books.Message.objects.of_client(client).current().get(ref=message.ref)
        told = replace(last.to_core(), incident=IncidentId(incident) if incident else None)
        if incident and told.asset is None:
            told = replace(told, asset=_server_of(incident, client))
        says = f"filed to {incident}" if incident else "filed to no incident any more"
        row: books.Message = enter(
            told, "messages.file_to_incident", says, Filing(client, actor, at)
        ).row
    return row


def incidents_of(client: books.Client) -> tuple[books.Incident, ...]:
    """This function will list the incidents a message may be filed to: the open ones first, then the newest."""
    rows = books.Incident.objects.of_client(client).current().select_related("asset")
    open_first = F("resolved_at").desc(nulls_first=True)
    return tuple(rows.order_by(open_first, "-opened_at", "-pk")[:_OFFERED])


def _server_of(incident: str, client: books.Client) -> AssetId | None:
    found = books.Incident.objects.of_client(client).current().filter(ref=incident).first()
    return AssetId(found.asset.code) if found else None


def reply_letters(message: books.Message, at: datetime) -> tuple[LetterDraft, ...]:
    """This function will write the reply to whoever asks how to get a server back; it writes no row.

    The open conditions, what each vendor must be told on the client's own letterhead, and the cost so far: the same
    facts for who begs and who threatens. Raises NothingToReply, and as `answer_for` does.
    """
    found = answer_for(message.client, at).letters
    about = message.asset.code if message.asset else None
    letters = tuple(one for one in found if one.kind in _PACK and about in {None, one.asset})
    if not letters:
        where = message.asset.name if message.asset else message.client.name
        refusal = f"{where} is not suspended, so there are no open conditions to answer with"
        raise NothingToReply(refusal)
    return letters


def draft_reply(
    message: books.Message, *, actor: Actor, at: datetime
) -> tuple[books.LetterDraft, ...]:
    """This function will keep the reply as drafts, to be reviewed and sent like every letter; raises NothingToReply."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        return tuple(
            letters.keep_draft(one, client=message.client, actor=actor, at=at, once_more=True)
            for one in reply_letters(message, at)
        )


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
            client=client.name,
            language=language_for(contact.name, client.to_core()),
            texts=own_texts(at),
        )
        letters.send_by_rule(draft_copy(message, copied), client=client, at=at)

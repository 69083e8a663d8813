"""What a person does behind the client's door: each act checked, its code used up, then on record under their name.

Who may not commit the client can ask and tell; that is logged, those who may commit get a copy, and nothing changes.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core import conversations
from groundrules.core.agreements.terms import ConditionKind
from groundrules.core.ids import AssetId, ConditionId, ContactId, MessageId
from groundrules.core.lifecycle.answers import ConditionRecord
from groundrules.core.parties import Authority
from groundrules.core.work import Channel, Message, Ratification
from groundrules.records.models import Delegation, Request, Role
from groundrules.services import audit, lifecycle, messages, requests
from groundrules.services.access.codes import use_code
from groundrules.services.actor import Actor
from groundrules.services.door.inviting import Granted, let_in
from groundrules.services.door.reading import Reader
from groundrules.services.outgoing import post, provider_address
from groundrules.services.shelf import short_digest
from groundrules.services.standing import way_back_of
from groundrules.services.world import answer_for

_LONGEST = 4000


class ActRefused(ValueError):
    """The act is not the reader's to do, or something is missing; the message says what. Nothing was done."""


def _actor(reader: Reader) -> Actor:
    # The label in the books; what the person may do was checked by the act itself.
    return Actor(reader.link.email, Role.TECHNICIAN)


def check_say(reader: Reader, says: str, server: str = "") -> None:
    """This function will refuse what `say` would refuse; raises ActRefused."""
    if not reader.may_read("requests"):
        message = "Requests are not open to you."
        raise ActRefused(message)
    if not says.strip() or len(says) > _LONGEST:
        message = f"Write what you want to tell or ask us, in at most {_LONGEST} characters."
        raise ActRefused(message)
    if server and not reader.assets().filter(code=server).exists():
        message = "That server is not one of yours."
        raise ActRefused(message)


def say(reader: Reader, says: str, code: str, server: str = "") -> MessageId:
    """This function will log what a person asks or tells us, tell us by mail, and copy those who may commit.

    Raises ActRefused or CodeRefused.
    """
    check_say(reader, says, server)
    use_code(reader.link, code, reader.at)
    at, client = reader.at, reader.client
    said = Message(
        MessageId(f"MSG-{short_digest(f'{reader.link.pk}|{at.isoformat()}|{says}')}"),
        at,
        Channel.PORTAL,
        reader.contact.name,
        says.strip(),
        contact=ContactId(reader.contact.code),
        asset=AssetId(server) if server else None,
    )
    with transaction.atomic():
        messages.log(said, client=client, actor=_actor(reader), at=at)
        logged = conversations.log(said, client.to_core())
        where = f" about {server}" if server else ""
        subject = f"{client.name}: {reader.contact.name} writes{where}"
        post(said.id, provider_address(), subject, f"{said.says}\n\n{logged.sentence}", at)
        copied = client.contacts.filter(code__in=logged.copied).exclude(email="")
        for one in copied.order_by("code"):
            told = f"{reader.contact.name} wrote to us{where}:\n\n{said.says}\n\n{logged.sentence}"
            post(f"{said.id}-{one.code}", one.email, f"Copy: {subject}", told, at)
    return said.id


def check_agree(reader: Reader) -> None:
    """This function will refuse whoever may not commit the client; raises ActRefused."""
    if not reader.may(Authority.COMMIT):
        able = conversations.authorised_contacts(reader.client.to_core(), reader.at)
        names = " or ".join(contact.name for contact in able) or "an authorised contact"
        message = f"{reader.contact.name} may not commit {reader.client.name}; ask {names}."
        raise ActRefused(message)


def agree(reader: Reader, server: str, condition: str, code: str) -> None:
    """This function will note that somebody who may commit the client agrees to the fee that brings a server back.

    Raises ActRefused or CodeRefused.
    """
    check_agree(reader)
    says = _to_agree(reader, server, condition)
    use_code(reader.link, code, reader.at)
    proof = f"Agreed on the page, with a code mailed to {reader.link.email}: {says}"
    record = ConditionRecord(
        ConditionId(condition), reader.at, reader.contact.name, proof, asset=AssetId(server)
    )
    lifecycle.record_condition(record, client=reader.client, actor=_actor(reader), at=reader.at)


def _to_agree(reader: Reader, server: str, condition: str) -> str:
    """What the condition says, when it is an open one of a server of theirs and a word closes it."""
    if not reader.assets().filter(code=server).exists():
        message = "That server is not one of yours."
        raise ActRefused(message)
    back = way_back_of(answer_for(reader.client, reader.at), AssetId(server))
    for todo in back.todos.open if back else ():
        if todo.status.terms.id == condition and todo.status.terms.kind is ConditionKind.FEE:
            return todo.status.terms.says
    message = "There is nothing to agree to; it may have been done meanwhile."
    raise ActRefused(message)


def ratify(reader: Reader, ref: str, code: str) -> None:
    """This function will take over somebody else's request as the client's own; raises ActRefused or CodeRefused."""
    row = Request.objects.of_client(reader.client).current().filter(ref=ref).first()
    if row is None or not reader.may_read("requests"):
        message = "There is no such request."
        raise ActRefused(message)
    if not reader.may(Authority.RATIFY):
        message = f"{reader.contact.name} may not take over a request for {reader.client.name}."
        raise ActRefused(message)
    if row.ratified_at is not None:
        message = "It was taken over before; nothing was changed."
        raise ActRefused(message)
    use_code(reader.link, code, reader.at)
    taken = Ratification(ContactId(reader.contact.code), reader.at)
    try:
        requests.ratify(row, taken, actor=_actor(reader), at=reader.at)
    except (requests.AlreadyRatified, requests.MayNotRatify) as refused:
        raise ActRefused(str(refused)) from refused


def delegate(reader: Reader, granted: Granted, code: str) -> Delegation:
    """This function will let an outsider in for the reader's client; raises ActRefused, DoorShut or CodeRefused."""
    check_agree(reader)
    use_code(reader.link, code, reader.at)
    held, _ = let_in(
        granted, client=reader.client, by=reader.contact, actor=_actor(reader), at=reader.at
    )
    return held


def revoke(reader: Reader, number: int, code: str) -> None:
    """This function will end a delegation at once; a second time changes nothing. Raises ActRefused or CodeRefused."""
    check_agree(reader)
    held = reader.client.delegations.filter(pk=number).first()
    if held is None:
        message = "There is no such delegation."
        raise ActRefused(message)
    use_code(reader.link, code, reader.at)
    end_delegation(held, _actor(reader), reader.at)


def end_delegation(held: Delegation, actor: Actor, at: datetime) -> None:
    """This function will end a delegation now; whoever opens their link next is refused."""
    with transaction.atomic():
        row = Delegation.objects.select_for_update().get(pk=held.pk)
        if row.revoked_at is not None:
            return
        row.revoked_at, row.revoked_by = at, actor.label
        row.save(update_fields=["revoked_at", "revoked_by"])
        says = f"{row.delegate.name} acts for {row.client.name} no longer"
        entry = audit.Entry("door.revoke", row.delegate.email, says, row.client)
        audit.record(entry, actor=actor, at=at)

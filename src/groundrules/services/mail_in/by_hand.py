"""A person says whom a waiting mail is about, or sets it aside with a reason; what was filed stays filed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from groundrules.core.ids import ContactId, VendorId
from groundrules.core.mail import Person, Sender, Trust, recognise
from groundrules.records.models import (
    Asset,
    Client,
    Contact,
    Incident,
    IncomingMail,
    MailFiling,
    Role,
    Vendor,
)
from groundrules.services.actor import Actor, require
from groundrules.services.mail_in.filing import enter_mail
from groundrules.services.mail_in.placing import Place, known
from groundrules.services.mail_in.steps import Step, last_filing, write_step

OPEN = frozenset({MailFiling.WAITING, MailFiling.ASIDE})


class MailRefused(ValueError):
    """A mail cannot take the step asked for; the subclasses and the message say why."""


class MailAlreadyFiled(MailRefused):
    """The mail was filed before, or somebody else is filing it now."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Whom a person says a mail is about, and (where they know) who wrote it."""

    client: Client
    asset: Asset | None = None
    contact: Contact | None = None
    vendor: Vendor | None = None
    incident: Incident | None = None


def file_by_hand(mail: IncomingMail, placing: Placing, *, actor: Actor, at: datetime) -> MailFiling:
    """This function will file a waiting mail as a person says; raises MailAlreadyFiled or MailRefused.

    Who it is from is believed no further than the mail itself allows: a person may name its writer, not vouch for it.
    """
    require(actor, Role.TECHNICIAN)
    for card in (placing.asset, placing.contact, placing.incident):
        if card is not None and card.client_id != placing.client.pk:
            message = f"{card} belongs to another client than {placing.client.name}"
            raise MailRefused(message)
    read = mail.to_core()
    sender = (
        recognise(read, known(placing.client))
        if read
        else Sender(Person.UNKNOWN, mail.sender or "nobody named", Trust.CLAIMED, mail.problem)
    )
    found = Place(
        _named(sender, placing),
        f"as {actor.label} says",
        placing.client,
        placing.asset or (placing.incident.asset if placing.incident else None),
        incident=placing.incident.ref if placing.incident else "",
    )
    try:
        with transaction.atomic():
            _still_open(mail)
            return enter_mail(mail, read, found, actor=actor, at=at)
    except IntegrityError as taken:
        message = f"somebody else is filing {mail} at this moment; look again"
        raise MailAlreadyFiled(message) from taken


def set_aside(mail: IncomingMail, reason: str, *, actor: Actor, at: datetime) -> MailFiling:
    """This function will set a waiting mail aside (advertising, a mistake); raises MailAlreadyFiled or MailRefused."""
    require(actor, Role.TECHNICIAN)
    if not reason.strip():
        message = f"{mail} is set aside only with a reason"
        raise MailRefused(message)
    with transaction.atomic():
        _still_open(mail)
        return write_step(mail, Step(MailFiling.ASIDE, reason.strip()), actor=actor, at=at)


def _named(sender: Sender, placing: Placing) -> Sender:
    if placing.contact is not None:
        person = Person.DELEGATE if placing.contact.outside else Person.CONTACT
        contact = ContactId(placing.contact.code)
        return replace(
            sender, person=person, name=placing.contact.name, contact=contact, vendor=None
        )
    if placing.vendor is not None:
        vendor = VendorId(placing.vendor.code)
        return replace(
            sender, person=Person.VENDOR, name=placing.vendor.name, vendor=vendor, contact=None
        )
    return sender


def _still_open(mail: IncomingMail) -> None:
    IncomingMail.objects.select_for_update().get(pk=mail.pk)
    last = last_filing(mail)
    if last is None or last.kind not in OPEN:
        standing = f"{last.kind}: {last.says}" if last else "not read yet"
        message = f"{mail} is {standing}; only a waiting mail is filed or set aside by hand"
        raise MailAlreadyFiled(message)

"""Letting people in: staff mail a contact their link, and an authorised contact lets an outsider in until a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.core.calendars import zone_label
from groundrules.core.parties import Authority
from groundrules.records.models import Client, Contact, Delegation, PortalLink, Role
from groundrules.services.access.links import keep_link
from groundrules.services.actor import Actor, require
from groundrules.services.door.reading import AREAS
from groundrules.services.shelf import short_digest

_LASTS = timedelta(days=365)
_LONGEST = timedelta(days=366)


class NotToBeInvited(ValueError):
    """The person has no address, is an outsider without delegation, or nothing would be open to them."""


class DoorShut(ValueError):
    """A delegation was asked for that nobody may grant so; the message says why."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What an outsider is let in for: who, with which address, for which areas and servers, until when."""

    person: str
    email: str
    areas: tuple[str, ...]
    until: datetime
    servers: tuple[str, ...] = ()


def invite(
    contact: Contact, areas: tuple[str, ...], *, actor: Actor, at: datetime
) -> tuple[PortalLink, str]:
    """This function will mail one of the client's own people their link; raises NotToBeInvited.

    An outsider is let in by an authorised contact, not by us.
    """
    require(actor, Role.TECHNICIAN)
    if contact.outside:
        message = (
            f"{contact.name} is an outsider; an authorised contact lets them in, on the page People"
        )
        raise NotToBeInvited(message)
    if not contact.email or not set(areas) & AREAS.keys():
        message = f"{contact.name} needs a mail address, and something to read; nothing was sent"
        raise NotToBeInvited(message)
    ends = min(at + _LASTS, contact.authorised_to or at + _LASTS)
    if ends <= at:
        message = f"{contact.name} is a contact no longer; nothing was sent"
        raise NotToBeInvited(message)
    link = _link(contact, actor.label, at, ends)
    link.areas = [area for area in AREAS if area in areas]
    return link, _mail(link, f"{contact.name} may read by link", actor, at)


def let_in(
    granted: Granted, *, client: Client, by: Contact, actor: Actor, at: datetime
) -> tuple[Delegation, str]:
    """This function will let an outsider act for a client until a date, and mail them their link.

    Only a contact who may commit the client can. Raises DoorShut.
    """
    refusal = _why_not(granted, client, by, at)
    if refusal:
        raise DoorShut(refusal)
    with transaction.atomic():
        delegate = _outsider(granted, client, at)
        held = Delegation.objects.create(
            client=client,
            delegate=delegate,
            granted_by=by,
            areas=[area for area in AREAS if area in granted.areas],
            servers=sorted(granted.servers),
            starts_at=at,
            ends_at=granted.until,
        )
        link = _link(delegate, by.name, at, granted.until)
        link.delegation = held
        says = f"{by.name} lets {delegate.name} act until {zone_label(granted.until, client.zone)}"
        token = _mail(link, says, actor, at)
    return held, token


def _why_not(granted: Granted, client: Client, by: Contact, at: datetime) -> str:
    known = set(client.assets.values_list("code", flat=True))
    checks = (
        (
            not by.to_core().may(Authority.COMMIT, at),
            f"{by.name} may not let others in; ask somebody who may commit {client.name}.",
        ),
        (not granted.person.strip(), "Write who it is."),
        ("@" not in granted.email, "Write their mail address; the link and the codes go there."),
        (
            not set(granted.areas) & (AREAS.keys() - {"people"}),
            "Choose at least one thing they may read.",
        ),
        (
            not at < granted.until <= at + _LONGEST,
            "Choose until when, within a year from now.",
        ),
        (not set(granted.servers) <= known, "One of these servers is not yours."),
        (
            granted.email.strip().lower() == by.email.lower(),
            "That is your own address; you are in already.",
        ),
        (
            _is_staff(granted, client),
            f"That is the address of one of {client.name}'s own people; ask us to send them their link.",
        ),
    )
    return next((says for fails, says in checks if fails), "")


def _is_staff(granted: Granted, client: Client) -> bool:
    return client.contacts.filter(email__iexact=granted.email.strip(), outside=False).exists()


def _outsider(granted: Granted, client: Client, at: datetime) -> Contact:
    """The contact card of the outsider: without authorities, so that what they say commits nobody."""
    email = granted.email.strip().lower()
    found = client.contacts.filter(email__iexact=email, outside=True).order_by("pk").first()
    if found is not None:
        return found
    code = f"OUT-{short_digest(f'{client.code}|{email}')}"
    return Contact.objects.create(
        client=client,
        code=code,
        name=granted.person.strip(),
        role="acts for the client",
        email=email,
        outside=True,
        authorised_from=at,
    )


def _link(contact: Contact, made_by: str, at: datetime, until: datetime) -> PortalLink:
    return PortalLink(
        client=contact.client,
        contact=contact,
        person=contact.name,
        email=contact.email.strip().lower(),
        made_at=at,
        made_by=made_by,
        expires_at=until,
    )


def _mail(link: PortalLink, says: str, actor: Actor, at: datetime) -> str:
    client = link.client
    text = (
        f"Hello {link.person},\n\nthis is your personal page about {client.name}'s servers:\n\n{{address}}\n\n"
        "Reading needs no account. To do something there you type a code that we mail to you. The link is yours alone, "
        f"and ends {zone_label(link.expires_at, client.zone)}."
    )
    subject = f"{client.name}: your servers, and what there is to do"
    return keep_link(link, says, subject, text, actor=actor, at=at)

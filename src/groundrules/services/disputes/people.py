"""Who may dispute what: money only who may commit the client, or a delegate let in for it; facts also a vendor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.disputes import ABOUT_MONEY, DisputeRefused, DisputeSide, DisputeSubject
from groundrules.core.parties import Authority
from groundrules.records.models import Client, Contact, Delegation, PortalLink, Vendor

AREA = "disputes"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who disputes: on which side, by which name, where the answer goes, and within what."""

    side: DisputeSide
    name: str
    reply_to: str
    contact: Contact | None = None
    vendor: Vendor | None = None
    delegation: Delegation | None = None


def client_speaker(contact: Contact, at: datetime) -> Speaker:
    """This function will return a contact as who disputes; an outsider speaks by a delegation that holds now."""
    held = contact.delegations.order_by("-pk") if contact.outside else ()
    delegation = next((d for d in held if d.holds_at(at)), None)
    return Speaker(DisputeSide.CLIENT, contact.name, contact.email, contact, delegation=delegation)


def vendor_speaker(link: PortalLink) -> Speaker:
    """This function will return the person of a vendor that a link is for; raises DisputeRefused for another link."""
    if link.vendor is None or link.asset is None:
        message = "This link is not a vendor's."
        raise DisputeRefused(message)
    return Speaker(DisputeSide.VENDOR, link.person, link.email, vendor=link.vendor)


def vendor_named(vendor: Vendor, person: str, reply_to: str) -> Speaker:
    """This function will return a vendor's person who called or wrote, for whom we open a dispute."""
    if not person.strip():
        message = f"Write who at {vendor.name} disputes."
        raise DisputeRefused(message)
    return Speaker(DisputeSide.VENDOR, person.strip(), reply_to.strip(), vendor=vendor)


def refuse_person(speaker: Speaker, subject: DisputeSubject, client: Client, at: datetime) -> None:
    """This function will refuse who may not dispute this; raises DisputeRefused with who may."""
    if speaker.side is DisputeSide.VENDOR:
        if subject in ABOUT_MONEY:
            message = "What a client is charged is between them and us; dispute the change or the login behind it."
            raise DisputeRefused(message)
        return
    contact = speaker.contact
    if subject is DisputeSubject.SCORE or contact is None:
        message = "A vendor's score is disputed by the vendor."
        raise DisputeRefused(message)
    if contact.outside:
        if speaker.delegation is None or AREA not in speaker.delegation.areas:
            message = f"{contact.name} was not let in to dispute for {client.name}."
            raise DisputeRefused(message)
    elif subject in ABOUT_MONEY and not contact.to_core().may(Authority.COMMIT, at):
        message = f"{contact.name} may not dispute what {client.name} is charged; ask {who_may(client, at)}."
        raise DisputeRefused(message)


def refuse_server(speaker: Speaker, server: str) -> None:
    """This function will refuse a delegate what is not about one of their servers; raises DisputeRefused."""
    servers = speaker.delegation.servers if speaker.delegation else ()
    if servers and server not in servers:
        message = "This is about no server you were let in for."
        raise DisputeRefused(message)


def committers(client: Client, at: datetime) -> tuple[Contact, ...]:
    """This function will list the contacts who may commit the client now."""
    people = client.contacts.filter(outside=False).order_by("code")
    return tuple(c for c in people if c.to_core().may(Authority.COMMIT, at))


def who_may(client: Client, at: datetime) -> str:
    """This function will name who may commit the client now."""
    return " or ".join(c.name for c in committers(client, at)) or "an authorised contact"

"""Personal links: made for one named person, kept as a digest only, over when they expire or are revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from groundrules.core.calendars import zone_label
from groundrules.records.models import Account, Asset, Client, PortalLink, Role, Vendor
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.gate.certificates import window_row
from groundrules.services.outgoing import post

_TOKEN_BYTES = 32
_LASTS = timedelta(days=90)


class LinkRefused(LookupError):
    """The link is unknown, has expired, or was revoked."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited: the person, and the account on the server their certificates will be for."""

    person: str
    email: str
    account: str = ""


def invite(
    invited: Invited, vendor: Vendor, asset: Asset, *, actor: Actor, at: datetime
) -> tuple[PortalLink, str]:
    """This function will make a vendor's person a link to ask for access to one server, and mail it to them."""
    require(actor, Role.TECHNICIAN)
    client = asset.client
    account = invited.account or account_for(invited.person, vendor, asset)
    link = _new(client, invited, actor, at)
    link.vendor, link.asset, link.account = vendor, asset, account
    says = f"{invited.person} of {vendor.name} may ask for access to {asset.code} by link"
    text = (
        f"Hello {invited.person},\n\nyour personal link to ask for access to {asset.name} at {client.name}:\n\n"
        f"{{address}}\n\nIt needs no account. It is yours alone, and ends {zone_label(link.expires_at, client.zone)}."
    )
    return link, keep_link(
        link, says, f"Access to {asset.name} at {client.name}", text, actor=actor, at=at
    )


def share_report(
    window: str, invited: Invited, *, client: Client, actor: Actor, at: datetime
) -> tuple[PortalLink, str]:
    """This function will mail someone a link to one window's visit report; raises UnknownWindow."""
    require(actor, Role.TECHNICIAN)
    row = window_row(client, window)
    link = _new(client, invited, actor, at)
    link.window = row.ref
    text = (
        f"Hello {invited.person},\n\nwhat the visit in window {row.ref} on {row.asset.name} was:\n\n{{address}}\n\n"
        f"The vendor reads the same page. The link ends {zone_label(link.expires_at, client.zone)}."
    )
    says = f"{invited.person} may read the visit report of {row.ref} by link"
    return link, keep_link(link, says, f"Visit report {row.ref}", text, actor=actor, at=at)


def open_link(token: str, at: datetime) -> PortalLink:
    """This function will return the link a token opens; raises LinkRefused."""
    rows = PortalLink.objects.select_related("client", "vendor", "asset")
    link = rows.filter(token_digest=_digest(token), contact__isnull=True).first()
    if link is None:
        message = "This link is not known. Ask whoever sent it for a new one."
        raise LinkRefused(message)
    if link.revoked_at is not None or at >= link.expires_at:
        how = "was withdrawn" if link.revoked_at is not None else "has expired"
        message = f"This link {how}. Ask {link.made_by} for a new one."
        raise LinkRefused(message)
    return link


def revoke_link(link: PortalLink, *, actor: Actor, at: datetime) -> None:
    """This function will end a link now; a second time changes nothing."""
    require(actor, Role.TECHNICIAN)
    if link.revoked_at is not None:
        return
    with transaction.atomic():
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        entry = audit.Entry("access.revoke_link", link.email, f"{link} withdrawn", link.client)
        audit.record(entry, actor=actor, at=at)


def account_for(person: str, vendor: Vendor, asset: Asset) -> str:
    """This function will name the account a vendor's person has on a server, or an empty text."""
    held = Account.objects.filter(
        client=asset.client, party_kind="vendor", party_code=vendor.code, shared=False
    ).order_by("pk")
    here = [account for account in held if account.host_id in (None, asset.pk)]
    named = [a for a in here if a.person.casefold() == person.casefold()]
    return (named or here)[0].name if named or len(here) == 1 else ""


def _new(client: Client, invited: Invited, actor: Actor, at: datetime) -> PortalLink:
    return PortalLink(
        client=client,
        person=invited.person,
        email=invited.email.strip().lower(),
        made_at=at,
        made_by=actor.label,
        expires_at=at + _LASTS,
    )


def keep_link(
    link: PortalLink, says: str, subject: str, text: str, *, actor: Actor, at: datetime
) -> str:
    """This function will keep a link and mail its address where the text says `{address}`; it returns the token."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link.token_digest = _digest(token)
    door = "c" if link.contact is not None else "v"
    address = f"{settings.GROUNDRULES_PUBLIC_URL}/{door}/{token}/"
    with transaction.atomic():
        link.save()
        entry = audit.Entry("access.link", link.email, says, link.client)
        audit.record(entry, actor=actor, at=at)
        post(f"link-{link.pk}", link.email, subject, text.replace("{address}", address), at)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

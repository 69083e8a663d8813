"""Who stands at the client's door: one person, one client, some areas, some servers; as of now, never from memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from groundrules.core.parties import Authority
from groundrules.records.models import Asset, Client, Contact, Delegation, PortalLink
from groundrules.services.access import LinkRefused

# What can be read, in the order of the pages, and what people call it.
AREAS = {
    "servers": "our servers, and what there is to do",
    "work": "what you did",
    "requests": "requests",
    "letters": "letters",
    "invoices": "invoices",
    "disputes": "disputes",
    "people": "people",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with a link: whose client, as which contact, within which areas and servers."""

    link: PortalLink
    client: Client
    contact: Contact
    delegation: Delegation | None
    areas: frozenset[str]
    servers: frozenset[str]
    at: datetime

    def may_read(self, area: str) -> bool:
        """This function will say whether an area is open to the reader."""
        return area in self.areas

    def may(self, authority: Authority) -> bool:
        """This function will say whether the reader holds an authority now; a delegate holds none."""
        return self.delegation is None and self.contact.to_core().may(authority, self.at)

    def assets(self) -> QuerySet[Asset]:
        """This function will return the servers the reader may see."""
        rows = self.client.assets.order_by("name")
        return rows.filter(code__in=self.servers) if self.servers else rows

    def sees(self, asset: Asset | None) -> bool:
        """This function will say whether a record about a server (or about none) is the reader's to see."""
        if not self.servers:
            return True
        return asset is not None and asset.code in self.servers


def open_door(token: str, at: datetime) -> Reader:
    """This function will return who a token lets in; raises LinkRefused, which tells nothing about the client."""
    rows = PortalLink.objects.select_related("client", "contact", "delegation")
    digest = hashlib.sha256(token.encode()).hexdigest()
    link = rows.filter(token_digest=digest, contact__isnull=False).first()
    if link is None or link.contact is None:
        message = "This link is not known. Ask whoever sent it for a new one."
        raise LinkRefused(message)
    if link.revoked_at is not None or at >= link.expires_at or not _is_standing(link, at):
        message = f"This link is over. Ask {link.made_by} for a new one."
        raise LinkRefused(message)
    held = link.delegation
    return Reader(
        link=link,
        client=link.client,
        contact=link.contact,
        delegation=held,
        areas=_areas(held, link),
        servers=frozenset(held.servers) if held else frozenset(),
        at=at,
    )


def _areas(held: Delegation | None, link: PortalLink) -> frozenset[str]:
    """Whoever of the client's own may read invoices may read what is disputed of them."""
    given = set(held.areas if held else link.areas)
    if held is None and "invoices" in given:
        given.add("disputes")
    return frozenset(given) & AREAS.keys()


def _is_standing(link: PortalLink, at: datetime) -> bool:
    """An outsider stands by a delegation that holds; one of the client's own until they have left."""
    contact, held = link.contact, link.delegation
    if contact is None or (contact.outside and held is None):
        return False
    if held is not None:
        return held.holds_at(at)
    return contact.authorised_to is None or at < contact.authorised_to

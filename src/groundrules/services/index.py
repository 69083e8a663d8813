"""The cards of one client by code, so that book rows can point at them; an unknown code is refused by name."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from groundrules.records.models import Application, Asset, Client, Contact, Technician, Vendor

_Card = TypeVar("_Card")


class UnknownCard(LookupError):
    """A fact names an asset, vendor, technician, contact or application that has no card."""


class CardIndex:
    """Every card a client's facts may name; each kind is read when the first of it is asked for."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """The client's servers."""
        return {card.code: card for card in self.client.assets.all()}

    @cached_property
    def applications(self) -> dict[str, Application]:
        """The client's applications."""
        return {card.code: card for card in self.client.applications.all()}

    @cached_property
    def contacts(self) -> dict[str, Contact]:
        """The client's contacts."""
        return {card.code: card for card in self.client.contacts.all()}

    @cached_property
    def technicians(self) -> dict[str, Technician]:
        """Everybody's technicians."""
        return {card.code: card for card in Technician.objects.all()}

    @cached_property
    def vendors(self) -> dict[str, Vendor]:
        """Everybody's vendors."""
        return {card.code: card for card in Vendor.objects.all()}

    def asset(self, code: str) -> Asset:
        """This function will return the asset's card; raises UnknownCard."""
        return self._find("asset", self.assets, code)

    def application(self, code: str) -> Application:
        """This function will return the application's card; raises UnknownCard."""
        return self._find("application", self.applications, code)

    def contact(self, code: str) -> Contact:
        """This function will return the contact's card; raises UnknownCard."""
        return self._find("contact", self.contacts, code)

    def technician(self, code: str) -> Technician:
        """This function will return the technician's card; raises UnknownCard."""
        return self._find("technician", self.technicians, code)

    def vendor(self, code: str) -> Vendor:
        """This function will return the vendor's card; raises UnknownCard."""
        return self._find("vendor", self.vendors, code)

    def _find(self, kind: str, cards: dict[str, _Card], code: str) -> _Card:
        card = cards.get(code)
        if card is None:
            known = ", ".join(sorted(cards)) or "none"
            message = (
                f"{self.client.name} has no {kind} {code!r} (known: {known}); add its card first"
            )
            raise UnknownCard(message)
        return card


def index_of(client: Client) -> CardIndex:
    """This function will return the cards a client's facts may name, as they are when they are asked for."""
    return CardIndex(client)

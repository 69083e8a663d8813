"""The cards of one client by code, so that book rows can point at them; an unknown code is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from groundrules.records.models import Application, Asset, Client, Contact, Technician, Vendor

_Card = TypeVar("_Card")


class UnknownCard(LookupError):
    """A fact names an asset, vendor, technician, contact or application that has no card."""


@dataclass(frozen=True, slots=True)
class CardIndex:
    """Every card a client's facts may name."""

    client: Client
    assets: dict[str, Asset]
    applications: dict[str, Application]
    contacts: dict[str, Contact]
    technicians: dict[str, Technician]
    vendors: dict[str, Vendor]

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
    """This function will read the cards a client's facts may name."""
    return CardIndex(
        client=client,
        assets={card.code: card for card in client.assets.all()},
        applications={card.code: card for card in client.applications.all()},
        contacts={card.code: card for card in client.contacts.all()},
        technicians={card.code: card for card in Technician.objects.all()},
        vendors={card.code: card for card in Vendor.objects.all()},
    )

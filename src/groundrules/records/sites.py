"""Sites of clients, which are cards, and the book of which asset moved when from one to another."""

from __future__ import annotations

from django.db import models

from groundrules.core.ids import ContactId, SiteId
from groundrules.core.parties import Site as CoreSite
from groundrules.core.sites import AssetMove as CoreAssetMove
from groundrules.records.any_case import any_case
from groundrules.records.book import Fact, FactQuerySet
from groundrules.records.parties import Asset, Card, Client, Contact
from groundrules.records.typed_json import load

_SHORT = 64
_LINE = 200


class Site(Card):
    """A place of a client where its assets stand; each change of the card leaves an audit entry."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="sites")
    address = models.TextField(blank=True)
    zone = models.CharField(max_length=_SHORT, blank=True)
    opening_hours = models.CharField(max_length=_LINE, blank=True)
    closed_days = models.TextField(blank=True)
    phone = models.CharField(max_length=_SHORT, blank=True)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="sites")
    notes = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="site_code")]
        indexes = any_case("site", "client")

    def to_core(self) -> CoreSite:
        """This function will return the site with the code of whom to ask for there."""
        return CoreSite(
            SiteId(self.code),
            self.name,
            self.address,
            self.zone,
            self.opening_hours,
            self.closed_days,
            self.phone,
            ContactId(self.contact.code) if self.contact else None,
            self.notes,
        )


class AssetMove(Fact):
    """An asset moved from a site to another; a correction is a superseding row, and where it stands is on its card."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="moves")
    number = models.PositiveIntegerField()
    moved_at = models.DateTimeField()
    left = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="moves_from")
    reached = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="moves_to")

    objects = FactQuerySet["AssetMove"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreAssetMove:
        """This function will return the move."""
        return load(CoreAssetMove, self.payload)

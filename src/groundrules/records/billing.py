"""The books billing looks back at: fees already billed, invoices and whether they are paid, periods to invoice."""

from __future__ import annotations

from django.db import models

from groundrules.core.lifecycle.answers import InvoiceStanding as CoreInvoiceStanding
from groundrules.core.world import DocumentPeriod as CoreDocumentPeriod
from groundrules.core.world import FeeBilled as CoreFeeBilled
from groundrules.records.book import Fact, FactQuerySet
from groundrules.records.parties import Asset
from groundrules.records.typed_json import load


class FeeBilled(Fact):
    """A monthly fee that was billed (or credited) for an asset."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="fees_billed")
    month = models.DateField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    objects = FactQuerySet["FeeBilled"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreFeeBilled:
        """This function will return the fee as it was billed."""
        return load(CoreFeeBilled, self.payload)


class InvoiceStanding(Fact):
    """Whether an invoice is settled; its payment is a superseding row."""

    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    objects = FactQuerySet["InvoiceStanding"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreInvoiceStanding:
        """This function will return the standing."""
        return load(CoreInvoiceStanding, self.payload)


class DocumentPeriod(Fact):
    """A period for which an invoice is to be drafted."""

    first = models.DateField()
    end = models.DateField()

    objects = FactQuerySet["DocumentPeriod"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreDocumentPeriod:
        """This function will return the period."""
        return load(CoreDocumentPeriod, self.payload)

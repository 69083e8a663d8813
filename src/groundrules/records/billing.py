"""The books billing looks back at (fees billed, invoices paid, periods to invoice), and the dated tax rules."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from groundrules.core.invoices.tax import Tax, TaxCategory, TaxedKind
from groundrules.core.invoices.tax import TaxRule as CoreTaxRule
from groundrules.core.lifecycle.answers import InvoiceStanding as CoreInvoiceStanding
from groundrules.core.world import DocumentPeriod as CoreDocumentPeriod
from groundrules.core.world import FeeBilled as CoreFeeBilled
from groundrules.records.book import Fact, FactQuerySet
from groundrules.records.parties import Asset, Client
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


class TaxRule(models.Model):
    """How lines of a kind are taxed from a day on; without a client it is the provider's rule for everybody."""

    client = models.ForeignKey(
        Client, null=True, on_delete=models.PROTECT, related_name="tax_rules"
    )
    starts_on = models.DateField()
    applies_to = models.CharField(max_length=16)
    category = models.CharField(max_length=2)
    percent = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    name = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Coalesce("client", 0), "applies_to", "starts_on", name="taxrule_one_start"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0) & models.Q(percent__lte=100),
                name="taxrule_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_core().tax} on {self.applies_to} from {self.starts_on}"

    def to_core(self) -> CoreTaxRule:
        """This function will return the rule."""
        tax = Tax(TaxCategory(self.category), self.percent.normalize(), self.name, self.reason)
        return CoreTaxRule(self.starts_on, TaxedKind(self.applies_to), tax)

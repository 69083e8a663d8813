"""The book of disputes: what a client or a vendor says is wrong, and our answer as a superseding row."""

from __future__ import annotations

from django.db import models

from groundrules.core.disputes import Dispute as CoreDispute
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Contact, Vendor
from groundrules.records.typed_json import load


class DisputeQuerySet(FactQuerySet["Dispute"]):
    """Questions about disputes."""

    def waiting(self) -> DisputeQuerySet:
        """The disputes as they stand that nobody has answered."""
        return self.current().filter(answered_at__isnull=True)


class Dispute(Fact):
    """One dispute of a decision, an invoice line, a change, a login or a score; its answer is a superseding row.

    `held_minor` is what is not due while it is open, before tax.
    """

    subject = models.CharField(max_length=16)
    about = models.CharField(max_length=REF_LENGTH)
    side = models.CharField(max_length=16)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="disputes"
    )
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, related_name="disputes")
    opened_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    held_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "about"], name="dispute_by_subject")]

    def to_core(self) -> CoreDispute:
        """This function will return the dispute with its answer."""
        return load(CoreDispute, self.payload)

"""The books of reports to clients: what was promised how often, and what was given, frozen."""

from __future__ import annotations

from django.db import models

from groundrules.core.reported import ClientReport
from groundrules.records.book import REF_LENGTH, Book
from groundrules.records.invoices import FrozenFile
from groundrules.records.parties import Client
from groundrules.records.typed_json import load


class ReportPromise(Book):
    """A client was promised a report every so many months, due so many days after each period; 0 months ends it.

    `recipient` is the code of the contact it goes to; empty, the one who may commit the client. With `by_rule` a report
    with nothing to look at leaves by itself.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="report_promises")
    every_months = models.PositiveIntegerField()
    due_days = models.PositiveIntegerField()
    first = models.DateField()
    clause = models.CharField(max_length=REF_LENGTH, blank=True)
    recipient = models.CharField(max_length=REF_LENGTH, blank=True, db_default="")
    by_rule = models.BooleanField(default=False, db_default=False)

    def __str__(self) -> str:
        return f"every {self.every_months} months from {self.first}"


class ReportGiven(Book):
    """A report as it was given to a client: its whole value (kept from 2026-12 on), its text, its PDF."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="reports")
    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    first = models.DateField()
    end = models.DateField()
    text = models.TextField()
    payload = models.TextField(blank=True, db_default="")
    pdf = models.ForeignKey(FrozenFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.ref

    def to_core(self) -> ClientReport | None:
        """This function will return the report exactly as given; None for one from before its value was kept."""
        return load(ClientReport, self.payload) if self.payload else None


class RelationshipDecision(Book):
    """Keep, change or exit: what was decided about a client, why, what was expected, and when it is looked at again.

    A later row that names this one in `reviews` says what happened.
    """

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="relationship_decisions"
    )
    choice = models.CharField(max_length=REF_LENGTH)
    reason = models.TextField()
    expected = models.TextField(blank=True)
    figures = models.TextField(blank=True)
    letter = models.CharField(max_length=REF_LENGTH, blank=True)
    review_date = models.DateField(null=True)
    reviews = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reviewed_by"
    )

    def __str__(self) -> str:
        return f"{self.choice}: {self.reason}"

"""The books of month end: runs, what was done for each client and when, answers to doubts, and purchase orders."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Client


class BillingRun(Book):
    """One month's billing of every client; approved invoices are held for `hold_hours` before they go out."""

    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    first = models.DateField(unique=True)
    end = models.DateField()
    hold_hours = models.PositiveIntegerField()
    steps: models.QuerySet[BillingStep]
    answers: models.QuerySet[BillingAnswer]

    def __str__(self) -> str:
        return self.ref


class BillingStep(Book):
    """One step of one client in a run: collected, approved, sent back, issued, or failed; the newest one stands.

    `drafts` are the documents as they were then (frozen once approved), `doubts` what was doubtful, `documents` the
    numbers that were issued.
    """

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="steps")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="billing_steps")
    step = models.CharField(max_length=REF_LENGTH)
    says = models.TextField(blank=True)
    drafts = models.TextField(blank=True)
    doubts = models.TextField(blank=True)
    documents: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    total_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "client"], name="billingstep_of_client")]

    def __str__(self) -> str:
        return f"{self.run} {self.client} {self.step}"


class BillingAnswer(Book):
    """What somebody said about one doubt of a run: settled, or set aside until a day, with the reason."""

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="answers")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    reason = models.TextField()
    until = models.DateField(null=True)

    def __str__(self) -> str:
        return self.key


class PurchaseOrder(Book):
    """A client's purchase order from a day on. One without a number says that the client requires one."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="purchase_orders")
    number = models.CharField(max_length=REF_LENGTH, blank=True)
    first = models.DateField()
    last = models.DateField(null=True)

    def __str__(self) -> str:
        return self.number or "required"

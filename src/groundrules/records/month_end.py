"""The books of month end: runs, what was done for each client and when, answers to doubts, and purchase orders."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.invoices import FrozenFile, Issued
from groundrules.records.parties import Client


class BillingRun(Book):
    """One month's billing of every client; approved invoices are held for `hold_hours` before they go out."""

    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    first = models.DateField(unique=True)
    end = models.DateField()
    hold_hours = models.PositiveIntegerField()
    steps: models.QuerySet[BillingStep]
    answers: models.QuerySet[BillingAnswer]
    accounting_files: models.QuerySet[AccountingFile]
    accounting_steps: models.QuerySet[AccountingStep]

    def __str__(self) -> str:
        return self.ref


class BillingStep(Book):
    """One step of one client in a run: collected, approved, sent back, issued, or failed; the newest one stands.

    `drafts` are the documents as they were then (frozen once approved), `doubts` what was doubtful, `documents` the
    numbers that were issued. `total_minor` is before tax; `tax_minor` is not known while no tax rule settles it.
    """

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="steps")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="billing_steps")
    step = models.CharField(max_length=REF_LENGTH)
    says = models.TextField(blank=True)
    drafts = models.TextField(blank=True)
    doubts = models.TextField(blank=True)
    documents: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(null=True)
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "client"], name="billingstep_of_client")]

    def __str__(self) -> str:
        return f"{self.run} {self.client} {self.step}"


class AccountingFile(Book):
    """A file of a run's documents for an accounting program, frozen; `number` counts the files of a run and form."""

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="accounting_files")
    form = models.CharField(max_length=REF_LENGTH)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=REF_LENGTH, unique=True)
    content = models.ForeignKey(FrozenFile, on_delete=models.PROTECT, related_name="+")
    steps: models.QuerySet[AccountingStep]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "form", "number"], name="accountingfile_number")
        ]

    def __str__(self) -> str:
        return self.name


class AccountingStep(Book):
    """How one document of a run stands with an accounting program: written into a file, handed over, or failed.

    The newest step of a document and form stands; a document is written into one file only.
    """

    WRITTEN = "written"
    DONE = "done"
    FAILED = "failed"

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="accounting_steps")
    document = models.ForeignKey(Issued, on_delete=models.PROTECT, related_name="accounting_steps")
    form = models.CharField(max_length=REF_LENGTH)
    step = models.CharField(max_length=REF_LENGTH)
    file = models.ForeignKey(
        AccountingFile, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    says = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["document", "form", "step"],
                condition=models.Q(step__in=["written", "done"]),
                name="accountingstep_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.form} {self.step}"


class BillingAnswer(Book):
    """What somebody said about one doubt of a run: settled, or set aside until a day, with the reason.

    `at_stake_minor` is what was at stake when it was answered; where more is, it is asked about again.
    """

    run = models.ForeignKey(BillingRun, on_delete=models.PROTECT, related_name="answers")
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    key = models.TextField()
    reason = models.TextField()
    until = models.DateField(null=True)
    at_stake_minor = models.BigIntegerField(null=True)

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

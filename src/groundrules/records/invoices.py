"""Issued documents: gapless numbers, frozen bytes, a hash chain; and the series that hands numbers out."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.core.invoices.answers import InvoiceDraft, InvoiceLine
from groundrules.core.invoices.heading import Heading
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Client
from groundrules.records.typed_json import load


class FrozenFile(Book):
    """Bytes that left the house (a PDF), named by their SHA-256 and kept as they were."""

    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    media_type = models.CharField(max_length=REF_LENGTH)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest


class Series(models.Model):
    """A run of document numbers; its row is locked while one is assigned, so no number is lost or given twice."""

    code = models.CharField(max_length=REF_LENGTH, unique=True)
    prefix = models.CharField(max_length=REF_LENGTH)
    last_number = models.PositiveIntegerField(default=0)
    last_seal = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    def __str__(self) -> str:
        return self.code


class Issued(Book):
    """An invoice or credit note as it was issued. `seal` covers the document and the seal before it.

    `heading` freezes the parties, dates and taxes as the cards said them then; a document issued before that was kept
    has none. `total_minor` is what is to be paid, taxes included.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="documents")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveIntegerField()
    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    kind = models.CharField(max_length=REF_LENGTH)
    issued_at = models.DateTimeField()
    period_start = models.DateField()
    period_end = models.DateField()
    total_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField(default=0, db_default=0)
    currency = models.CharField(max_length=3)
    payload = models.TextField()
    heading = models.TextField(blank=True, db_default="")
    digest = models.CharField(max_length=DIGEST_LENGTH)
    previous_seal = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    seal = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    pdf = models.ForeignKey(FrozenFile, null=True, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrections"
    )
    idempotency_key = models.CharField(max_length=REF_LENGTH, unique=True)
    lines: models.QuerySet[IssuedLine]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="issued_number"),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="issued_number_from_one"
            ),
        ]
        indexes = [models.Index(fields=["client", "issued_at"], name="issued_timeline")]

    def __str__(self) -> str:
        return self.ref

    def to_core(self) -> InvoiceDraft:
        """This function will return the document's content exactly as issued."""
        return load(InvoiceDraft, self.payload)

    def to_heading(self) -> Heading | None:
        """This function will return the parties, dates and taxes exactly as issued; None when they were not kept."""
        return load(Heading, self.heading) if self.heading else None


class IssuedLine(Book):
    """One line of an issued document; `decisions` are the numbers of the decisions that made it."""

    document = models.ForeignKey(Issued, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    kind = models.CharField(max_length=REF_LENGTH)
    description = models.TextField()
    service_day = models.DateField()
    amount_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    decisions: models.JSONField[Any, Any] = models.JSONField(default=list)
    payload = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="issuedline_position")
        ]

    def __str__(self) -> str:
        return self.ref

    def to_core(self) -> InvoiceLine:
        """This function will return the line exactly as issued."""
        return load(InvoiceLine, self.payload)

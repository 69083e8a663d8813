"""The book of what profitability rests on: dated costs, tools, targets and benchmarks, stated and never changed."""

from __future__ import annotations

from django.db import models

from groundrules.core.profitability.assumptions import Assumption as CoreAssumption
from groundrules.records.book import REF_LENGTH, Book
from groundrules.records.parties import Client
from groundrules.records.typed_json import load


class Assumption(Book):
    """One statement of a cost, target or benchmark from a day on. A later statement takes its place; it stays."""

    kind = models.CharField(max_length=REF_LENGTH)
    subject = models.CharField(max_length=REF_LENGTH, blank=True)
    client = models.ForeignKey(
        Client, null=True, on_delete=models.PROTECT, related_name="assumptions"
    )
    first = models.DateField()
    payload = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["kind", "first"], name="assumption_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} from {self.first}"

    def to_core(self) -> CoreAssumption:
        """This function will return the statement."""
        return load(CoreAssumption, self.payload)

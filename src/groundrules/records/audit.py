"""The audit book: who did what when, written inside the transaction of the verb itself."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.records.book import REF_LENGTH, Book
from groundrules.records.parties import Client


class AuditEntry(Book):
    """One verb, one entry. `recorded_at` and `recorded_by` are when and who; `details` holds before and after."""

    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="audit")
    verb = models.CharField(max_length=REF_LENGTH)
    subject = models.CharField(max_length=REF_LENGTH, db_index=True)
    says = models.TextField()
    details: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["client", "recorded_at"], name="auditentry_timeline")]

    def __str__(self) -> str:
        return self.says

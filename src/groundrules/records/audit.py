"""The audit book: who did what when, written inside the transaction of the verb itself.

Links chain its entries afterwards, in the order they are found: each digest takes in the one before, so that an entry
changed, taken out or slipped in between no longer fits. Entries wait for nobody: the chain is made by the worker.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
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


class AuditLink(Book):
    """One entry's place in the chain, and the digest of the entry together with that of the link before."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="link")
    position = models.PositiveBigIntegerField(unique=True)
    digest = models.CharField(max_length=DIGEST_LENGTH)

    def __str__(self) -> str:
        return str(self.position)

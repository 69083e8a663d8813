"""What was brought in from other programs, and the cards that came of it, so that it can be taken back.

A file that is brought in by the browser waits here meanwhile: mapped, rehearsed, then kept or put away.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH
from groundrules.records.operating import LongRun

_KIND = 16
_NAME = 255


class ImportBatch(models.Model):
    """One file that was brought in: its kind, name and digest, how it was read, what came of it, whether undone."""

    kind = models.CharField(max_length=_KIND)
    name = models.CharField(max_length=_NAME)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=REF_LENGTH, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} from {self.name}"


class ImportedCard(models.Model):
    """A card a batch added: where it lies, and what it said then; undoing takes it away only while it still says so."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="cards")
    card = models.CharField(max_length=_KIND)
    number = models.BigIntegerField()
    said: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "card", "number"], name="importedcard_once")
        ]

    def __str__(self) -> str:
        return f"{self.card} {self.number}"


class WaitingImport(models.Model):
    """A file handed in by the browser, its mapping so far, and what its last rehearsal came to. It never stays long.

    One that is `long` is rehearsed and brought in by a worker; `run` is the newest of its long runs.
    """

    kind = models.CharField(max_length=_KIND)
    name = models.CharField(max_length=_NAME)
    content = models.BinaryField()
    mapping: models.JSONField[Any, Any] = models.JSONField(default=dict)
    rehearsal: models.JSONField[Any, Any] = models.JSONField(default=list)
    rehearsed_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    long = models.BooleanField(default=False)
    run = models.ForeignKey(
        LongRun, on_delete=models.SET_NULL, null=True, related_name="waiting_imports"
    )

    def __str__(self) -> str:
        return f"{self.kind} from {self.name}, waiting"

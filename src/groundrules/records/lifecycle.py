"""The books of an asset's coverage: dated entries, notices with their receipts, and proof of conditions."""

from __future__ import annotations

from django.db import models

from groundrules.core.lifecycle.answers import ConditionRecord as CoreConditionRecord
from groundrules.core.lifecycle.answers import LifecycleEntry as CoreLifecycleEntry
from groundrules.core.lifecycle.answers import Notice as CoreNotice
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset
from groundrules.records.typed_json import load


class LifecycleEntry(Fact):
    """What happened to an asset's coverage, effective when; the state is computed from these, never from a flag."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="lifecycle")
    kind = models.CharField(max_length=REF_LENGTH)
    effective_at = models.DateTimeField()

    objects = FactQuerySet["LifecycleEntry"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "effective_at"], name="lifecycleentry_timeline")]

    def to_core(self) -> CoreLifecycleEntry:
        """This function will return the entry."""
        return load(CoreLifecycleEntry, self.payload)


class Notice(Fact):
    """A notice about one asset; its delivery receipt or bounce is a superseding row."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="notices")
    sent_at = models.DateTimeField()
    receipt_at = models.DateTimeField(null=True)

    objects = FactQuerySet["Notice"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreNotice:
        """This function will return the notice."""
        return load(CoreNotice, self.payload)


class ConditionRecord(Fact):
    """Proof that a reinstatement condition was met, or the owner's waiver with its reason and price."""

    condition = models.CharField(max_length=REF_LENGTH)
    shown_at = models.DateTimeField()

    objects = FactQuerySet["ConditionRecord"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreConditionRecord:
        """This function will return the record."""
        return load(CoreConditionRecord, self.payload)

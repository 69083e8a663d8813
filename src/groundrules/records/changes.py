"""The book of changes: what is different on a host, when, and where that is known from."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from groundrules.core.changes import Change as CoreChange
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset
from groundrules.records.typed_json import load


class ChangeQuerySet(FactQuerySet["Change"]):
    """Questions about changes."""

    def touching(self, start: datetime, end: datetime) -> ChangeQuerySet:
        """Changes that happened, or may have happened, in the half-open period."""
        return self.filter(not_before__lt=end, not_after__gte=start)

    def in_time_order(self) -> ChangeQuerySet:
        """Oldest first, by the earliest instant each may have happened."""
        return self.order_by("not_before", "not_after", "pk")


class Change(Fact):
    """One thing that is different, with before, after, and an exact time or an honest interval."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=REF_LENGTH)
    component = models.TextField()
    action = models.CharField(max_length=REF_LENGTH)
    before = models.TextField(null=True)  # noqa: DJ001 - None says "was not seen", which is not an empty text
    after = models.TextField(null=True)  # noqa: DJ001 - see before
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    actor_account = models.CharField(max_length=255, blank=True)
    sentence = models.TextField()
    snapshot_only = models.BooleanField()
    run = models.CharField(max_length=REF_LENGTH, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta(Fact.Meta):
        # The first answers "in this span" without touching other rows, the second "the latest" and "newest first".
        indexes = [
            # Without it SQLite looks a reference up among all of the client's changes.
            models.Index(fields=["client", "ref"], name="change_by_ref"),
            models.Index(fields=["asset", "not_before", "not_after"], name="change_timeline"),
            models.Index(fields=["asset", "not_after"], name="change_ends"),
        ]

    def to_core(self) -> CoreChange:
        """This function will return the change exactly as it was detected."""
        return load(CoreChange, self.payload)

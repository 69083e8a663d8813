"""The books of segments: which files hold which events of which evidence, and which were dropped by policy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, Book
from groundrules.records.evidence import RawEvidence
from groundrules.records.parties import Client


class SegmentQuerySet(models.QuerySet["Segment"]):
    """Questions about segments."""

    def standing(self) -> SegmentQuerySet:
        """Segments that hold events now: neither written anew nor dropped."""
        return self.filter(successor__isnull=True, dropping__isnull=True)

    def touching(self, start: datetime, end: datetime) -> SegmentQuerySet:
        """Segments with events in the half-open span, or around it."""
        return self.filter(first_at__lt=end, last_at__gte=start)


class Segment(Book):
    """A file of events named by its SHA-256; `supersedes` is the one it was written anew from, after a redaction."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="segments")
    digest = models.CharField(max_length=DIGEST_LENGTH)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    events = models.BigIntegerField()
    length = models.BigIntegerField()
    assets: models.JSONField[Any, Any] = models.JSONField(default=list)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="successor"
    )

    objects = SegmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "digest"], name="segment_once"),
            models.CheckConstraint(condition=models.Q(events__gte=1), name="segment_not_empty"),
            models.CheckConstraint(
                condition=models.Q(last_at__gte=models.F("first_at")), name="segment_span"
            ),
        ]
        indexes = [models.Index(fields=["client", "last_at", "first_at"], name="segment_by_time")]

    def __str__(self) -> str:
        return f"segment {self.digest[:12]}"


class SegmentHolding(Book):
    """How many events of one piece of evidence a segment holds; `bare` when their payloads were taken out."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="holdings")
    evidence = models.ForeignKey(RawEvidence, on_delete=models.PROTECT, related_name="holdings")
    events = models.BigIntegerField()
    bare = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "evidence"], name="segmentholding_once"),
            models.CheckConstraint(
                condition=models.Q(events__gte=1), name="segmentholding_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.events} events of {self.evidence} in {self.segment}"


class SegmentedEvidence(Book):
    """This file, as it was handed in, has given all its events to segments: never again. None is an answer too."""

    evidence = models.OneToOneField(RawEvidence, on_delete=models.PROTECT, related_name="segmented")
    events = models.BigIntegerField()
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(events__gte=0), name="segmentedevidence_events"
            )
        ]

    def __str__(self) -> str:
        return f"{self.events} events of {self.evidence}"


class SegmentDropped(Book):
    """A segment was removed by policy; its evidence and the leaves of the seal stay."""

    segment = models.OneToOneField(Segment, on_delete=models.PROTECT, related_name="dropping")
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="segmentdropped_reason")
        ]

    def __str__(self) -> str:
        return f"{self.segment} dropped: {self.reason}"


class HotFloor(models.Model):
    """From this instant on the hot index is complete; it only rises. One row, changed with the rows it speaks of."""

    at_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="hotfloor_only_one"),
        ]

    def __str__(self) -> str:
        return f"hot from {self.at_us}"

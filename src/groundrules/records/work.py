"""The books of work: time entries, requests with their ratification, and our own runs."""

from __future__ import annotations

from django.db import models

from groundrules.core.work import OwnRun as CoreOwnRun
from groundrules.core.work import Request as CoreRequest
from groundrules.core.work import TimeEntry as CoreTimeEntry
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset, Contact, Technician
from groundrules.records.typed_json import load


class TimeEntryQuerySet(FactQuerySet["TimeEntry"]):
    """Questions about time entries."""

    def proactive(self) -> TimeEntryQuerySet:
        """Entries of prevention: work nobody would have bought by the hour (the kept text is canonical)."""
        return self.filter(payload__contains='"proactive":true')


class TimeEntry(Fact):
    """One span of work by one technician; a correction is a superseding row."""

    technician = models.ForeignKey(Technician, on_delete=models.PROTECT, related_name="entries")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="entries")
    issue = models.CharField(max_length=REF_LENGTH)
    work_type = models.CharField(max_length=REF_LENGTH)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    note = models.TextField(blank=True)

    objects = TimeEntryQuerySet.as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "started_at"], name="timeentry_timeline")]

    def to_core(self) -> CoreTimeEntry:
        """This function will return the entry with its exact instants."""
        return load(CoreTimeEntry, self.payload)


class Request(Fact):
    """Someone asked for work outside business hours; ratification is a superseding row."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="requests")
    asked_at = models.DateTimeField()
    ratified_at = models.DateTimeField(null=True)

    objects = FactQuerySet["Request"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreRequest:
        """This function will return the request."""
        return load(CoreRequest, self.payload)


class OwnRun(Fact):
    """Something we ourselves did to an asset: a suspect like any other."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="own_runs")
    kind = models.CharField(max_length=REF_LENGTH)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = FactQuerySet["OwnRun"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "started_at"], name="ownrun_timeline")]

    def to_core(self) -> CoreOwnRun:
        """This function will return the run."""
        return load(CoreOwnRun, self.payload)

"""The evidence books: raw evidence by digest, what a reader got out of it, and the claims that cite it."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.core.evidence import Covered, Stretch
from groundrules.core.evidence import Gap as CoreGap
from groundrules.core.evidence import HealthCheck as CoreHealthCheck
from groundrules.core.evidence import Observation as CoreObservation
from groundrules.core.evidence import Session as CoreSession
from groundrules.core.evidence import SessionEnd as CoreSessionEnd
from groundrules.core.evidence import Snapshot as CoreSnapshot
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book, Fact, FactQuerySet
from groundrules.records.parties import Application, Asset, Client
from groundrules.records.typed_json import load


class RawEvidence(Book):
    """Bytes exactly as collected, named by their SHA-256; the bytes rest in the store. `parent` is the envelope.

    Mail may be about no server; everything a collector or a person hands in is.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="evidence")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="evidence")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts")
    digest = models.CharField(max_length=DIGEST_LENGTH)
    length = models.BigIntegerField()
    format = models.CharField(max_length=REF_LENGTH)
    name = models.CharField(max_length=255)
    source = models.TextField(blank=True)
    host = models.CharField(max_length=255, blank=True)
    collected_at = models.DateTimeField(null=True)
    remarks: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(
                fields=["client"], condition=models.Q(format="replay"), name="rawevidence_replays"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["asset", "digest", "format"], name="rawevidence_once"),
            models.UniqueConstraint(
                fields=["client", "digest", "format"],
                condition=models.Q(asset__isnull=True),
                name="rawevidence_once_without_asset",
            ),
            models.CheckConstraint(condition=models.Q(length__gte=0), name="rawevidence_length"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.digest[:12]}"

    @property
    def asset_code(self) -> str:
        """The server it is about; empty for mail about none."""
        return self.asset.code if self.asset else ""

    @property
    def zone(self) -> str:
        """The zone its times are shown in: the server's, else the client's."""
        return (self.asset.zone if self.asset else "") or self.client.zone


class Quarantined(Book):
    """Something handed in as evidence that did not verify: kept in the store and shown, never read."""

    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    length = models.BigIntegerField()
    name = models.CharField(max_length=255)
    format = models.CharField(max_length=REF_LENGTH, blank=True)
    host = models.CharField(max_length=255, blank=True)
    problem = models.TextField()

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


class Reading(Book):
    """What one version of a reader got out of one piece of evidence; read, unknown and damaged records add up."""

    evidence = models.ForeignKey(RawEvidence, on_delete=models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=REF_LENGTH)
    records = models.BigIntegerField()
    by_type: models.JSONField[Any, Any] = models.JSONField(default=dict)
    unknown: models.JSONField[Any, Any] = models.JSONField(default=dict)
    damaged: models.JSONField[Any, Any] = models.JSONField(default=list)
    hosts: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evidence", "reader"], name="reading_once")]

    def __str__(self) -> str:
        return f"{self.reader}: {self.records} records"


class Session(Fact):
    """A login seen in evidence."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="sessions")
    account = models.CharField(max_length=255)
    kind = models.CharField(max_length=REF_LENGTH)
    source_address = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = FactQuerySet["Session"].as_manager()

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["client", "ref"], name="session_by_ref"),
            models.Index(fields=["asset", "started_at"], name="session_timeline"),
        ]

    def to_core(self) -> CoreSession:
        """This function will return the session exactly as it was read."""
        return load(CoreSession, self.payload)


class SessionEnd(Fact):
    """The end of a login whose beginning is in another piece of the log; `tie` is empty for every login of a host."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="session_ends")
    tie = models.CharField(max_length=255, blank=True)
    ended_at = models.DateTimeField()

    objects = FactQuerySet["SessionEnd"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "tie", "ended_at"], name="sessionend_by_tie")]

    def to_core(self) -> CoreSessionEnd:
        """This function will return the end exactly as it was read."""
        return load(CoreSessionEnd, self.payload)


class SourceCoverage(models.Model):
    """Which numbered records of one source have been handed in so far, joined where they follow one another.

    A running sum of the readings that can be made again from them; the gaps it shows are in the book.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="coverage")
    source = models.CharField(max_length=255)
    payload = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "source"], name="sourcecoverage_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} of {self.asset}"

    def to_core(self) -> tuple[Stretch, ...]:
        """This function will return the stretches, in the order their records were written."""
        return load(Covered, self.payload).stretches


class Observation(Fact):
    """One dated event about one item, as read from a log; changes are made from these."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="observations")
    kind = models.CharField(max_length=REF_LENGTH)
    component = models.TextField()
    observed_at = models.DateTimeField()
    succeeded = models.BooleanField()

    objects = FactQuerySet["Observation"].as_manager()

    class Meta(Fact.Meta):
        indexes = [
            models.Index(fields=["client", "ref"], name="observation_by_ref"),
            models.Index(fields=["asset", "observed_at"], name="observation_timeline"),
        ]

    def to_core(self) -> CoreObservation:
        """This function will return the observation exactly as it was read."""
        return load(CoreObservation, self.payload)


class Snapshot(Fact):
    """Everything of some kinds that was on a host at one instant."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="snapshots")
    taken_at = models.DateTimeField()

    objects = FactQuerySet["Snapshot"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "taken_at"], name="snapshot_timeline")]

    def to_core(self) -> CoreSnapshot:
        """This function will return the snapshot exactly as it was read."""
        return load(CoreSnapshot, self.payload)


class Gap(Fact):
    """A span in which evidence is missing, damaged or not to be trusted."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="gaps")
    kind = models.CharField(max_length=REF_LENGTH)
    source = models.CharField(max_length=255)
    says = models.TextField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    objects = FactQuerySet["Gap"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "not_before"], name="gap_timeline")]

    def to_core(self) -> CoreGap:
        """This function will return the gap exactly as it was found."""
        return load(CoreGap, self.payload)


class HealthCheck(Fact):
    """One check of an application: healthy or not at an instant."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="health_checks"
    )
    checked_at = models.DateTimeField()
    healthy = models.BooleanField()
    signature = models.TextField(blank=True)

    objects = FactQuerySet["HealthCheck"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["application", "checked_at"], name="healthcheck_timeline")]

    def to_core(self) -> CoreHealthCheck:
        """This function will return the check exactly as it was read."""
        return load(CoreHealthCheck, self.payload)

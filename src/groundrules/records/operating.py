"""Cards: which programs of the installation run, and the long runs somebody waits for. They say nothing of clients."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import REF_LENGTH

_HOST = 200


class Pulse(models.Model):
    """A running program that does the work beside the pages: when it was last alive, and how its jobs went."""

    program = models.CharField(max_length=16)
    host = models.CharField(max_length=_HOST)
    process = models.PositiveBigIntegerField()
    software = models.CharField(max_length=REF_LENGTH)
    began_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    jobs = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "process"], name="pulse_once")]

    def __str__(self) -> str:
        return f"{self.program} on {self.host}"


class LongRun(models.Model):
    """Something that takes long, such as a backup: how far it is, and whether somebody wants it stopped."""

    what = models.CharField(max_length=REF_LENGTH)
    by = models.CharField(max_length=REF_LENGTH)
    began_at = models.DateTimeField(db_index=True)
    beat_at = models.DateTimeField()
    says = models.CharField(max_length=_HOST, blank=True)
    done = models.BigIntegerField(default=0)
    stop_asked_by = models.CharField(max_length=REF_LENGTH, blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    problem = models.TextField(blank=True)

    DONE, STOPPED, FAILED = "done", "stopped", "failed"

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, outcome="")
                | models.Q(ended_at__isnull=False, outcome__in=["done", "stopped", "failed"]),
                name="longrun_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} by {self.by}"

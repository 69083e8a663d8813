"""Cards: which programs of the installation run, and the long runs somebody waits for. They say nothing of clients."""

from __future__ import annotations

from typing import Any

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


class LongRunRows(models.QuerySet["LongRun"]):
    """Questions to the long runs."""

    def going_on(self) -> LongRunRows:
        """This function will return those that are not over."""
        return self.filter(ended_at__isnull=True)

    def carried(self) -> LongRunRows:
        """This function will return those that a worker carries out, not the program they were started in."""
        return self.exclude(kind="")

    def waiting(self) -> LongRunRows:
        """This function will return those no worker has taken yet, or that were given back."""
        return self.carried().going_on().filter(holder="")

    def of(self, by: str) -> LongRunRows:
        """This function will return those somebody started."""
        return self.filter(by=by)


class LongRun(models.Model):
    """Something that takes long, such as a backup: how far it is, and whether somebody wants it stopped.

    One with a `kind` is carried out by a worker: `asked` says what is to be done, `place` where it goes on, `task` is
    its row of the queue, and `holder` the worker that has it. `began_at` is then the instant it was asked for.
    """

    what = models.CharField(max_length=REF_LENGTH)
    by = models.CharField(max_length=REF_LENGTH)
    began_at = models.DateTimeField(db_index=True)
    beat_at = models.DateTimeField()
    says = models.CharField(max_length=_HOST, blank=True)
    done = models.BigIntegerField(default=0)
    goal = models.BigIntegerField(null=True)
    stop_asked_by = models.CharField(max_length=REF_LENGTH, blank=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)
    problem = models.TextField(blank=True)
    kind = models.CharField(max_length=32, blank=True)
    asked: models.JSONField[Any, Any] = models.JSONField(default=dict)
    place: models.JSONField[Any, Any] = models.JSONField(default=dict)
    came: models.JSONField[Any, Any] = models.JSONField(default=dict)
    task = models.CharField(max_length=36, blank=True)
    holder = models.CharField(max_length=_HOST, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)

    objects = LongRunRows.as_manager()

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

    @property
    def state(self) -> str:
        """How it stands, in a word: its outcome, or waiting, running or stopping."""
        if self.outcome:
            return self.outcome
        if self.stop_asked_by:
            return "stopping"
        return "waiting" if self.kind and not self.holder else "running"

    @property
    def can_go_on(self) -> bool:
        """Whether it broke off on the way, so that it can be started again."""
        return bool(self.kind) and self.outcome == self.FAILED and "final" not in self.came

    @property
    def share(self) -> int | None:
        """How many of a hundred parts are done, where it is known how many there are."""
        return min(self.done * 100 // self.goal, 100) if self.goal else None

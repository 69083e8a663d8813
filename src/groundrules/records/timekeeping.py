"""What helps a technician write time down: a running timer, and what was set aside as no work to log.

A timer becomes a time entry only when its owner saves it; until then it is nobody's business but theirs.
"""

from __future__ import annotations

from django.db import models

from groundrules.records.book import REF_LENGTH
from groundrules.records.evidence import Session
from groundrules.records.parties import Client
from groundrules.records.users import User


class RunningTimer(models.Model):
    """The one timer a user has running: since when, and what they have written about it so far."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="timer")
    started_at = models.DateTimeField()
    line = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.user} since {self.started_at.isoformat()}"


class SessionSetAside(models.Model):
    """A login a technician said was no work to be logged, with the reason; it is suggested to them no more."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="set_aside")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=REF_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "session"], name="sessionsetaside_once")
        ]

    def __str__(self) -> str:
        return f"{self.session} set aside by {self.user}"


class WorkSetAside(models.Model):
    """A shell or run of our own that the person who did it said was no time to log; it is suggested no more.

    `source` is the reference of the shell, or of the plan with the number of the attempt.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="work_set_aside")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=REF_LENGTH)
    reason = models.CharField(max_length=REF_LENGTH, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "source"], name="worksetaside_once")
        ]

    def __str__(self) -> str:
        return f"{self.source} set aside by {self.user}"

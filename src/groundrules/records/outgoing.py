"""Mails on their way that are no letters: codes, personal links, answers about access, signatures and disputes."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.records.book import REF_LENGTH


class OutgoingMail(models.Model):
    """One mail that was promised with what it tells, until it has left; then only that it left is kept.

    Its words and files may open a door (a code, a personal link), so they go as soon as nobody needs them any more.
    """

    WAITING = "waiting"
    TRYING = "trying"
    DELAYED = "delayed"
    HANDED_OVER = "handed over"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    FORGOTTEN = "forgotten"
    UNFINISHED = (WAITING, TRYING, DELAYED)
    TROUBLED = (REFUSED, UNCERTAIN)

    reference = models.CharField(max_length=REF_LENGTH)
    sender = models.CharField(max_length=255)
    to = models.TextField()
    subject = models.TextField()
    text = models.TextField(blank=True)
    attachments: models.JSONField[Any, Any] = models.JSONField(default=list)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=16, default=WAITING)
    says = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "waiting",
                        "trying",
                        "delayed",
                        "handed over",
                        "refused",
                        "uncertain",
                        "forgotten",
                    ]
                ),
                name="outgoingmail_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["handed over", "forgotten"]) | models.Q(text=""),
                name="outgoingmail_words_gone",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="outgoingmail_due")]

    def __str__(self) -> str:
        return f"OUT-{self.pk}"

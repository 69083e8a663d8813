"""Webhooks and calendar links: what other programs are told of, and what they fetch by a secret address.

A webhook and its queue are cards. An event and an attempt to deliver it are books: what was told to whom stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Client
from groundrules.records.users import User

_URL = 500
_NAME = 40


class Webhook(models.Model):
    """An address that is told of events, until it is ended.

    Its signing secret rests sealed; while one is being replaced, the old one signs too until `old_until`. After a
    failure nothing more is sent before `paused_until`; `failures` counts those since the last success.
    """

    name = models.CharField(max_length=_NAME, unique=True)
    url = models.CharField(max_length=_URL)
    events: models.JSONField[Any, Any] = models.JSONField(default=list)
    clients: models.JSONField[Any, Any] = models.JSONField(default=list)
    secret = models.TextField()
    old_secret = models.TextField(blank=True)
    old_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    def wants(self, kind: str, client: Client | None) -> bool:
        """This function will say whether it is to be told of an event; no kinds or clients named means all."""
        about = client.code if client else ""
        return (not self.events or kind in self.events) and (
            not self.clients or about in self.clients
        )


class WebhookEvent(Book):
    """Something programs are told of: its identity, its kind, and the exact bytes that are signed."""

    uid = models.CharField(max_length=REF_LENGTH, unique=True)
    kind = models.CharField(max_length=REF_LENGTH)
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=REF_LENGTH)
    payload = models.TextField()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    """Questions about what is on its way."""

    def waiting(self, at: datetime) -> WebhookDeliveryQuerySet:
        """What is due at an instant, to webhooks that stand and do not pause."""
        free = models.Q(webhook__paused_until__isnull=True) | models.Q(
            webhook__paused_until__lte=at
        )
        return self.filter(
            free, state=WebhookDelivery.WAITING, due_at__lte=at, webhook__ended_at__isnull=True
        )


class WebhookDelivery(models.Model):
    """One event on its way to one webhook. Written with the event itself, so that no crash loses it."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GAVE_UP = "gave up"

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=16, default=WAITING)
    due_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event"], name="webhookdelivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "delivered", "gave up"]),
                name="webhookdelivery_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook}"


class WebhookAttempt(Book):
    """One try to deliver: what was answered, in how long; no status where nobody answered."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.PROTECT, related_name="attempts")
    status = models.PositiveSmallIntegerField(null=True)
    says = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.status or 'no answer'} {self.says}"


class CalendarLink(models.Model):
    """A secret address of a calendar of windows, drills and freezes; only the token's digest is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_links")
    name = models.CharField(max_length=_NAME)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    kinds: models.JSONField[Any, Any] = models.JSONField(default=list)
    clients: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

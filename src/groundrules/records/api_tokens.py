"""The interface's own cards: tokens that programs act with, and what was already answered under an idempotency key.

Of a token only the digest is kept. An answered request is kept for a while, so that a program that asks again because
it never heard the answer is told the same instead of doing it twice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH
from groundrules.records.users import User

NAME_LENGTH = 40
_HINT = 8
_ADDRESS = 64


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about tokens."""

    def good_at(self, at: datetime) -> ApiTokenQuerySet:
        """Tokens that open something: neither revoked nor expired, of somebody who may still sign in."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at, user__is_active=True)


class ApiToken(models.Model):
    """What a program acts with for one user, within scopes, for some clients or all, until it expires or is revoked.

    `hint` is how the token begins, so that a person can tell which one a program holds. `clients` empty means all.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=NAME_LENGTH)
    hint = models.CharField(max_length=_HINT)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    scopes: models.JSONField[Any, Any] = models.JSONField(default=list)
    clients: models.JSONField[Any, Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=REF_LENGTH, blank=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=_ADDRESS, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            # A name is used once, ever: the audit book names a token by it.
            models.UniqueConstraint(fields=["user", "name"], name="apitoken_name"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="apitoken_period"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, at: datetime) -> str:
        """This function will say in a word how the token stands at an instant."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if at >= self.expires_at else "good"


class AnsweredRequest(models.Model):
    """A request that changed something, by its token and idempotency key, and the answer it was given.

    Written in the transaction of the change itself: either both are there or neither is.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="answered")
    key = models.CharField(max_length=REF_LENGTH)
    fingerprint = models.CharField(max_length=DIGEST_LENGTH)
    answered_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    etag = models.CharField(max_length=REF_LENGTH, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answeredrequest_key")]

    def __str__(self) -> str:
        return self.key

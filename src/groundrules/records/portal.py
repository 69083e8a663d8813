"""The portal: personal links for people without an account, whom a client lets in, and what was asked by one.

A link and a delegation are cards: they can be revoked. What a vendor's person asked is a book.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Asset, Client, Contact, Vendor

_ACCOUNT = 255
_KEY = 2048


class PortalLink(models.Model):
    """A personal link of one named person, until it expires or is revoked. Only the token's digest is kept.

    With a vendor's server (`asset`) it asks for access; with a `window` alone it shows that window's visit report; with
    a `contact` it is the client's door, for an outsider within the `delegation` that lets them in.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="portal_links")
    vendor = models.ForeignKey(
        Vendor, null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    asset = models.ForeignKey(
        Asset, null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    window = models.CharField(max_length=REF_LENGTH, blank=True)
    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    delegation = models.ForeignKey(
        "Delegation", null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    areas: models.JSONField[Any, Any] = models.JSONField(default=list, db_default=[])
    person = models.CharField(max_length=REF_LENGTH)
    email = models.EmailField()
    account = models.CharField(max_length=_ACCOUNT, blank=True)
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    codes_used = models.PositiveIntegerField(default=0)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    wrong_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="portallink_period"
            ),
            models.CheckConstraint(
                condition=models.Q(asset__isnull=True, vendor__isnull=True, contact__isnull=True)
                ^ models.Q(window=""),
                name="portallink_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(contact__isnull=True)
                | models.Q(asset__isnull=True, vendor__isnull=True),
                name="portallink_one_door",
            ),
            models.CheckConstraint(
                condition=models.Q(delegation__isnull=True) | models.Q(contact__isnull=False),
                name="portallink_delegate",
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.person}"


class Delegation(models.Model):
    """An outsider acts for a client: let in by an authorised contact, for areas and servers, until a date or a word.

    `servers` empty means every server of the client.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="delegations")
    delegate = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="delegations")
    granted_by = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    areas: models.JSONField[Any, Any] = models.JSONField(default=list)
    servers: models.JSONField[Any, Any] = models.JSONField(default=list)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=REF_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_period"
            ),
            models.CheckConstraint(
                condition=~models.Q(delegate=models.F("granted_by")), name="delegation_to_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.client}"

    def holds_at(self, at: datetime) -> bool:
        """This function will say whether it holds at an instant."""
        return self.starts_at <= at < self.ends_at and self.revoked_at is None


class AccessRequest(Book):
    """What a vendor's person asked for: plan, way back, public key, and by when a decision was promised."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(PortalLink, on_delete=models.PROTECT, related_name="requests")
    window = models.CharField(max_length=REF_LENGTH)
    plan = models.TextField()
    way_back = models.TextField(blank=True)
    public_key = models.CharField(max_length=_KEY, blank=True)
    decide_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "window"], name="accessrequest_once")
        ]

    def __str__(self) -> str:
        return self.window

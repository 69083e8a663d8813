"""The portal: personal links for people without an account, and what a vendor's person asked for by one.

A link is a card: it can be revoked, and counts wrong codes. What was asked is a book.
"""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Asset, Client, Vendor

_ACCOUNT = 255
_KEY = 2048


class PortalLink(models.Model):
    """A personal link of one named person, until it expires or is revoked. Only the token's digest is kept.

    With a vendor's server (`asset`) it asks for access; with a `window` alone it shows that window's visit report.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="portal_links")
    vendor = models.ForeignKey(
        Vendor, null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    asset = models.ForeignKey(
        Asset, null=True, on_delete=models.CASCADE, related_name="portal_links"
    )
    window = models.CharField(max_length=REF_LENGTH, blank=True)
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
                condition=models.Q(asset__isnull=True, vendor__isnull=True) ^ models.Q(window=""),
                name="portallink_purpose",
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.person}"


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

"""What people starred, each in their own tray, and the book of frozen copies: what was used where, as it was then."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Client
from groundrules.records.users import User

_KIND = 16


class Star(models.Model):
    """A thing on record that somebody keeps at hand as evidence; taking the star away removes the row."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stars")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=_KIND)
    ref = models.CharField(max_length=REF_LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "client", "kind", "ref"], name="star_once")
        ]

    def __str__(self) -> str:
        return f"{self.ref} starred by {self.user}"


class FrozenCopyQuerySet(models.QuerySet["FrozenCopy"]):
    """Questions about what was used."""

    def standing(self) -> FrozenCopyQuerySet:
        """Copies that nobody took out again."""
        return self.filter(takes_out__isnull=True, taken_out_by__isnull=True)

    def used_in(self, place: str, *documents: str) -> FrozenCopyQuerySet:
        """Copies in these documents of one kind, in the order they were put there."""
        return self.filter(place=place, document__in=documents).order_by("pk")


class FrozenCopy(Book):
    """What a starred thing said when it was used in a letter or a ticket; `digest` is the SHA-256 of `content`.

    `place` is the kind of document and `document` its reference. One that `takes_out` another only says that the other
    is used there no more.
    """

    LETTER = "letter"
    TICKET = "ticket"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="frozen_copies")
    place = models.CharField(max_length=_KIND)
    document = models.CharField(max_length=REF_LENGTH, db_index=True)
    kind = models.CharField(max_length=_KIND)
    ref = models.CharField(max_length=REF_LENGTH)
    says = models.TextField()
    strength = models.CharField(max_length=_KIND, blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    takes_out = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="taken_out_by"
    )

    objects = FrozenCopyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.ref} in {self.document}"

"""What every book shares: when a row entered the book, who wrote it, and what superseded it.

A `Fact` is a book row that keeps one whole core value as typed JSON; its columns exist so that questions are fast.
"Superseded" is a new row pointing at the old one, and each row has at most one successor.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar, cast

from django.db import models

REF_LENGTH = 120
DIGEST_LENGTH = 64
Row = TypeVar("Row", bound=models.Model)


class FactQuerySet(models.QuerySet[Row]):
    """The questions every book of facts answers."""

    def current(self) -> Self:
        """Rows that nothing has superseded."""
        return self.filter(successor__isnull=True)

    def known_at(self, at: datetime) -> Self:
        """Rows as the book stood at an instant: written by then, and not superseded by then."""
        return self.filter(recorded_at__lte=at).exclude(successor__recorded_at__lte=at)

    def of_client(self, client: models.Model | int) -> Self:
        """Rows about one client."""
        return self.filter(client=client)

    def chain(self, ref: str) -> Self:
        """Every row with this reference, oldest first."""
        return self.filter(ref=ref).order_by("recorded_at", "pk")


class Book(models.Model):
    """A row that is never changed: the triggers refuse it, on both engines."""

    recorded_at = models.DateTimeField(db_index=True)
    recorded_by = models.CharField(max_length=REF_LENGTH)

    class Meta:
        abstract = True


class Fact(Book):
    """A book row about one client that keeps a whole core value; `ref` is what people quote."""

    client = models.ForeignKey("records.Client", on_delete=models.PROTECT, related_name="+")
    ref = models.CharField(max_length=REF_LENGTH, db_index=True)
    payload = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="successor"
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["client", "ref"],
                condition=models.Q(supersedes__isnull=True),
                name="%(class)s_one_origin",
            ),
            models.CheckConstraint(
                condition=models.Q(supersedes__isnull=True) | ~models.Q(supersedes=models.F("id")),
                name="%(class)s_not_its_own",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


AnyFact = TypeVar("AnyFact", bound=Fact)


def predecessor(row: AnyFact) -> AnyFact | None:
    """This function will return the row this one supersedes, of the same book, or None for the first."""
    return cast("AnyFact | None", row.supersedes)

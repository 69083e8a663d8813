"""How far a client's books are answered: a note beside them that is worked out anew whenever it is lost."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH
from groundrules.records.parties import Client


class AnsweredBooks(models.Model):
    """What everything that stands in a client's books rested on when it was last answered, and until when that holds.

    `rests_on` is the digest of all that decisions look at beside time entries; the counts are of rows, `last_entry` is
    the greatest key of a time entry among them. Nothing is decided from this row: where it does not fit the books,
    everything is answered anew and it is written again.
    """

    client = models.OneToOneField(Client, on_delete=models.CASCADE, related_name="answered_books")
    rests_on = models.CharField(max_length=DIGEST_LENGTH)
    entries = models.PositiveIntegerField()
    last_entry = models.BigIntegerField()
    decisions = models.PositiveIntegerField()
    charges = models.PositiveIntegerField()
    journal = models.PositiveIntegerField()
    answered_at = models.DateTimeField()
    holds_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.client} as of {self.answered_at.isoformat()}"

"""The book of what letters say: each version of a text, kept for good, so that every letter can show its own."""

from __future__ import annotations

from django.db import models

from groundrules.core.letters.answers import LetterKind
from groundrules.core.letters.template import Template
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book


class LetterText(Book):
    """One version of the text for one kind of letter in one language.

    `own` was written here, `restored` brings the shipped one back into use, and `noted` only keeps a shipped text that
    a letter was written from, so that a later Groundrules with other words can still show it.
    """

    OWN = "own"
    RESTORED = "restored"
    NOTED = "noted"

    kind = models.CharField(max_length=REF_LENGTH)
    language = models.CharField(max_length=8)
    number = models.PositiveIntegerField()
    text = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH, db_index=True)
    origin = models.CharField(max_length=16)
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            # Two people who change one text at once: the first wins, the other is told by the database.
            models.UniqueConstraint(
                fields=["kind", "language", "number"], name="lettertext_one_version_each"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=["own", "restored", "noted"]),
                name="lettertext_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.number}"

    def to_core(self) -> Template:
        """This function will return the text as letters are written from it."""
        return Template(LetterKind(self.kind), self.language, self.text, f"version {self.number}")

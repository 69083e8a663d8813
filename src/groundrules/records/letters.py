"""Letters: drafts that people review and hold, and the book of letters that were sent, with their delivery."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.core.letters.answers import LetterDraft as CoreLetterDraft
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.invoices import FrozenFile
from groundrules.records.parties import Asset, Client
from groundrules.records.typed_json import load


class LetterDraft(models.Model):
    """A letter before it leaves: drafted from facts, then approved or held by a person, then sent.

    One that brings a `report` has the report's own PDF instead of a letter's. `own_text` is what a person wrote for
    this one letter instead of its kind's text; newer facts are merged into it too.
    """

    DRAFTED = "drafted"
    APPROVED = "approved"
    HELD = "held"
    SENT = "sent"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="letter_drafts")
    asset = models.ForeignKey(
        Asset, null=True, on_delete=models.PROTECT, related_name="letter_drafts"
    )
    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    kind = models.CharField(max_length=REF_LENGTH)
    subject = models.TextField()
    state = models.CharField(max_length=16, default=DRAFTED)
    payload = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=REF_LENGTH)
    decided_by = models.CharField(max_length=REF_LENGTH, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    leaves_at = models.DateTimeField(null=True)
    own_text = models.TextField(blank=True, db_default="")
    report = models.OneToOneField(
        "ReportGiven", null=True, on_delete=models.PROTECT, related_name="letter_draft"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "approved", "held", "sent"]),
                name="letterdraft_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state="drafted") | models.Q(decided_at__isnull=False),
                name="letterdraft_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.subject}"

    def to_core(self) -> CoreLetterDraft:
        """This function will return the draft."""
        return load(CoreLetterDraft, self.payload)


class Letter(Book):
    """A letter that was sent: its text and PDF frozen with their digests, and who signed the PDF, if anybody did."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="letters")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="letters")
    draft = models.OneToOneField(LetterDraft, on_delete=models.PROTECT, related_name="letter")
    ref = models.CharField(max_length=REF_LENGTH, unique=True)
    kind = models.CharField(max_length=REF_LENGTH)
    subject = models.TextField()
    to = models.TextField()
    cc: models.JSONField[Any, Any] = models.JSONField(default=list)
    text = models.TextField()
    text_digest = models.CharField(max_length=DIGEST_LENGTH)
    payload = models.TextField()
    pdf = models.ForeignKey(FrozenFile, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    sent_as = models.CharField(max_length=255)
    signed_by = models.TextField(blank=True, default="", db_default="")

    class Meta:
        indexes = [models.Index(fields=["client", "sent_at"], name="letter_timeline")]

    def __str__(self) -> str:
        return f"{self.ref} {self.subject}"

    def to_core(self) -> CoreLetterDraft:
        """This function will return the letter's content exactly as sent."""
        return load(CoreLetterDraft, self.payload)


class Delivery(Book):
    """What became of a sent letter on its way: each attempt, its outcome, and what came back.

    `happened_at` is when a report says it happened, where that was before it was recorded.
    """

    WAITING = "waiting"
    TRYING = "trying"
    DELAYED = "delayed"
    HANDED_OVER = "handed over"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    COPY_BOUNCED = "copy bounced"
    DELIVERED = "delivered"
    READ = "read"
    REPLIED = "replied"
    UNFINISHED = (WAITING, TRYING, DELAYED)
    TROUBLED = (REFUSED, UNCERTAIN, BOUNCED)

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="deliveries")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    says = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Two programs that act on one letter at once: the first wins, the other is told by the database.
            models.UniqueConstraint(fields=["letter", "number"], name="delivery_one_step_each"),
        ]

    def __str__(self) -> str:
        return f"{self.letter.ref} {self.kind}"

"""The books of attribution: the engine's answer for each change, and what people said about it."""

from __future__ import annotations

from django.db import models

from groundrules.core.attribution.answers import Attribution as CoreAttribution
from groundrules.records.book import REF_LENGTH, Book, Fact, FactQuerySet
from groundrules.records.changes import Change
from groundrules.records.evidence import Session
from groundrules.records.typed_json import load


class Attribution(Fact):
    """Who made a change and how strongly that is known; a later answer supersedes. `ref` is the change's."""

    change = models.ForeignKey(Change, on_delete=models.PROTECT, related_name="attributions")
    session = models.ForeignKey(
        Session, null=True, on_delete=models.PROTECT, related_name="attributions"
    )
    strength = models.CharField(max_length=REF_LENGTH)
    level = models.CharField(max_length=8)
    grade = models.CharField(max_length=1)
    names_party = models.BooleanField()
    party_kind = models.CharField(max_length=REF_LENGTH, blank=True)
    party_code = models.CharField(max_length=REF_LENGTH, blank=True)
    account = models.CharField(max_length=255, blank=True)
    permission = models.CharField(max_length=REF_LENGTH)

    objects = FactQuerySet["Attribution"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "ref"], name="attribution_by_ref")]

    def to_core(self) -> CoreAttribution:
        """This function will return the attribution with every hypothesis."""
        return load(CoreAttribution, self.payload)


class Standing(Book):
    """What a person said about an attribution, and why: confirmed, disputed, expected, or a party's own reply.

    `speaker` is the party a reply comes from (a vendor's code); our own word has none. Each voice's latest entry
    stands and supersedes its earlier one, which stays.
    """

    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    EXPECTED = "expected"
    REPLY = "reply"

    attribution = models.ForeignKey(Attribution, on_delete=models.PROTECT, related_name="standings")
    verdict = models.CharField(max_length=16)
    reason = models.TextField()
    speaker = models.CharField(max_length=REF_LENGTH, blank=True, db_default="")
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="successor"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["confirmed", "disputed", "expected", "reply"]),
                name="standing_verdict",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="standing_reason"),
            models.CheckConstraint(
                condition=models.Q(verdict="reply") ^ models.Q(speaker=""), name="standing_speaker"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict}: {self.reason}"

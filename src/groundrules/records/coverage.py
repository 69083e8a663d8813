"""The book of coverage decisions: verdict, clause, facts and reasons for each time entry, and what produced them."""

from __future__ import annotations

from typing import Any

from django.db import models

from groundrules.core.agreements.facts import Outcome
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.coverage.overriding import Override as CoreOverride
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset, Technician
from groundrules.records.typed_json import load
from groundrules.records.work import TimeEntry


class DecisionQuerySet(FactQuerySet["Decision"]):
    """Questions about decisions."""

    def caused_by_a_vendor(self) -> DecisionQuerySet:
        """Decisions on work that an established change of a vendor made necessary (the kept text is canonical)."""
        return self.filter(payload__contains='"caused_by_vendor":"')

    def that_need_a_person(self) -> DecisionQuerySet:
        """Decisions in which some time waits for somebody to decide."""
        return self.filter(outcomes__has_key=Outcome.NEEDS_PERSON.value)


class Decision(Fact):
    """One decision on one time entry. `ref` is the entry's, so a chain is its history; `number` is what people cite."""

    number = models.CharField(max_length=REF_LENGTH, unique=True)
    entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="decisions")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="decisions")
    technician = models.ForeignKey(Technician, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    outcomes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    clauses: models.JSONField[Any, Any] = models.JSONField(default=list)
    inputs: models.JSONField[Any, Any] = models.JSONField(default=list)
    rules = models.TextField()
    zones_version = models.CharField(max_length=REF_LENGTH)

    objects = DecisionQuerySet.as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "decided_at"], name="decision_timeline")]

    def to_core(self) -> CoverageDecision:
        """This function will return the decision with its full trace."""
        return load(CoverageDecision, self.payload)


class Override(Fact):
    """The owner's exception to what the clauses say about one time entry, with its reason; lifting it is a new row.

    `difference_minor` is the price that was shown before it was confirmed: what all charges came to, after less before.
    """

    entry = models.ForeignKey(TimeEntry, on_delete=models.PROTECT, related_name="overrides")
    outcome = models.CharField(max_length=REF_LENGTH)
    reason = models.TextField()
    lifted = models.BooleanField()
    decided_at = models.DateTimeField()
    difference_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    objects = FactQuerySet["Override"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "decided_at"], name="override_timeline")]

    def to_core(self) -> CoreOverride:
        """This function will return the exception."""
        return load(CoreOverride, self.payload)

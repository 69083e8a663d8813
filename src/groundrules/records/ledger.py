"""The ledger: charges by rounding unit, and balanced journal entries that are only ever reversed."""

from __future__ import annotations

from django.db import models

from groundrules.core.ledger import JournalEntry as CoreJournalEntry
from groundrules.core.ledger import Posting as CorePosting
from groundrules.core.money import Money
from groundrules.core.rating.answers import Charge as CoreCharge
from groundrules.records.book import REF_LENGTH, Book, Fact, FactQuerySet
from groundrules.records.coverage import Decision
from groundrules.records.parties import Client
from groundrules.records.typed_json import load


class Charge(Fact):
    """What is charged for one rounding unit. `ref` names the unit, so a chain is its history; it may fall to 0."""

    service_day = models.DateField()
    minutes = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    objects = FactQuerySet["Charge"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "service_day"], name="charge_timeline")]

    def to_core(self) -> CoreCharge:
        """This function will return the charge with its working."""
        return load(CoreCharge, self.payload)


class ChargedDecision(Book):
    """Which decisions a charge was made from."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="charged_decisions")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="charged")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["charge", "decision"], name="chargeddecision_once")
        ]

    def __str__(self) -> str:
        return f"{self.charge} from {self.decision.number}"


class JournalEntry(Book):
    """A balanced entry; `reverses` is the entry it cancels, which can be cancelled only once."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="journal")
    ref = models.CharField(max_length=REF_LENGTH)
    booked_at = models.DateTimeField()
    service_day = models.DateField()
    says = models.TextField()
    source = models.CharField(max_length=REF_LENGTH, blank=True)
    charge = models.ForeignKey(Charge, null=True, on_delete=models.PROTECT, related_name="journal")
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by"
    )
    postings: models.QuerySet[Posting]

    class Meta:
        indexes = [models.Index(fields=["client", "source"], name="journalentry_source")]
        constraints = [
            models.UniqueConstraint(fields=["client", "ref"], name="journalentry_ref"),
            models.CheckConstraint(
                condition=models.Q(reverses__isnull=True) | ~models.Q(reverses=models.F("id")),
                name="journalentry_not_its_own",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def to_core(self) -> CoreJournalEntry:
        """This function will return the entry; raises UnbalancedEntry when its postings do not cancel."""
        return CoreJournalEntry(
            ref=self.ref,
            booked_at=self.booked_at,
            service_day=self.service_day,
            says=self.says,
            postings=tuple(
                posting.to_core() for posting in sorted(self.postings.all(), key=lambda p: p.pk)
            ),
            source=self.source,
            reverses=self.reverses.ref if self.reverses else "",
        )


class Posting(Book):
    """One side of an entry: debit positive, credit negative."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=REF_LENGTH, db_index=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"{self.account} {Money(self.amount_minor, self.currency)}"

    def to_core(self) -> CorePosting:
        """This function will return the posting."""
        return CorePosting(self.account, Money(self.amount_minor, self.currency))

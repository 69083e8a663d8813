"""The books of messages: every call and mail, word for word or as a summary, and what became of mail that arrived."""

from __future__ import annotations

from django.db import models

from groundrules.core.mail import MailRead as CoreMailRead
from groundrules.core.work import Message as CoreMessage
from groundrules.core.world import Promise as CorePromise
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book, Fact, FactQuerySet
from groundrules.records.evidence import RawEvidence
from groundrules.records.incidents import Incident
from groundrules.records.letters import Letter
from groundrules.records.parties import Asset, Client, Contact, Vendor
from groundrules.records.typed_json import load


class Message(Fact):
    """A call or mail, in or out; that it belongs to an incident is said later by a superseding row."""

    contact = models.ForeignKey(
        Contact, null=True, on_delete=models.PROTECT, related_name="messages"
    )
    vendor = models.ForeignKey(Vendor, null=True, on_delete=models.PROTECT, related_name="messages")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=REF_LENGTH)
    sender = models.CharField(max_length=255)
    says = models.TextField()
    sent_at = models.DateTimeField()
    inbound = models.BooleanField()
    incident = models.ForeignKey(
        Incident, null=True, on_delete=models.PROTECT, related_name="messages"
    )

    objects = FactQuerySet["Message"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "sent_at"], name="message_timeline")]

    def to_core(self) -> CoreMessage:
        """This function will return the message."""
        return load(CoreMessage, self.payload)


class Promise(Fact):
    """A message promised something for the client; its approval by an authorised contact is a superseding row."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="promises")

    objects = FactQuerySet["Promise"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CorePromise:
        """This function will return the promise."""
        return load(CorePromise, self.payload)


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    """Questions about mail that arrived."""

    def standing(self, *kinds: str) -> IncomingMailQuerySet:
        """Mails whose last step is one of these kinds."""
        last = MailFiling.objects.filter(mail=models.OuterRef("pk")).order_by("-number")
        return self.annotate(last=models.Subquery(last.values("kind")[:1])).filter(last__in=kinds)


class IncomingMail(Book):
    """A mail that arrived, whatever became of it: its bytes rest in the store under their SHA-256, and are never lost.

    `payload` is what the reader found; `problem` says why it could not be read, or was too large to fetch.
    """

    mailbox = models.CharField(max_length=255)
    uid = models.CharField(max_length=REF_LENGTH, blank=True)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    length = models.BigIntegerField()
    message_id = models.CharField(max_length=255, db_index=True)
    thread = models.CharField(max_length=255, db_index=True)
    received_at = models.DateTimeField()
    sender = models.CharField(max_length=255, blank=True)
    subject = models.TextField(blank=True)
    payload = models.TextField(blank=True)
    problem = models.TextField(blank=True)

    objects = IncomingMailQuerySet.as_manager()

    def __str__(self) -> str:
        return f"MAIL-{self.pk}"

    def to_core(self) -> CoreMailRead | None:
        """This function will return the mail as it was read; none when it could not be."""
        return load(CoreMailRead, self.payload) if self.payload else None


class MailFiling(Book):
    """What was done with a mail, step by step: arrived, filed by rule or by a person, waiting for one, or set aside.

    `trust` says how far its sender was believed then, `says` why it was filed so.
    """

    ARRIVED = "arrived"
    TRYING = "trying"
    WAITING = "waiting"
    FILED = "filed"
    REPORT = "report"
    ASIDE = "set aside"
    SAME = "same as another"
    ANSWERED = "answered"

    mail = models.ForeignKey(IncomingMail, on_delete=models.PROTECT, related_name="filings")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    client = models.ForeignKey(Client, null=True, on_delete=models.PROTECT, related_name="mail")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="mail")
    message = models.ForeignKey(
        Message, null=True, on_delete=models.PROTECT, related_name="filings"
    )
    evidence = models.ForeignKey(
        RawEvidence, null=True, on_delete=models.PROTECT, related_name="mail"
    )
    trust = models.CharField(max_length=16, blank=True)
    says = models.TextField(blank=True)

    class Meta:
        constraints = [
            # Two programs, or two people, that file one mail at once: the first wins, the other is told.
            models.UniqueConstraint(fields=["mail", "number"], name="mailfiling_one_step_each"),
        ]

    def __str__(self) -> str:
        return f"{self.mail} {self.kind}"

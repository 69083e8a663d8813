"""The book of messages: every call and mail, word for word or as a summary. Logging one changes nothing else."""

from __future__ import annotations

from django.db import models

from groundrules.core.work import Message as CoreMessage
from groundrules.core.world import Promise as CorePromise
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset, Contact, Vendor
from groundrules.records.typed_json import load


class Message(Fact):
    """A call or mail, in or out."""

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

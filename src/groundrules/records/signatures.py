"""The books of signatures: which exact document somebody was asked to sign, and that they did, with the evidence."""

from __future__ import annotations

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.invoices import FrozenFile
from groundrules.records.parties import Client, Contact


class SignatureRequest(Book):
    """A contact was asked to sign one exact PDF. `content_digest` is of what it was made from, to see it change."""

    AGENCY = "letter of agency"
    AGREEMENT = "agreement"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="signature_requests")
    kind = models.CharField(max_length=32)
    about = models.CharField(max_length=REF_LENGTH)
    title = models.TextField()
    content_digest = models.CharField(max_length=DIGEST_LENGTH)
    document = models.ForeignKey(FrozenFile, on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="signature_requests")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["letter of agency", "agreement"]),
                name="signaturerequest_kind",
            )
        ]
        indexes = [models.Index(fields=["client", "about"], name="signaturerequest_by_about")]

    def __str__(self) -> str:
        return f"SIG-{self.pk}"


class Signature(Book):
    """A request that was signed, once: by a typed name, or by a scan. `file` is what a vendor is shown.

    `evidence` is the page that says who, when, how and of which digest; it is also the last page of a typed `file`.
    """

    request = models.OneToOneField(
        SignatureRequest, on_delete=models.PROTECT, related_name="signature"
    )
    typed_name = models.CharField(max_length=REF_LENGTH)
    scanned = models.BooleanField()
    address = models.CharField(max_length=64, blank=True)
    document_digest = models.CharField(max_length=DIGEST_LENGTH)
    file = models.ForeignKey(FrozenFile, on_delete=models.PROTECT, related_name="+")
    evidence = models.ForeignKey(FrozenFile, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.request} by {self.typed_name}"

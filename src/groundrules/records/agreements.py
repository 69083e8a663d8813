"""Agreements and their dated versions. A draft may be edited; a published version is frozen by trigger."""

from __future__ import annotations

from django.db import models

from groundrules.core.agreements.terms import AgreementVersion as CoreAgreementVersion
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH
from groundrules.records.parties import Client
from groundrules.records.typed_json import load


class Agreement(models.Model):
    """A managed-services agreement with one client; `client_signs`: each version binds by the client's signature."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="agreements")
    code = models.CharField(max_length=REF_LENGTH)
    title = models.CharField(max_length=REF_LENGTH)
    client_signs = models.BooleanField(default=False, db_default=False)
    versions: models.QuerySet[AgreementVersion]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "code"], name="agreement_code")]

    def __str__(self) -> str:
        return self.title


class AgreementVersion(models.Model):
    """One version: every clause and quantity as typed JSON with its digest, and as the sentences people sign."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveIntegerField()
    in_force_from = models.DateTimeField()
    in_force_to = models.DateTimeField(null=True)
    signed_at = models.DateTimeField()
    payload = models.TextField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    sentences = models.TextField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=REF_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "version"], name="agreementversion_number"
            ),
            models.CheckConstraint(
                condition=models.Q(in_force_to__isnull=True)
                | models.Q(in_force_to__gt=models.F("in_force_from")),
                name="agreementversion_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} v{self.version}"

    def to_core(self) -> CoreAgreementVersion:
        """This function will return the version exactly as it was written."""
        return load(CoreAgreementVersion, self.payload)


class AgreementDraft(models.Model):
    """The next version while it is being written: its sentences as typed, readable or not, so that nothing is lost."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="draft")
    text = models.TextField()
    in_force_date = models.DateField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=REF_LENGTH)

    def __str__(self) -> str:
        return f"draft of {self.agreement}"

"""The gate: certificate authorities, hosts that trust them, certificates issued, and every step tried at a host.

Authorities and gates are cards; their private keys lie in the key folder. Certificates, revocations, actions and steps
are books: what was let in, when, and what the host answered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models

from groundrules.core.ids import WindowId
from groundrules.core.vendors.gate import GateAttempt, GateStep
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.parties import Asset, Client

_NAME = 64
_KEY = 512


class CertificateAuthorityQuerySet(models.QuerySet["CertificateAuthority"]):
    """Questions about authorities."""

    def trusted(self) -> CertificateAuthorityQuerySet:
        """The authorities hosts should trust, newest first: the one that signs and those still being rotated out."""
        return self.filter(retired_at__isnull=True).order_by("-pk")


class CertificateAuthority(models.Model):
    """An SSH certificate authority of this installation; the newest that is not retired signs."""

    public_key = models.CharField(max_length=_KEY, unique=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    objects = CertificateAuthorityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True)
                | models.Q(retired_at__gte=models.F("made_at")),
                name="certificateauthority_retired_later",
            )
        ]

    def __str__(self) -> str:
        return f"authority {self.pk}"


class GateQuerySet(models.QuerySet["Gate"]):
    """Questions about gates."""

    def by_ssh(self) -> GateQuerySet:
        """Hosts we reach, where certificates let in."""
        return self.filter(action_host__isnull=True)

    def by_actions(self) -> GateQuerySet:
        """Windows hosts, which fetch signed action files and answer them."""
        return self.filter(action_host__isnull=False)


class Gate(models.Model):
    """How access is opened and closed at a host: its address and the host key it must show, or an `action_host`.

    `trust_digest` and `revoked_digest` are those of the keys and revocations that the host was told of.
    """

    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="gate")
    address = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=22)
    host_key = models.CharField(max_length=_KEY)
    records_sessions = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    trust_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    revoked_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    objects = GateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(port__gte=1) & models.Q(port__lte=65535), name="gate_port"
            )
        ]

    def __str__(self) -> str:
        return f"gate of {self.asset}"


class ActionHost(models.Model):
    """A Windows host that fetches signed actions and answers them, instead of being reached.

    It proves itself by a token of which only the digest is kept; `groups` are those an opened account is put into,
    `heard_at` is when it last called.
    """

    gate = models.OneToOneField(Gate, on_delete=models.CASCADE, related_name="action_host")
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    groups: models.JSONField[Any, Any] = models.JSONField(default=list)
    heard_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"action host of {self.gate}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Questions about certificates."""

    def of_window(self, client: Client, window: WindowId) -> CertificateQuerySet:
        """Certificates of one window, oldest first."""
        return self.filter(client=client, window=window).order_by("pk")


class Certificate(Book):
    """One user certificate: for which window (its key id), which account, from where, from when to when."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="certificates")
    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="certificates")
    authority = models.ForeignKey(
        CertificateAuthority, on_delete=models.PROTECT, related_name="certificates"
    )
    serial = models.BigIntegerField(unique=True)
    window = models.CharField(max_length=REF_LENGTH, db_index=True)
    account = models.CharField(max_length=_NAME)
    networks = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(db_index=True)
    public_key = models.TextField()
    text = models.TextField()

    objects = CertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from")), name="certificate_period"
            ),
            models.CheckConstraint(
                condition=models.Q(serial__gte=1), name="certificate_serial_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"certificate {self.serial}"


class CertificateRevoked(Book):
    """A certificate must let nobody in any more, although it has not expired."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, related_name="revocation"
    )
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="certificaterevoked_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"revocation of {self.certificate}"


class GateStepTaken(Book):
    """One step tried at a host for one window and account, and what the host answered. `recorded_at` is when."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="steps")
    window = models.CharField(max_length=REF_LENGTH, db_index=True)
    account = models.CharField(max_length=_NAME)
    step = models.CharField(max_length=8)
    done = models.BooleanField()
    until = models.DateTimeField(null=True)
    says = models.TextField(blank=True)
    paged = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step__in=["open", "close"]), name="gatesteptaken_step"
            )
        ]
        indexes = [
            models.Index(fields=["gate", "window", "account"], name="gatesteptaken_of_window")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.window} at {self.gate}"

    def to_core(self) -> GateAttempt:
        """This function will return the step as the core knows it."""
        return GateAttempt(
            GateStep(self.step), self.recorded_at, self.done, self.until, self.says, self.paged
        )


class GateAction(Book):
    """One signed action file that a Windows host was given: its number there, what it says, and until when it opens."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="actions")
    sequence = models.PositiveBigIntegerField()
    window = models.CharField(max_length=REF_LENGTH, db_index=True)
    account = models.CharField(max_length=_NAME)
    step = models.CharField(max_length=8)
    until = models.DateTimeField(null=True)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gate", "sequence"], name="gateaction_sequence"),
            models.CheckConstraint(
                condition=models.Q(step__in=["open", "close"]), name="gateaction_step"
            ),
        ]

    def __str__(self) -> str:
        return f"action {self.sequence} at {self.gate}"


class GateActionAnswer(Book):
    """What a Windows host answered to one action: its facts word for word, or why it refused."""

    action = models.OneToOneField(GateAction, on_delete=models.PROTECT, related_name="answer")
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    refused = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"answer to {self.action}"


class SessionRecording(Book):
    """What a vendor's session showed on its terminal, in the raw archive its host sent; `name` is the host's own."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="recordings")
    window = models.CharField(max_length=REF_LENGTH, db_index=True)
    name = models.CharField(max_length=REF_LENGTH)
    evidence_digest = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gate", "window", "name"], name="sessionrecording_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def began_at(self) -> datetime:
        """When the session began by the host's clock, which names its recordings so."""
        return datetime.strptime(self.name.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


class RecordingsFetched(Book):
    """The recordings of a closed window were taken from its host, once: how many, and the archive as it came."""

    gate = models.ForeignKey(Gate, on_delete=models.PROTECT, related_name="fetched")
    window = models.CharField(max_length=REF_LENGTH, db_index=True)
    count = models.PositiveIntegerField()
    evidence_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gate", "window"], name="recordingsfetched_once")
        ]

    def __str__(self) -> str:
        return f"recordings of {self.window}"

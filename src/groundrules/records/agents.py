"""Collectors that send by themselves: who they are, the keys they sign with, and every batch that was acknowledged.

Agents and enrolment tokens are cards. Keys and batches are books: a key is revoked by a row that supersedes it.
`PendingBatch` and `ChangesDue` are the two queues of work that reading still has to do; they empty themselves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book
from groundrules.records.evidence import RawEvidence
from groundrules.records.parties import Asset

_KEY_LENGTH = 44  # 32 bytes in base64.


class EnrolmentToken(models.Model):
    """Lets one collector enrol for one asset, once, before it expires. Only the token's digest is kept."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="enrolment_tokens")
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    heartbeat_seconds = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=REF_LENGTH)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="enrolmenttoken_period"
            ),
            models.CheckConstraint(
                condition=models.Q(heartbeat_seconds__gte=1), name="enrolmenttoken_heartbeat"
            ),
        ]

    def __str__(self) -> str:
        return f"token for {self.asset}"


class Agent(models.Model):
    """A collector that enrolled for an asset. `ahead_*` is the highest batch it offered before its turn, for gaps."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="agents")
    token = models.OneToOneField(EnrolmentToken, on_delete=models.PROTECT, related_name="agent")
    code = models.CharField(max_length=REF_LENGTH, unique=True)
    stream = models.CharField(max_length=REF_LENGTH, unique=True)
    hostname = models.CharField(max_length=255)
    machine_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    software = models.CharField(max_length=255, blank=True)
    heartbeat_seconds = models.PositiveIntegerField()
    enrolled_at = models.DateTimeField()
    ahead_sequence = models.BigIntegerField(default=0)
    ahead_collected_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code


class AgentKeyQuerySet(models.QuerySet["AgentKey"]):
    """Questions about keys."""

    def standing(self) -> AgentKeyQuerySet:
        """The last row about each agent's key, revoked or not."""
        return self.filter(successor__isnull=True)


class AgentKey(Book):
    """The Ed25519 public key an agent signs with; a row that supersedes it with `revoked` ends its trust for good."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="keys")
    public_key = models.CharField(max_length=_KEY_LENGTH)
    revoked = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    supersedes = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="successor"
    )

    objects = AgentKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=models.Q(supersedes__isnull=True),
                name="agentkey_one_origin",
            ),
        ]

    def __str__(self) -> str:
        return f"{'revoked ' if self.revoked else ''}key of {self.agent}"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Questions about batches."""

    def last_of(self, agent: Agent) -> Batch | None:
        """The last batch kept of an agent's stream."""
        of_stream = self.filter(agent=agent, stream=agent.stream)
        return of_stream.order_by("-sequence").first()


class Batch(Book):
    """One envelope that was acknowledged: its place in the stream's chain, and the raw evidence it is.

    `recorded_at` is when it was received (our clock), `collected_at` when it was collected (the host's).
    """

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="batches")
    stream = models.CharField(max_length=REF_LENGTH)
    sequence = models.BigIntegerField()
    digest = models.CharField(max_length=DIGEST_LENGTH)
    previous = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    length = models.BigIntegerField()
    signature = models.CharField(max_length=128)
    evidence = models.ForeignKey(RawEvidence, on_delete=models.PROTECT, related_name="batches")
    collected_at = models.DateTimeField()
    boot = models.CharField(max_length=REF_LENGTH, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "stream", "sequence"], name="batch_once"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="batch_from_one"),
            models.CheckConstraint(condition=models.Q(length__gte=0), name="batch_length"),
        ]

    @property
    def received_at(self) -> datetime:
        """When the server acknowledged it."""
        return self.recorded_at

    def __str__(self) -> str:
        return f"{self.stream} {self.sequence}"


class PendingBatchQuerySet(models.QuerySet["PendingBatch"]):
    """Questions about what is still to be read."""

    def due(self, at: datetime, longest: timedelta) -> PendingBatchQuerySet:
        """What should be read now, in the order of arrival: untried, or its pause of at most `longest` is over.

        A clock that was ahead when a batch came, or was tried, and has been put right must not keep it waiting.
        """
        never = models.Q(attempts=0)
        over = models.Q(try_again_at__lte=at) | models.Q(try_again_at__gt=at + longest)
        return self.filter(never | over).order_by("pk")

    def untried(self) -> PendingBatchQuerySet:
        """What nobody has tried to read yet: the backlog that holds back senders."""
        return self.filter(attempts=0)


class PendingBatch(models.Model):
    """A batch that is acknowledged and not yet read; the row goes in the transaction that files what was read."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="pending")
    attempts = models.PositiveIntegerField(default=0)
    try_again_at = models.DateTimeField(db_index=True)
    problem = models.TextField(blank=True)

    objects = PendingBatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["attempts"], condition=models.Q(attempts=0), name="pendingbatch_untried"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch} to be read"


class ChangesDue(models.Model):
    """An asset whose evidence was read and whose changes are still to be worked out."""

    asset = models.OneToOneField(Asset, on_delete=models.PROTECT, related_name="changes_due")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"changes of {self.asset} to be worked out"

"""The books of the seal: a log for each client, a leaf for each raw record, signed checkpoints, cosignatures."""

from __future__ import annotations

from django.db import models

from groundrules.core.seal.checkpoints import Checkpoint
from groundrules.core.seal.merkle import TreeHead
from groundrules.core.seal.notes import VerifierKey, parse_key
from groundrules.records.book import DIGEST_LENGTH, Book
from groundrules.records.evidence import RawEvidence
from groundrules.records.parties import Client

_ORIGIN = 512


class SealLog(Book):
    """A client's log. Its row is locked while a leaf or checkpoint is added, so that each index is given once."""

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="seal_log")
    origin = models.CharField(max_length=_ORIGIN, unique=True)

    def __str__(self) -> str:
        return self.origin


class SealKey(Book):
    """A public key that may sign a log's checkpoints (`log`) or cosign them (`witness`); the newest of a log signs."""

    LOG = "log"
    WITNESS = "witness"

    log = models.ForeignKey(SealLog, on_delete=models.PROTECT, related_name="keys")
    role = models.CharField(max_length=16)
    verifier_key = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "verifier_key"], name="sealkey_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=["log", "witness"]), name="sealkey_role"
            ),
        ]

    def __str__(self) -> str:
        return self.verifier_key

    def to_core(self) -> VerifierKey:
        """This function will return the key; raises KeyMalformed when the row was altered."""
        return parse_key(self.verifier_key)


class SealLeaf(Book):
    """One leaf: its entry and its hash. `packed` is the SHA-256 of the file as it lies compressed in the store."""

    log = models.ForeignKey(SealLog, on_delete=models.PROTECT, related_name="leaves")
    index = models.BigIntegerField()
    evidence = models.OneToOneField(RawEvidence, on_delete=models.PROTECT, related_name="leaf")
    entry = models.TextField()
    leaf_hash = models.CharField(max_length=DIGEST_LENGTH)
    packed = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "index"], name="sealleaf_index"),
            models.CheckConstraint(condition=models.Q(index__gte=0), name="sealleaf_from_zero"),
        ]

    def __str__(self) -> str:
        return f"leaf {self.index}"


class SealCheckpoint(Book):
    """A signed checkpoint: how many leaves the log had, which root, and the note that says so."""

    log = models.ForeignKey(SealLog, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.BigIntegerField()
    root = models.CharField(max_length=DIGEST_LENGTH)
    note = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=1), name="sealcheckpoint_size")
        ]
        indexes = [models.Index(fields=["log", "size"], name="sealcheckpoint_by_size")]

    def __str__(self) -> str:
        return f"checkpoint of {self.size} leaves"

    def to_core(self) -> Checkpoint:
        """This function will return the checkpoint as its columns tell it."""
        return Checkpoint(self.log.origin, TreeHead(self.size, bytes.fromhex(self.root)))


class SealCosignature(Book):
    """A witness's word that a checkpoint only added to everything the witness had seen before."""

    checkpoint = models.ForeignKey(
        SealCheckpoint, on_delete=models.PROTECT, related_name="cosignatures"
    )
    key = models.ForeignKey(SealKey, on_delete=models.PROTECT, related_name="cosignatures")
    line = models.TextField()
    cosigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "key"], name="sealcosignature_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} on {self.checkpoint}"


class SealTimestamp(Book):
    """An authority's word (RFC 3161) that a checkpoint existed by then: its response in base64, as it came."""

    checkpoint = models.OneToOneField(
        SealCheckpoint, on_delete=models.PROTECT, related_name="timestamp"
    )
    stamped_at = models.DateTimeField()
    response = models.TextField()

    def __str__(self) -> str:
        return f"time stamp of {self.checkpoint}"


class Redaction(Book):
    """The bytes with this SHA-256 were dropped, by whom, when, why; `asked_for` is what was named. Their leaf stays."""

    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    reason = models.TextField()
    asked_for = models.CharField(max_length=DIGEST_LENGTH)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="redaction_reason")
        ]

    def __str__(self) -> str:
        return f"{self.digest} redacted"

"""The books of backups: what is promised of an asset, what was taken, and what a restore or a check proved."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from groundrules.core.backups import ArchiveLook as CoreArchiveLook
from groundrules.core.backups import BackupPolicy as CoreBackupPolicy
from groundrules.core.backups import BackupResult as CoreBackupResult
from groundrules.core.backups import OriginKind
from groundrules.core.backups import RepositoryCheck as CoreRepositoryCheck
from groundrules.core.backups import RestoreDrill as CoreRestoreDrill
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Asset
from groundrules.records.typed_json import load

_ORIGIN = 16
ProofRow = TypeVar("ProofRow", bound=models.Model)


class ProofQuerySet(FactQuerySet[ProofRow]):
    """Questions about what was taken, restored or verified."""

    def counted(self) -> Self:
        """What counts as a proof: measured by us, or handed in by somebody who answers for it."""
        return self.exclude(origin=OriginKind.MAIL)

    def reported(self) -> Self:
        """What a product only reported by mail."""
        return self.filter(origin=OriginKind.MAIL)


class Proof(Fact):
    """A result, a drill or a check: by which way it came into the books; the whole origin is in the value."""

    origin = models.CharField(
        max_length=_ORIGIN, default=OriginKind.UNNOTED, db_default=OriginKind.UNNOTED.value
    )

    class Meta(Fact.Meta):
        abstract = True


class BackupPolicy(Fact):
    """What is backed up of an asset and what is promised about it; a changed or retired policy is a superseding row."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="backup_policies")
    name = models.CharField(max_length=REF_LENGTH)
    retired = models.BooleanField(default=False)

    objects = FactQuerySet["BackupPolicy"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreBackupPolicy:
        """This function will return the policy."""
        return load(CoreBackupPolicy, self.payload)


class BackupTurn(models.Model):
    """Whose turn it is to read or to drill a backup, and what stood in the way last.

    A running note, not a book: what was read and proven is in the books. `until` is until when somebody has the turn.
    """

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="backup_turns")
    name = models.CharField(max_length=REF_LENGTH)
    act = models.CharField(max_length=8)
    until = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "name", "act"], name="backupturn_one_each")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.name} of {self.asset}"


class RepositoryPassword(models.Model):
    """The password of a backup's repository, sealed, where it is kept here and not in a file. Not a book: it may go."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="repository_passwords")
    name = models.CharField(max_length=REF_LENGTH)
    sealed = models.TextField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=REF_LENGTH)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset", "name"], name="repositorypassword_one_each")
        ]

    def __str__(self) -> str:
        return f"password of {self.name} of {self.asset}"


class BackupResult(Proof):
    """One backup as its product reported it."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="backup_results")
    name = models.CharField(max_length=REF_LENGTH)
    ended_at = models.DateTimeField()
    succeeded = models.BooleanField()

    objects = ProofQuerySet["BackupResult"].as_manager()

    class Meta(Proof.Meta):
        indexes = [models.Index(fields=["asset", "name", "ended_at"], name="backupresult_timeline")]

    def to_core(self) -> CoreBackupResult:
        """This function will return the result as it was reported."""
        return load(CoreBackupResult, self.payload)


class RestoreDrill(Proof):
    """One restore into a scratch place, with what its check found."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="restore_drills")
    name = models.CharField(max_length=REF_LENGTH)
    ended_at = models.DateTimeField()
    passed = models.BooleanField()

    objects = ProofQuerySet["RestoreDrill"].as_manager()

    class Meta(Proof.Meta):
        indexes = [models.Index(fields=["asset", "name", "ended_at"], name="restoredrill_timeline")]

    def to_core(self) -> CoreRestoreDrill:
        """This function will return the drill as it was measured."""
        return load(CoreRestoreDrill, self.payload)


class RepositoryCheck(Proof):
    """A repository read and verified, all or a part, and the snapshots of this backup that it held."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="repository_checks")
    name = models.CharField(max_length=REF_LENGTH)
    ended_at = models.DateTimeField()
    whole = models.BooleanField()

    objects = ProofQuerySet["RepositoryCheck"].as_manager()

    class Meta(Proof.Meta):
        indexes = [models.Index(fields=["asset", "name", "ended_at"], name="repocheck_timeline")]

    def to_core(self) -> CoreRepositoryCheck:
        """This function will return the check as it was made."""
        return load(CoreRepositoryCheck, self.payload)


class ArchiveLook(Fact):
    """A look at an archive of PostgreSQL: what base backups it held, and how far its log brought them."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="archive_looks")
    name = models.CharField(max_length=REF_LENGTH)
    looked_at = models.DateTimeField()
    broken = models.BooleanField()

    objects = FactQuerySet["ArchiveLook"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "name", "looked_at"], name="archivelook_timeline")]

    def to_core(self) -> CoreArchiveLook:
        """This function will return the look as it was made."""
        return load(CoreArchiveLook, self.payload)

"""The books of our own remote work: patch policies, plans with their approval, every step of every run, shells."""

from __future__ import annotations

from django.db import models

from groundrules.core.ids import AssetId
from groundrules.core.remote import HostState
from groundrules.core.remote import HostStep as CoreHostStep
from groundrules.core.remote import OwnShell as CoreOwnShell
from groundrules.core.remote import PatchPolicy as CorePatchPolicy
from groundrules.core.remote import WorkPlan as CoreWorkPlan
from groundrules.records.book import DIGEST_LENGTH, REF_LENGTH, Book, Fact, FactQuerySet
from groundrules.records.parties import Asset, Client
from groundrules.records.typed_json import load


class PatchPolicy(Fact):
    """How servers of an agreement are patched; a changed policy is a superseding row."""

    objects = FactQuerySet["PatchPolicy"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CorePatchPolicy:
        """This function will return the policy."""
        return load(CorePatchPolicy, self.payload)


class WorkPlan(Fact):
    """What a dry run found would change on which host; its approval is a superseding row."""

    kind = models.CharField(max_length=REF_LENGTH)
    ring = models.CharField(max_length=REF_LENGTH, blank=True)
    planned_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    objects = FactQuerySet["WorkPlan"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["client", "planned_at"], name="workplan_timeline")]

    def to_core(self) -> CoreWorkPlan:
        """This function will return the plan with every host and package."""
        return load(CoreWorkPlan, self.payload)


class RunStep(Book):
    """One thing told about one host in one attempt at a plan; without a host, the attempt itself began or ended."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="run_steps")
    asset = models.ForeignKey(Asset, null=True, on_delete=models.PROTECT, related_name="run_steps")
    plan = models.CharField(max_length=REF_LENGTH, db_index=True)
    attempt = models.PositiveIntegerField()
    standing = models.CharField(max_length=16)
    says = models.TextField(blank=True)
    evidence_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    class Meta:
        indexes = [models.Index(fields=["client", "plan", "attempt"], name="runstep_of_plan")]

    def __str__(self) -> str:
        return f"{self.plan}.{self.attempt} {self.standing}"

    def to_core(self) -> CoreHostStep:
        """This function will return the step of a host; an attempt's own beginning and end have none."""
        code = self.asset.code if self.asset else ""
        return CoreHostStep(
            self.attempt, AssetId(code), HostState(self.standing), self.recorded_at, self.says
        )


class OwnShell(Fact):
    """A shell of one of our own people on a server: who, why, from when to when; its end is a superseding row."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="own_shells")
    person = models.CharField(max_length=REF_LENGTH)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = FactQuerySet["OwnShell"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "started_at"], name="ownshell_timeline")]

    def to_core(self) -> CoreOwnShell:
        """This function will return the shell."""
        return load(CoreOwnShell, self.payload)

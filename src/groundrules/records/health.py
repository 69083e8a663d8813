"""The book of what makes an application healthy, and a card of when it was looked at last."""

from __future__ import annotations

from django.db import models

from groundrules.core.evidence import HealthCheck as CoreHealthCheck
from groundrules.core.health import HealthPlan as CoreHealthPlan
from groundrules.core.health import NewestFound
from groundrules.records.book import Fact, FactQuerySet
from groundrules.records.parties import Application, Asset
from groundrules.records.typed_json import load


class HealthPlan(Fact):
    """The checks of an application from an instant on; other checks, or none any more, are a superseding row."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="health_plans"
    )
    since = models.DateTimeField()

    objects = FactQuerySet["HealthPlan"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreHealthPlan:
        """This function will return the plan with its checks."""
        return load(CoreHealthPlan, self.payload)


class HealthLook(models.Model):
    """The last look at an application, on record or not, and when the next one is due.

    A running note, not a book: what matters of it is in the book of health checks. `payload` is the last look that said
    something, empty before the first; `problem` is why the newest one could not say anything, `found` what each check
    found in it.
    """

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="health_look"
    )
    due_at = models.DateTimeField(db_index=True)
    filed_at = models.DateTimeField(null=True)
    healthy = models.BooleanField(null=True, db_index=True)
    payload = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    found = models.TextField(blank=True, db_default="")

    def __str__(self) -> str:
        return f"the last look at {self.application}"

    def to_core(self) -> CoreHealthCheck | None:
        """This function will return the last look that said something, or None."""
        return load(CoreHealthCheck, self.payload) if self.payload else None

    def newest_found(self) -> NewestFound:
        """This function will return what each check found in the newest look; nothing before the first."""
        return load(NewestFound, self.found) if self.found else NewestFound({})


class HealthSummary(models.Model):
    """How a server's parts stood when they were last worked out, for lists of servers.

    A running note that can be made again from the snapshots; `says` holds what is wrong, a sentence a line.
    """

    asset = models.OneToOneField(Asset, on_delete=models.CASCADE, related_name="health_summary")
    worked_out_at = models.DateTimeField()
    due_at = models.DateTimeField(db_index=True)
    level = models.CharField(max_length=16, db_index=True)
    says = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.asset}: {self.level}"

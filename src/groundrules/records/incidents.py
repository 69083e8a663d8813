"""The books of what broke: incidents, their explained causes, recoveries, and calls to third parties."""

from __future__ import annotations

from django.db import models

from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.causation.answers import Incident as CoreIncident
from groundrules.core.recovery import Recovery as CoreRecovery
from groundrules.core.work import ThirdPartyAttempt as CoreThirdPartyAttempt
from groundrules.records.book import REF_LENGTH, Fact, FactQuerySet
from groundrules.records.parties import Application, Asset
from groundrules.records.typed_json import load


class Incident(Fact):
    """Something stopped working; resolving it is a superseding row."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="incidents")
    application = models.ForeignKey(
        Application, null=True, on_delete=models.PROTECT, related_name="incidents"
    )
    title = models.CharField(max_length=255)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    objects = FactQuerySet["Incident"].as_manager()

    class Meta(Fact.Meta):
        indexes = [models.Index(fields=["asset", "opened_at"], name="incident_timeline")]

    def to_core(self) -> CoreIncident:
        """This function will return the incident."""
        return load(CoreIncident, self.payload)


class Cause(Fact):
    """What explains an incident, with every change considered; a later answer supersedes. `ref` is the incident's."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="causes")
    verdict = models.CharField(max_length=REF_LENGTH)

    objects = FactQuerySet["Cause"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CauseAnswer:
        """This function will return the whole answer."""
        return load(CauseAnswer, self.payload)


class Recovery(Fact):
    """A restore after an incident: to which instant, and what was verified lost."""

    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="recoveries")
    failed_at = models.DateTimeField()

    objects = FactQuerySet["Recovery"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreRecovery:
        """This function will return the recovery."""
        return load(CoreRecovery, self.payload)


class ThirdPartyAttempt(Fact):
    """A call to a maker or vendor for help, and how it ended."""

    called_at = models.DateTimeField()

    objects = FactQuerySet["ThirdPartyAttempt"].as_manager()

    class Meta(Fact.Meta):
        pass

    def to_core(self) -> CoreThirdPartyAttempt:
        """This function will return the attempt."""
        return load(CoreThirdPartyAttempt, self.payload)

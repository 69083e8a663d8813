"""Incidents with what explains them, and results of health checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Code, narrowed, one, page_of, page_type
from groundrules.api.v1.shapes import Because, FactsAsked, asked_for, because
from groundrules.core.causation.answers import CauseAnswer
from groundrules.records import models as books

router = Router(tags=["evidence"])
_READ = needs("evidence:read")


class ConsideredShape(Schema):
    """One change that was considered as the cause."""

    change: str
    order: str
    rejected: bool
    reasons: list[Because]


class VerdictShape(Schema):
    """What explains an incident, and how far the evidence carries."""

    verdict: str = Field(description="unknown, candidates, likely change or proven change")
    changes: list[str] = Field(description="References of the changes it rests on.")
    hardware: str
    not_before: datetime
    not_after: datetime
    reasons: list[Because]
    considered: list[ConsideredShape]
    recorded_at: datetime


class IncidentShape(Schema):
    """Something stopped working."""

    client: str
    ref: str
    asset: str
    application: str | None
    title: str
    opened_at: datetime
    resolved_at: datetime | None
    verdict: str | None = Field(description="The word of the verdict; null before an answer.")
    recorded_at: datetime


IncidentPage = page_type("IncidentPage", IncidentShape, "A page of incidents.")


class WholeIncident(IncidentShape):
    """An incident with the whole answer."""

    cause: VerdictShape | None


class CheckShape(Schema):
    """A look at an application from outside: well or not."""

    client: str
    ref: str
    asset: str
    application: str
    healthy: bool
    at: datetime
    signature: str
    recorded_at: datetime


CheckPage = page_type("CheckPage", CheckShape, "A page of looks.")


class IncidentsAsked(FactsAsked):
    """Which incidents."""

    open: bool | None = Field(
        None, description="Only those that are not resolved, or only those that are."
    )


class ChecksAsked(FactsAsked):
    """Which looks."""

    application: Code = Field("", description="Only at this application.")


_ANSWERS = Prefetch("causes", books.Cause.objects.current(), to_attr="standing_answers")


@router.get("/incidents", auth=_READ, response=IncidentPage)
def list_incidents(request: HttpRequest, asked: Query[IncidentsAsked]) -> object:
    """Incidents, by when they were opened."""
    rows = books.Incident.objects.select_related("client", "asset", "application")
    found = asked_for(mine(request, rows.prefetch_related(_ANSWERS)), asked, "opened_at")
    if asked.open is not None:
        found = found.filter(resolved_at__isnull=asked.open)
    return page_of(found, asked, _incident)


@router.get("/incidents/{client}/{ref}", auth=_READ, response=WholeIncident)
def get_incident(request: HttpRequest, client: str, ref: str) -> WholeIncident:
    """One incident with its verdict: what explains it, every change considered, and why each stays or goes."""
    rows = books.Incident.objects.current().select_related("client", "asset", "application")
    row = one(
        mine(request, rows.prefetch_related(_ANSWERS)), "incident", client__code=client, ref=ref
    )
    answers = _standing(row)
    cause = _verdict(answers[0].to_core(), answers[0].recorded_at) if answers else None
    return WholeIncident(cause=cause, **_incident(row).dict())


@router.get("/health-checks", auth=_READ, response=CheckPage)
def list_health_checks(request: HttpRequest, asked: Query[ChecksAsked]) -> object:
    """Looks at applications, by when they were taken."""
    rows = books.HealthCheck.objects.select_related("client", "application__asset")
    found = asked_for(mine(request, rows), asked, "checked_at", "application__asset")
    found = narrowed(found, application__code=asked.application)
    return page_of(found, asked, check_shape)


def _standing(row: books.Incident) -> Sequence[books.Cause]:
    found: list[books.Cause] = getattr(row, "standing_answers", [])
    return found


def _incident(row: books.Incident) -> IncidentShape:
    answers = _standing(row)
    return IncidentShape(
        client=row.client.code,
        ref=row.ref,
        asset=row.asset.code,
        application=row.application.code if row.application else None,
        title=row.title,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        verdict=answers[0].verdict if answers else None,
        recorded_at=row.recorded_at,
    )


def _verdict(core: CauseAnswer, recorded_at: datetime) -> VerdictShape:
    return VerdictShape(
        verdict=core.verdict.value,
        changes=list(core.changes),
        hardware=core.hardware,
        not_before=core.onset.not_before,
        not_after=core.onset.not_after,
        reasons=because(core.reasons),
        considered=[
            ConsideredShape(
                change=h.change,
                order=h.order.value,
                rejected=h.rejected,
                reasons=because(h.reasons),
            )
            for h in core.hypotheses
        ],
        recorded_at=recorded_at,
    )


def check_shape(row: books.HealthCheck) -> CheckShape:
    """This function will give a look its shape."""
    return CheckShape(
        client=row.client.code,
        ref=row.ref,
        asset=row.application.asset.code,
        application=row.application.code,
        healthy=row.healthy,
        at=row.checked_at,
        signature=row.signature,
        recorded_at=row.recorded_at,
    )

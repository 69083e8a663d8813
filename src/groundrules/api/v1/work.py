"""Time entries and the decisions on them. What work cost us is in no shape here: that is the owner's page."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from groundrules.api.v1.door import mine, needs
from groundrules.api.v1.paging import Code, narrowed, one, page_of, page_type
from groundrules.api.v1.shapes import (
    Amount,
    Because,
    Citation,
    FactsAsked,
    asked_for,
    because,
    citations,
    money,
)
from groundrules.core.agreements.facts import Outcome
from groundrules.core.coverage.answers import Segment
from groundrules.records import models as books
from groundrules.records.coverage import DecisionQuerySet
from groundrules.records.work import TimeEntryQuerySet

router = Router(tags=["work"])
_READ = needs("work:read")


class TimeEntryShape(Schema):
    """One span of work by one technician, with its exact instants."""

    client: str
    ref: str
    technician: str
    asset: str | None
    started_at: datetime
    ended_at: datetime
    issue: str
    work_type: str
    place: str
    incident: str | None
    request: str | None
    note: str
    recorded_at: datetime


TimeEntryPage = page_type("TimeEntryPage", TimeEntryShape, "A page of time entries.")


class SegmentShape(Schema):
    """A stretch of the work in which every fact is the same, with its verdict."""

    started_at: datetime
    ended_at: datetime
    local_day: date
    outcome: str = Field(description="covered, billable, not_billable or needs_person")
    clause: str | None
    hourly: Amount
    value: Amount = Field(description="What the stretch is worth, also where nothing is charged.")
    agreement_version: int
    reasons: list[Because]
    missing: list[str]


class DecisionShape(Schema):
    """Who pays for one time entry. A later decision supersedes, never edits it."""

    client: str
    number: str
    entry: str
    technician: str
    asset: str | None
    decided_at: datetime
    outcomes: list[str]
    clauses: list[str]
    superseded_by: str | None = Field(description="The number of the decision that replaced it.")


DecisionPage = page_type("DecisionPage", DecisionShape, "A page of decisions.")


class WholeDecision(DecisionShape):
    """A decision with its stretches, their reasons and the facts behind them."""

    issue: str
    segments: list[SegmentShape]
    facts: list[Citation]


class EntriesAsked(FactsAsked):
    """Which time entries."""

    technician: Code = Field("", description="Only this technician's, by code.")


class DecisionsAsked(FactsAsked):
    """Which decisions."""

    outcome: Outcome | None = Field(None, description="Only those with some time of this outcome.")
    entry: Code = Field("", description="Only those on this time entry.")
    superseded: bool = Field(False, description="Also those that were replaced since.")  # noqa: FBT003 - the default


@router.get("/time-entries", auth=_READ, response=TimeEntryPage)
def list_time_entries(request: HttpRequest, asked: Query[EntriesAsked]) -> object:
    """Time entries as they stand, by when the work began."""
    found = asked_for(mine(request, entries()), asked, "started_at")
    found = narrowed(found, technician__code=asked.technician)
    return page_of(found, asked, entry_shape)


@router.get("/time-entries/{client}/{ref}", auth=_READ, response=TimeEntryShape)
def get_time_entry(request: HttpRequest, client: str, ref: str) -> TimeEntryShape:
    """One time entry as it stands."""
    rows = mine(request, entries().current())
    return entry_shape(one(rows, "time entry", client__code=client, ref=ref))


@router.get("/decisions", auth=_READ, response=DecisionPage)
def list_decisions(request: HttpRequest, asked: Query[DecisionsAsked]) -> object:
    """Decisions that stand, or every one ever made."""
    rows = mine(request, _decisions())
    every = asked.superseded and asked.as_of is None
    found = asked_for(rows, asked, "decided_at", every=every)
    found = narrowed(found, outcomes__has_key=asked.outcome, ref=asked.entry)
    return page_of(found, asked, decision_shape)


@router.get("/decisions/{number}", auth=_READ, response=WholeDecision)
def get_decision(request: HttpRequest, number: str) -> WholeDecision:
    """One decision with its working: stretches, clauses, reasons, and the facts it rests on."""
    row = one(mine(request, _decisions()), "decision", number=number)
    core = row.to_core()
    return WholeDecision(
        issue=core.issue,
        segments=[_segment(segment) for segment in core.segments],
        facts=citations(core.facts),
        **decision_shape(row).dict(),
    )


def entries() -> TimeEntryQuerySet:
    """This function will return every time entry with what its shape needs."""
    return books.TimeEntry.objects.select_related("client", "technician", "asset")


def _decisions() -> DecisionQuerySet:
    return books.Decision.objects.select_related("client", "technician", "asset", "successor")


def entry_shape(row: books.TimeEntry) -> TimeEntryShape:
    """This function will give a time entry its shape."""
    core = row.to_core()
    return TimeEntryShape(
        client=row.client.code,
        ref=row.ref,
        technician=row.technician.code,
        asset=row.asset.code if row.asset else None,
        started_at=row.started_at,
        ended_at=row.ended_at,
        issue=row.issue,
        work_type=row.work_type,
        place=core.place.value,
        incident=core.incident,
        request=core.request,
        note=row.note,
        recorded_at=row.recorded_at,
    )


def decision_shape(row: books.Decision) -> DecisionShape:
    """This function will give a decision its shape."""
    successor = getattr(row, "successor", None)
    return DecisionShape(
        client=row.client.code,
        number=row.number,
        entry=row.ref,
        technician=row.technician.code,
        asset=row.asset.code if row.asset else None,
        decided_at=row.decided_at,
        outcomes=sorted(row.outcomes),
        clauses=[str(clause) for clause in row.clauses],
        superseded_by=successor.number if successor else None,
    )


def _segment(core: Segment) -> SegmentShape:
    return SegmentShape(
        started_at=core.period.start,
        ended_at=core.period.end or core.period.start,
        local_day=core.local_day,
        outcome=core.outcome.value,
        clause=str(core.clause) if core.clause else None,
        hourly=money(core.hourly),
        value=money(core.value),
        agreement_version=core.agreement_version,
        reasons=because(core.reasons),
        missing=list(core.missing),
    )

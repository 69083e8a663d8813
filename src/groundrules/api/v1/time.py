"""Recording time that was worked, and correcting it; each is decided at once, as when a person types it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from groundrules.api.v1.door import bearer_of, mine, needs
from groundrules.api.v1.paging import Instant, one
from groundrules.api.v1.work import (
    DecisionShape,
    TimeEntryShape,
    decision_shape,
    entries,
    entry_shape,
)
from groundrules.api.v1.writing import Body, IfMatch, Key, Word, Words, check_state, do_once
from groundrules.core.ids import AssetId, IncidentId, RequestId, TechnicianId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.work import TimeEntry, WorkPlace, WorkType
from groundrules.records import models as books
from groundrules.services.actor import NotAllowed
from groundrules.services.shelf import short_digest
from groundrules.services.timekeeping import (
    Logged,
    Understood,
    amend,
    log,
    technician_of,
)
from groundrules.services.turns import take_turn

router = Router(tags=["work"])
_WRITE = needs("time:write")
_LONGEST = timedelta(hours=24)


class WorkRefused(ValueError):
    """The work is longer than a day, or names an incident, request or server the client does not have."""


class WorkBody(Body):
    """Work that was done."""

    asset: Word | None = Field(None, description="The server's code; nothing for work on none.")
    started_at: Instant
    ended_at: Instant
    issue: Word = Field(min_length=1, description="What it was about, in a few words.")
    work_type: WorkType = WorkType.MAINTENANCE
    place: WorkPlace = WorkPlace.REMOTE
    incident: Word | None = None
    request: Word | None = Field(None, description="The client's request this work answers.")
    note: Words = ""
    technician: Word | None = Field(
        None,
        description="Whose time it is, by code; else the token's owner. Only owners name another.",
    )


class NewWork(WorkBody):
    """Work to record, and at which client."""

    client: Word = Field(min_length=1)


class Correction(WorkBody):
    """What the entry should say instead, whole, and why."""

    why: Words = Field(min_length=1, description="Stands in the audit book.")


class LoggedShape(Schema):
    """The entry on record and the decision on it; no decision where no agreement lets anything be decided."""

    entry: TimeEntryShape
    decision: DecisionShape | None


@router.post("/time-entries", auth=_WRITE, response={201: LoggedShape})
def record_time_entry(request: HttpRequest, key: Key, body: NewWork) -> HttpResponse:
    """Record time. It is decided and charged by the agreement at once."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer, at = bearer_of(request), timezone.now()
        client = one(bearer.clients(), "client", code=body.client)
        ref = TimeEntryId(f"T-{short_digest(f'{bearer.token.pk}|{key}')}")
        entry = _entry(request, client, ref, body)
        logged = log(Understood(client, entry), actor=bearer.actor, at=at)
        return HTTPStatus.CREATED, _logged(logged)

    return do_once(request, key, act)


@router.put("/time-entries/{client}/{ref}", auth=_WRITE, response=LoggedShape)
def correct_time_entry(
    request: HttpRequest, client: str, ref: str, key: Key, if_match: IfMatch, body: Correction
) -> HttpResponse:
    """Correct a time entry: a superseding row, decided again. Send the ETag of the entry you read as If-Match."""

    def act() -> tuple[HTTPStatus, Schema]:
        bearer, at = bearer_of(request), timezone.now()
        card = take_turn(one(bearer.clients(), "client", code=client))
        standing = one(mine(request, entries().current()), "time entry", client=card, ref=ref)
        check_state(if_match, entry_shape(standing))
        _refuse_anothers(request, standing.technician)
        entry = _entry(request, card, TimeEntryId(ref), body)
        kept = replace(entry, proactive=standing.to_core().proactive, recorded_at=at)
        logged = amend(kept, client=card, why=body.why, actor=bearer.actor, at=at)
        return HTTPStatus.OK, _logged(logged)

    return do_once(request, key, act)


def _entry(
    request: HttpRequest, client: books.Client, ref: TimeEntryId, body: WorkBody
) -> TimeEntry:
    if not timedelta(0) < body.ended_at - body.started_at <= _LONGEST:
        message = (
            "the work must end after it began, and within 24 hours; record longer work by the day"
        )
        raise WorkRefused(message)
    _check_named(client, body)
    return TimeEntry(
        id=ref,
        technician=TechnicianId(_technician(request, body).code),
        period=Period(body.started_at, body.ended_at),
        issue=body.issue,
        work_type=body.work_type,
        asset=AssetId(body.asset) if body.asset else None,
        incident=IncidentId(body.incident) if body.incident else None,
        request=RequestId(body.request) if body.request else None,
        note=body.note,
        place=body.place,
    )


def _check_named(client: books.Client, body: WorkBody) -> None:
    named = (
        ("incident", body.incident, books.Incident.objects.current()),
        ("request", body.request, books.Request.objects.current()),
    )
    for what, ref, rows in named:
        if ref and not rows.filter(client=client, ref=ref).exists():
            message = f"{client.code} has no {what} {ref}"
            raise WorkRefused(message)


def _technician(request: HttpRequest, body: WorkBody) -> books.Technician:
    if body.technician is None:
        return technician_of(bearer_of(request).user)
    found = books.Technician.objects.filter(code=body.technician).first()
    if found is None:
        message = f"there is no technician {body.technician}"
        raise WorkRefused(message)
    _refuse_anothers(request, found)
    return found


def _refuse_anothers(request: HttpRequest, technician: books.Technician) -> None:
    """Who is no owner writes down, and corrects, their own time only."""
    user = bearer_of(request).user
    if user.role != books.Role.OWNER and user.technician_id != technician.pk:
        message = f"{technician.code} is not you; only an owner writes down another's time"
        raise NotAllowed(message)


def _logged(logged: Logged) -> LoggedShape:
    decision = logged.decision
    return LoggedShape(
        entry=entry_shape(logged.entry), decision=decision_shape(decision) if decision else None
    )

"""Incidents: opened, explained from the changes on record, resolved; each a row that supersedes the one before."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.causation.answers import CauseAnswer, Incident
from groundrules.core.ids import ApplicationId, AssetId, IncidentId
from groundrules.core.periods import utc
from groundrules.core.recovery import Recovery
from groundrules.core.replay.update import was_replayed
from groundrules.core.work import ThirdPartyAttempt
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.facts import fact_columns
from groundrules.services.filing import Filing, enter
from groundrules.services.turns import take_turn
from groundrules.services.world import NoAgreement, NoProvider, answer_for

_TITLE = 200


class IncidentAlreadyResolved(ValueError):
    """The incident was resolved already; open a new one when it came back."""


class IncidentRefused(ValueError):
    """What was told is no incident: nothing is said, it is still to come, or it ended before it began."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a person says stopped working: on which server, since when; `hardware` only by the maker's own signal."""

    asset: str
    title: str
    opened_at: datetime
    application: str = ""
    signature: str = ""
    hardware: str = ""


def _next_ref() -> str:
    """The number after the newest row's, past those imports took; who opens one for another client waits meanwhile."""
    list(books.Provider.objects.select_for_update(no_key=True).order_by("pk")[:1])
    last = books.Incident.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    number = last + 1
    while books.Incident.objects.filter(ref=f"INC-{number}").exists():
        number += 1
    return f"INC-{number}"


def report(told: Reported, *, client: books.Client, actor: Actor, at: datetime) -> books.Incident:
    """This function will open an incident under the next free number, and weigh what may have caused it.

    Raises IncidentRefused, and UnknownCard for a server or application the client does not have.
    """
    require(actor, Role.TECHNICIAN)
    title = " ".join(told.title.split())
    if not title or len(title) > _TITLE:
        message = f"say in at most {_TITLE} characters what stopped working"
        raise IncidentRefused(message)
    if utc(told.opened_at) > utc(at):
        message = f"{utc(told.opened_at):%Y-%m-%d %H:%M} UTC is still to come; nothing was opened"
        raise IncidentRefused(message)
    with transaction.atomic():
        take_turn(client)
        incident = Incident(
            IncidentId(_next_ref()),
            title,
            AssetId(told.asset),
            utc(told.opened_at),
            application=ApplicationId(told.application) if told.application else None,
            signature=told.signature.strip(),
            hardware=told.hardware.strip(),
        )
        row = open_incident(incident, client=client, actor=actor, at=at)
    # In a transaction of its own: weighing a large client's changes must not keep everybody's next number waiting.
    with suppress(NoAgreement, NoProvider):
        explain(client=client, actor=actor, at=at)
    return row


def open_incident(
    incident: Incident, *, client: books.Client, actor: Actor, at: datetime
) -> books.Incident:
    """This function will open an incident, or note what is newly known about it."""
    require(actor, Role.TECHNICIAN)
    row: books.Incident = enter(
        incident, "incidents.open", incident.title, Filing(client, actor, at)
    ).row
    return row


def resolve(
    row: books.Incident, *, resolved_at: datetime, actor: Actor, at: datetime
) -> books.Incident:
    """This function will note when an incident ended; raises IncidentAlreadyResolved and IncidentRefused."""
    require(actor, Role.TECHNICIAN)
    if not utc(row.opened_at) <= utc(resolved_at) <= utc(at):
        message = f"{row.ref} ended after {utc(row.opened_at):%Y-%m-%d %H:%M} UTC and not in the future; say when"
        raise IncidentRefused(message)
    with transaction.atomic():
        client = take_turn(row.client)
        last = books.Incident.objects.of_client(client).current().get(ref=row.ref)
        if last.resolved_at is not None:
            message = f"{row.ref} was resolved at {last.resolved_at.isoformat()}; open a new incident if it came back"
            raise IncidentAlreadyResolved(message)
        resolved = replace(last.to_core(), resolved_at=resolved_at)
        says, filing = f"{row.title}: resolved", Filing(client, actor, at)
        new: books.Incident = enter(resolved, "incidents.resolve", says, filing).row
    return new


def record_recovery(
    recovery: Recovery, *, client: books.Client, actor: Actor, at: datetime
) -> books.Recovery:
    """This function will note a restore: to which instant, and what was verified lost."""
    require(actor, Role.TECHNICIAN)
    says = f"{recovery.asset} restored to {recovery.restore_point.isoformat()}"
    row: books.Recovery = enter(
        recovery, "incidents.record_recovery", says, Filing(client, actor, at)
    ).row
    return row


def record_attempt(
    attempt: ThirdPartyAttempt, *, client: books.Client, actor: Actor, at: datetime
) -> books.ThirdPartyAttempt:
    """This function will note a call to a maker or vendor for help, and how it ended."""
    require(actor, Role.TECHNICIAN)
    says = f"{attempt.party} called: {attempt.outcome}"
    row: books.ThirdPartyAttempt = enter(
        attempt, "incidents.record_attempt", says, Filing(client, actor, at)
    ).row
    return row


def explain(*, client: books.Client, actor: Actor, at: datetime) -> tuple[books.Cause, ...]:
    """This function will rank what may have caused each incident of a client and file what is new."""
    require(actor, Role.TECHNICIAN)
    with transaction.atomic():
        take_turn(client)
        return file_causes(client, answer_for(client, at).causes, actor=actor, at=at)


def verdict_of(value: CauseAnswer) -> tuple[object, ...]:
    """This function will return what an answer says, without which other changes were ruled out."""
    possible = frozenset(h.change for h in value.hypotheses if not h.rejected)
    return (value.verdict, value.changes, value.hardware, value.onset, possible)


def _is_news(standing: books.Cause | None, value: CauseAnswer) -> bool:
    if standing is None:
        return True
    before = standing.to_core()
    if was_replayed(before) and not was_replayed(value):
        # A ranking can't outweigh a replay; only other facts (onset, hardware, possible changes) reopen the question.
        return verdict_of(before)[2:] != verdict_of(value)[2:]
    return verdict_of(before) != verdict_of(value)


def file_causes(
    client: books.Client, found: tuple[CauseAnswer, ...], *, actor: Actor, at: datetime
) -> tuple[books.Cause, ...]:
    """This function will file causes that say something else than the ones that stand."""
    standing = {row.ref: row for row in books.Cause.objects.of_client(client).current()}
    incidents = {row.ref: row for row in books.Incident.objects.of_client(client).current()}
    with transaction.atomic():
        rows = [
            books.Cause(
                **fact_columns(value, value.incident, actor, at),
                client=client,
                supersedes=standing.get(value.incident),
                incident=incidents[value.incident],
                verdict=value.verdict.value,
            )
            for value in found
            if _is_news(standing.get(value.incident), value)
        ]
        books.Cause.objects.bulk_create(rows)
        for row in rows:
            says = f"{row.incident.title}: {row.verdict}"
            entry = audit.Entry("incidents.explain", row.ref, says, client)
            audit.record(entry, actor=actor, at=at)
    return tuple(rows)

"""Replays on record: every run and the result are sealed as evidence, and supersede what was said about the cause."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from groundrules.core.ids import IncidentId
from groundrules.core.replay.answers import ReplayResult
from groundrules.core.replay.update import update
from groundrules.gateways.replay import (
    LinuxReplay,
    ReplayBackend,
    ReplaySite,
    site_digest,
)
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.facts import fact_columns
from groundrules.services.replayed import RESULT, Sealing, result_in, seal_replay
from groundrules.services.replaying import Progress, Replay, carry_out, plan_for
from groundrules.services.storage import raw_store


class UnknownIncident(LookupError):
    """No incident has this reference, or several clients have one."""


class NothingToProve(ValueError):
    """The incident has no answer about its cause yet."""


class UnknownReplayedChange(LookupError):
    """The site names a change that is not among the client's changes on record."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A replay that was asked for: the incident, the site as written and as read."""

    incident: books.Incident
    text: str
    site: ReplaySite


@dataclass(frozen=True, slots=True)
class Filed:
    """A replay in the books: its result, its sealed evidence and the answer it left."""

    result: ReplayResult
    evidence: books.RawEvidence
    cause: books.Cause


def incident_called(ref: str, client: str = "") -> books.Incident:
    """This function will find the incident as it stands; raises UnknownIncident."""
    found = books.Incident.objects.current().filter(ref=ref).select_related("client", "asset")
    rows = list(found.filter(client__code=client) if client else found)
    if len(rows) != 1:
        raise UnknownIncident(
            f"{len(rows)} incidents are called {ref!r}; check the reference, or name the client"
        )
    return rows[0]


def replay_on_linux(asked: Asked, *, actor: Actor, at: datetime, progress: Progress) -> Filed:
    """This function will replay an incident in isolated copies and file what came of it."""
    backend = LinuxReplay()
    try:
        return replay_with(backend, asked, actor=actor, at=at, progress=progress)
    finally:
        backend.close()


def replay_with(
    backend: ReplayBackend,
    asked: Asked,
    *,
    actor: Actor,
    at: datetime,
    progress: Progress = lambda *_: None,
) -> Filed:
    """This function will carry a replay out with any backend and file it; refuses before anything is run."""
    check(asked, actor)
    plan = plan_for(asked.site, IncidentId(asked.incident.ref))
    return file(asked, carry_out(plan, asked.site, backend, progress), actor=actor, at=at)


def check(asked: Asked, actor: Actor) -> books.Cause:
    """This function will return the standing answer; raises NothingToProve or UnknownReplayedChange."""
    require(actor, Role.TECHNICIAN)
    client = asked.incident.client
    standing = (
        books.Cause.objects.of_client(client).current().filter(ref=asked.incident.ref).first()
    )
    if standing is None:
        raise NothingToProve(
            f"{asked.incident.ref} is not explained yet; explain it, then replay it"
        )
    named = {action.change for action in asked.site.actions}
    known = set(
        books.Change.objects.of_client(client).filter(ref__in=named).values_list("ref", flat=True)
    )
    if named - known:
        raise UnknownReplayedChange(
            f"no change on record is called {', '.join(sorted(named - known))}; replay recorded changes only"
        )
    return standing


def file(asked: Asked, replay: Replay, *, actor: Actor, at: datetime) -> Filed:
    """This function will seal every run and the result, and supersede the incident's answer, in one transaction."""
    standing = check(asked, actor)
    with transaction.atomic():
        whole = seal_replay(_sealing(asked, replay), replay.result, actor=actor, at=at)
        cause = _supersede(standing, replay.result, whole, actor, at)
        runs = len(replay.result.runs)
        says = f"{asked.incident.title}: replayed in {runs} runs, now {cause.verdict}"
        entry = audit.Entry("replays.file", asked.incident.ref, says, asked.incident.client)
        audit.record(entry, actor=actor, at=at)
    return Filed(replay.result, whole, cause)


def _supersede(
    standing: books.Cause,
    result: ReplayResult,
    whole: books.RawEvidence,
    actor: Actor,
    at: datetime,
) -> books.Cause:
    answer = update(standing.to_core(), result, whole.digest)
    return books.Cause.objects.create(
        **fact_columns(answer, answer.incident, actor, at),
        client=standing.client,
        supersedes=standing,
        incident=standing.incident,
        verdict=answer.verdict.value,
    )


def _sealing(asked: Asked, replay: Replay) -> Sealing:
    """The values of actions stay out: a stand-in for a password is nobody's business."""
    actions = tuple(
        {"change": a.change, "kind": a.kind.value, "target": a.target} for a in asked.site.actions
    )
    return Sealing(asked.incident, actions, replay.logs, site_digest(asked.text))


def tested(incident: books.Incident) -> tuple[dict[str, Any], ...]:
    """This function will return what was tested for an incident, newest first: each result as it was sealed, and
    `said`: its findings in words.
    """
    rows = books.RawEvidence.objects.filter(
        asset=incident.asset, format=RESULT, name=f"{incident.ref} replay result"
    ).order_by("-pk")
    return tuple(_told(row) for row in rows)


def _told(row: books.RawEvidence) -> dict[str, Any]:
    findings = result_in(row).findings
    changes = books.Change.objects.current().filter(
        client=row.client_id, ref__in=[f.change for f in findings]
    )
    names = {change.ref: f"{change.sentence} ({change.ref})" for change in changes}
    said = [
        f"{names.get(f.change, f.change)}: {f.verdict}. {f.on_running_copy}".strip()
        for f in findings
    ]
    return {"evidence": row, "said": said, **json.loads(raw_store().get(row.digest))}

"""Replays on record: every run and the result are sealed as evidence, and supersede what was said about the cause."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from groundrules.core.ids import IncidentId
from groundrules.core.replay import ReplayResult, Run, update
from groundrules.gateways.replay import (
    LinuxReplay,
    ReplayBackend,
    ReplaySite,
    site_digest,
)
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.records.typed_json import dump
from groundrules.services import audit, seal
from groundrules.services.actor import Actor, require
from groundrules.services.evidence_index import Arrival, index_file
from groundrules.services.facts import fact_columns
from groundrules.services.replaying import Progress, Replay, carry_out, plan_for
from groundrules.services.storage import raw_store

RUN, RESULT = "replay-run", "replay"


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
        runs = tuple(_run_row(asked, replay, run, actor, at) for run in replay.result.runs)
        digests = [row.digest for row in runs]
        whole = _keep(asked, RESULT, "result", _result_of(asked, replay, digests), actor, at)
        cause = _supersede(standing, replay.result, whole, actor, at)
        says = f"{asked.incident.title}: replayed in {len(runs)} runs, now {cause.verdict}"
        entry = audit.Entry("replays.file", asked.incident.ref, says, asked.incident.client)
        audit.record(entry, actor=actor, at=at)
        seal.append((*runs, whole), seal.UNCHAINED, actor=actor, at=at)
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


def _run_row(
    asked: Asked, replay: Replay, run: Run, actor: Actor, at: datetime
) -> books.RawEvidence:
    told = {
        "incident": asked.incident.ref,
        "at": at.isoformat(),
        "number": run.number,
        "made": sorted(run.state.changes),
        "end_copy": run.state.end_copy,
        "outcome": run.outcome.value,
        "signature": run.signature,
        "log": replay.logs.get(run.log_digest, ""),
    }
    return _keep(asked, RUN, f"run {run.number}", told, actor, at)


def _result_of(asked: Asked, replay: Replay, runs: list[str]) -> dict[str, Any]:
    """The values of actions stay out: a stand-in for a password is nobody's business."""
    return {
        "incident": asked.incident.ref,
        "opened_at": asked.incident.opened_at.isoformat(),
        "site": site_digest(asked.text),
        "actions": [
            {"change": a.change, "kind": a.kind.value, "target": a.target}
            for a in asked.site.actions
        ],
        "runs": runs,
        "result": json.loads(dump(replay.result)),
    }


def _keep(
    asked: Asked, kind: str, part: str, told: dict[str, Any], actor: Actor, at: datetime
) -> books.RawEvidence:
    raw = json.dumps(told, indent=1, sort_keys=True).encode()
    digest = hashlib.sha256(raw).hexdigest()
    known = books.RawEvidence.objects.filter(
        asset=asked.incident.asset, digest=digest, format=kind
    ).first()
    name = f"{asked.incident.ref} replay {part}"
    arrival = Arrival(raw, name, kind, asked.incident.asset, at, actor.label, at)
    return known or index_file(arrival, None)


def tested(incident: books.Incident) -> tuple[dict[str, Any], ...]:
    """This function will return what was tested for an incident, newest first: each result as it was sealed."""
    rows = books.RawEvidence.objects.filter(
        asset=incident.asset, format=RESULT, name=f"{incident.ref} replay result"
    ).order_by("-pk")
    return tuple({"evidence": row, **json.loads(raw_store().get(row.digest))} for row in rows)

"""Replays as they rest in the books: every run and the result are sealed evidence, and read back from there.

A replay is one more fact about an incident. Whoever answers from the books weighs it each time, so an answer that is
worked out again can't forget it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from groundrules.core.replay.answers import Replayed, ReplayResult, Run
from groundrules.records import models as books
from groundrules.records.typed_json import dump, load
from groundrules.services import audit, seal
from groundrules.services.actor import Actor
from groundrules.services.evidence_index import Arrival, index_file
from groundrules.services.storage import raw_store

RUN, RESULT = "replay-run", "replay"


@dataclass(frozen=True, slots=True)
class Sealing:
    """What is sealed beside a result: the actions as they may be shown, the logs by digest, the site's own digest."""

    incident: books.Incident
    actions: tuple[Mapping[str, str], ...]
    logs: Mapping[str, str]
    site: str = ""


def seal_replay(
    sealing: Sealing, result: ReplayResult, *, actor: Actor, at: datetime
) -> books.RawEvidence:
    """This function will keep and seal every run and the result, and return the result's row."""
    runs = tuple(_run_row(sealing, run, actor, at) for run in result.runs)
    told = {
        "incident": sealing.incident.ref,
        "opened_at": sealing.incident.opened_at.isoformat(),
        "site": sealing.site,
        "actions": [dict(action) for action in sealing.actions],
        "runs": [row.digest for row in runs],
        "result": json.loads(dump(result)),
    }
    whole = _keep(sealing.incident, (RESULT, "result"), told, actor, at)
    seal.append((*runs, whole), seal.UNCHAINED, actor=actor, at=at)
    return whole


def state_replay(
    replayed: Replayed, *, client: books.Client, actor: Actor, at: datetime
) -> books.RawEvidence:
    """This function will keep a replay that a case file tells of, as one carried out here is kept; once."""
    incident = books.Incident.objects.of_client(client).current().get(ref=replayed.result.incident)
    standing = replayed_for(client, at)
    known = next((r for r in standing if r.result == replayed.result), None)
    if known is not None:
        return books.RawEvidence.objects.get(
            asset=incident.asset, digest=known.evidence, format=RESULT
        )
    actions = tuple(
        {"change": change, "kind": "stated", "target": ""} for change in replayed.result.planned
    )
    whole = seal_replay(Sealing(incident, actions, {}), replayed.result, actor=actor, at=at)
    entry = audit.Entry("replays.state", incident.ref, "Replay taken over", client)
    audit.record(entry, actor=actor, at=at)
    return whole


def replayed_for(client: books.Client, known_at: datetime) -> tuple[Replayed, ...]:
    """This function will read back every replay of a client's incidents that was on record at an instant."""
    rows = books.RawEvidence.objects.filter(
        client=client, format=RESULT, recorded_at__lte=known_at
    ).order_by("recorded_at", "pk")
    return tuple(Replayed(result_in(row), row.recorded_at, row.digest) for row in rows)


def result_in(row: books.RawEvidence) -> ReplayResult:
    """This function will read a result back as it was sealed."""
    told = json.loads(raw_store().get(row.digest))
    result = load(ReplayResult, json.dumps(told["result"]))
    # Replays sealed before the result listed what was planned say so in their actions.
    return result if result.planned else replace(result, planned=_planned(told))


def _planned(told: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(action["change"] for action in told["actions"])


def _run_row(sealing: Sealing, run: Run, actor: Actor, at: datetime) -> books.RawEvidence:
    told = {
        "incident": sealing.incident.ref,
        "at": at.isoformat(),
        "number": run.number,
        "made": sorted(run.state.changes),
        "end_copy": run.state.end_copy,
        "running": run.state.running,
        "outcome": run.outcome.value,
        "signature": run.signature,
        "log": sealing.logs.get(run.log_digest, ""),
    }
    return _keep(sealing.incident, (RUN, f"run {run.number}"), told, actor, at)


def _keep(
    incident: books.Incident,
    what: tuple[str, str],
    told: dict[str, Any],
    actor: Actor,
    at: datetime,
) -> books.RawEvidence:
    kind, part = what
    raw = json.dumps(told, indent=1, sort_keys=True).encode()
    digest = hashlib.sha256(raw).hexdigest()
    known = books.RawEvidence.objects.filter(
        asset=incident.asset, digest=digest, format=kind
    ).first()
    name = f"{incident.ref} replay {part}"
    arrival = Arrival(raw, name, kind, incident.asset, at, actor.label, at)
    return known or index_file(arrival, None)

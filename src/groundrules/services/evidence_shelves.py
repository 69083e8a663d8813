"""Shelves of what evidence says: sessions, observations, snapshots, gaps, health checks, changes and own runs.

A value read again from newer evidence is not news just because it cites another file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from groundrules.core.changes import Change
from groundrules.core.evidence import (
    Gap,
    GapKind,
    HealthCheck,
    Observation,
    Session,
    SessionEnd,
    Snapshot,
)
from groundrules.core.health import HealthPlan
from groundrules.core.work import OwnRun
from groundrules.readers.gaps import BETWEEN
from groundrules.records import models as books
from groundrules.records.typed_json import dump
from groundrules.services.index import CardIndex
from groundrules.services.shelf import Shelf, never, reference, short_digest


def _session(value: Session, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "account": value.account,
        "kind": value.kind.value,
        "source_address": value.source_address,
        "started_at": value.started,
        "ended_at": value.ended,
    }


def _session_end(value: SessionEnd, cards: CardIndex) -> Mapping[str, Any]:
    return {"asset": cards.asset(value.asset), "tie": value.tie[:255], "ended_at": value.at}


def _session_end_ref(value: SessionEnd) -> str:
    return f"END-{short_digest(reference(value.asset, value.tie, value.at))}"


def _session_news(old: Session, new: Session) -> bool:
    """An older log read later must not take the end of a session away again."""
    if old.ended is not None and new.ended is None:
        return False
    return replace(old, citations=()) != replace(new, citations=())


def _observation(value: Observation, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "kind": value.kind.value,
        "component": value.key,
        "observed_at": value.at,
        "succeeded": value.succeeded,
    }


def _observation_ref(value: Observation) -> str:
    citation = replace(value.citation, evidence="", reader="")  # type: ignore[arg-type]  # only to leave it out
    return f"OBS-{short_digest(dump(replace(value, citation=citation, supporting=())))}"


def _snapshot(value: Snapshot, cards: CardIndex) -> Mapping[str, Any]:
    return {"asset": cards.asset(value.asset), "taken_at": value.taken_at}


def _snapshot_ref(value: Snapshot) -> str:
    """One file may hold several lists of one instant: the sections of an inventory, queries that ran together."""
    cited = value.citation
    named = reference(value.asset, value.taken_at, cited.evidence, cited.record)
    return f"SNP-{short_digest(named)}"


def _gap(value: Gap, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "kind": value.kind.value,
        "source": value.source,
        "says": value.says,
        "not_before": value.interval.not_before,
        "not_after": value.interval.not_after,
    }


def _gap_news(old: Gap, new: Gap) -> bool:
    """Silence goes on until a batch ends it, what is between files until it is handed in; others are whole at once."""
    goes_on = new.kind is GapKind.COLLECTOR_SILENT or _is_between_files(new)
    return goes_on and (old.interval, old.says) != (new.interval, new.says)


def _is_between_files(gap: Gap) -> bool:
    """What is missing between files may still be handed in."""
    return gap.citation is not None and gap.citation.reader == BETWEEN


def _health_check(value: HealthCheck, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "application": cards.application(value.application),
        "checked_at": value.at,
        "healthy": value.healthy,
        "signature": value.signature,
    }


def _health_plan(value: HealthPlan, cards: CardIndex) -> Mapping[str, Any]:
    return {"application": cards.application(value.application), "since": value.since}


def _change(value: Change, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "kind": value.kind.value,
        "component": value.component,
        "action": value.action.value,
        "before": value.before,
        "after": value.after,
        "not_before": value.interval.not_before,
        "not_after": value.interval.not_after,
        "actor_account": value.actor.account,
        "sentence": value.sentence,
        "snapshot_only": value.snapshot_only,
        "run": value.run,
    }


def _change_news(old: Change, new: Change) -> bool:
    return replace(old, citations=()) != replace(new, citations=())


def _own_run(value: OwnRun, cards: CardIndex) -> Mapping[str, Any]:
    return {
        "asset": cards.asset(value.asset),
        "kind": value.kind,
        "started_at": value.period.start,
        "ended_at": value.period.end,
    }


EVIDENCE_SHELVES: dict[type, Shelf] = {
    Session: Shelf(books.Session, lambda v: v.id, _session, _session_news),
    SessionEnd: Shelf(books.SessionEnd, _session_end_ref, _session_end, never),
    Observation: Shelf(books.Observation, _observation_ref, _observation, never),
    Snapshot: Shelf(books.Snapshot, _snapshot_ref, _snapshot, never),
    Gap: Shelf(books.Gap, lambda v: v.id, _gap, _gap_news),
    HealthCheck: Shelf(books.HealthCheck, lambda v: v.id, _health_check),
    HealthPlan: Shelf(books.HealthPlan, lambda v: f"HP-{v.application}", _health_plan),
    Change: Shelf(books.Change, lambda v: v.id, _change, _change_news),
    OwnRun: Shelf(books.OwnRun, lambda v: v.id, _own_run),
}

"""Who pays for each time entry, with every earlier decision that said something else.

A decision is made again whenever something relevant becomes known. One that says nothing new is not kept; one that
does supersedes the last, and both stay visible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.agreements.versions import UnknownVersion
from groundrules.core.answers.known import change_known_at, work_known_at
from groundrules.core.answers.model import DecisionHistory, Refusal
from groundrules.core.attribution.answers import Attribution
from groundrules.core.calendars import at_local
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import WorkNotAllocated, decide
from groundrules.core.coverage.facts_of_work import (
    AskedSpan,
    CauseFact,
    StemsFact,
    WorkFacts,
    asked_spans,
    cause_fact,
)
from groundrules.core.coverage.further_facts import severity_of, stems_of
from groundrules.core.coverage.overriding import Override, overridden, standing_override
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.periods import local_date, utc
from groundrules.core.work import Request, TimeEntry
from groundrules.core.world import World


@dataclass(frozen=True, slots=True)
class Findings:
    """What the evidence said at one instant: the world as known, who made what, what broke what, and every state."""

    at: datetime
    world: World
    attributions: tuple[Attribution, ...]
    causes: tuple[CauseAnswer, ...]
    states: tuple[StateSpan, ...]


def decisions_of(
    world: World, at: datetime, findings_at: Callable[[datetime], Findings], engine: EngineVersion
) -> tuple[tuple[DecisionHistory, ...], tuple[Refusal, ...]]:
    """This function will decide every time entry known at `at`, and again at each instant something became known.

    `world` is the world as known at `at`. An entry without a server is refused, not decided.
    """
    histories: list[DecisionHistory] = []
    refusals: list[Refusal] = []
    for entry in world.work:
        try:
            made = _made(entry, [findings_at(m) for m in _moments(world, entry, at)], engine)
        except (WorkNotAllocated, UnknownVersion) as refusal:
            refusals.append(Refusal(entry.id, type(refusal).__name__, str(refusal)))
            continue
        histories.append(DecisionHistory(entry.id, _saying_something_new(made)))
    return tuple(histories), tuple(refusals)


def _moments(world: World, entry: TimeEntry, at: datetime) -> tuple[datetime, ...]:
    """The instants at which an entry may have been decided otherwise than before, up to and with `at`."""
    first = utc(work_known_at(entry))
    learned = [
        *(change_known_at(world, change) for change in world.changes),
        *(world.discovered.get(session.id, first) for session in world.sessions),
        *(e.recorded_at for e in world.lifecycle),
        *(i.opened_at for i in world.incidents),
        *(r.ratification.at for r in world.requests if r.ratification is not None),
        *(c.at for c in world.health_checks),
        *(o.at for o in world.overrides if o.entry == entry.id),
        *_deadlines(world, entry),
    ]
    between = {utc(moment) for moment in learned if first < utc(moment) < utc(at)}
    return tuple(sorted({min(first, utc(at)), *between, utc(at)}))


def _deadlines(world: World, entry: TimeEntry) -> tuple[datetime, ...]:
    """The instant after which an unauthorised request can no longer be ratified."""
    request = request_of(world, entry)
    version = binding_version(world.agreement, entry.period.start)
    if request is None or version is None or version.ratification is None:
        return ()
    calendar, terms = version.calendar, version.ratification
    asked_on = local_date(calendar.zone, request.at)
    day = calendar.next_business_day(asked_on, terms.business_days)
    return (at_local(calendar, day, terms.by),)


def request_of(world: World, entry: TimeEntry) -> Request | None:
    """This function will return the request an entry answers, or None."""
    return next((r for r in world.requests if r.id == entry.request), None)


def decide_entry(entry: TimeEntry, findings: Findings, engine: EngineVersion) -> CoverageDecision:
    """This function will decide one entry from one instant's findings, with the owner's exception if one stands."""
    return _decided(_ground_of(entry, findings), findings, engine)


def _made(entry: TimeEntry, found: list[Findings], engine: EngineVersion) -> list[CoverageDecision]:
    """The decisions of each instant but those that rest on the very same as the one before: they would say the same."""
    made: list[CoverageDecision] = []
    last: _Ground | None = None
    for findings in found:
        ground = _ground_of(entry, findings)
        if ground != last:
            made.append(_decided(ground, findings, engine))
            last = ground
    return made


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a decision rests on, beside the agreement: the facts of the work, and the owner's exception."""

    facts: WorkFacts
    exception: Override | None


def _decided(ground: _Ground, findings: Findings, engine: EngineVersion) -> CoverageDecision:
    world = findings.world
    decision = decide(ground.facts, world.agreement, findings.at, engine)
    return overridden(decision, ground.exception, world.client.zone)


def _ground_of(entry: TimeEntry, findings: Findings) -> _Ground:
    world = findings.world
    technician = next(t for t in world.technicians if t.id == entry.technician)
    incident = next((i for i in world.incidents if i.id == entry.incident), None)
    cause = next((c for c in findings.causes if c.incident == entry.incident), None)
    attributions = {a.change: a for a in findings.attributions}
    cause_of = cause_fact(incident, cause, attributions)
    facts = WorkFacts(
        entry=entry,
        technician=technician,
        states=tuple(s for s in findings.states if s.asset == entry.asset),
        cause=cause_of,
        asked=_asked(entry, findings),
        severity=severity_of(incident),
        stems=_stems(entry, cause_of, world),
        asked_at=_asked_before(entry, findings),
    )
    return _Ground(facts, standing_override(world.overrides, entry.id, findings.at))


def _stems(entry: TimeEntry, cause: CauseFact, world: World) -> StemsFact:
    version = binding_version(world.agreement, entry.period.start) or world.agreement.versions[0]
    return stems_of(cause, {change.id: change for change in world.changes}, version.calendar)


def _asked_before(entry: TimeEntry, findings: Findings) -> datetime | None:
    """When work was asked for that had not begun, where that can cost more; what goes on already is not asked anew."""
    request = request_of(findings.world, entry)
    version = binding_version(findings.world.agreement, entry.period.start)
    if request is None or version is None or version.short_notice is None:
        return None
    known = utc(request.at) <= min(utc(findings.at), entry.period.start)
    return utc(request.at) if known else None


def _asked(entry: TimeEntry, findings: Findings) -> tuple[AskedSpan, ...]:
    world = findings.world
    version = binding_version(world.agreement, entry.period.start) or world.agreement.versions[0]
    return asked_spans(
        request_of(world, entry),
        world.client.contacts,
        version.ratification,
        version.calendar,
        entry,
        findings.at,
    )


def _saying_something_new(made: list[CoverageDecision]) -> tuple[CoverageDecision, ...]:
    kept: list[CoverageDecision] = []
    for decision in made:
        if not kept or _content(kept[-1]) != _content(decision):
            kept.append(decision)
    return tuple(kept)


def _content(decision: CoverageDecision) -> tuple[object, ...]:
    """What a decision says, without when it was made and how its sentences are worded."""
    segments = tuple(
        (s.period, s.cell, s.outcome, s.clause, s.hourly, s.forgone) for s in decision.segments
    )
    return (
        segments,
        decision.caused_by,
        decision.caused_by_vendor,
        decision.counted_as_loss,
        decision.asked_at,
    )

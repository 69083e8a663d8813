"""Who pays for each time entry, with every earlier decision that said something else.

A decision is made again whenever something relevant becomes known. One that says nothing new is not kept; one that
does supersedes the last, and both stay visible.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.versions import UnknownVersion
from groundrules.core.answers.findings import Findings
from groundrules.core.answers.known import change_known_at, work_known_at
from groundrules.core.answers.model import DecisionHistory, Refusal
from groundrules.core.calendars import at_local
from groundrules.core.coverage.answers import CoverageDecision, EngineVersion
from groundrules.core.coverage.decide import WorkNotAllocated, decide
from groundrules.core.coverage.facts_of_work import (
    ROUTINE,
    AskedSpan,
    CauseFact,
    StemsFact,
    WorkFacts,
    asked_spans,
    cause_fact,
)
from groundrules.core.coverage.flips import FlipBook
from groundrules.core.coverage.further_facts import severity_of, stems_of
from groundrules.core.coverage.overriding import Override, overridden, standing_override
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.periods import local_date, utc
from groundrules.core.work import Request, TimeEntry
from groundrules.core.world import World


def decisions_of(
    world: World, at: datetime, findings_at: Callable[[datetime], Findings], engine: EngineVersion
) -> tuple[tuple[DecisionHistory, ...], tuple[Refusal, ...]]:
    """This function will decide every time entry known at `at`, and again at each instant something became known.

    `world` is the world as known at `at`. An entry without a server is refused, not decided.
    """
    histories: list[DecisionHistory] = []
    refusals: list[Refusal] = []
    desk = _Desk(world, at, findings_at, engine)
    for entry in world.work:
        try:
            made = desk.made(entry)
        except (WorkNotAllocated, UnknownVersion) as refusal:
            refusals.append(Refusal(entry.id, type(refusal).__name__, str(refusal)))
            continue
        histories.append(DecisionHistory(entry.id, _saying_something_new(made)))
    return tuple(histories), tuple(refusals)


class _Desk:
    """What deciding many entries of one world shares."""

    def __init__(
        self,
        world: World,
        at: datetime,
        findings_at: Callable[[datetime], Findings],
        engine: EngineVersion,
    ) -> None:
        self.world, self.at, self.engine = world, utc(at), engine
        self.findings_at = findings_at
        self.now, self.flips = findings_at(self.at), FlipBook()
        self.learned = _learned(world)
        self.entered = {
            *(entry.asset for entry in world.lifecycle),
            *(notice.asset for notice in world.notices),
        }

    def made(self, entry: TimeEntry) -> list[CoverageDecision]:
        """The decisions of each instant but those that rest on the very same as the one before: they'd say the same."""
        if self._stays(entry):
            return self._on_unmoved_facts(entry)
        found = [self.findings_at(moment) for moment in self._moments(entry)]
        grounds = [(_ground_of(entry, findings), findings.at) for findings in found]
        return self._decided(grounds)

    def _stays(self, entry: TimeEntry) -> bool:
        """Whether nothing that is learned can move the facts: no incident, no request, no word on the server's state.

        What is known now holds all that was ever known, so what is not in it never was.
        """
        return (
            entry.incident not in self.now.incidents
            and entry.request not in self.now.requests
            and entry.asset not in self.entered
        )

    def _on_unmoved_facts(self, entry: TimeEntry) -> list[CoverageDecision]:
        """The decisions on an entry that only the owner's word can turn: its facts are gathered once."""
        facts = _facts_of(entry, self.now)
        own = [override for override in self.world.overrides if override.entry == entry.id]
        first = min(utc(work_known_at(entry)), self.at)
        later = {utc(o.at) for o in own if first < utc(o.at) < self.at}
        moments = sorted({first, *later, self.at})
        return self._decided(
            (_Ground(facts, standing_override(own, entry.id, m)), m) for m in moments
        )

    def _decided(self, grounds: Iterable[tuple[_Ground, datetime]]) -> list[CoverageDecision]:
        made: list[CoverageDecision] = []
        last: _Ground | None = None
        for ground, moment in grounds:
            if ground != last:
                made.append(_decided(ground, self.world, moment, self.engine, self.flips))
                last = ground
        return made

    def _moments(self, entry: TimeEntry) -> tuple[datetime, ...]:
        """The instants at which an entry may have been decided otherwise than before, up to and with `at`."""
        first, last = utc(work_known_at(entry)), self.at
        own = [
            *(utc(o.at) for o in self.world.overrides if o.entry == entry.id),
            *(utc(deadline) for deadline in _deadlines(self.now, entry)),
        ]
        between = {
            *self.learned[bisect_right(self.learned, first) : bisect_left(self.learned, last)],
            *(moment for moment in own if first < moment < last),
        }
        return tuple(sorted({min(first, last), *between, last}))


def _learned(world: World) -> tuple[datetime, ...]:
    """The instants at which something became known that may decide any work, in order."""
    found = [
        *(change_known_at(world, change) for change in world.changes),
        *(world.discovered[s.id] for s in world.sessions if s.id in world.discovered),
        *(e.recorded_at for e in world.lifecycle),
        *(i.opened_at for i in world.incidents),
        *(r.ratification.at for r in world.requests if r.ratification is not None),
        *(c.at for c in world.health_checks),
    ]
    return tuple(sorted({utc(moment) for moment in found}))


def _deadlines(findings: Findings, entry: TimeEntry) -> tuple[datetime, ...]:
    """The instant after which an unauthorised request can no longer be ratified."""
    request = findings.requests.get(entry.request)
    if request is None:
        return ()
    version = _version_asked_under(request, entry, findings.world.agreement)
    if version.ratification is None:
        return ()
    calendar, terms = version.calendar, version.ratification
    asked_on = local_date(calendar.zone, request.at)
    day = calendar.next_business_day(asked_on, terms.business_days)
    return (at_local(calendar, day, terms.by),)


def decide_entry(entry: TimeEntry, findings: Findings, engine: EngineVersion) -> CoverageDecision:
    """This function will decide one entry from one instant's findings, with the owner's exception if one stands."""
    return _decided(_ground_of(entry, findings), findings.world, findings.at, engine)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a decision rests on, beside the agreement: the facts of the work, and the owner's exception."""

    facts: WorkFacts
    exception: Override | None


def _decided(
    ground: _Ground,
    world: World,
    at: datetime,
    engine: EngineVersion,
    flips: FlipBook | None = None,
) -> CoverageDecision:
    decision = decide(ground.facts, world.agreement, at, engine, flips)
    return overridden(decision, ground.exception, world.client.zone)


def _ground_of(entry: TimeEntry, findings: Findings) -> _Ground:
    exception = standing_override(findings.world.overrides, entry.id, findings.at)
    return _Ground(_facts_of(entry, findings), exception)


def _facts_of(entry: TimeEntry, findings: Findings) -> WorkFacts:
    world = findings.world
    incident = findings.incidents.get(entry.incident)
    cause = (
        ROUTINE
        if incident is None
        else cause_fact(incident, findings.cause_of(incident), findings.attribution_of)
    )
    return WorkFacts(
        entry=entry,
        technician=next(t for t in world.technicians if t.id == entry.technician),
        states=findings.states_of(entry.asset),
        cause=cause,
        asked=_asked(entry, findings),
        severity=severity_of(incident),
        stems=_stems(entry, cause, findings),
        asked_at=_asked_before(entry, findings),
    )


def _stems(entry: TimeEntry, cause: CauseFact, findings: Findings) -> StemsFact:
    agreement = findings.world.agreement
    version = binding_version(agreement, entry.period.start) or agreement.versions[0]
    return stems_of(cause, findings.changes, version.calendar)


def _asked_before(entry: TimeEntry, findings: Findings) -> datetime | None:
    """When work was asked for that had not begun, where that can cost more; what goes on already is not asked anew."""
    request = findings.requests.get(entry.request)
    version = binding_version(findings.world.agreement, entry.period.start)
    if request is None or version is None or version.short_notice is None:
        return None
    known = utc(request.at) <= min(utc(findings.at), entry.period.start)
    return utc(request.at) if known else None


def _asked(entry: TimeEntry, findings: Findings) -> tuple[AskedSpan, ...]:
    world = findings.world
    request = findings.requests.get(entry.request)
    version = _version_asked_under(request, entry, world.agreement)
    return asked_spans(
        request,
        world.client.contacts,
        version.ratification,
        version.calendar,
        entry,
        findings.at,
    )


def _version_asked_under(
    request: Request | None, entry: TimeEntry, agreement: Agreement
) -> AgreementVersion:
    """The version that sets a request's deadline: the one in force when it was made, whenever the work is done.

    A request made before the agreement began keeps to the version its work began under.
    """
    return (
        (binding_version(agreement, request.at) if request else None)
        or binding_version(agreement, entry.period.start)
        or agreement.versions[0]
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

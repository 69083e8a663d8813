"""Service-level clocks: business time between an incident and its end, less the time a third party had the case.

A clock runs only while the server is under management: not while it is suspended, and not outside the agreement.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import AgreementVersion, ServiceTarget
from groundrules.core.agreements.words import duration_words
from groundrules.core.calendars import Calendar, zone_label
from groundrules.core.causation.answers import Incident
from groundrules.core.ids import IncidentId
from groundrules.core.periods import Period, utc
from groundrules.core.work import ThirdPartyAttempt

_VERDICTS = {True: "met", False: "missed", None: "still within time"}
_RUNNING_STATES = frozenset({CoverageState.COVERED, CoverageState.NOTICE})


class NoTarget(LookupError):
    """The agreement promises no time for the incident's priority."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How long an incident took in business seconds, with and without pauses, against its target.

    `met` is None while the clock still runs within its target. `working` adds the counted stretches up.
    """

    incident: IncidentId
    target: ServiceTarget
    counted_seconds: int
    without_pause_seconds: int
    met: bool | None
    runs: bool
    working: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What a clock looks at: third parties who had the case, and the server's coverage states."""

    attempts: tuple[ThirdPartyAttempt, ...] = ()
    states: tuple[StateSpan, ...] = ()


def target_for(incident: Incident, version: AgreementVersion) -> ServiceTarget:
    """This function will return the promise for the incident's priority; raises NoTarget when there is none."""
    for target in version.targets:
        if target.priority == incident.priority:
            return target
    message = (
        f"version {version.version} promises no time for priority {incident.priority or '(none)'}; "
        "set the incident's priority or agree on a target"
    )
    raise NoTarget(message)


def clock(
    incident: Incident, target: ServiceTarget, calendar: Calendar, facts: ClockFacts, at: datetime
) -> Clock:
    """This function will measure an incident against a target as of `at`.

    Without states the server counts as covered. A third party that has not returned the case keeps it until the end.
    """
    end = min(utc(at), utc(incident.resolved_at)) if incident.resolved_at else utc(at)
    is_over = incident.resolved_at is not None and utc(incident.resolved_at) <= utc(at)
    if end <= utc(incident.opened_at):
        return _nothing_yet(incident, target)
    whole = Period(incident.opened_at, end)
    managed = _managed(whole, facts.states)
    pauses = [_pause(attempt, end) for attempt in facts.attempts]
    counted = [part for piece in managed for part in _without(piece, pauses)]
    stretches = [(part, calendar.business_seconds(part)) for part in counted]
    seconds = sum(spent for _, spent in stretches)
    limit = target.minutes * 60
    met = seconds <= limit if is_over else (None if seconds <= limit else False)
    return Clock(
        incident=incident.id,
        target=target,
        counted_seconds=seconds,
        without_pause_seconds=sum(calendar.business_seconds(piece) for piece in managed),
        met=met,
        runs=not is_over and _is_managed(end, facts.states),
        working=_working([(p, s) for p, s in stretches if s], calendar.zone),
        sentence=_sentence(incident, target, seconds, _VERDICTS[met] if managed else ""),
    )


def _nothing_yet(incident: Incident, target: ServiceTarget) -> Clock:
    return Clock(
        incident.id, target, 0, 0, None, runs=True, working="", sentence="It has just begun."
    )


def _is_managed(at: datetime, states: Iterable[StateSpan]) -> bool:
    found = [span.state for span in states if span.period.contains(at)]
    return not found or found[0] in _RUNNING_STATES


def _managed(whole: Period, states: tuple[StateSpan, ...]) -> list[Period]:
    """The parts of the incident in which the server was under management."""
    edges = [edge for s in states for edge in (s.period.start, s.period.end) if edge is not None]
    return [piece for piece in whole.split_at(edges) if _is_managed(piece.start, states)]


def _pause(attempt: ThirdPartyAttempt, end: datetime) -> tuple[datetime, datetime]:
    return utc(attempt.at), utc(attempt.returned_at) if attempt.returned_at else end


def _without(piece: Period, pauses: list[tuple[datetime, datetime]]) -> list[Period]:
    """The parts of a stretch in which nobody else had the case; overlapping pauses count once."""
    edges = [edge for pause in pauses for edge in pause]
    return [
        part
        for part in piece.split_at(edges)
        if not any(start <= part.start < end for start, end in pauses)
    ]


def _working(stretches: list[tuple[Period, int]], zone: str) -> str:
    parts = [
        f"{zone_label(p.start, zone)} to {zone_label(p.end or p.start, zone)}: {duration_words(s)}"
        for p, s in stretches
    ]
    return "; ".join(parts)


def _sentence(incident: Incident, target: ServiceTarget, seconds: int, verdict: str) -> str:
    if not verdict:
        return f"No clock ran for {incident.title}: the server was not under management."
    promise = f"{duration_words(target.minutes * 60)} of business time promised"
    clause = f" (clause {target.clause})" if target.clause else ""
    return f"{duration_words(seconds)} of {promise}{clause}: {verdict}."

"""Controls: what else should have failed if a change were the cause, and whether it was undone before the failure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.attribution.timing import spoken
from groundrules.core.causation.answers import Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.paths import Reach, best_path, reaches
from groundrules.core.changes import Change, same_component
from groundrules.core.evidence import Action, HealthCheck
from groundrules.core.ids import AssetId
from groundrules.core.parties import Application
from groundrules.core.periods import Interval, utc
from groundrules.core.reasons import FactRef, Reason

_OPPOSITE = {
    Action.ADDED: Action.REMOVED,
    Action.REMOVED: Action.ADDED,
    Action.ALTERED: Action.ALTERED,
}
LONGEST_CONTROL = timedelta(days=1)
_SAME_TIME = timedelta(minutes=5)
# What was put back has to be started: a check that fails sooner tells nothing of the repair.
_STARTING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Control:
    """What the controls say about one change: reasons either way, and whether they speak against it.

    `failed` is True when another application that needs it failed within the time of this failure.
    """

    reasons: tuple[Reason, ...] = ()
    against: bool = False
    failed: bool = False


def reversal(change: Change, changes: Iterable[Change]) -> Change | None:
    """This function will return the first later change that put back what this one did, or None."""
    undoing = [c for c in changes if _undoes(c, change)]
    return min(
        undoing, key=lambda c: (c.interval.not_before, c.interval.not_after, c.id), default=None
    )


def _undoes(later: Change, change: Change) -> bool:
    if later.asset != change.asset or later.kind is not change.kind:
        return False
    if not same_component(later.component, change.component):
        return False
    if later.action is not _OPPOSITE[change.action]:
        return False
    if later.interval.not_before < change.interval.not_after or later.id == change.id:
        return False
    if change.action is Action.ALTERED:
        return change.before is not None and later.after == change.before
    # Put back in another version is not put back.
    return (
        change.action is Action.ADDED
        or None in {change.before, later.after}
        or (change.before == later.after)
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another application, what it needs, and its checks in time order."""

    application: Application
    reached: tuple[Reach, ...]
    checks: tuple[HealthCheck, ...]
    times: tuple[datetime, ...]

    def between(self, after: datetime, until: datetime) -> tuple[HealthCheck, ...]:
        """This function will return the checks after one instant up to and with another."""
        return self.checks[bisect_right(self.times, after) : bisect_right(self.times, until)]


def neighbours_of(incident: Incident, context: CausationContext) -> tuple[Neighbour, ...]:
    """This function will list every other application with what it needs and its checks, by name."""
    others = sorted(context.applications, key=lambda a: (a.name, a.id))
    return tuple(_neighbour_of(a, context) for a in others if a.id != incident.application)


def _neighbour_of(application: Application, context: CausationContext) -> Neighbour:
    checks = _in_time_order(application, context)
    times = tuple(utc(c.at) for c in checks)
    return Neighbour(application, reaches(application, context), checks, times)


def _in_time_order(application: Application, context: CausationContext) -> tuple[HealthCheck, ...]:
    own = (c for c in context.health_checks if c.application == application.id)
    return tuple(sorted(own, key=lambda c: (utc(c.at), c.id)))


def all_failed(beside: Iterable[Neighbour], asset: AssetId, onset: Interval) -> bool:
    """This function will say whether every other application on the server that was checked failed at the same time."""
    found = [
        not check.healthy
        for n in beside
        if n.application.asset == asset
        for check in _at_the_time(n, onset)
    ]
    return bool(found) and all(found)


def is_spared(change: Change, beside: Iterable[Neighbour], asset: AssetId, onset: Interval) -> bool:
    """This function will say whether an application on the server that does not need it was healthy at the time."""
    return any(
        n.application.asset == asset
        and best_path(change, n.reached) is None
        and (seen := _at_the_time(n, onset))
        and all(check.healthy for check in seen)
        for n in beside
    )


def _at_the_time(neighbour: Neighbour, onset: Interval) -> tuple[HealthCheck, ...]:
    width = max(onset.not_after - onset.not_before, _SAME_TIME)
    return neighbour.between(onset.not_before, onset.not_after + width)


def recovered_at(incident: Incident, checks: Iterable[HealthCheck]) -> datetime | None:
    """This function will return when the failed application first passed a check after the incident was opened."""
    opened = utc(incident.opened_at)
    own = (
        utc(c.at)
        for c in checks
        if c.healthy and c.application == incident.application and utc(c.at) > opened
    )
    return min(own, default=None)


def control_end(
    change: Change, incident: Incident, undone: Change | None, recovered: datetime | None
) -> datetime:
    """This function will say until when other applications tell of a change.

    Until it was undone, the incident was resolved, the application recovered, or a day passed.
    """
    edges = [change.interval.not_after + LONGEST_CONTROL]
    if recovered is not None:
        edges.append(recovered)
    if undone is not None:
        edges.append(undone.interval.not_before)
    if incident.resolved_at is not None:
        edges.append(utc(incident.resolved_at))
    return min(edges)


def healed_by(
    change: Change,
    undone: Change | None,
    onset: Interval,
    incident: Incident,
    context: CausationContext,
) -> tuple[Reason, ...]:
    """This function will say that undoing a change was followed by a passing check, or by one that still failed when
    what was put back had had time to start.
    """
    if undone is None or undone.interval.not_before < onset.not_after:
        return ()
    own = [c for c in context.health_checks if c.application == incident.application]
    later = [c for c in own if utc(c.at) >= undone.interval.not_after]
    ready = undone.interval.not_after + _STARTING
    first = min(
        (c for c in later if c.healthy or utc(c.at) >= ready),
        key=lambda c: (utc(c.at), c.id),
        default=None,
    )
    if first is None:
        return ()
    wait = spoken(utc(first.at) - undone.interval.not_after)
    facts = (FactRef("change", undone.id), FactRef("health check", first.id))
    which = "the next check" if first == _earliest(later) else "the first check that could tell"
    said = f"{change.component} was put back, and {which}, {wait} later,"
    if not first.healthy:
        return (Reason("causation: in vain", f"{said} still failed.", facts),)
    return (Reason("causation: repair", f"{said} passed.", facts),)


def _earliest(checks: Iterable[HealthCheck]) -> HealthCheck:
    return min(checks, key=lambda c: (utc(c.at), c.id))


def mended_by(
    change: Change,
    again: Iterable[Change],
    onset: Interval,
    incident: Incident,
    context: CausationContext,
) -> tuple[Reason, ...]:
    """This function will say that what a change touched was changed again while the application failed, and it passed
    the next check: put right, though not put back.
    """
    own = sorted(
        (c for c in context.health_checks if c.application == incident.application),
        key=lambda c: (utc(c.at), c.id),
    )
    later = [c for c in again if c.id != change.id and c.interval.not_before >= onset.not_after]
    for touch in sorted(later, key=lambda c: (c.interval.not_before, c.id)):
        before = [c for c in own if utc(c.at) <= touch.interval.not_before]
        after = next((c for c in own if utc(c.at) >= touch.interval.not_after), None)
        if before and not before[-1].healthy and after is not None and after.healthy:
            wait = spoken(utc(after.at) - touch.interval.not_after)
            says = (
                f"{change.component} was changed again, and the next check, {wait} later, passed."
            )
            facts = (FactRef("change", touch.id), FactRef("health check", after.id))
            return (Reason("causation: mended", says, facts),)
    return ()

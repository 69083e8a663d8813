"""Controls: what else should have failed if a change were the cause, and whether it was undone before the failure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.attribution.timing import spoken
from groundrules.core.calendars import zone_label
from groundrules.core.causation.answers import Incident
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.paths import best_path, reaches
from groundrules.core.changes import Change, same_component
from groundrules.core.evidence import Action, HealthCheck
from groundrules.core.parties import Application
from groundrules.core.periods import Interval, utc
from groundrules.core.reasons import FactRef, Reason

_OPPOSITE = {
    Action.ADDED: Action.REMOVED,
    Action.REMOVED: Action.ADDED,
    Action.ALTERED: Action.ALTERED,
}
_LONGEST_CONTROL = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Control:
    """What the controls say about one change: reasons either way, and whether they speak against it."""

    reasons: tuple[Reason, ...] = ()
    against: bool = False


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


def neighbours(
    change: Change, incident: Incident, undone: Change | None, context: CausationContext
) -> Control:
    """This function will look at the other applications that need what was changed: healthy ones speak against it,
    unless another of them failed as well (whoever changes a password tells their own application).

    Looked at from the change until it was undone, the incident was resolved, the application recovered, or a day
    passed.
    """
    end = _control_end(change, incident, undone, context)
    found = [
        _neighbour(application, change, end, context)
        for application in sorted(context.applications, key=lambda a: (a.name, a.id))
        if application.id != incident.application
        and best_path(change, reaches(application, context)) is not None
    ]
    reasons = tuple(reason for control in found for reason in control.reasons)
    failed = any(control.reasons and not control.against for control in found)
    return Control(reasons, against=not failed and any(control.against for control in found))


def _neighbour(
    application: Application, change: Change, end: datetime, context: CausationContext
) -> Control:
    checks = [
        c
        for c in context.health_checks
        if c.application == application.id and change.interval.not_after < utc(c.at) <= end
    ]
    ordered = sorted(checks, key=lambda c: (utc(c.at), c.id))
    bad = next((c for c in ordered if not c.healthy), None)
    if bad is not None:
        says = f"{application.name} needs {change.component} too, and failed after the change"
        return Control((_checked(says, bad, context),), against=False)
    if not ordered:
        return Control()
    says = f"{application.name} needs {change.component} too, and was healthy after the change"
    return Control((_checked(says, ordered[-1], context),), against=True)


def _checked(says: str, check: HealthCheck, context: CausationContext) -> Reason:
    when = zone_label(check.at, context.zone)
    return Reason("causation: control", f"{says} ({when}).", (FactRef("health check", check.id),))


def _control_end(
    change: Change, incident: Incident, undone: Change | None, context: CausationContext
) -> datetime:
    healed = [
        utc(c.at)
        for c in context.health_checks
        if c.application == incident.application
        and c.healthy
        and utc(c.at) > utc(incident.opened_at)
    ]
    edges = [change.interval.not_after + _LONGEST_CONTROL, *healed]
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
    """This function will say that undoing a change was followed by a passing check, when it was."""
    if undone is None or undone.interval.not_before < onset.not_after:
        return ()
    own = [c for c in context.health_checks if c.application == incident.application]
    later = [c for c in own if utc(c.at) >= undone.interval.not_after]
    first = min(later, key=lambda c: (utc(c.at), c.id), default=None)
    if first is None or not first.healthy:
        return ()
    wait = spoken(utc(first.at) - undone.interval.not_after)
    says = f"{change.component} was put back, and the next check, {wait} later, passed."
    facts = (FactRef("change", undone.id), FactRef("health check", first.id))
    return (Reason("causation: repair", says, facts),)

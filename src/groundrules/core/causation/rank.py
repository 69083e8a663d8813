"""Rank the changes that can explain an incident, by facts in a fixed order: time, dependency path, controls,
completeness.

One change is likely only when it is the only one left: made between the last good check and the first failing one,
on a known dependency path, with nothing else of ours unexplained and no evidence missing. Otherwise all that remain
are listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from groundrules.core.calendars import zone_label
from groundrules.core.causation.alternatives import alternatives, left_open
from groundrules.core.causation.answers import (
    CauseAnswer,
    CauseVerdict,
    Incident,
)
from groundrules.core.causation.confirmation import is_confirmed, unconfirmed
from groundrules.core.causation.consider import Case, Considered, Item, consider, item_of
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.obstacles import Obstacles, obstacles
from groundrules.core.causation.onset import bracket
from groundrules.core.causation.paths import reaches
from groundrules.core.causation.plausibility import plausibility
from groundrules.core.causation.weights import WEIGHTS, digest
from groundrules.core.causation.words import would_change
from groundrules.core.changes import Change
from groundrules.core.evidence import HealthCheck
from groundrules.core.ids import ChangeId
from groundrules.core.parties import Application
from groundrules.core.periods import Interval, Order
from groundrules.core.reasons import FactRef, Reason

_MOST = 3


def rank(incident: Incident, changes: Iterable[Change], context: CausationContext) -> CauseAnswer:
    """This function will say which change, if one, explains an incident, and why every other does not.

    Deterministic, and blind to who acted and what was permitted. Hardware that its maker reports as failed explains
    the incident without any change.
    """
    case = _case(incident, tuple(changes), context)
    weighed = tuple(consider(change, case) for change in _listed(case))
    remaining = _remaining(weighed, case)
    beside = alternatives(case)
    verdict, why = _verdict(case, remaining, obstacles(case, left_open(beside)))
    return CauseAnswer(
        incident=incident.id,
        onset=case.bracket.interval,
        verdict=verdict,
        changes=_resting_on(verdict, remaining, case),
        hypotheses=tuple(c.hypothesis for c in _in_order(weighed, case)),
        reasons=(_onset_reason(case), *why),
        hardware=incident.hardware,
        would_change=would_change(case, verdict, remaining),
        alternatives=beside,
    )


def _resting_on(
    verdict: CauseVerdict, remaining: tuple[Considered, ...], case: Case
) -> tuple[ChangeId, ...]:
    """Everything a likely verdict rests on; of candidates the most plausible, because a long list says nothing."""
    if verdict is CauseVerdict.UNKNOWN:
        return ()
    most = _MOST if verdict is CauseVerdict.CANDIDATES else len(remaining)
    return tuple(c.change.id for c in _in_order(remaining, case)[:most])


def _case(incident: Incident, changes: tuple[Change, ...], context: CausationContext) -> Case:
    application = next((a for a in context.applications if a.id == incident.application), None)
    checks = tuple(c for c in context.health_checks if _concerns(c, incident, context))
    narrowed = replace(context, health_checks=context.health_checks if application else checks)
    found = bracket(incident, checks, context.horizon)
    near = _within_horizon(changes, found.interval, context)
    by_item: defaultdict[Item, list[Change]] = defaultdict(list)
    for change in near:
        by_item[item_of(change)].append(change)
    return Case(
        incident=incident,
        name=_case_name(incident, application),
        asset=incident.asset if application is None else application.asset,
        bracket=found,
        reached=() if application is None else reaches(application, context),
        changes=near,
        by_item={item: tuple(listed) for item, listed in by_item.items()},
        context=narrowed,
    )


def _within_horizon(
    changes: tuple[Change, ...], onset: Interval, context: CausationContext
) -> tuple[Change, ...]:
    earliest, latest = onset.not_before - context.horizon, onset.not_after + context.horizon
    near = {
        c.id: c
        for c in changes
        if c.interval.not_after >= earliest and c.interval.not_before <= latest
    }
    return tuple(near.values())


def _case_name(incident: Incident, application: Application | None) -> str:
    if application is not None:
        return application.name
    return str(incident.application or incident.asset)


def _concerns(check: HealthCheck, incident: Incident, context: CausationContext) -> bool:
    if incident.application is not None:
        return check.application == incident.application
    here = {a.id for a in context.applications if a.asset == incident.asset}
    return check.application in here


def _listed(case: Case) -> tuple[Change, ...]:
    """Changes near enough to be listed one by one, in an order that does not depend on the input's."""
    onset, context = case.bracket.interval, case.context
    reached = {reach.asset for reach in case.reached} | {case.asset}
    return tuple(
        c
        for c in case.changes
        if c.interval.not_before <= onset.not_after + context.aftermath
        and (c.asset in reached or c.interval.order_to(onset) is Order.POSSIBLY_BEFORE)
    )


def _remaining(weighed: tuple[Considered, ...], case: Case) -> tuple[Considered, ...]:
    staying = tuple(c for c in weighed if c.stays)
    return tuple(c for c in staying if c.on_path) if case.mapped else staying


def _verdict(
    case: Case, remaining: tuple[Considered, ...], standing: Obstacles
) -> tuple[CauseVerdict, tuple[Reason, ...]]:
    incident = case.incident
    if incident.hardware:
        says = (
            f"The hardware itself failed ({incident.hardware}); no change is needed to explain it."
        )
        fact = FactRef("incident", incident.id, incident.title)
        return CauseVerdict.UNKNOWN, (Reason("causation: hardware", says, (fact,)),)
    if not remaining:
        says = f"No recorded change explains the failure of {case.name}."
        return CauseVerdict.UNKNOWN, (Reason("causation: none", says), *standing.reasons)
    sure = case.mapped and not standing.reasons and not any(c.doubted for c in remaining)
    if not sure or not _one_operation(remaining, case):
        return CauseVerdict.CANDIDATES, (_candidates(remaining, case), *standing.reasons)
    if not any(is_confirmed(c, case) for c in remaining):
        return CauseVerdict.CANDIDATES, (_candidates(remaining, case), unconfirmed(remaining, case))
    return CauseVerdict.LIKELY_CHANGE, (_likely(case, remaining),)


def _one_operation(remaining: tuple[Considered, ...], case: Case) -> bool:
    """Several packages removed by one command are one act: same actor or run, same kind and action, seconds apart."""
    changes = sorted((c.change for c in remaining), key=lambda c: c.interval.not_before)
    first, last = changes[0], changes[-1]
    if len(changes) == 1:
        return True
    known = bool(
        first.actor.account or first.actor.identifier or first.actor.session_key or first.run
    )
    traits = {(c.asset, c.kind, c.action, c.actor, c.run) for c in changes}
    quick = last.interval.not_after - first.interval.not_before <= case.context.operation
    return known and len(traits) == 1 and quick


def _likely(case: Case, remaining: tuple[Considered, ...]) -> Reason:
    onset, zone = case.bracket.interval, case.context.zone
    good, bad = zone_label(onset.not_before, zone), zone_label(onset.not_after, zone)
    what = "; ".join(c.change.sentence for c in _in_order(remaining, case))
    says = (
        f"{what}: the only recorded change {case.name} depends on between the last good check ({good}) "
        f"and the first failure ({bad})."
    )
    return Reason("causation: only one remains", says, _facts(_in_order(remaining, case)))


def _candidates(remaining: tuple[Considered, ...], case: Case) -> Reason:
    listed = "They are listed" if len(remaining) <= _MOST else f"The first {_MOST} are listed"
    if len(remaining) == 1:
        says = "One recorded change remains, and the evidence does not carry more than naming it a candidate."
    else:
        says = (
            f"{len(remaining)} recorded changes remain; the evidence does not tell them apart. {listed} "
            f"as weights {WEIGHTS.version} ({digest(WEIGHTS)}) order them."
        )
    return Reason("causation: candidates", says, _facts(_in_order(remaining, case)[:_MOST]))


def _facts(ordered: Iterable[Considered]) -> tuple[FactRef, ...]:
    return tuple(FactRef("change", c.change.id, c.change.sentence) for c in ordered)


def _onset_reason(case: Case) -> Reason:
    onset, zone = case.bracket.interval, case.context.zone
    good, bad = case.bracket.last_good, case.bracket.first_bad
    seen = "first failing check" if bad is not None else "reported"
    before = (
        f"last good check {zone_label(onset.not_before, zone)}"
        if good is not None
        else "no good check before it is on record"
    )
    facts = tuple(FactRef("health check", c.id) for c in (good, bad) if c is not None)
    says = f"{case.name} failed: {before}, {seen} {zone_label(onset.not_after, zone)}."
    return Reason("causation: onset", says, facts or (FactRef("incident", case.incident.id),))


def _in_order(weighed: Iterable[Considered], case: Case) -> list[Considered]:
    """Kept before rejected, in time before out of it, the more plausible first; content before reference."""
    return sorted(weighed, key=lambda c: _preference(c, case))


def _preference(considered: Considered, case: Case) -> tuple[object, ...]:
    change, hypothesis = considered.change, considered.hypothesis
    return (
        hypothesis.rejected,
        hypothesis.order is Order.CERTAINLY_AFTER,
        -plausibility(considered, case),
        -change.interval.not_after.timestamp(),
        change.asset,
        change.kind.value,
        change.component,
        change.action.value,
        change.id,
    )

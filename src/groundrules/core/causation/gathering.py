"""Gathers one incident with everything its changes are held against, once, so that each change is weighed quickly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from groundrules.core.causation.answers import Incident
from groundrules.core.causation.case import Case, Item, item_of
from groundrules.core.causation.clearing import good_checks
from groundrules.core.causation.clocks import as_timed
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.controls import all_failed, neighbours_of, recovered_at
from groundrules.core.causation.naming import mentions
from groundrules.core.causation.onset import Bracket, bracket
from groundrules.core.causation.paths import Reach, reaches
from groundrules.core.changes import Change
from groundrules.core.evidence import GapKind, HealthCheck, ItemKind
from groundrules.core.parties import Application
from groundrules.core.periods import Interval


def gather(incident: Incident, changes: tuple[Change, ...], context: CausationContext) -> Case:
    """This function will look up what one incident's changes are weighed by."""
    application = next((a for a in context.applications if a.id == incident.application), None)
    checks = tuple(c for c in context.health_checks if _concerns(c, incident, context))
    narrowed = replace(context, health_checks=context.health_checks if application else checks)
    found = bracket(incident, checks, context.horizon)
    near = _within_horizon(changes, found.interval, context)
    by_item: defaultdict[Item, list[Change]] = defaultdict(list)
    for change in near:
        by_item[item_of(change)].append(change)
    asset = incident.asset if application is None else application.asset
    reached = () if application is None else reaches(application, context)
    beside = neighbours_of(incident, context)
    name = _case_name(incident, application)
    return Case(
        incident=incident,
        name=name,
        asset=asset,
        bracket=found,
        reached=reached,
        changes=near,
        by_item={item: tuple(listed) for item, listed in by_item.items()},
        context=narrowed,
        beside=beside,
        good=good_checks(incident, found.interval, narrowed.health_checks),
        recovered=recovered_at(incident, narrowed.health_checks),
        all_failed=all_failed(beside, asset, found.interval),
        error_names_something=_names_something(
            _error(incident, found), name, reached, [c for c in near if c.asset == asset]
        ),
    )


def _error(incident: Incident, found: Bracket) -> str:
    return incident.signature or ("" if found.first_bad is None else found.first_bad.signature)


def _names_something(
    error: str, application: str, reached: tuple[Reach, ...], here: list[Change]
) -> bool:
    changed = {c.component for c in here if c.kind is not ItemKind.HOST}
    known = {reach.component for reach in reached} | changed
    return bool(error) and any(mentions(error, component, application) for component in known)


def _within_horizon(
    changes: tuple[Change, ...], onset: Interval, context: CausationContext
) -> tuple[Change, ...]:
    earliest, latest = onset.not_before - context.horizon, onset.not_after + context.horizon
    near = {
        c.id: c
        for c in changes
        if c.interval.not_after >= earliest and c.interval.not_before <= latest
    }
    steps = [g for g in context.gaps if g.kind is GapKind.CLOCK_STEP]
    return tuple(as_timed(c, steps) for c in near.values())


def _case_name(incident: Incident, application: Application | None) -> str:
    if application is not None:
        return application.name
    return str(incident.application or incident.asset)


def _concerns(check: HealthCheck, incident: Incident, context: CausationContext) -> bool:
    if incident.application is not None:
        return check.application == incident.application
    here = {a.id for a in context.applications if a.asset == incident.asset}
    return check.application in here

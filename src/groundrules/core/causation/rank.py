"""Rank the changes that can explain an incident: facts in a fixed order first (time, dependency path, controls,
completeness), then a competing-risks score with "no recorded change" among the answers.

A change is likely only when facts tie the failure to it, nothing speaks against it, and its probability is beyond the
certified threshold. Otherwise the most plausible are listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from math import fsum

from groundrules.core.calendars import zone_label
from groundrules.core.causation.alternatives import alternatives, left_open
from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis, Incident
from groundrules.core.causation.case import Case
from groundrules.core.causation.confirmation import Tie
from groundrules.core.causation.consider import Considered, consider
from groundrules.core.causation.context import CausationContext
from groundrules.core.causation.gathering import gather
from groundrules.core.causation.obstacles import obstacles
from groundrules.core.causation.plausibility import Odds, odds
from groundrules.core.causation.verdict import tied_to, verdict_on
from groundrules.core.causation.weighed import Weighed
from groundrules.core.causation.weights import WEIGHTS, Weights
from groundrules.core.causation.words import would_change
from groundrules.core.changes import Change
from groundrules.core.ids import ChangeId
from groundrules.core.periods import Order
from groundrules.core.reasons import FactRef, Reason

_DIGITS = 4
# What waited through passing checks is listed among the candidates from this probability on.
_PROBABLE = 0.05


def rank(incident: Incident, changes: Iterable[Change], context: CausationContext) -> CauseAnswer:
    """This function will say which change, if one, explains an incident, and why every other does not.

    Deterministic, and blind to who acted and what was permitted. Hardware that its maker reports as failed explains
    the incident without any change.
    """
    case, held = hold(incident, changes, context)
    ordered, weighed = _weighed(case, held, WEIGHTS)
    found = verdict_on(weighed)
    return CauseAnswer(
        incident=incident.id,
        onset=case.bracket.interval,
        verdict=found.verdict,
        changes=tuple(c.change.id for c in found.changes),
        hypotheses=tuple(_with_probability(c, weighed.chances) for c in ordered),
        reasons=(_onset_reason(case), *found.reasons),
        hardware=incident.hardware,
        would_change=would_change(case, found.verdict, found.changes),
        alternatives=weighed.beside,
        nothing_recorded=_shown(1.0 if incident.hardware else weighed.chances.nothing),
    )


def hold(
    incident: Incident, changes: Iterable[Change], context: CausationContext
) -> tuple[Case, tuple[Considered, ...]]:
    """This function will hold every change near an incident against it by the rules, before anything is scored."""
    case = gather(incident, tuple(changes), context)
    return case, tuple(consider(change, case) for change in _listed(case))


def tied(
    case: Case, held: tuple[Considered, ...], weights: Weights
) -> tuple[tuple[ChangeId, ...], float, Tie | None]:
    """This function will return the one act facts tie a failure to, its probability, and what ties it."""
    _, weighed = _weighed(case, held, weights)
    act, tie = ((), None) if case.incident.hardware else tied_to(weighed)
    return tuple(c.change.id for c in act), weighed.probability(act), tie


def _weighed(
    case: Case, held: tuple[Considered, ...], weights: Weights
) -> tuple[tuple[Considered, ...], Weighed]:
    chances = odds(held, case, weights)
    ordered = tuple(sorted(held, key=lambda c: _preference(c, chances)))
    remaining = tuple(c for c in ordered if c.remains(mapped=case.mapped))
    waited = tuple(c for c in ordered if c.stays and c.waited)
    probable = _PROBABLE * _linked(chances, (*remaining, *waited))
    listed = tuple(
        c
        for c in ordered
        if c.remains(mapped=case.mapped)
        or (c.stays and c.waited and chances.of(c.change.id) >= probable)
    )
    beside = alternatives(case)
    standing = obstacles(case, left_open(beside))
    return ordered, Weighed(case, remaining, waited, listed, chances, standing, beside, weights)


def _linked(chances: Odds, linked: tuple[Considered, ...]) -> float:
    """The probability of these and of none: what no dependency leads to, any number of it, must not turn a verdict."""
    return fsum(chances.of(c.change.id) for c in linked) + chances.nothing


def _with_probability(considered: Considered, chances: Odds) -> CauseHypothesis:
    probability = _shown(chances.of(considered.change.id))
    return replace(considered.hypothesis, probability=probability)


def _shown(probability: float) -> Decimal:
    """Four places: more would show the last digits of a machine's arithmetic."""
    return round(Decimal(probability), _DIGITS)


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
    error = "" if bad is None or case.incident.signature else bad.signature
    said = f', with the error "{error}"' if error else ""
    says = f"{case.name} failed: {before}, {seen} {zone_label(onset.not_after, zone)}{said}."
    return Reason("causation: onset", says, facts or (FactRef("incident", case.incident.id),))


def _preference(considered: Considered, chances: Odds) -> tuple[object, ...]:
    """Kept before ruled out, in time before out of it, the more probable first; content before reference."""
    change, hypothesis = considered.change, considered.hypothesis
    return (
        hypothesis.rejected,
        hypothesis.order is Order.CERTAINLY_AFTER,
        -chances.of(change.id),
        -change.interval.not_after.timestamp(),
        change.asset,
        change.kind.value,
        change.component,
        change.action.value,
        change.id,
    )

"""The way back of a suspended server: since when it is off, what is on record, and when it came back.

A return that took effect stays one. What lapses or is agreed later (a letter of agency that expires, a new version with
further conditions) does not reach back and suspend a server that was given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.terms import ConditionKind, ConditionTerms, ReinstatementTerms
from groundrules.core.agreements.versions import binds_from
from groundrules.core.answers.relief import nothing_due
from groundrules.core.attribution.answers import Attribution
from groundrules.core.ids import AssetId
from groundrules.core.lifecycle.answers import ReinstatementAnswer
from groundrules.core.lifecycle.conditions import reinstatement
from groundrules.core.lifecycle.proofs import ConditionInputs
from groundrules.core.lifecycle.timeline import binding_version, state_at
from groundrules.core.periods import utc
from groundrules.core.work import WorkType
from groundrules.core.world import World

OFF = frozenset({CoverageState.SUSPENDED, CoverageState.REINSTATING})
_JUST_BEFORE = timedelta(microseconds=1)


def off_since(spans: Iterable[StateSpan], asset: AssetId, at: datetime) -> datetime | None:
    """This function will return when the suspension an asset is in at `at` began; None when it is in none.

    Spans that follow one another without coverage between them are one suspension, whatever their sentences say.
    """
    own = [span for span in spans if span.asset == asset]
    if state_at(own, at).state not in OFF:
        return None
    began = utc(at)
    for span in reversed([s for s in own if s.period.start <= utc(at)]):
        if span.state not in OFF:
            break
        began = span.period.start
    return began


def condition_inputs(
    world: World, suspended_from: datetime, attributions: tuple[Attribution, ...]
) -> ConditionInputs:
    """This function will gather everything on record that may tick a reinstatement condition.

    Invoices and records of people count from when the suspension began: what was paid, recorded or waived in an
    earlier suspension says nothing about this one.
    """
    return ConditionInputs(
        suspended_from=suspended_from,
        zone=world.client.zone,
        letters_of_agency=world.letters_of_agency,
        acceptances=world.acceptances,
        changes=world.changes,
        attributions=attributions,
        accounts=world.accounts,
        invoices=tuple(i for i in world.invoices if utc(i.issued_at) >= suspended_from),
        nothing_due=nothing_due(world),
        work=world.work,
        health_checks=world.health_checks,
        records=tuple(r for r in world.condition_records if utc(r.at) >= suspended_from),
        names={str(vendor.id): vendor.name for vendor in world.vendors},
    )


def way_back(
    world: World,
    asset: AssetId,
    suspended_from: datetime,
    attributions: tuple[Attribution, ...],
    at: datetime,
) -> ReinstatementAnswer | None:
    """This function will say where the conditions stand at `at`, or how the asset came back before.

    None when no version with a way back is in force at `at`.
    """
    inputs = condition_inputs(world, suspended_from, attributions)
    terms = _terms(world, at)
    if terms is None:
        return None
    for moment in _moments(world, asset, inputs, at):
        answer = _met_until_midnight(world, asset, inputs, moment, at)
        if answer is not None:
            return answer
    return reinstatement(asset, terms, inputs, at)


def _terms(world: World, at: datetime) -> ReinstatementTerms | None:
    version = binding_version(world.agreement, at)
    return version.reinstatement if version else None


def _met_until_midnight(
    world: World, asset: AssetId, inputs: ConditionInputs, moment: datetime, at: datetime
) -> ReinstatementAnswer | None:
    """The answer when every condition was met at a moment and still is at the midnight after it (or at `at`)."""
    terms = _terms(world, moment)
    if terms is None or not terms.conditions:
        return None
    first = reinstatement(asset, terms, inputs, moment)
    if first.effective_at is None:
        return None
    later = min(first.effective_at - _JUST_BEFORE, at)
    terms = _terms(world, later) or terms
    answer = reinstatement(asset, terms, inputs, max(later, moment))
    return answer if answer.effective_at is not None else None


def _moments(
    world: World, asset: AssetId, inputs: ConditionInputs, at: datetime
) -> tuple[datetime, ...]:
    """The instants up to `at` at which a condition can have become met, in time order."""
    versions = world.agreement.versions
    conditions = [c for v in versions if v.reinstatement for c in v.reinstatement.conditions]
    found = [
        *(binds_from(version) for version in versions),
        *(step.at for letter in inputs.letters_of_agency for step in letter.steps),
        *(a.at for a in inputs.acceptances),
        *(i.paid_at for i in inputs.invoices if i.paid_at is not None),
        *(p.start for i in inputs.invoices for p in inputs.nothing_due.get(i.invoice, ())),
        *(r.at for r in inputs.records),
        *(c.interval.not_after for c in inputs.changes if c.asset == asset),
        *(_ended(world, asset)),
        *(c.at for c in inputs.health_checks if c.application in _watched(conditions)),
    ]
    since = inputs.suspended_from
    return tuple(sorted({utc(m) for m in found if since <= utc(m) <= at} | {since}))


def _ended(world: World, asset: AssetId) -> list[datetime]:
    done = (e for e in world.work if e.asset == asset and e.work_type is WorkType.INSPECTION)
    return [entry.period.end for entry in done if entry.period.end is not None]


def _watched(conditions: Iterable[ConditionTerms]) -> frozenset[str]:
    return frozenset(c.component for c in conditions if c.kind is ConditionKind.APPLICATION_HEALTHY)

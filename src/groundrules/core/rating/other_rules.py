"""The trace of a rating: the rule that was used, by name, and what the usual other rules would have given.

Clients dispute rounding more than rates, so the answer shows the alternatives before anyone asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    Rounding,
    RoundingDirection,
    RoundingUnit,
)
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.money import Money
from groundrules.core.rating.answers import Charge, OtherRule, RatingTrace
from groundrules.core.rating.rate import rate_time, version_numbered
from groundrules.core.rating.rounding import rule_in_words
from groundrules.core.rating.working import together

_Change = Callable[[Rounding], Rounding]


class NothingCharged(ValueError):
    """A trace of charges was asked for, but none of the decisions charges anything."""


def _per_entry(rounding: Rounding) -> Rounding:
    return replace(rounding, unit=frozenset({RoundingUnit.ENTRY, RoundingUnit.BAND}))


def _nearest(rounding: Rounding) -> Rounding:
    return replace(rounding, direction=RoundingDirection.NEAREST)


def _exact(rounding: Rounding) -> Rounding:
    return replace(
        rounding,
        direction=RoundingDirection.NEAREST,
        increment_minutes=1,
        minimum_minutes={},
        places={},
    )


_OTHERS: dict[str, _Change] = {
    "each time entry rounded alone": _per_entry,
    "rounding to the nearest increment": _nearest,
    "exact minutes without a minimum": _exact,
}


def what_other_rules_would_give(
    decisions: Iterable[CoverageDecision], agreement: Agreement
) -> tuple[OtherRule, ...]:
    """This function will rate the same decisions under other rounding rules: per entry, nearest, exact minutes.

    Everything but the rule stays as agreed. The sums are over all decisions given; raises what `rate` raises.
    """
    known = tuple(decisions)
    return tuple(
        _sum(
            name,
            rate_time(known, replace(agreement, versions=_changed(agreement, change))),
            agreement,
        )
        for name, change in _OTHERS.items()
    )


def _changed(agreement: Agreement, change: _Change) -> tuple[AgreementVersion, ...]:
    return tuple(replace(v, rounding=change(v.rounding)) for v in agreement.versions)


def _sum(name: str, charges: tuple[Charge, ...], agreement: Agreement) -> OtherRule:
    currency = agreement.versions[0].rates.hourly.currency
    amount = sum((charge.amount for charge in charges), Money.zero(currency))
    return OtherRule(name, sum(charge.minutes_charged for charge in charges), amount)


def trace(decisions: Iterable[CoverageDecision], agreement: Agreement) -> RatingTrace:
    """This function will explain what decisions of one piece of work come to, naming the rounding rule.

    Raises NothingCharged when none of them charges anything, and what `rate` raises.
    """
    known = tuple(decisions)
    charges = rate_time(known, agreement)
    if not charges:
        message = (
            "none of these decisions charges anything; open the coverage decision for the reason"
        )
        raise NothingCharged(message)
    version = version_numbered(agreement, charges[0].key.agreement_version)
    rule = rule_in_words(version.rounding.at(charges[0].key.place))
    used = _sum(rule, charges, agreement)
    return RatingTrace(
        sentence=together(charges, version.calendar.zone, rule),
        rule=rule,
        minutes=used.minutes,
        amount=used.amount,
        others=what_other_rules_would_give(known, agreement),
    )

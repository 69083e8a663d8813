"""What would come of a change: tame a vendor, reprice, charge by the hour, or part. Each with its assumptions in words.

Nothing here is a forecast: the period is taken as it was, and one thing in it is otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import ceil

from groundrules.core.ids import VendorId
from groundrules.core.money import Money, price_of_seconds, total
from groundrules.core.profitability.facts import Measures, RelationshipFacts, percent
from groundrules.core.profitability.margin import margin


class Way(StrEnum):
    """What could be done."""

    TAME_VENDOR = "tame the vendor"
    REPRICE = "reprice"
    BY_THE_HOUR = "move to time and materials"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One way: measures if the period had been so (None after an exit), and every assumption it rests on."""

    way: Way
    title: str
    measures: Measures | None
    change: Money
    assumptions: tuple[str, ...]


def what_if(facts: RelationshipFacts, wished_fee: Money | None = None) -> tuple[WhatIf, ...]:
    """This function will work out every way for one period, changes first and the exit last.

    `wished_fee` is a monthly amount more (or less); without it, what the target margin needs.
    """
    now = margin(facts).measures
    vendors = sorted({w.vendor for w in facts.work if w.vendor is not None})
    return (
        *(_tamed(facts, now, vendor) for vendor in vendors),
        _repriced(facts, now, wished_fee),
        _by_the_hour(facts, now),
        _exit(facts, now),
    )


def _tamed(facts: RelationshipFacts, now: Measures, vendor: VendorId) -> WhatIf:
    name = facts.names.get(vendor, vendor)
    earned = facts.earned_by_vendor.get(vendor, Money.zero(facts.revenue.currency))
    rest = tuple(w for w in facts.work if w.vendor != vendor)
    then = margin(replace(facts, revenue=facts.revenue - earned, work=rest)).measures
    return WhatIf(
        Way.TAME_VENDOR,
        f"{name} keeps to the rules",
        then,
        then.gross_profit - now.gross_profit,
        (
            f"Every hour after {name}'s established changes falls away, {earned} charged for them too.",
            "The freed hours cost nothing else: they are used elsewhere or not paid.",
            "Fee, tools and all other work stay as they were.",
        ),
    )


def _repriced(facts: RelationshipFacts, now: Measures, wished: Money | None) -> WhatIf:
    months = facts.months or Fraction(1)
    target = facts.target_margin or Fraction(0)
    if wished is None and target >= 1:
        return _beyond_reach(facts, now, target)
    more = wished if wished is not None else _needed(facts, now, months)
    then = margin(replace(facts, revenue=facts.revenue + more.times(months))).measures
    reason = "as entered" if wished is not None else f"what a margin of {percent(target)} needs"
    return WhatIf(
        Way.REPRICE,
        f"The fee changes by {more} a month",
        then,
        then.gross_profit - now.gross_profit,
        (
            f"{more} a month over {months} months: {reason}.",
            "The client stays and asks for as much work as before.",
        ),
    )


def _beyond_reach(facts: RelationshipFacts, now: Measures, target: Fraction) -> WhatIf:
    return WhatIf(
        Way.REPRICE,
        "No fee reaches the target",
        now,
        Money.zero(facts.revenue.currency),
        (
            f"A margin of {percent(target)} would mean that nothing costs anything; state a lower target.",
        ),
    )


def _needed(facts: RelationshipFacts, now: Measures, months: Fraction) -> Money:
    """Revenue at the target margin is cost / (1 - target); the monthly difference is rounded up, so it is reached."""
    target = facts.target_margin or Fraction(0)
    wanted = (facts.tools + now.labour).minor / (1 - target)
    return _up((wanted - facts.revenue.minor) / months, facts.revenue.currency)


def _up(exact_minor: Fraction, currency: str) -> Money:
    return Money(ceil(exact_minor), currency)


def _by_the_hour(facts: RelationshipFacts, now: Measures) -> WhatIf:
    """Proactive work is not bought by the hour, so neither its price nor its cost is counted."""
    reactive = tuple(w for w in facts.work if not w.proactive)
    sold = price_of_seconds(facts.hourly, sum(w.seconds for w in reactive))
    nothing = Money.zero(facts.revenue.currency)
    then = margin(replace(facts, revenue=sold, tools=nothing, work=reactive)).measures
    return WhatIf(
        Way.BY_THE_HOUR,
        f"Every repair is charged at {facts.hourly} an hour",
        then,
        then.gross_profit - now.gross_profit,
        (
            f"The repairs of the period at {facts.hourly} an hour, exact time: {sold}.",
            "No fee, no tools, and no proactive work: nobody buys prevention by the hour.",
            "The client would call as often as now, which by the hour is unlikely.",
        ),
    )


def _exit(facts: RelationshipFacts, now: Measures) -> WhatIf:
    """Gross profit is what has to be replaced, not revenue."""
    months = facts.months or Fraction(1)
    lost = now.gross_profit.times(1 / months)
    goal = facts.target_margin or Fraction(1, 2)
    new_fees = _up(max(lost.minor, 0) / goal, lost.currency)
    costs = [w.cost for w in facts.work if w.cost is not None]
    freed = total(costs, facts.revenue.currency).times(1 / months)
    return WhatIf(
        Way.EXIT,
        "The relationship ends",
        None,
        -now.gross_profit,
        (
            f"{lost} of gross profit a month is to be replaced, not {facts.revenue.times(1 / months)} of revenue.",
            f"At a margin of {percent(goal)} new clients paying {new_fees} a month replace it.",
            f"Staff stay on the payroll: {freed} a month of labour is saved only if it is used elsewhere.",
        ),
    )

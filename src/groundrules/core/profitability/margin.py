"""Profitability: what a relationship earns per hour, also net of the hours a vendor caused, and what to change first.

Costs use actual minutes at dated burdened rates. Hours without a cost rate are listed, never counted as free. A
relationship at exactly nothing is flagged, and changing a vendor comes before parting with a client.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.money import Money, price_of_seconds, total
from groundrules.core.profitability.alarms import MONEY_IS_SHORT, Alarm, alarms_of
from groundrules.core.profitability.facts import (
    Measures,
    RelationshipFacts,
    Worked,
    hours_label,
    percent,
)

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class VendorCost:
    """What one vendor's changes cost: hours, burdened cost, value not charged, and hours without a rate."""

    vendor: VendorId
    seconds: int
    cost: Money
    forgone: Money
    entries: tuple[TimeEntryId, ...]
    uncosted: tuple[TimeEntryId, ...]


def vendor_costs(work: Iterable[Worked], currency: str) -> tuple[VendorCost, ...]:
    """This function will add up what each vendor cost, dearest first (then by id)."""
    by_vendor: dict[VendorId, list[Worked]] = {}
    for item in work:
        if item.vendor is not None:
            by_vendor.setdefault(item.vendor, []).append(item)
    costs = [_vendor_cost(vendor, items, currency) for vendor, items in by_vendor.items()]
    return tuple(sorted(costs, key=lambda c: (-c.cost.minor - c.forgone.minor, c.vendor)))


def _vendor_cost(vendor: VendorId, items: list[Worked], currency: str) -> VendorCost:
    return VendorCost(
        vendor=vendor,
        seconds=sum(item.seconds for item in items),
        cost=total([item.cost for item in items if item.cost is not None], currency),
        forgone=total([item.forgone for item in items], currency),
        entries=tuple(item.entry for item in items),
        uncosted=tuple(item.entry for item in items if item.cost is None),
    )


class Step(StrEnum):
    """What to do about a relationship, in the order to try it."""

    KEEP = "keep"
    CHANGE_VENDOR = "change the vendor relationship"
    CHANGE_AGREEMENT = "change the agreement"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Advice:
    """One step to take, and why. Advice is listed in the order to try it."""

    step: Step
    sentence: str
    vendor: VendorId | None = None


@dataclass(frozen=True, slots=True)
class NetOfVendor:
    """The same period without the hours one vendor caused."""

    cost: VendorCost
    measures: Measures


@dataclass(frozen=True, slots=True)
class Profitability:
    """The whole answer: measures, the same net of each vendor, alarms, advice in order, and uncosted entries."""

    measures: Measures
    net_of: tuple[NetOfVendor, ...]
    alarms: tuple[Alarm, ...]
    advice: tuple[Advice, ...]
    uncosted: tuple[TimeEntryId, ...]


def margin(facts: RelationshipFacts) -> Profitability:
    """This function will measure a relationship, also net of each vendor, and advise what to change first.

    Raises CurrencyMismatch when amounts are in several currencies.
    """
    measures = _measures(facts, facts.revenue, facts.work)
    costs = vendor_costs(facts.work, facts.revenue.currency)
    net_of = tuple(NetOfVendor(cost, _net(facts, cost)) for cost in costs)
    uncosted = tuple(item.entry for item in facts.work if item.cost is None)
    alarms = alarms_of(facts, measures, uncosted)
    return Profitability(
        measures, net_of, alarms, _advice(facts, measures, net_of, alarms), uncosted
    )


def _net(facts: RelationshipFacts, cost: VendorCost) -> Measures:
    earned = facts.earned_by_vendor.get(cost.vendor, Money.zero(facts.revenue.currency))
    rest = tuple(item for item in facts.work if item.vendor != cost.vendor)
    return _measures(facts, facts.revenue - earned, rest)


def _measures(facts: RelationshipFacts, revenue: Money, work: tuple[Worked, ...]) -> Measures:
    seconds = sum(item.seconds for item in work)
    reactive = sum(item.seconds for item in work if not item.proactive)
    labour = total([item.cost for item in work if item.cost is not None], revenue.currency)
    profit = revenue - facts.tools - labour
    rate = _per_hour(revenue - facts.tools, seconds)
    share = Fraction(profit.minor, revenue.minor) if revenue.minor > 0 else None
    rhem = (
        Fraction(reactive, _HOUR) / facts.endpoints / facts.months
        if facts.endpoints and facts.months
        else None
    )
    sold = price_of_seconds(facts.hourly, seconds)
    return Measures(
        seconds=seconds,
        reactive_seconds=reactive,
        labour=labour,
        gross_profit=profit,
        margin=share,
        hourly_rate=rate,
        hourly_rate_retail=_retail_rate(facts, revenue, seconds),
        rhem=rhem,
        efficiency=Fraction((revenue - facts.tools).minor, sold.minor) if sold.minor > 0 else None,
        working=(
            f"({revenue} - {facts.tools}) / {hours_label(seconds)} = {rate or 'no hours'}",
            f"{revenue} - {facts.tools} - {labour} = {profit}",
        ),
        after_overhead=_after_overhead(facts, profit, seconds),
    )


def _after_overhead(facts: RelationshipFacts, profit: Money, seconds: int) -> Money | None:
    if facts.overhead_hourly is None:
        return None
    return profit - price_of_seconds(facts.overhead_hourly, seconds)


def _per_hour(amount: Money, seconds: int) -> Money | None:
    if not seconds:
        return None
    return Money.rounded(Fraction(amount.minor * _HOUR, seconds), amount.currency)


def _retail_rate(facts: RelationshipFacts, revenue: Money, seconds: int) -> Money | None:
    if facts.bundled_retail is None:
        return None
    return _per_hour(revenue - facts.bundled_retail, seconds)


def _advice(
    facts: RelationshipFacts,
    measures: Measures,
    net_of: tuple[NetOfVendor, ...],
    alarms: tuple[Alarm, ...],
) -> tuple[Advice, ...]:
    """Change comes first: the vendor, then the agreement; exit is always last and only when money is short."""
    is_short = any(a.kind in MONEY_IS_SHORT for a in alarms)
    if not is_short:
        return (Advice(Step.KEEP, _keep(facts, measures)),)
    vendors = [_change_vendor(facts, measures, net) for net in net_of]
    changes = [advice for advice in vendors if advice is not None]
    return (*changes, _change_agreement(facts, measures), _exit(changes))


def _keep(facts: RelationshipFacts, measures: Measures) -> str:
    share, good = measures.margin, facts.good_margin
    if share is None or good is None or share >= good:
        return "It earns its keep; change nothing for the money's sake."
    return f"It earns its keep; a margin of {percent(good)} is still to be aimed for."


def _change_vendor(facts: RelationshipFacts, measures: Measures, net: NetOfVendor) -> Advice | None:
    """Only where the relationship is better without the hours the vendor caused."""
    if net.measures.gross_profit <= measures.gross_profit and not _is_better(net, measures):
        return None
    vendor, rate = net.cost.vendor, net.measures.hourly_rate
    reached = rate is not None and rate >= facts.target
    name = facts.names.get(vendor, vendor)
    sentence = (
        f"Without the {hours_label(net.cost.seconds)} caused by {name} it earns {rate or 'no hourly rate'} an hour"
        f"{', which reaches the target' if reached else ''}. {name} cost {net.cost.cost} "
        f"and {net.cost.forgone} not charged."
    )
    return Advice(Step.CHANGE_VENDOR, sentence, vendor)


def _is_better(net: NetOfVendor, measures: Measures) -> bool:
    after, before = net.measures.hourly_rate, measures.hourly_rate
    return after is not None and before is not None and after > before


def _change_agreement(facts: RelationshipFacts, measures: Measures) -> Advice:
    needed = price_of_seconds(facts.target, measures.seconds) + facts.tools
    return Advice(
        Step.CHANGE_AGREEMENT,
        f"At today's hours the target needs {needed} of revenue instead of {facts.revenue}.",
    )


def _exit(changes: list[Advice]) -> Advice:
    first = "change the vendor" if changes else "change the agreement"
    return Advice(Step.EXIT, f"Part only when it cannot be changed; {first} first.")

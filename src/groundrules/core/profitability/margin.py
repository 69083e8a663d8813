"""Profitability: what a relationship earns per hour, also net of the hours a vendor caused, and what to change first.

Costs use actual minutes at dated burdened rates. Hours without a cost rate are listed, never counted as free. A
relationship at exactly nothing is flagged, and changing a vendor comes before parting with a client.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.money import Money, price_of_seconds, round_half_away, total
from groundrules.core.rating.rate import in_force

_HOUR = 3600
# A client who pays far above use may leave (reference: domain section 5, efficiency ratio).
_HIGHEST_HEALTHY_EFFICIENCY = Fraction(3, 2)
_NAMED_IN_A_SENTENCE = 5


@dataclass(frozen=True, slots=True)
class Worked:
    """One decided time entry: exact seconds, cost (None when no rate is on record), and whose change caused it."""

    entry: TimeEntryId
    seconds: int
    cost: Money | None
    proactive: bool
    vendor: VendorId | None
    forgone: Money


def worked(
    decisions: Iterable[CoverageDecision], proactive: frozenset[TimeEntryId], currency: str
) -> tuple[Worked, ...]:
    """This function will turn the decisions in force into costed work."""
    return tuple(
        Worked(
            entry=d.entry,
            seconds=sum(segment.seconds for segment in d.segments),
            cost=d.cost,
            proactive=d.entry in proactive,
            vendor=d.caused_by_vendor,
            forgone=total([segment.forgone for segment in d.segments], currency),
        )
        for d in in_force(decisions)
    )


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


@dataclass(frozen=True, slots=True)
class RelationshipFacts:
    """The facts of a period. `hourly` is the rate the work would be sold at; `target` the hourly rate aimed for.

    `bundled_retail` is the retail value of products inside the fee (formula B). `earned_by_vendor` is what was
    charged for cleaning up after a vendor; it leaves with the vendor in the net view. `names` maps vendor ids to what
    people call them. Below `target_margin` is an alarm, and so is a profit within `break_even_band` of the revenue.
    `overhead_hourly` is the company's overhead for each hour worked; it never enters the gross margin. Efficiency
    outside its two bounds and more repairs per endpoint than `usual_rhem` are alarms; `good_margin` is aimed for beyond
    the target.
    """

    revenue: Money
    tools: Money
    endpoints: int
    target: Money
    hourly: Money
    work: tuple[Worked, ...]
    months: Fraction = Fraction(1)
    bundled_retail: Money | None = None
    earned_by_vendor: Mapping[VendorId, Money] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    target_margin: Fraction | None = None
    break_even_band: Fraction = Fraction(0)
    highest_efficiency: Fraction = _HIGHEST_HEALTHY_EFFICIENCY
    overhead_hourly: Money | None = None
    lowest_efficiency: Fraction | None = None
    usual_rhem: Fraction | None = None
    good_margin: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of a period. Rates are None without hours, `margin` without revenue, `rhem` without endpoints.

    `hourly_rate` is formula A, (revenue - tools) / hours; `hourly_rate_retail` formula B, (revenue - retail) / hours.
    `margin` is agreement gross profit over revenue; `rhem` reactive hours per endpoint and month. `after_overhead` is
    the gross profit less overhead, None when no overhead is stated.
    """

    seconds: int
    reactive_seconds: int
    labour: Money
    gross_profit: Money
    margin: Fraction | None
    hourly_rate: Money | None
    hourly_rate_retail: Money | None
    rhem: Fraction | None
    efficiency: Fraction | None
    working: tuple[str, ...]
    after_overhead: Money | None = None


class AlarmKind(StrEnum):
    """What is wrong with a relationship."""

    BELOW_TARGET = "below target"
    BELOW_MARGIN = "below target margin"
    NO_MARGIN = "no margin"
    FLIGHT_RISK = "flight risk"
    UNDERPAID = "underpaid"
    MANY_REPAIRS = "many repairs"
    UNCOSTED_HOURS = "uncosted hours"


_MONEY_IS_SHORT = frozenset({AlarmKind.BELOW_TARGET, AlarmKind.BELOW_MARGIN, AlarmKind.NO_MARGIN})


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that is wrong, in a sentence with its figures."""

    kind: AlarmKind
    sentence: str


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


def percent(share: Fraction) -> str:
    """This function will write a share as a percentage with one decimal place, rounded half away from zero."""
    tenths = round_half_away(share * 1000)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}%"


def margin(facts: RelationshipFacts) -> Profitability:
    """This function will measure a relationship, also net of each vendor, and advise what to change first.

    Raises CurrencyMismatch when amounts are in several currencies.
    """
    measures = _measures(facts, facts.revenue, facts.work)
    costs = vendor_costs(facts.work, facts.revenue.currency)
    net_of = tuple(NetOfVendor(cost, _net(facts, cost)) for cost in costs)
    uncosted = tuple(item.entry for item in facts.work if item.cost is None)
    alarms = _alarms(facts, measures, uncosted)
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
            f"({revenue} - {facts.tools}) / {_hours(seconds)} = {rate or 'no hours'}",
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


def _hours(seconds: int) -> str:
    hundredths = round_half_away(Fraction(seconds * 100, _HOUR))
    return f"{hundredths // 100}.{hundredths % 100:02d} h"


def _alarms(
    facts: RelationshipFacts, measures: Measures, uncosted: tuple[TimeEntryId, ...]
) -> tuple[Alarm, ...]:
    found = [
        _below_target(facts, measures),
        _below_margin(facts, measures),
        _no_margin(facts, measures),
        _flight_risk(facts, measures),
        _underpaid(facts, measures),
        _many_repairs(facts, measures),
    ]
    if uncosted:
        listed = _listed(uncosted)
        found.append(
            Alarm(
                AlarmKind.UNCOSTED_HOURS,
                f"No cost rate is on record for {listed}; the profit is at most {measures.gross_profit}.",
            )
        )
    return tuple(alarm for alarm in found if alarm is not None)


def _below_target(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    rate = measures.hourly_rate
    if rate is None or rate >= facts.target:
        return None
    return Alarm(
        AlarmKind.BELOW_TARGET,
        f"It earns {rate} an hour, below the target of {facts.target}; gross profit is {measures.gross_profit}.",
    )


def _listed(uncosted: tuple[TimeEntryId, ...]) -> str:
    """A sentence names a few; the page lists them all."""
    shown, more = uncosted[:_NAMED_IN_A_SENTENCE], len(uncosted) - _NAMED_IN_A_SENTENCE
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _below_margin(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    share, target = measures.margin, facts.target_margin
    if share is None or target is None or share >= target:
        return None
    return Alarm(
        AlarmKind.BELOW_MARGIN,
        f"The gross margin is {percent(share)}, below the target of {percent(target)}.",
    )


def _no_margin(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    """Exactly nothing is not a profit, and next to nothing is not one either: nobody leaves the house to break even."""
    band = facts.revenue.minor * facts.break_even_band
    if measures.gross_profit.minor > band:
        return None
    word = "breaks even" if abs(measures.gross_profit.minor) <= band else "loses money"
    return Alarm(AlarmKind.NO_MARGIN, f"It {word}: gross profit is {measures.gross_profit}.")


def _flight_risk(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    ratio = measures.efficiency
    if ratio is None or ratio <= facts.highest_efficiency:
        return None
    return Alarm(
        AlarmKind.FLIGHT_RISK,
        f"The client pays {percent(ratio)} of what the work would cost by the hour and may leave.",
    )


def _underpaid(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    ratio, least = measures.efficiency, facts.lowest_efficiency
    if ratio is None or least is None or ratio >= least:
        return None
    return Alarm(
        AlarmKind.UNDERPAID,
        f"The client pays {percent(ratio)} of what the work would cost by the hour; {percent(least)} is healthy.",
    )


def _many_repairs(facts: RelationshipFacts, measures: Measures) -> Alarm | None:
    found, usual = measures.rhem, facts.usual_rhem
    if found is None or usual is None or found <= usual:
        return None
    return Alarm(
        AlarmKind.MANY_REPAIRS,
        f"Repairs take {_hours(round(found * _HOUR))} for each endpoint and month; "
        f"{_hours(round(usual * _HOUR))} is usual.",
    )


def _advice(
    facts: RelationshipFacts,
    measures: Measures,
    net_of: tuple[NetOfVendor, ...],
    alarms: tuple[Alarm, ...],
) -> tuple[Advice, ...]:
    """Change comes first: the vendor, then the agreement; exit is always last and only when money is short."""
    is_short = any(a.kind in _MONEY_IS_SHORT for a in alarms)
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
        f"Without the {_hours(net.cost.seconds)} caused by {name} it earns {rate or 'no hourly rate'} an hour"
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

"""The facts a relationship's profit is measured from, and what they come to, as values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import TimeEntryId, VendorId
from groundrules.core.money import Money, round_half_away, total
from groundrules.core.rating.rate import in_force

_HOUR = 3600
# A client who pays far above use may leave (reference: domain section 5, efficiency ratio).
_HIGHEST_HEALTHY_EFFICIENCY = Fraction(3, 2)


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


def percent(share: Fraction) -> str:
    """This function will write a share as a percentage with one decimal place, rounded half away from zero."""
    tenths = round_half_away(share * 1000)
    return f"{'-' if tenths < 0 else ''}{abs(tenths) // 10}.{abs(tenths) % 10}%"


def hours_label(seconds: int) -> str:
    """This function will write seconds as hours with two decimal places."""
    hundredths = round_half_away(Fraction(seconds * 100, _HOUR))
    return f"{hundredths // 100}.{hundredths % 100:02d} h"

"""What an hour of somebody cost at an instant: the statement about the person, the rate on their card, or their role's.

Costs use exact seconds. Where any second has no rate the whole stretch is uncosted: it is listed, never free.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from groundrules.core.money import Money
from groundrules.core.parties import Technician
from groundrules.core.periods import Period, start_of_local_day, utc
from groundrules.core.profitability.assumptions import Assumption, AssumptionKind, Assumptions

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class HourlyCost:
    """A person's cost per hour over time: from each instant on the rate beside it, or None while none is known."""

    instants: tuple[datetime, ...]
    rates: tuple[Money | None, ...]

    def at(self, moment: datetime) -> Money | None:
        """This function will return the rate at an instant, or None."""
        place = bisect_right(self.instants, utc(moment)) - 1
        return self.rates[place] if place >= 0 else None

    def cost_of(self, period: Period) -> Money | None:
        """This function will cost exact seconds, rounded once; None when any of them has no rate, or it never ended."""
        if period.end is None:
            return None
        first = bisect_right(self.instants, period.start)
        if first == bisect_right(self.instants, period.end) or period.end == period.start:
            return _priced([(self.at(period.start), period.seconds)])
        inside = [i for i in self.instants[first:] if i < period.end]
        return _priced([(self.at(part.start), part.seconds) for part in period.split_at(inside)])


def _priced(parts: Iterable[tuple[Money | None, int]]) -> Money | None:
    exact, currency = Fraction(0), ""
    for rate, seconds in parts:
        if rate is None:
            return None
        exact += Fraction(rate.minor * seconds, _HOUR)
        currency = rate.currency
    return Money.rounded(exact, currency) if currency else None


def hourly_cost(technician: Technician, assumptions: Assumptions, zone: str) -> HourlyCost:
    """This function will work out what a person's hour cost at every instant; days begin in the provider's `zone`."""
    own = _stated(assumptions, f"technician:{technician.id}", zone)
    role = _stated(assumptions, f"role:{technician.role}", zone)
    cards = technician.cost_rates
    edges = {
        *(moment for moment, _ in (*own, *role)),
        *(utc(rate.period.start) for rate in cards),
        *(utc(rate.period.end) for rate in cards if rate.period.end is not None),
    }
    instants = tuple(sorted(edges))
    return HourlyCost(
        instants,
        tuple(
            _last(own, moment) or _on_card(technician, moment) or _last(role, moment)
            for moment in instants
        ),
    )


def _stated(
    assumptions: Assumptions, subject: str, zone: str
) -> tuple[tuple[datetime, Assumption], ...]:
    found = [
        (start_of_local_day(zone, each.first), each)
        for each in assumptions.stated
        if each.kind is AssumptionKind.HOUR_COST and each.subject == subject and each.client is None
    ]
    return tuple(sorted(found, key=lambda pair: pair[0]))


def _last(stated: tuple[tuple[datetime, Assumption], ...], moment: datetime) -> Money | None:
    standing = [each.amount for since, each in stated if since <= moment]
    return standing[-1] if standing else None


def _on_card(technician: Technician, moment: datetime) -> Money | None:
    rates = [rate for rate in technician.cost_rates if rate.period.contains(moment)]
    return max(rates, key=lambda rate: rate.period.start).hourly if rates else None

"""Fees per user or device and flat fees: a seat is paid for the days it was there, and a moved count is trued up.

A seat is one of the billed users or devices; the third seat is there on every day on which at least three were billed.
So a month of changing counts is a sum of seats, each divided as the agreement divides a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, groupby

from groundrules.core.agreements.further_terms import CountedFee, Proration, TrueUp
from groundrules.core.agreements.terms import Agreement, AgreementVersion
from groundrules.core.agreements.uplift import fee_on
from groundrules.core.agreements.words import spoken_list
from groundrules.core.invoices.fees import FIXED_DAYS, FeeMonth, FeeShare
from groundrules.core.lifecycle.timeline import binding_version
from groundrules.core.orders import CountedUnit, HeadCount, count_on
from groundrules.core.periods import Period, start_of_local_day


@dataclass(frozen=True, slots=True)
class _Month:
    """The billed count at the end of each local day of a fee month; 0 where no version with this fee was in force."""

    month: FeeMonth
    zone: str
    counts: tuple[int, ...]

    def days_of(self, seat: int) -> tuple[date, ...]:
        """The days on which a seat (counted from 1) was there."""
        return tuple(day for day, n in zip(self.month.days, self.counts, strict=True) if n >= seat)


def counted_shares(
    agreement: Agreement, counts: Iterable[HeadCount], month: FeeMonth
) -> tuple[FeeShare, ...]:
    """This function will work out every counted fee of one fee month from the counts on record, in order of the unit.

    A fee applies from the first version in force in the month that has it; fees are billed in advance, so a version
    that begins within the month does not change its price.
    """
    known = tuple(counts)
    found = ((unit, _terms(agreement, unit, month)) for unit in CountedUnit)
    return tuple(
        _share(agreement, agreed[0], agreed[1], known, month)
        for unit, agreed in found
        if agreed is not None
    )


def _terms(
    agreement: Agreement, unit: CountedUnit, month: FeeMonth
) -> tuple[AgreementVersion, CountedFee] | None:
    for day in month.days:
        version = _binding(agreement, day)
        fee = _fee_in(version, unit)
        if version is not None and fee is not None:
            return version, fee
    return None


def _binding(agreement: Agreement, day: date) -> AgreementVersion | None:
    """The version in force at the very end of a local day, in that version's own zone."""
    for zone in dict.fromkeys(v.calendar.zone for v in agreement.versions):
        last = start_of_local_day(zone, day + timedelta(days=1)) - timedelta(microseconds=1)
        version = binding_version(agreement, last)
        if version is not None:
            return version
    return None


def _fee_in(version: AgreementVersion | None, unit: CountedUnit) -> CountedFee | None:
    fees = version.counted_fees if version else ()
    return next((fee for fee in fees if fee.unit is unit), None)


def _share(
    agreement: Agreement,
    version: AgreementVersion,
    fee: CountedFee,
    counts: tuple[HeadCount, ...],
    month: FeeMonth,
) -> FeeShare:
    seen = _Month(month, version.calendar.zone, _billed(agreement, fee, counts, month))
    share = sum(
        (
            _PARTS[fee.proration](seen.days_of(seat), seen)
            for seat in range(1, max(seen.counts) + 1)
        ),
        Fraction(0),
    )
    full = fee_on(version, fee.monthly, month.start)
    uncovered = full.times(1 - share)
    due = full - uncovered
    return FeeShare(
        asset=None,
        month=month,
        full=full,
        share=share,
        due=due,
        uncovered=uncovered,
        clause=fee.clause,
        working=f"{full} x {_said_share(share)} ({_said_counts(seen, fee)}) = {due}",
        credit_working="",
        item=fee.unit.value,
        what=_what(fee.unit),
    )


def _billed(
    agreement: Agreement, fee: CountedFee, counts: tuple[HeadCount, ...], month: FeeMonth
) -> tuple[int, ...]:
    """The billed count of each day, held where it was on the first day, or at its highest so far, as was agreed."""
    there = [
        fee.billed(count_on(counts, fee.unit, day))
        if _fee_in(_binding(agreement, day), fee.unit)
        else None
        for day in month.days
    ]
    billed = [n for n in there if n is not None]
    held = iter(_HOLDS[fee.true_up](billed))
    return tuple(0 if n is None else next(held) for n in there)


_HOLDS: dict[TrueUp, Callable[[list[int]], Iterable[int]]] = {
    TrueUp.BOTH: lambda billed: billed,
    TrueUp.UP_ONLY: lambda billed: accumulate(billed, max),
    TrueUp.NONE: lambda billed: billed[:1] * len(billed),
}


def _whole_month(days: tuple[date, ...], seen: _Month) -> Fraction:
    """Without proration a seat that was there on any day is paid for the whole month."""
    del days, seen
    return Fraction(1)


def _actual_days(days: tuple[date, ...], seen: _Month) -> Fraction:
    return Fraction(len(days), len(seen.month.days))


def _fixed_days(days: tuple[date, ...], seen: _Month) -> Fraction:
    """A seat that was there all month counts whole; every other one at least a day and never the whole month."""
    missing = len(seen.month.days) - len(days)
    return 1 - Fraction(min(missing, FIXED_DAYS - 1), FIXED_DAYS)


def _seconds(days: tuple[date, ...], seen: _Month) -> Fraction:
    spans = (
        Period(
            start_of_local_day(seen.zone, day),
            start_of_local_day(seen.zone, day + timedelta(days=1)),
        )
        for day in days
    )
    whole = Period(
        start_of_local_day(seen.zone, seen.month.start),
        start_of_local_day(seen.zone, seen.month.end),
    )
    return Fraction(sum(span.seconds for span in spans), whole.seconds)


_PARTS: dict[Proration, Callable[[tuple[date, ...], _Month], Fraction]] = {
    Proration.NONE: _whole_month,
    Proration.ACTUAL_DAYS: _actual_days,
    Proration.FIXED_30_DAYS: _fixed_days,
    Proration.SECONDS: _seconds,
}


def _said_share(share: Fraction) -> str:
    whole, rest = divmod(share.numerator, share.denominator)
    if not rest:
        return str(whole)
    part = f"{rest}/{share.denominator}"
    return f"{whole} {part}" if whole else part


def _said_counts(seen: _Month, fee: CountedFee) -> str:
    """`12 users all month`, or `12 users for 9 days and 14 users for 22 days`."""
    if fee.unit is CountedUnit.FLAT:
        days = sum(1 for n in seen.counts if n)
        return "all month" if days == len(seen.counts) else f"{days} of {len(seen.counts)} days"
    runs = [(n, len(tuple(group))) for n, group in groupby(seen.counts)]
    if len(runs) == 1:
        return f"{_said_number(fee.unit, runs[0][0])} all month"
    return spoken_list(f"{_said_number(fee.unit, n)} for {days} days" for n, days in runs)


def _said_number(unit: CountedUnit, number: int) -> str:
    return f"{number} {unit.value}{'' if number == 1 else 's'}"


def _what(unit: CountedUnit) -> str:
    return "Flat monthly fee" if unit is CountedUnit.FLAT else f"Monthly fee per {unit.value}"

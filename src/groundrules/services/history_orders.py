"""What made-up histories order: counted fees, blocks of hours, caps, yearly rises; and how late a fact may arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    Extra,
    NoticeStep,
    OnboardingTerms,
    Proration,
    ShortNoticeTerms,
    TripTerms,
    TrueUp,
    UpliftTerms,
)
from groundrules.core.agreements.terms import AgreementVersion, PlaceRounding, Rounding
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import BlockId, ClauseNumber
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase, CountedUnit, HeadCount
from groundrules.core.work import WorkPlace

ALL_ARRIVED = datetime(2026, 5, 2, tzinfo=UTC)
_FIRST_DAY = date(2025, 12, 15)
_DAYS = 135
_COUNTED, _BLOCK, _CAP, _UPLIFT, _ONBOARDING, _CORRECTED = 0.5, 0.5, 0.3, 0.4, 0.4, 0.3
_PLACES, _TRIP, _SHORT_NOTICE = 0.3, 0.4, 0.4


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of a fact entering the books; a later arrival with the same `ref` supersedes it."""

    at: datetime
    happened: datetime
    field: str
    ref: str
    fact: Any


def between(dice: random.Random, first: datetime, last: datetime) -> datetime:
    """This function will pick some time after `first`; most facts arrive soon, some very late."""
    span = max((last - first).total_seconds(), 0)
    return first + timedelta(seconds=int(span * dice.random() ** 4))


def extended(
    versions: tuple[AgreementVersion, ...], dice: random.Random
) -> tuple[AgreementVersion, ...]:
    """This function will add further quantities to some versions, each with its own dice."""
    return tuple(_extended(version, dice) for version in versions)


def _extended(version: AgreementVersion, dice: random.Random) -> AgreementVersion:
    currency = version.rates.hourly.currency
    return replace(
        version,
        counted_fees=tuple(
            _counted(unit, currency, dice) for unit in CountedUnit if dice.random() < _COUNTED
        ),
        uplift=_uplift(dice) if dice.random() < _UPLIFT else None,
        onboarding=_onboarding(currency, dice) if dice.random() < _ONBOARDING else None,
        block=_block(dice) if dice.random() < _BLOCK else None,
        cap=_cap(version.rates.hourly, dice) if dice.random() < _CAP else None,
        rounding=_by_place(version.rounding) if dice.random() < _PLACES else version.rounding,
        trip=_trip(currency, dice) if dice.random() < _TRIP else None,
        short_notice=_short_notice(currency, dice) if dice.random() < _SHORT_NOTICE else None,
    )


def _by_place(rounding: Rounding) -> Rounding:
    return replace(rounding, places={WorkPlace.ON_SITE: PlaceRounding(20, 40)})


def _trip(currency: str, dice: random.Random) -> TripTerms:
    costs = dice.choice((Extra(Money(dice.randrange(100, 9000), currency)), Extra(minutes=30)))
    per_issue, when_covered = dice.choice((False, True)), dice.choice((False, True))
    return TripTerms(costs, per_issue, when_covered, ClauseNumber("4.7"))


def _short_notice(currency: str, dice: random.Random) -> ShortNoticeTerms:
    """Made-up requests come two hours before the work, so the first step applies where the work was asked for."""
    fixed = NoticeStep(3, Extra(Money(dice.randrange(100, 9000), currency)), WorkPlace.ON_SITE)
    steps = (NoticeStep(168, Extra(minutes=dice.choice((15, 60)))), fixed)
    return ShortNoticeTerms(steps, dice.choice((False, True)), ClauseNumber("4.8"))


def _counted(unit: CountedUnit, currency: str, dice: random.Random) -> CountedFee:
    return CountedFee(
        unit,
        Money(dice.randrange(1000, 20000), currency),
        dice.choice(tuple(Proration)),
        dice.choice(tuple(TrueUp)),
        dice.choice((0, 0, 2)),
        dice.choice((0, 0, 5)),
        ClauseNumber("2.2"),
    )


def _uplift(dice: random.Random) -> UpliftTerms:
    first = date(2026, dice.randrange(1, 5), dice.randrange(1, 28))
    return UpliftTerms(Fraction(dice.randrange(10, 80), 10), first, dice.random() < 0.5)  # noqa: PLR2004 - a coin


def _onboarding(currency: str, dice: random.Random) -> OnboardingTerms:
    once = Money(dice.randrange(10000, 90000), currency)
    return OnboardingTerms(dice.choice((None, once)), Fraction(dice.randrange(20), 10))


def _block(dice: random.Random) -> BlockTerms:
    return BlockTerms(
        valid_months=dice.choice((0, 1, 2, 12)),
        burn={HoursBand.AFTER_HOURS: Fraction(dice.choice((2, 3, 4)), 2)},
        rolls_percent=Fraction(dice.choice((0, 40, 100))),
        rolls_months=dice.choice((0, 1)),
        clauses=dice.choice(
            ((), (ClauseNumber("4.2"),), (ClauseNumber("4.2"), ClauseNumber("6.3")))
        ),
        clause=ClauseNumber("4.5"),
    )


def _cap(hourly: Money, dice: random.Random) -> CapTerms:
    only = dice.choice(((), (ClauseNumber("5.1"),)))
    return CapTerms(hourly.times(Fraction(dice.randrange(1, 12), 2)), only, ClauseNumber("4.6"))


def orders_of(dice: random.Random, currency: str) -> Iterator[Arrival]:
    """This function will count users and devices and buy blocks, some of it written down late or corrected."""
    for unit in (CountedUnit.USER, CountedUnit.DEVICE):
        for day in {_day(dice) for _ in range(dice.randrange(4))}:
            ref = f"{unit.value} {day}"
            right = HeadCount(unit, dice.randrange(12), day)
            yield from _arriving(dice, "counts", ref, right, replace(right, count=right.count + 3))
    for number in range(dice.randrange(4)):
        block = BlockPurchase(
            BlockId(f"BLK-{number}"),
            _day(dice),
            dice.randrange(1, 20) * 30,
            Money(dice.randrange(5000, 90000), currency),
        )
        wrong = replace(block, minutes=block.minutes + 60)
        yield from _arriving(dice, "blocks", block.id, block, wrong)


def _arriving(
    dice: random.Random, field: str, ref: str, right: HeadCount | BlockPurchase, wrong: object
) -> Iterator[Arrival]:
    """A fact as it is, or first as it is not."""
    happened = datetime(right.day.year, right.day.month, right.day.day, tzinfo=UTC)
    at = between(dice, happened, ALL_ARRIVED)
    if dice.random() < _CORRECTED:
        yield Arrival(at, happened, field, ref, wrong)
        at = between(dice, at, ALL_ARRIVED)
    yield Arrival(at, happened, field, ref, right)


def _day(dice: random.Random) -> date:
    return _FIRST_DAY + timedelta(days=dice.randrange(_DAYS))

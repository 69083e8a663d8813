"""A made-up month end for measuring: many agreements in twelve zones, servers that come and go, and a year of work.

Every value follows from its number, so two runs rate the same work. The agreements are complete ones; their clauses
decide by the same tables as real ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome, StateSpan, WorkCause
from groundrules.core.agreements.matching import FULL_EVIDENCE, NO_EVIDENCE
from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    DecidingClause,
    EvidenceNeed,
    FeeTerms,
    RateBasis,
    RateCard,
    Rounding,
    RoundingDirection,
    RoundingUnit,
)
from groundrules.core.calendars import Calendar, HoursBand, OpeningHours, WeekendEve
from groundrules.core.coverage.columns import encode_facts
from groundrules.core.coverage.facts_of_work import ROUTINE, WorkFacts
from groundrules.core.ids import (
    AgreementId,
    AssetId,
    ClauseNumber,
    ClientId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.money import Money
from groundrules.core.parties import Technician
from groundrules.core.periods import Period
from groundrules.core.rating.plans import AgreementPlan, Planner, seconds_of
from groundrules.core.rating.rows import WorkRow
from groundrules.core.work import TimeEntry, WorkType

_YEAR = Period(datetime(2025, 12, 28, tzinfo=UTC), datetime(2027, 1, 8, tzinfo=UTC))
KNOWN_AT = datetime(2026, 12, 31, tzinfo=UTC)
_FIRST = datetime(2026, 1, 2, tzinfo=UTC)
_SERVERS = 5
_ZONES = [
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Pacific/Auckland",
]
_OPENINGS = ((8, 17), (9, 18), (7, 19))
_LISTED = frozenset({CoverageState.COVERED, CoverageState.NOTICE})
_OFF = frozenset(CoverageState) - _LISTED
_UNITS = (
    Rounding().unit,
    frozenset({RoundingUnit.ENTRY, RoundingUnit.BAND}),
    frozenset({RoundingUnit.ISSUE, RoundingUnit.LOCAL_DAY}),
)


@dataclass(frozen=True, slots=True)
class Workload:
    """What is measured: plans by agreement, work as rows, and how many intervals of coverage there are."""

    plans: tuple[AgreementPlan, ...]
    rows: tuple[WorkRow, ...]
    intervals: int


def make_workload(entries: int, agreements: int, seed: int = 2007) -> Workload:
    """This function will make agreements with five servers each, and time entries spread evenly over them."""
    dice = random.Random(seed)  # noqa: S311 - made-up work, not a secret
    planner = Planner(_YEAR)
    plans = []
    for number in range(agreements):
        states = {
            AssetId(f"SRV-{place}"): _states(AssetId(f"SRV-{place}"), dice)
            for place in range(_SERVERS)
        }
        plans.append(planner.plan(_agreement(number, frozenset(states)), states))
    rows = tuple(_rows(entries, agreements, dice))
    intervals = sum(len(spans.starts) for plan in plans for spans in plan.assets)
    return Workload(tuple(plans), rows, intervals)


def one_entry() -> tuple[WorkFacts, Agreement]:
    """This function will return one entry across closing time, asked for by nobody, with its agreement."""
    asset = AssetId("SRV-0")
    person = Technician(TechnicianId("T-0"), "A technician")
    period = Period(datetime(2026, 3, 4, 23, tzinfo=UTC), datetime(2026, 3, 5, 3, tzinfo=UTC))
    entry = TimeEntry(TimeEntryId("TIM-0"), person.id, period, "issue", asset=asset)
    return WorkFacts(entry, person, (), ROUTINE), _agreement(0, frozenset({asset}))


def _states(asset: AssetId, dice: random.Random) -> tuple[StateSpan, ...]:
    """Three servers in ten get a notice, are suspended, and come back."""
    if dice.random() >= 0.3:  # noqa: PLR2004 - see above
        return ()
    instant = _FIRST + timedelta(minutes=dice.randrange(300 * 24 * 60))
    spans = []
    for state, days in (
        (CoverageState.NOTICE, 7),
        (CoverageState.SUSPENDED, 20),
        (CoverageState.REINSTATING, 2),
    ):
        end = instant + timedelta(days=days, minutes=dice.randrange(600))
        spans.append(StateSpan(asset, state, Period(instant, end)))
        instant = end
    return tuple(spans)


def _agreement(number: int, assets: frozenset[AssetId]) -> Agreement:
    """Every tenth agreement has a second version from the summer on, at a higher price."""
    change = datetime(2026, 7, 1, 20, tzinfo=UTC)
    last = change if number % 10 == 0 else None
    versions = [_version(number, 1, Period(_YEAR.start, last), assets)]
    if last:
        versions.append(_version(number, 2, Period(change), assets))
    name = AgreementId(f"AGR-{number}")
    return Agreement(name, ClientId(f"CL-{number}"), f"Agreement {number}", tuple(versions))


def _version(
    number: int, version: int, in_force: Period, assets: frozenset[AssetId]
) -> AgreementVersion:
    hourly = Money(9000 + 125 * (number % 61) + 500 * version, "USD")
    directions = tuple(RoundingDirection)
    return AgreementVersion(
        version=version,
        in_force=in_force,
        signed_at=in_force.start,
        assets=assets,
        calendar=_calendar(number),
        rates=RateCard(
            hourly,
            {
                HoursBand.AFTER_HOURS: Fraction(3, 2),
                HoursBand.WEEKEND: Fraction(2),
                HoursBand.HOLIDAY: Fraction(3),
            },
        ),
        rounding=Rounding(
            directions[number % 7 % 3],
            (6, 15, 30, 1)[number % 4],
            _UNITS[number % 3],
            {HoursBand.AFTER_HOURS: (0, 60, 120)[number % 3]},
        ),
        fees=FeeTerms(Money(18500, "USD")),
        clauses=_clauses(number % 4),
    )


def _calendar(number: int) -> Calendar:
    opens, closes = _OPENINGS[number // len(_ZONES) % len(_OPENINGS)]
    hours = tuple(OpeningHours(day, time(opens), time(closes)) for day in range(5))
    holidays = frozenset({date(2026, 1, 1), date(2026, 5, 1), date(2026, 7, 3), date(2026, 12, 25)})
    return Calendar(
        _ZONES[number % len(_ZONES)],
        hours,
        holidays,
        separate_weekend=True,
        separate_holiday=True,
        weekend_eve=WeekendEve(4, time(17)) if number % 2 else None,
    )


def _clauses(kind: int) -> tuple[DecidingClause, ...]:
    """Four agreements in their essentials: what after-hours work and vendors' damage come to differs."""
    late = frozenset(set(HoursBand) - {HoursBand.BUSINESS})
    vendor = {"state": _LISTED, "cause": frozenset({WorkCause.VENDOR_UNAPPROVED_CHANGE})}
    asked = frozenset({Asked.AUTHORISED, Asked.AWAITING_RATIFICATION})
    return (
        DecidingClause(ClauseNumber("2.1"), "", Outcome.COVERED, {"state": _LISTED}),
        DecidingClause(
            ClauseNumber("3.1"),
            "",
            Outcome.BILLABLE,
            {"state": _OFF},
            rate=tuple(RateBasis)[kind // 2],
        ),
        DecidingClause(
            ClauseNumber("4.2"),
            "",
            Outcome.BILLABLE,
            {"state": _LISTED, "band": late, "asked": asked},
            (ClauseNumber("2.1"),),
            frozenset({EvidenceNeed.AUTHORITY}),
        ),
        DecidingClause(
            ClauseNumber("6.2"),
            "",
            Outcome.BILLABLE if kind % 2 else Outcome.NOT_BILLABLE,
            vendor,
            (ClauseNumber("2.1"), ClauseNumber("4.2")),
            frozenset({EvidenceNeed.CHANGE, EvidenceNeed.ATTRIBUTION}),
        ),
    )


def _rows(entries: int, agreements: int, dice: random.Random) -> Iterator[WorkRow]:
    facts = [
        encode_facts(work, cause, asked, evidence)
        for work in WorkType
        for cause in WorkCause
        for asked in Asked
        for evidence in (NO_EVIDENCE, FULL_EVIDENCE)
    ]
    first = seconds_of(_FIRST)
    for number in range(entries):
        start = first + 60 * dice.randrange(360 * 24 * 60)
        end = start + 60 * dice.randrange(5, 240)
        server, person, issue = dice.randrange(_SERVERS), dice.randrange(40), number // 2
        # Agreement by agreement, as a month end asks for them.
        agreement = number * agreements // entries
        yield WorkRow(number, agreement, server, person, issue, start, end, dice.choice(facts))

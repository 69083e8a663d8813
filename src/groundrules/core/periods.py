"""Half-open periods of aware UTC time, and the certain / possible order of uncertain instants.

A period is `[start, end)`. An `Interval` says *when something happened* as far as evidence can tell: not before one
instant, not after another. Subtraction of aware datetimes is only done in UTC (same-zone arithmetic is wall clock).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

_WALL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


class NaiveTime(ValueError):
    """A datetime without a zone was given; every instant in Groundrules carries its zone."""


class EmptyPeriod(ValueError):
    """A period's end is not after its start."""


class ImpossibleLocalTime(ValueError):
    """A local time does not exist in the zone named (the clocks jump over it), or is at the end of the calendar."""


def utc(moment: datetime) -> datetime:
    """This function will return the same instant in UTC; raises NaiveTime when it has no zone."""
    if moment.tzinfo is None:
        message = f"{moment.isoformat()} has no time zone; write an offset such as -08:00 or Z"
        raise NaiveTime(message)
    return moment.astimezone(UTC)


def wall_time(text: str) -> datetime:
    """This function will read a wall time as a browser sends it, `2026-03-05T18:00`, with seconds or without.

    Raises ValueError for anything else, an offset included: a wall time has none.
    """
    if not _WALL.fullmatch(text):
        message = f"{text!r} is no wall time; write one such as 2026-03-05T18:00"
        raise ValueError(message)
    return datetime.fromisoformat(text)


def local_instant(zone: str, wall: datetime) -> datetime:
    """This function will turn a naive wall time (with its `fold`) in `zone` into a UTC instant.

    Raises ImpossibleLocalTime for a wall time skipped by a clock change (zoneinfo accepts it silently), and in the
    calendar's first and last year, which a zone may leave.
    """
    if wall.year in {MINYEAR, MAXYEAR}:
        message = f"{wall.isoformat()} is no time to work with; write a year such as 2026"
        raise ImpossibleLocalTime(message)
    aware = wall.replace(tzinfo=ZoneInfo(zone))
    instant = aware.astimezone(UTC)
    if instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        message = f"{wall.isoformat()} does not exist in {zone}: the clocks jump over it"
        raise ImpossibleLocalTime(message)
    return instant


def first_instant(zone: str, wall: datetime) -> datetime:
    """This function will turn a naive wall time into a UTC instant; one that is skipped means when the clocks jump.

    An opening hour at a skipped midnight is agreed for every day, so it can't be refused like a time somebody wrote.
    """
    early = wall.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    if early >= late:
        return local_instant(zone, wall)
    before = early.astimezone(ZoneInfo(zone)).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        if middle.astimezone(ZoneInfo(zone)).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def start_of_local_day(zone: str, day: date) -> datetime:
    """This function will return the first instant of a local day in UTC, also where midnight is skipped."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def days_label(first: date, end: date) -> str:
    """This function will write days up to `end`, which is not among them, as people read them: by the last day."""
    last = end - timedelta(days=1)
    return f"{first}" if last <= first else f"{first} to {last}"


def local_date(zone: str, moment: datetime) -> date:
    """This function will return the calendar day of an instant in `zone`."""
    return utc(moment).astimezone(ZoneInfo(zone)).date()


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open `[start, end)` in UTC; `end` None means still open."""

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "start", utc(self.start))
        if self.end is not None:
            object.__setattr__(self, "end", utc(self.end))
            if utc(self.end) <= self.start:
                message = f"period {self.start.isoformat()} .. {self.end.isoformat()} is empty"
                raise EmptyPeriod(message)

    def contains(self, moment: datetime) -> bool:
        """This function will say whether the instant lies inside (start included, end excluded)."""
        return self.start <= moment and (self.end is None or moment < self.end)

    def overlaps(self, other: Period) -> bool:
        """This function will say whether the two share at least one instant."""
        return (other.end is None or self.start < other.end) and (
            self.end is None or other.start < self.end
        )

    def intersection(self, other: Period) -> Period | None:
        """This function will return the shared part, or None."""
        if not self.overlaps(other):
            return None
        ends = [end for end in (self.end, other.end) if end is not None]
        return Period(max(self.start, other.start), min(ends) if ends else None)

    @property
    def seconds(self) -> int:
        """Whole elapsed seconds (not wall clock); raises EmptyPeriod when still open."""
        if self.end is None:
            message = f"period from {self.start.isoformat()} is still open and has no length yet"
            raise EmptyPeriod(message)
        return int((self.end - self.start).total_seconds())

    def split_at(self, instants: Iterable[datetime]) -> tuple[Period, ...]:
        """This function will cut a closed period at every given instant inside it, in time order."""
        if self.end is None:
            message = "an open period cannot be split; close it first"
            raise EmptyPeriod(message)
        inside = sorted({cut for cut in instants if self.start < cut < self.end})
        edges = [self.start, *inside, self.end]
        return tuple(Period(a, b) for a, b in pairwise(edges))


class Order(StrEnum):
    """How an uncertain instant stands to another, as far as evidence can tell."""

    CERTAINLY_BEFORE = "certainly before"
    POSSIBLY_BEFORE = "possibly before"
    CERTAINLY_AFTER = "certainly after"


@dataclass(frozen=True, slots=True)
class Interval:
    """When something happened: not before `not_before`, not after `not_after` (both inclusive, UTC)."""

    not_before: datetime
    not_after: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "not_before", utc(self.not_before))
        object.__setattr__(self, "not_after", utc(self.not_after))
        if self.not_after < self.not_before:
            message = "an interval's not_after lies before its not_before"
            raise EmptyPeriod(message)

    @classmethod
    def exactly(cls, moment: datetime) -> Interval:
        """This function will return the interval of an exactly dated event."""
        return cls(moment, moment)

    @property
    def is_exact(self) -> bool:
        """True when evidence dates the event itself."""
        return self.not_before == self.not_after

    @property
    def width(self) -> timedelta:
        """How much is not known about the instant."""
        return self.not_after - self.not_before

    def order_to(self, onset: Interval) -> Order:
        """This function will compare with another uncertain instant (reference: causation, stage A rule 1).

        Certainly before when our latest is not after its earliest; certainly after when our earliest is not before
        its latest; otherwise only possibly before. Equal instants count as after: simultaneity proves no order.
        """
        if self.not_after < onset.not_before or (
            self.not_after == onset.not_before and onset.not_before < onset.not_after
        ):
            return Order.CERTAINLY_BEFORE
        return Order.POSSIBLY_BEFORE if self.not_before < onset.not_after else Order.CERTAINLY_AFTER

    def lies_within(self, period: Period) -> bool:
        """This function will say whether the whole interval lies inside the period."""
        return period.contains(self.not_before) and period.contains(self.not_after)

    def touches(self, period: Period) -> bool:
        """This function will say whether any part of the interval lies inside the period."""
        return self.not_after >= period.start and (
            period.end is None or self.not_before < period.end
        )


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """This function will return periods in order, with those that touch or overlap made one."""
    found: list[Period] = []
    for one in sorted(periods, key=lambda period: period.start):
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end < one.start):
            found.append(one)
        elif last.end is not None:
            end = None if one.end is None else max(last.end, one.end)
            found[-1] = Period(last.start, end)
    return tuple(found)


def outside(period: Period, periods: Iterable[Period]) -> tuple[Period, ...]:
    """This function will return what of a period lies in none of the others, in order."""
    found: list[Period] = []
    start = period.start
    for one in merged(periods):
        shared = one.intersection(period)
        if shared is None:
            continue
        if shared.start > start:
            found.append(Period(start, shared.start))
        if shared.end is None:
            return tuple(found)
        start = shared.end
    if period.end is None or start < period.end:
        found.append(Period(start, period.end))
    return tuple(found)


def time_between(start: datetime, end: datetime, without: Iterable[Period] = ()) -> timedelta:
    """This function will return how much of the time from one instant to a later one lies in none of the periods."""
    first, last = utc(start), utc(end)
    if last <= first:
        return timedelta()
    cut = [one.intersection(Period(first, last)) for one in merged(without)]
    left_out = sum((utc(c.end) - c.start for c in cut if c and c.end), timedelta())
    return last - first - left_out


def instant_after(
    start: datetime, span: timedelta, without: Iterable[Period] = ()
) -> datetime | None:
    """This function will return when a span has gone by outside the periods; None when one that is open holds it up."""
    now = utc(start)
    for one in merged(without):
        if one.end is not None and one.end <= now:
            continue
        if now + span <= one.start:
            break
        span -= max(one.start - now, timedelta())
        if one.end is None:
            return None
        now = one.end
    return now + span

"""Business calendars: which hours band an instant is in, and what the nth business day is.

The holiday list is data of the agreement version, materialised when it was written; nothing is looked up at decision
time. Days and hours are the calendar's own zone; arithmetic between instants is UTC only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from groundrules.core.periods import Period, first_instant, local_date, start_of_local_day, utc

_MAX_DAYS_SEARCHED = 400
SUNDAY = 6


class HoursBand(StrEnum):
    """The bands an agreement may price differently. A calendar may fold weekend and holiday into after hours."""

    BUSINESS = "business"
    AFTER_HOURS = "after_hours"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUNDAY = "sunday"


class NoBusinessDay(ValueError):
    """A calendar has no business day within reach; its opening hours or holidays are wrong."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open from `opens` to `closes` local wall time on one weekday (0 = Monday); `closes` 00:00 means midnight."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class WeekendEve:
    """Where weekends are priced apart they begin early: on this weekday (0 = Monday) at this local wall time."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True)
class Calendar:
    """Business hours of an agreement in one zone, with its materialised holidays.

    `weekend_eve` counts only with `separate_weekend`; business hours on that evening stay business hours. With
    `separate_sunday` Sundays have a price of their own, whatever the weekend's is.
    """

    zone: str
    hours: tuple[OpeningHours, ...]
    holidays: frozenset[date] = frozenset()
    separate_weekend: bool = False
    separate_holiday: bool = False
    weekend_days: frozenset[int] = field(default=frozenset({5, 6}))
    weekend_eve: WeekendEve | None = None
    separate_sunday: bool = False

    def is_business_day(self, day: date) -> bool:
        """This function will say whether the calendar opens at all on that local day."""
        return day not in self.holidays and any(h.weekday == day.weekday() for h in self.hours)

    def open_periods(self, day: date) -> tuple[Period, ...]:
        """This function will return the open spans of a local day in UTC (empty on holidays)."""
        if day in self.holidays:
            return ()
        spans = []
        for hours in self.hours:
            if hours.weekday == day.weekday():
                closing_day = day if hours.closes > hours.opens else day + timedelta(days=1)
                opens = first_instant(self.zone, datetime.combine(day, hours.opens))
                closes = first_instant(self.zone, datetime.combine(closing_day, hours.closes))
                if opens < closes:  # A span the clocks jump over entirely does not exist that day.
                    spans.append(Period(opens, closes))
        return tuple(spans)

    def band_at(self, moment: datetime) -> HoursBand:
        """This function will return the hours band of an instant."""
        day = local_date(self.zone, moment)
        for candidate in (day, day - timedelta(days=1)):
            if any(span.contains(utc(moment)) for span in self.open_periods(candidate)):
                return HoursBand.BUSINESS
        if self.separate_holiday and day in self.holidays:
            return HoursBand.HOLIDAY
        if self.separate_sunday and day.weekday() == SUNDAY:
            return HoursBand.SUNDAY
        if self.separate_weekend and self._is_weekend(day, moment):
            return HoursBand.WEEKEND
        return HoursBand.AFTER_HOURS

    def _is_weekend(self, day: date, moment: datetime) -> bool:
        eve = self._eve_of(day)
        return day.weekday() in self.weekend_days or (eve is not None and eve <= utc(moment))

    def _eve_of(self, day: date) -> datetime | None:
        """The instant on a local day from which the weekend has begun early."""
        if self.weekend_eve is None or day.weekday() != self.weekend_eve.weekday:
            return None
        return first_instant(self.zone, datetime.combine(day, self.weekend_eve.at))

    def boundaries_within(self, period: Period) -> tuple[datetime, ...]:
        """This function will return every instant in a closed period where the band or the local day may change."""
        assert period.end is not None  # noqa: S101 - callers pass closed work periods; Period.split_at refuses others
        day = local_date(self.zone, period.start) - timedelta(days=1)
        last = local_date(self.zone, period.end)
        cuts: set[datetime] = set()
        while day <= last:
            cuts.add(start_of_local_day(self.zone, day))
            for span in self.open_periods(day):
                cuts.update(edge for edge in (span.start, span.end) if edge is not None)
            eve = self._eve_of(day)
            cuts |= {eve} if eve is not None else set()
            day += timedelta(days=1)
        return tuple(sorted(cut for cut in cuts if period.contains(cut)))

    def next_business_day(self, after: date, count: int = 1) -> date:
        """This function will return the `count`-th business day after `after` (not counting it).

        Raises NoBusinessDay when the calendar never opens.
        """
        day, left = after, count
        for _ in range(_MAX_DAYS_SEARCHED):
            day += timedelta(days=1)
            left -= self.is_business_day(day)
            if left == 0:
                return day
        message = f"no {count} business days within {_MAX_DAYS_SEARCHED} days after {after}; check the opening hours"
        raise NoBusinessDay(message)

    def opening_on(self, day: date) -> datetime:
        """This function will return the instant the calendar opens on a business day, in UTC."""
        spans = self.open_periods(day)
        if not spans:
            message = f"{day} is not a business day of this calendar"
            raise NoBusinessDay(message)
        return min(span.start for span in spans)

    def business_seconds(self, period: Period) -> int:
        """This function will count the seconds of a closed period that lie in business hours."""
        pieces = period.split_at(self.boundaries_within(period))
        return sum(p.seconds for p in pieces if self.band_at(p.start) is HoursBand.BUSINESS)


def at_local(calendar: Calendar, day: date, wall: time) -> datetime:
    """This function will return the UTC instant of a wall time on a local day of the calendar's zone."""
    return first_instant(calendar.zone, datetime.combine(day, wall))


def zone_label(moment: datetime, zone: str) -> str:
    """This function will write an instant as people read it, always with its zone: `Mon 2007-03-12 08:00 PDT`."""
    return utc(moment).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M %Z")


def exact_label(moment: datetime, zone: str) -> str:
    """This function will write an instant to the second with its zone: `Wed 2007-02-21 19:58:03 PST`."""
    return utc(moment).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M:%S %Z")


def when_label(not_before: datetime, not_after: datetime, zone: str) -> str:
    """This function will write an exact instant, or an honest interval."""
    if not_before == not_after:
        return exact_label(not_after, zone)
    return f"between {exact_label(not_before, zone)} and {exact_label(not_after, zone)}"


def span_label(start: datetime, end: datetime | None, zone: str) -> str:
    """This function will write a time as people read it: `Thu 2026-03-05 18:00 to 20:00 EST`, two days both in full."""
    first = zone_label(start, zone)
    if end is None:
        return f"{first}, without an end"
    last = zone_label(end, zone)
    (day, clock, name), (last_day, last_clock, last_name) = (
        (label[:14], label[15:20], label[21:]) for label in (first, last)
    )
    if (day, name) != (last_day, last_name):
        return f"{first} to {last}"
    return f"{day} {clock} to {last_clock} {name}"

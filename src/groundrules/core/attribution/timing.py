"""How a login or run lies to a change in time, in the words people use: before, after, open, or open throughout."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.calendars import zone_label
from groundrules.core.periods import Interval, Period

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_HOURS_STILL_SAID = 72


def spoken(length: timedelta) -> str:
    """This function will say a length: `28 min`, `7 h 15 min`, `31 h`, `4 days`."""
    seconds = int(length.total_seconds())
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    hours, minutes = seconds // _HOUR, seconds % _HOUR // _MINUTE
    if hours >= _HOURS_STILL_SAID:
        return f"{seconds // _DAY} days"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def touches(interval: Interval, period: Period, slack: timedelta) -> bool:
    """This function will say whether any instant of the interval lies in the period, give or take `slack`."""
    return widened(interval, slack).touches(period)


def covers(interval: Interval, period: Period, slack: timedelta) -> bool:
    """This function will say whether the whole interval lies in the period, give or take `slack` at its edges."""
    end = period.end
    early = period.start - slack <= interval.not_before
    return early and (end is None or interval.not_after < end + slack)


def away(interval: Interval, period: Period) -> timedelta:
    """This function will return the time between a period and an interval; nothing when they touch."""
    if interval.not_after < period.start:
        return period.start - interval.not_after
    if period.end is not None and interval.not_before >= period.end:
        return interval.not_before - period.end
    return timedelta(0)


def miss(interval: Interval, period: Period, zone: str) -> str:
    """This function will say how a period misses an interval: `ended Tue 2007-02-20 23:35 PST, 20 h before`."""
    if interval.not_after < period.start:
        when = zone_label(period.start, zone)
        return f"began {when}, {spoken(period.start - interval.not_after)} after the change"
    end: datetime = period.end or period.start
    when = zone_label(end, zone)
    return f"ended {when}, {spoken(interval.not_before - end)} before the change"


def dated(interval: Interval, zone: str) -> str:
    """This function will say when something happened: an instant, or between two."""
    if interval.is_exact:
        return f"at {zone_label(interval.not_before, zone)}"
    return f"between {zone_label(interval.not_before, zone)} and {zone_label(interval.not_after, zone)}"


def widened(interval: Interval, slack: timedelta) -> Interval:
    """This function will return an interval with both its edges moved out by `slack`."""
    return Interval(interval.not_before - slack, interval.not_after + slack)

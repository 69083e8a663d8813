"""Which span of time is looked at: a night, or one that somebody wrote."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.periods import Period, local_instant, utc

_EVENING = time(18, 0)
_MORNING = time(8, 0)
_LONGEST = timedelta(days=92)


def last_night(zone: str, at: datetime) -> Period:
    """This function will return yesterday 18:00 to today 08:00 in the zone (or to `at` when it is still night)."""
    here = utc(at).astimezone(ZoneInfo(zone))
    evening = here.date() - timedelta(days=1)
    start = local_instant(zone, datetime.combine(evening, _EVENING))
    end = local_instant(zone, datetime.combine(here.date(), _MORNING))
    return Period(start, end)


def night_around(zone: str, moment: datetime) -> Period:
    """This function will return the evening-to-morning span (18:00-08:00) nearest to an instant, or its day."""
    here = utc(moment).astimezone(ZoneInfo(zone))
    first = here.date() if here.time() >= _MORNING else here.date() - timedelta(days=1)
    start = local_instant(zone, datetime.combine(first, time(12, 0)))
    end = local_instant(zone, datetime.combine(first + timedelta(days=1), _MORNING))
    if utc(moment) < start:
        start = local_instant(zone, datetime.combine(first, time(0, 0)))
    return Period(start, end)


def written_span(start: str, end: str, zone: str) -> Period:
    """This function will read a span of two ISO times, by the zone's clock where they name none.

    Raises ValueError (no times, the end before the start, more than 92 days) and ImpossibleLocalTime.
    """
    period = Period(written(start, zone), written(end, zone))
    if period.seconds > _LONGEST.total_seconds():
        message = f"a span may be at most {_LONGEST.days} days"
        raise ValueError(message)
    return period


def written(text: str, zone: str) -> datetime:
    """This function will read an ISO time; raises ValueError, ImpossibleLocalTime."""
    moment = datetime.fromisoformat(text)
    return local_instant(zone, moment) if moment.tzinfo is None else utc(moment)

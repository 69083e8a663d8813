"""Which span of time a server page shows, and in which zone: all of it in the URL, so a link shows the same to
others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from groundrules.core.periods import ImpossibleLocalTime, Period, local_instant, utc

_EVENING = time(18, 0)
_MORNING = time(8, 0)
_LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class Quick:
    """One quick range: its word in the URL and its label."""

    key: str
    label: str


QUICK = (
    Quick("last-night", "Last night 18-08"),
    Quick("24h", "24 h"),
    Quick("7d", "7 days"),
    Quick("latest", "Around the latest change"),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The shown period, the quick range it came from (or none), the zone of every time, and what was wrong in
    the URL.
    """

    period: Period
    quick: str
    zone: str
    problem: str = ""


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


def _typed(text: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return local_instant(zone, moment) if moment.tzinfo is None else utc(moment)


def _custom(request: HttpRequest, zone: str) -> Period:
    start, end = _typed(request.GET["from"], zone), _typed(request.GET["to"], zone)
    period = Period(start, end)
    if period.seconds > _LONGEST.total_seconds():
        message = f"a span may be at most {_LONGEST.days} days"
        raise ValueError(message)
    return period


def span_of(request: HttpRequest, server_zone: str, at: datetime, latest: datetime | None) -> Span:
    """This function will read the span from the URL; a wrong one falls back to the latest night and says what
    was wrong.
    """
    zone = "UTC" if request.GET.get("zone") == "utc" else server_zone
    quick = request.GET.get("range", "")
    if request.GET.get("from") and request.GET.get("to"):
        try:
            return Span(_custom(request, zone), "", zone)
        except (ValueError, ImpossibleLocalTime) as wrong:
            problem = (
                f"The span in the link was not used: {wrong}. Write times such as 2007-02-21T18:00."
            )
            return Span(_fallback(zone, at, latest), "latest", zone, problem)
    if quick == "24h":
        return Span(Period(at - timedelta(hours=24), at), quick, zone)
    if quick == "7d":
        return Span(Period(at - timedelta(days=7), at), quick, zone)
    if quick == "last-night":
        return Span(last_night(server_zone, at), quick, zone)
    return Span(_fallback(server_zone, at, latest), "latest" if latest else "last-night", zone)


def _fallback(zone: str, at: datetime, latest: datetime | None) -> Period:
    return night_around(zone, latest) if latest else last_night(zone, at)

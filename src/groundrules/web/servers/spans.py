"""Which span of time a server page shows, and in which zone: all of it in the URL, so a link shows the same to
others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from groundrules.core.periods import ImpossibleLocalTime, Period
from groundrules.services.nights.spans import last_night, night_around, written_span


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


def _custom(request: HttpRequest, zone: str) -> Period:
    return written_span(request.GET["from"], request.GET["to"], zone)


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

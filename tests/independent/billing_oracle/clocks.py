"""Instants as whole seconds since 1970 and the wall clocks of places. Nothing here comes from the product."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = 60
DAY = 86_400


def instant(text: str) -> int:
    """Read `2026-03-08 01:30 Z` or `2026-03-08 01:30:20 Z`, in seconds since 1970."""
    parts = text.removesuffix(" Z")
    shape = "%Y-%m-%d %H:%M:%S" if parts.count(":") > 1 else "%Y-%m-%d %H:%M"
    return int(datetime.strptime(parts, shape).replace(tzinfo=UTC).timestamp())


def written(at: int) -> str:
    """Write an instant the way `instant` reads it."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} Z"


@lru_cache(maxsize=200_000)
def wall(at: int, zone: str) -> datetime:
    """Say what a clock on the wall shows at an instant, without its zone."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)


def day_of(at: int, zone: str) -> date:
    """Say which local day an instant belongs to."""
    return wall(at, zone).date()


@lru_cache(maxsize=20_000)
def day_begins(day: date, zone: str) -> int:
    """Find the first instant of a local day by looking at one minute after the other."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    at = int(noon.timestamp()) // MINUTE * MINUTE
    while day_of(at - MINUTE, zone) >= day:
        at -= MINUTE
    return at


def days_between(first: date, end: date) -> list[date]:
    """List the days of `[first, end)`."""
    return [first + timedelta(days=number) for number in range((end - first).days)]


def next_month(first: date) -> date:
    """Say on which day the month after this one begins."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)

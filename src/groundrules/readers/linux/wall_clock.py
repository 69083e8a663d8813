"""Wall clock times as logs write them, placed in UTC without pretending to know more than they say.

A log without an offset is ambiguous for one hour a year. The order of its lines often settles it: where the times step
back, the clocks did. Where nothing does, both instants are kept as the bounds of what is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from groundrules.core.periods import ImpossibleLocalTime, local_instant

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
SLACK = timedelta(days=1)
LEAP_SEARCH_YEARS = 9


@dataclass(frozen=True, slots=True)
class Instant:
    """When a line was written: at `at`, or no later than `latest` when a clock change leaves it open."""

    at: datetime
    latest: datetime

    @property
    def bound(self) -> datetime | None:
        """The later bound when it differs, as `Observation.recorded_at` wants it."""
        return self.latest if self.latest != self.at else None


def place(zone: str, walls: Sequence[datetime]) -> list[Instant | None]:
    """This function will place naive times, in the order written, in UTC; None for one the clocks jump over."""
    placed: list[Instant | None] = []
    for _, run in groupby(walls, key=lambda wall: _repeats(zone, wall) and wall.date()):
        placed.extend(_settle(zone, list(run)))
    return placed


def _settle(zone: str, run: list[datetime]) -> list[Instant | None]:
    """Settles a run of times that are all exact, or all inside one repeated hour."""
    if not _repeats(zone, run[0]):
        return [_exact(zone, wall) for wall in run]
    step = next((at for at in range(1, len(run)) if run[at] < run[at - 1]), None)
    if step is None:
        return [
            Instant(local_instant(zone, wall), local_instant(zone, wall.replace(fold=1)))
            for wall in run
        ]
    return [_exact(zone, wall.replace(fold=int(at >= step))) for at, wall in enumerate(run)]


def _repeats(zone: str, wall: datetime) -> bool:
    here = ZoneInfo(zone)
    early, late = wall.replace(tzinfo=here, fold=0), wall.replace(tzinfo=here, fold=1)
    first, second = early.utcoffset(), late.utcoffset()
    return first is not None and second is not None and first > second


def _exact(zone: str, wall: datetime) -> Instant | None:
    try:
        moment = local_instant(zone, wall)
    except (ImpossibleLocalTime, OverflowError):
        return None
    return Instant(moment, moment)


@dataclass(frozen=True, slots=True)
class YearlessTime:
    """A syslog time as written: month, day and time of day, but no year."""

    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int = 0


def infer_years(
    times: Sequence[YearlessTime], zone: str, collected_at: datetime
) -> list[datetime | None]:
    """This function will give each time the latest year that keeps the log in order and not after its collection.

    Walks back from the end, because collection bounds the last line; a day of slack allows for lines slightly out of
    order and for clocks ahead. None for a date that exists in no year near (30 February).
    """
    here = ZoneInfo(zone)
    limit = collected_at.astimezone(here).replace(tzinfo=None) + SLACK
    found: list[datetime | None] = []
    for written in reversed(times):
        moment = _latest(written, limit)
        found.append(moment)
        if moment is not None:
            limit = min(limit, moment + SLACK)
    return found[::-1]


def _latest(written: YearlessTime, limit: datetime) -> datetime | None:
    for year in range(limit.year, max(limit.year - LEAP_SEARCH_YEARS, 0), -1):
        try:
            clock = time(written.hour, written.minute, written.second, written.microsecond)
            moment = datetime.combine(date(year, written.month, written.day), clock)
        except ValueError:
            continue
        if moment <= limit:
            return moment
    return None


def from_epoch(seconds: float, microseconds: int = 0) -> datetime | None:
    """This function will turn seconds since 1970 into UTC; None when that is no date at all."""
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            seconds=seconds, microseconds=microseconds
        )
    except (OverflowError, ValueError):
        return None

"""When a server's backup runs: a window beside it would be half in the backup, and the way back would not be one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from groundrules.core.ids import AssetId, BackupHoursId
from groundrules.core.periods import Period, first_instant

_WEEK = 7
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_LONGEST_LOOK = 400


class BackupHoursIncomplete(ValueError):
    """Backup hours must say which backup, on which days, and when it begins and is done."""


@dataclass(frozen=True, slots=True)
class BackupHours:
    """When a backup of these servers (none named: all) runs, by the site's clock; `period` is while this is so.

    An end no later than the beginning is the next morning's. `days` are those it begins on, Monday 0.
    """

    id: BackupHoursId
    says: str
    days: frozenset[int]
    opens: time
    closes: time
    period: Period
    assets: frozenset[AssetId] = frozenset()

    def __post_init__(self) -> None:
        checks = (
            (not self.says.strip(), "say which backup it is"),
            (not self.days or not self.days <= set(range(_WEEK)), "choose the days it begins on"),
            (self.opens == self.closes, "say when it begins and when it is done"),
        )
        for holds, sentence in checks:
            if holds:
                raise BackupHoursIncomplete(sentence)

    @property
    def sentence(self) -> str:
        """The backup in one breath."""
        where = f" of {', '.join(sorted(self.assets))}" if self.assets else " of every server"
        days = ", ".join(_DAYS[day] for day in sorted(self.days))
        return f"{self.says}{where}: {days}, from {self.opens:%H:%M} to {self.closes:%H:%M}"

    def is_for(self, asset: AssetId) -> bool:
        """This function will say whether a server is backed up then."""
        return not self.assets or asset in self.assets


def runs_during(
    backups: Iterable[BackupHours], asset: AssetId, period: Period, zone: str
) -> tuple[tuple[BackupHours, Period], ...]:
    """This function will list every run of a server's backups that overlaps a period, the first one first."""
    found = [
        (one, run)
        for one in backups
        if one.is_for(asset)
        for run in _runs(one, period, zone)
        if run.overlaps(period) and one.period.contains(run.start)
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].start, pair[0].id)))


def _runs(one: BackupHours, period: Period, zone: str) -> Iterable[Period]:
    """The runs that begin from the day before the period to its last day; a period without an end is looked at long."""
    tz = ZoneInfo(zone)
    day = period.start.astimezone(tz).date() - _DAY
    last = period.end.astimezone(tz).date() if period.end else day + _DAY
    for _ in range(_LONGEST_LOOK):
        if day > last:
            return
        if day.weekday() in one.days:
            yield _run(one, day, zone)
        day += _DAY


def _run(one: BackupHours, day: date, zone: str) -> Period:
    ends = day if one.closes > one.opens else day + _DAY
    start = first_instant(zone, datetime.combine(day, one.opens))
    end = first_instant(zone, datetime.combine(ends, one.closes))
    # Where the clocks jump over the whole of it, it still takes its time.
    return Period(start, end if end > start else start + _HOUR)

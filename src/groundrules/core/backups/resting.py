"""When backups and restore drills of a server rest: by its agreement, while it is suspended.

What rests is not owed. Time that rests makes nothing late: the rest of a term runs on once the server is covered again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from groundrules.core.periods import Period, time_between, utc


@dataclass(frozen=True, slots=True)
class Resting:
    """The periods through which backups rest and through which drills rest; drills rest wherever backups do."""

    backups: tuple[Period, ...] = ()
    drills: tuple[Period, ...] = ()

    def backups_since(self, at: datetime) -> datetime | None:
        """This function will return since when backups rest at an instant, None where they go on."""
        return _since(self.backups, at)

    def drills_since(self, at: datetime) -> datetime | None:
        """This function will return since when drills rest at an instant, None where they go on."""
        return _since(self.drills, at)

    def age(self, since: datetime, at: datetime) -> timedelta:
        """This function will return how much time went by in which backups were owed."""
        return time_between(since, at, self.backups)

    def drill_age(self, since: datetime, at: datetime) -> timedelta:
        """This function will return how much time went by in which drills were owed."""
        return time_between(since, at, self.drills)


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant something is judged at, with what rests when."""

    at: datetime
    resting: Resting = field(default_factory=Resting)

    @property
    def backups_rest_since(self) -> datetime | None:
        """Since when backups rest now, None where they go on."""
        return self.resting.backups_since(self.at)

    @property
    def drills_rest_since(self) -> datetime | None:
        """Since when drills rest now, None where they go on."""
        return self.resting.drills_since(self.at)

    def age(self, since: datetime) -> timedelta:
        """This function will return how much time went by until now in which backups were owed."""
        return self.resting.age(since, self.at)

    def drill_age(self, since: datetime) -> timedelta:
        """This function will return how much time went by until now in which drills were owed."""
        return self.resting.drill_age(since, self.at)


def rest_words(since: datetime) -> str:
    """This function will say that something is not owed, since when and why."""
    return f"not owed since {utc(since):%Y-%m-%d %H:%M} UTC: the server is suspended, and it rests by the agreement"


def _since(periods: tuple[Period, ...], at: datetime) -> datetime | None:
    return next((one.start for one in periods if one.contains(utc(at))), None)

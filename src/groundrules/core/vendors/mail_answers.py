"""A decision on a request for a window, as a person writes it into a reply: a word, the code they were mailed, more.

Only the writer's own first lines count. What we mail never holds such a line, so that a reply that merely quotes us, a
robot's answer or a scanner decides nothing; two lines that differ decide nothing either.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.periods import EmptyPeriod, Period, local_instant, wall_time

_LINES = 40
_LINE = re.compile(
    r"^[\s*_-]*(APPROVE|DENY|MOVE)[\s:,*_]+(\d{4})[- ]?(\d{4})\b[\s:,.-]*(.*?)\s*$", re.IGNORECASE
)
_WHEN = re.compile(
    r"^(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d)\s*(?:-|\u2013|to)\s*(\d\d:\d\d)\.?$", re.IGNORECASE
)
_BACKUP, _BOTH = re.compile(r"\bbackup\b", re.IGNORECASE), re.compile(r"\bboth\b", re.IGNORECASE)
_EMERGENCY = re.compile(r"\bemergency\b[\s:,-]*(.*)$", re.IGNORECASE)
_NO_BACKUP = re.compile(r"\b(no|without|missing)\b[^.;]*\bbackup\b", re.IGNORECASE)


class TimeUnreadable(ValueError):
    """A line that moves a window names no time that can be read."""


class MailWord(StrEnum):
    """What a reply may decide."""

    APPROVE = "approve"
    DENY = "deny"
    MOVE = "move"


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """One decision as written: the word, the eight digits, and what stands behind them."""

    word: MailWord
    code: str
    rest: str = ""

    @property
    def backup_confirmed(self) -> bool:
        """Whether the writer says that there is a backup."""
        return bool(_BACKUP.search(self.rest)) and not _NO_BACKUP.search(self.rest)

    @property
    def clash_accepted(self) -> bool:
        """Whether the writer wants both windows."""
        return bool(_BOTH.search(self.rest))

    @property
    def emergency(self) -> str | None:
        """The reason of an emergency, empty where none is given; None where it is none."""
        found = _EMERGENCY.search(self.rest)
        return found[1].strip() if found else None


def answer_in(own_text: str) -> MailAnswer | None:
    """This function will find the one decision in what a person wrote above the quote; None when there is none."""
    found = {
        MailAnswer(MailWord(match[1].lower()), match[2] + match[3], match[4])
        for line in own_text.splitlines()[:_LINES]
        if (match := _LINE.match(line))
    }
    return found.pop() if len(found) == 1 else None


def new_time(answer: MailAnswer, zone: str) -> Period:
    """This function will read the time a line moves a window to, in the site's zone; raises TimeUnreadable.

    An end that is earlier on the clock than the start is the next day's.
    """
    match = _WHEN.match(answer.rest)
    if match is None:
        message = "write the new time as in: MOVE CODE 2026-03-05 19:00-21:00"
        raise TimeUnreadable(message)
    day, start, end = match.groups()
    try:
        first, last = wall_time(f"{day}T{start}"), wall_time(f"{day}T{end}")
        if last <= first:
            last = _next_day(last)
        return Period(local_instant(zone, first), local_instant(zone, last))
    except (ValueError, EmptyPeriod) as problem:
        message = f"the new time can't be: {problem}"
        raise TimeUnreadable(message) from problem


def _next_day(wall: datetime) -> datetime:
    return datetime.fromordinal(wall.toordinal() + 1).replace(hour=wall.hour, minute=wall.minute)

"""A decision on a request for a window, as a person writes it into a reply: a word, the code they were mailed, more.

What stands behind the code permits something only in words that can't be read in two ways: "no emergency" and "backup
not done yet" are no permissions. Anything else is not understood, and its writer is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.code_lines import code_line_in
from groundrules.core.periods import EmptyPeriod, Period, local_instant, wall_time

_WHEN = re.compile(
    r"^(\d{4}-\d\d-\d\d)\s+(\d\d:\d\d)\s*(?:-|\u2013|to)\s*(\d\d:\d\d)\.?$", re.IGNORECASE
)
_EMERGENCY = re.compile(r"^(.*?)\bemergency\s*:\s*(.*)$", re.IGNORECASE)
_PARTS = re.compile(r"[,;.]|\band\b", re.IGNORECASE)
_BACKUP = frozenset(
    {"with backup", "with a backup", "backup done", "backup is done", "backup confirmed"}
)
_BOTH = frozenset({"both", "both windows"})
_NO_REASON = re.compile(r"^(no|none|not|never|nope|yes|n/?a)\b", re.IGNORECASE)


class TimeUnreadable(ValueError):
    """A line that moves a window names no time that can be read."""


class NotUnderstood(ValueError):
    """A line that approves says something behind the code that can't be read in one way only."""


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


@dataclass(frozen=True, slots=True)
class Permitted:
    """What an approval says besides yes: there is a backup, both windows are wanted, it is an emergency and why."""

    backup_confirmed: bool = False
    clash_accepted: bool = False
    emergency: str | None = None


def answer_in(own_text: str) -> MailAnswer | None:
    """This function will find the one decision in what a person wrote above the quote; None when there is none."""
    line = code_line_in(own_text, frozenset(MailWord))
    return MailAnswer(MailWord(line.word), line.code, line.rest) if line else None


def permitted(answer: MailAnswer) -> Permitted:
    """This function will read what an approval permits; raises NotUnderstood with a question rather than guess."""
    before, reason = _reason_apart(answer.rest)
    said = {" ".join(part.lower().split()) for part in _PARTS.split(before)} - {""}
    unknown = said - _BACKUP - _BOTH
    if unknown:
        message = (
            f'What does "{answer.rest.strip()}" mean? Behind the code write only: with backup, both, '
            "emergency: and its reason. To refuse, answer with DENY, the code, and why."
        )
        raise NotUnderstood(message)
    return Permitted(bool(said & _BACKUP), bool(said & _BOTH), reason)


def _reason_apart(rest: str) -> tuple[str, str | None]:
    """What stands before `emergency:`, and the reason behind it; None where the line declares none."""
    found = _EMERGENCY.match(rest)
    if found is None:
        return rest, None
    reason = found[2].strip()
    if not reason or _NO_REASON.match(reason):
        message = (
            f'Is it an emergency? "{rest.strip()}" can be read both ways. If it is, write behind "emergency:" what '
            "happened; if not, leave the word out."
        )
        raise NotUnderstood(message)
    return found[1], reason


def new_time(answer: MailAnswer, zone: str) -> Period:
    """This function will read the time a line moves a window to, in the site's zone; raises TimeUnreadable.

    An end that is earlier on the clock than the start is the next day's; two equal times are no window.
    """
    match = _WHEN.match(answer.rest)
    if match is None:
        message = "Write the new time as in: MOVE CODE 2026-03-05 19:00-21:00."
        raise TimeUnreadable(message)
    day, start, end = match.groups()
    if start == end:
        message = f"A window can't begin and end at {start}; write two different times."
        raise TimeUnreadable(message)
    try:
        first, last = wall_time(f"{day}T{start}"), wall_time(f"{day}T{end}")
        if last < first:
            last = _next_day(last)
        return Period(local_instant(zone, first), local_instant(zone, last))
    except (ValueError, EmptyPeriod) as problem:
        message = f"The new time can't be: {problem}."
        raise TimeUnreadable(message) from problem


def _next_day(wall: datetime) -> datetime:
    return datetime.fromordinal(wall.toordinal() + 1).replace(hour=wall.hour, minute=wall.minute)

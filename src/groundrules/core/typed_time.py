"""One typed line of work, as technicians write it: `45m SRV1 patching for INC-12 yesterday 18:10`.

Where a number could mean two things the line asks instead of guessing: a bare 8 is minutes or hours, and money follows.
Words the grammar does not know are the note. Names are looked up in `Names`, which the caller fills.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from groundrules.core.ids import AssetId, ClientId, IncidentId, RequestId
from groundrules.core.periods import ImpossibleLocalTime, Period, first_instant, utc
from groundrules.core.work import WorkPlace, WorkType

MOST_MINUTES = 24 * 60
_CLOCK = r"([01]?\d|2[0-3]):([0-5]\d)"
_SPAN = re.compile(rf"{_CLOCK}-{_CLOCK}")
_WALL = re.compile(_CLOCK)
_HOURS_MINUTES = re.compile(r"(\d{1,2})h(\d{1,2})?m?")
_MINUTES = re.compile(r"(\d{1,4})m(?:in)?")
_DECIMAL = re.compile(r"(\d{0,2})[.,](\d{1,2})h?")
_BARE = re.compile(r"\d{1,3}")
_DATE = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}")
_ISSUE = re.compile(r"#(\d{1,9})")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS_BACK = {"today": 0, "yesterday": 1}
_KINDS = {
    "maintenance": WorkType.MAINTENANCE,
    "remediation": WorkType.REMEDIATION,
    "project": WorkType.PROJECT,
    "move": WorkType.ADD_MOVE_CHANGE,
    "inspection": WorkType.INSPECTION,
}
_ON_SITE = frozenset({"onsite", "on-site"})


class UnreadableTime(ValueError):
    """The line does not say when work was done, for how long or where; the message says what to add."""


class AmbiguousTime(UnreadableTime):
    """A word could mean two things; `choices` are lines that mean one each."""

    def __init__(self, message: str, choices: tuple[str, ...]) -> None:
        super().__init__(message)
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Place:
    """What a name stands for: a client, and where it is one, a server, an incident or a request."""

    client: ClientId
    asset: AssetId | None = None
    incident: IncidentId | None = None
    request: RequestId | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """The meanings of each name in lower case, as it is typed: `srv1`, `@harbor`, `inc-12`, `#12`, `req-3`."""

    meanings: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TypedLine:
    """What a line says. `begins` and `ends` are wall times; `day` a date, or days back, or a weekday's name."""

    minutes: int | None = None
    begins: time | None = None
    ends: time | None = None
    day: str = ""
    client: ClientId | None = None
    asset: AssetId | None = None
    incident: IncidentId | None = None
    request: RequestId | None = None
    issue: str = ""
    work_type: WorkType | None = None
    note: str = ""
    where: WorkPlace | None = None


def names_typed(line: str) -> tuple[str, ...]:
    """This function will list the words of a line that may be names, in lower case, for looking them up."""
    return tuple(dict.fromkeys(_bare(word).lower() for word in line.split()))


def read_line(line: str, names: Names) -> TypedLine:
    """This function will read what a line says; raises UnreadableTime, or AmbiguousTime instead of guessing."""
    reading = _Reading(line.split(), names)
    while reading.words:
        reading.take()
    return reading.said()


def period_of(said: TypedLine, zone: str, at: datetime) -> Period:
    """This function will say when the work was done, in the client's zone, for a line typed at `at`.

    A length alone ends now. A clock time without a day is the latest one that is over. Raises UnreadableTime.
    """
    now = utc(at).replace(second=0, microsecond=0)
    if said.begins is not None and said.ends is not None:
        return _latest(said, zone, now, _wall_length(said.begins, said.ends))
    if said.minutes is None:
        message = "say how long it took: 45m, 1h30, .25 or 21:58-22:46"
        raise UnreadableTime(message)
    if said.begins is not None:
        return _latest(said, zone, now, None)
    if said.day and _DAYS_BACK.get(said.day) != 0:
        message = f"say when it began on that day, for example {said.day} 18:10"
        raise UnreadableTime(message)
    return Period(now - timedelta(minutes=said.minutes), now)


def _wall_length(begins: time, ends: time) -> int:
    length = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    return length if length > 0 else length + MOST_MINUTES


def _latest(said: TypedLine, zone: str, now: datetime, wall_length: int | None) -> Period:
    """The named day's period, or without a day the latest that is over by now."""
    today = now.astimezone(ZoneInfo(zone)).date()
    days = [_day(said.day, today)] if said.day else [today, today - timedelta(days=1)]
    for day in days:
        period = _on(day, said, zone, wall_length)
        if period.end is not None and period.end <= now:
            return period
    message = (
        f"{days[-1].isoformat()} {said.begins:%H:%M} is not over yet; record work when it is done"
    )
    raise UnreadableTime(message)


def _on(day: date, said: TypedLine, zone: str, wall_length: int | None) -> Period:
    assert said.begins is not None  # noqa: S101 - both callers looked
    try:
        start = first_instant(zone, datetime.combine(day, said.begins))
        if wall_length is None:
            return Period(start, start + timedelta(minutes=said.minutes or 0))
        wall_end = datetime.combine(day, said.begins) + timedelta(minutes=wall_length)
        return Period(start, first_instant(zone, wall_end))
    except ImpossibleLocalTime as wrong:
        raise UnreadableTime(str(wrong)) from wrong


def _day(word: str, today: date) -> date:
    if word in _DAYS_BACK:
        return today - timedelta(days=_DAYS_BACK[word])
    if _DATE.fullmatch(word):
        return date.fromisoformat(word)
    back = (today.weekday() - _WEEKDAYS.index(word[:3])) % 7
    return today - timedelta(days=back)


def _bare(word: str) -> str:
    return word.rstrip(",;.") if len(word) > 1 and not _DECIMAL.fullmatch(word) else word


class _Reading:
    """A line being read word by word; what is left over is the note."""

    def __init__(self, words: list[str], names: Names) -> None:
        self.all, self.words, self.names = list(words), list(words), names
        self.line, self.note, self.places = TypedLine(), list[str](), list[tuple[Place, ...]]()
        self.first = True

    def take(self) -> None:
        """Read one word: the first reader that knows it takes it."""
        word = self.words.pop(0)
        bare = _bare(word)
        readers = (
            self._span,
            self._length,
            self._wall,
            self._date,
            self._name,
            self._where,
            self._joined,
        )
        if not any(read(bare) for read in readers):
            self.note.append(word)
        self.first = False

    def said(self) -> TypedLine:
        """What the whole line says, with its names resolved."""
        place = _one_place(self.places)
        line = replace(self.line, note=" ".join(self.note))
        if place is None:
            return line
        issue = line.issue or (str(place.incident) if place.incident else "")
        return replace(
            line,
            client=place.client,
            asset=place.asset,
            incident=place.incident,
            request=place.request,
            issue=issue,
        )

    def _span(self, word: str) -> bool:
        found = _SPAN.fullmatch(word)
        if found is None or self.line.begins is not None:
            return False
        h1, m1, h2, m2 = (int(part) for part in found.groups())
        self.line = replace(self.line, begins=time(h1, m1), ends=time(h2, m2))
        return True

    def _length(self, word: str) -> bool:
        if self.line.minutes is not None or self.line.ends is not None:
            return False
        minutes = self._minutes(word.lower())
        if minutes is None:
            return False
        if not 0 < minutes <= MOST_MINUTES:
            message = f"{word} is {minutes} minutes; one entry lasts at least 1 minute and at most 24 hours"
            raise UnreadableTime(message)
        self.line = replace(self.line, minutes=minutes)
        return True

    def _minutes(self, word: str) -> int | None:
        if found := _HOURS_MINUTES.fullmatch(word):
            return int(found[1]) * 60 + int(found[2] or 0)
        if found := _MINUTES.fullmatch(word):
            return int(found[1])
        if found := _DECIMAL.fullmatch(word):
            hours = int(found[1] or 0) + Fraction(int(found[2]), 10 ** len(found[2]))
            return _whole(hours * 60, word)
        if not self.first:
            return None
        if re.fullmatch(r"\d:[0-5]\d", word) and not self._other_length():
            return int(word[0]) * 60 + int(word[2:])
        return self._bare_number(word) if _BARE.fullmatch(word) else None

    def _bare_number(self, word: str) -> int:
        if len(word) > 1:
            return int(word)
        rest = " ".join(self.words)
        choices = tuple(f"{word}{unit} {rest}".strip() for unit in ("m", "h"))
        message = f"is {word} minutes or hours? Write {word}m or {word}h"
        raise AmbiguousTime(message, choices)

    def _other_length(self) -> bool:
        lengths = (_HOURS_MINUTES, _MINUTES, _DECIMAL)
        return any(p.fullmatch(word.lower()) for word in self.words for p in lengths)

    def _wall(self, word: str) -> bool:
        found = _WALL.fullmatch(word)
        if found is None or self.line.begins is not None:
            return False
        self.line = replace(self.line, begins=time(int(found[1]), int(found[2])))
        return True

    def _date(self, word: str) -> bool:
        low = word.lower()
        known = low in _DAYS_BACK or low in _WEEKDAYS or low in _LONG_WEEKDAYS
        if self.line.day or not (known or _DATE.fullmatch(low)):
            return False
        if _DATE.fullmatch(low):
            _real_date(low)
        self.line = replace(self.line, day=low)
        return True

    def _name(self, word: str) -> bool:
        meanings = self.names.meanings.get(word.lower(), ())
        if meanings:
            self.places.append(meanings)
            return True
        found = _ISSUE.fullmatch(word)
        if found and not self.line.issue:
            self.line = replace(self.line, issue=word)
            return True
        if word.startswith("@") and len(word) > 1:
            message = f"no client is called {word[1:]}; write the client's code after the @"
            raise UnreadableTime(message)
        return False

    def _where(self, word: str) -> bool:
        """`onsite` or `on site`, and `as travel` for the way there and back."""
        following = _bare(self.words[0]).lower() if self.words else ""
        two_words = {("on", "site"): WorkPlace.ON_SITE, ("as", "travel"): WorkPlace.TRAVEL}
        found = two_words.get((word.lower(), following))
        if self.line.where is not None or not (found or word.lower() in _ON_SITE):
            return False
        if found:
            self.words.pop(0)
        self.line = replace(self.line, where=found or WorkPlace.ON_SITE)
        return True

    def _joined(self, word: str) -> bool:
        """`for` and `on` before a name, `at` or `from` before a clock time, `as` before a kind of work."""
        following = _bare(self.words[0]).lower() if self.words else ""
        if word.lower() == "as" and following in _KINDS and self.line.work_type is None:
            self.words.pop(0)
            self.line = replace(self.line, work_type=_KINDS[following])
            return True
        if word.lower() in {"for", "on"}:
            return following in self.names.meanings or bool(_ISSUE.fullmatch(following))
        clock = _WALL.fullmatch(following) or _SPAN.fullmatch(following)
        return word.lower() in {"at", "from"} and clock is not None


def _whole(minutes: Fraction, word: str) -> int:
    if minutes.denominator != 1:
        message = f"{word} of an hour is no whole number of minutes; write the minutes, such as 20m"
        raise UnreadableTime(message)
    return int(minutes)


def _real_date(word: str) -> None:
    try:
        date.fromisoformat(word)
    except ValueError as wrong:
        message = f"there is no day {word}; write a date such as 2007-02-21"
        raise UnreadableTime(message) from wrong


def _one_place(named: list[tuple[Place, ...]]) -> Place | None:
    """The one place every name of the line agrees on; raises UnreadableTime where there is none, or several."""
    if not named:
        return None
    found = list(named[0])
    for meanings in named[1:]:
        found = [joined for a in found for b in meanings if (joined := _joined_places(a, b))]
    found = list(dict.fromkeys(found))
    if not found:
        message = "the names in this line belong to different clients or servers; keep those of one"
        raise UnreadableTime(message)
    if len(found) > 1:
        clients = sorted({f"@{place.client.lower()}" for place in found})
        message = f"that name is used at several clients; add one of {', '.join(clients)}"
        raise UnreadableTime(message)
    return found[0]


def _joined_places(one: Place, other: Place) -> Place | None:
    pairs = ((one.asset, other.asset), (one.incident, other.incident), (one.request, other.request))
    if one.client != other.client or any(a and b and a != b for a, b in pairs):
        return None
    return Place(
        one.client,
        one.asset or other.asset,
        one.incident or other.incident,
        one.request or other.request,
    )

"""Windows and other events as iCalendar (RFC 5545): one to stand in two people's calendars, or a whole calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

_FOLD = 75


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One event: its lasting identity, how often it was changed, its span in UTC, and its words."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    organizer: str
    attendees: tuple[str, ...]
    cancelled: bool = False


def icalendar(event: CalendarEvent) -> bytes:
    """This function will write an event as a calendar file; a higher sequence replaces what was sent before."""
    method = "METHOD:CANCEL" if event.cancelled else "METHOD:PUBLISH"
    return _written(["PRODID:-//Groundrules//Access windows//EN", method], [event])


def icalendar_of(name: str, events: Iterable[CalendarEvent]) -> bytes:
    """This function will write a whole calendar, for programs that fetch it again and again."""
    head = [
        "PRODID:-//Groundrules//Calendar//EN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    return _written(head, events)


def _written(head: Iterable[str], events: Iterable[CalendarEvent]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head]
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _event(event: CalendarEvent) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_instant(event.stamp)}",
        f"DTSTART:{_instant(event.starts_at)}",
        f"DTEND:{_instant(event.ends_at)}",
        f"SUMMARY:{_text(event.summary)}",
        f"DESCRIPTION:{_text(event.description)}",
        *([f"ORGANIZER:mailto:{event.organizer}"] if event.organizer else []),
        *(f"ATTENDEE:mailto:{one}" for one in event.attendees),
        "STATUS:CANCELLED" if event.cancelled else "STATUS:CONFIRMED",
        "END:VEVENT",
    ]


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    """Backslash first, or the others' backslashes would be doubled."""
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Lines are cut at 75 octets, never inside a character; what follows begins with a space."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        room = _FOLD if not pieces else _FOLD - 1
        if len((piece + character).encode()) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [pieces[0], *(f" {p}" for p in [*pieces[1:], piece])] if pieces else [piece]

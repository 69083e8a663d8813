"""Syslog lines in the forms files really have: traditional (no year, no zone), ISO 8601, RFC 5424, forwarded, headless.

Only the frame is read here (when, host, program, pid, text); what a message means is `messages`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.periods import NaiveTime, utc
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import MONTHS, Instant, YearlessTime, infer_years, place

TRADITIONAL = re.compile(
    r"(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(:?)(?: (.*)|$)"
)
ISO = re.compile(
    r"(?:<\d{1,3}>)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) (.*)"
)
RFC5424 = re.compile(
    r"<\d{1,3}>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (.*)|$)"
)
TAGGED = re.compile(r"(?:([^\s\[]*[^\s\[:]) )?([^\s\[\]:]+)(?:\[(\d+)\])?(?: <\w+>)?:(?: (.*)|$)")
GLUED = re.compile(r"(?<=.)(?=<\d{1,3}>(?:1 )?(?:\d{4}-\d\d-\d\dT|[A-Z][a-z]{2} [ \d]\d \d\d:))")
LEVELS = frozenset({"EMERG", "ALERT", "CRIT", "ERR", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG"})


@dataclass(frozen=True, slots=True)
class Message:
    """One message: when, from which host, program and process, its text; boot, audit session and loginuid if known."""

    record: str
    instant: Instant
    host: str
    program: str
    pid: str
    text: str
    boot: str = ""
    session: str = ""
    loginuid: str = ""


@dataclass(frozen=True, slots=True)
class _Framed:
    record: str
    time: YearlessTime | datetime
    host: str
    program: str
    pid: str
    text: str


def messages(tally: Tally, raw: bytes) -> Iterator[Message]:
    """This function will yield every dated message; continuations, markers and damaged lines are counted here."""
    framed = list(_frames(tally, raw))
    yearless = [entry.time for entry in framed if isinstance(entry.time, YearlessTime)]
    walls = infer_years(yearless, tally.context.zone, tally.context.collected_at)
    instants = iter(_placed(tally.context.zone, walls))
    for entry in framed:
        instant = (
            next(instants)
            if isinstance(entry.time, YearlessTime)
            else Instant(entry.time, entry.time)
        )
        if instant is None:
            tally.damage(f"line {entry.record}", "its date or time does not exist")
            continue
        yield Message(entry.record, instant, entry.host, entry.program, entry.pid, entry.text)


def _placed(zone: str, walls: list[datetime | None]) -> list[Instant | None]:
    real = iter(place(zone, [wall for wall in walls if wall is not None]))
    return [next(real) if wall is not None else None for wall in walls]


def _frames(tally: Tally, raw: bytes) -> Iterator[_Framed]:
    for number, line in numbered_lines(raw):
        for at, piece in enumerate(GLUED.split(line)):
            record = str(number) if at == 0 else f"{number}.{at}"
            if piece[:1] in {" ", "\t"}:
                tally.known("syslog/continuation")
            elif piece:
                framed = (
                    _rfc5424(record, piece)
                    or _iso(tally, record, piece)
                    or _traditional(record, piece)
                )
                if framed is None:
                    tally.damage(f"line {record}", "does not begin with a syslog time")
                else:
                    yield framed


def _traditional(record: str, line: str) -> _Framed | None:
    found = TRADITIONAL.fullmatch(line)
    if not found or found[1] not in MONTHS:
        return None
    micros = int((found[6] or "0").ljust(6, "0"))
    time = YearlessTime(
        MONTHS[found[1]], int(found[2]), int(found[3]), int(found[4]), int(found[5]), micros
    )
    if found[7]:
        return _Framed(record, time, "", "", "", found[8] or "")
    return _Framed(record, time, *_tagged(found[8] or ""))


def _iso(tally: Tally, record: str, line: str) -> _Framed | None:
    found = ISO.fullmatch(line)
    if not found:
        return None
    at = _instant(tally, found[1].replace(",", "."))
    host, _, rest = found[2].partition(" ")
    if host in LEVELS:
        return _Framed(record, at, *_tagged(rest)) if at else None
    return _Framed(record, at, *_tagged(found[2])) if at else None


def _instant(tally: Tally, written: str) -> datetime | None:
    """Places an ISO time; one without an offset is in the host's zone."""
    try:
        moment = datetime.fromisoformat(written)
        return utc(moment)
    except NaiveTime:
        placed = place(tally.context.zone, [datetime.fromisoformat(written)])[0]
        return placed.at if placed else None
    except (ValueError, OverflowError):
        return None


def _rfc5424(record: str, line: str) -> _Framed | None:
    found = RFC5424.fullmatch(line)
    if not found:
        return None
    try:
        at = utc(datetime.fromisoformat(found[1]))
    except (ValueError, OverflowError):
        return None
    host, program, pid = ("" if found[at] == "-" else found[at] for at in (2, 3, 4))
    return _Framed(record, at, host, program, pid, (found[7] or "").lstrip())


def _tagged(text: str) -> tuple[str, str, str, str]:
    found = TAGGED.fullmatch(text)
    if found:
        return (
            found[1] or "",
            found[2].rpartition("/")[2],
            found[3] or "",
            (found[4] or "").lstrip(),
        )
    host, _, rest = text.partition(" ")
    return host, "", "", rest

"""Evidence as raw events: one row for every record that has a time, for the formats where that costs little.

Nothing is understood or left out here; what a record means is the other readers' work. A record without a readable time
is not an event: the reading of the same evidence counts it as damaged. Snapshots are states, not events.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import orjson

from groundrules.core.events import Event, microseconds
from groundrules.readers.context import ReadingContext
from groundrules.readers.event_payloads import number, of_audit, of_document, of_text
from groundrules.readers.evtx.chunks import Salvage, UnreadableEvtx, chunks_of, records_of
from groundrules.readers.evtx.records import DamagedRecord, frame_of
from groundrules.readers.linux import apt_history, audit_records, dpkg_log, rpm_log
from groundrules.readers.linux.syslog_lines import messages
from groundrules.readers.linux.tally import Tally, numbered_lines
from groundrules.readers.linux.wall_clock import (
    MONTHS,
    Instant,
    YearlessTime,
    from_epoch,
    infer_years,
    place,
)

READER = "events/1"
_NO_BOM = b"\xef\xbb\xbf"
_LONGEST_WORD = 19
EventSource = Callable[[bytes, ReadingContext], Iterator[Event]]


def _windows(written: str, document: object, position: int, context: ReadingContext) -> Event:
    """Makes the event of one Windows record; raises DamagedRecord."""
    record = frame_of(document)
    return Event(
        context.asset,
        microseconds(record.at),
        f"{record.provider}/{record.event_id}",
        record.channel,
        number(record.number),
        position,
        context.evidence,
        of_document(written, {"Event": record.event}),
    )


def _evtx(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    salvage = Salvage()
    position = 0
    try:
        chunks = chunks_of(raw, salvage)
    except UnreadableEvtx:
        return  # The reading says so, with the reason; there is no record to make an event of.
    for at, chunk in chunks:
        for found in records_of(at, chunk, salvage):
            written = found["data"]
            position += 1
            try:
                yield _windows(written, orjson.loads(written), position, context)
            except (DamagedRecord, orjson.JSONDecodeError):
                continue


def _windows_json(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    for position, line in enumerate(raw.removeprefix(_NO_BOM).split(b"\n"), start=1):
        try:
            document = orjson.loads(line) if line.strip() else None
            inner = document.get("data") if isinstance(document, dict) else None
            if isinstance(inner, str):
                document = orjson.loads(inner)
            elif isinstance(inner, dict):
                document = inner
            if document is not None:
                yield _windows(orjson.dumps(document).decode(), document, position, context)
        except (DamagedRecord, orjson.JSONDecodeError):
            continue


def _line_event(
    context: ReadingContext, channel: str, kind: str, at: datetime, line: tuple[int, str]
) -> Event:
    position, payload = line
    return Event(
        context.asset,
        microseconds(at),
        f"{channel}/{kind}",
        channel,
        0,
        position,
        context.evidence,
        payload,
    )


def _syslog(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    lines = numbered_lines(raw)
    for message in messages(Tally(READER, context), raw):
        place_of, _, piece = message.record.partition(".")
        position = int(place_of)
        whole = message.text if piece else lines[position - 1][1]
        kind = message.program or "unnamed"
        yield _line_event(context, "syslog", kind, message.instant.at, (position, of_text(whole)))


def _journal(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    for position, line in enumerate(raw.split(b"\n"), start=1):
        try:
            entry = orjson.loads(line) if line.strip() else None
        except orjson.JSONDecodeError:
            continue
        if not isinstance(entry, dict):
            continue
        written = entry.get("_SOURCE_REALTIME_TIMESTAMP") or entry.get("__REALTIME_TIMESTAMP") or ""
        at = from_epoch(0, int(written)) if str(written).isdecimal() else None
        if at is not None:
            kind = str(entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM") or "unnamed")
            payload = of_document(line.decode("utf-8", "replace"), entry)
            yield _line_event(context, "journal", kind, at, (position, payload))


def _audit(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    for position, line in numbered_lines(raw):
        found = audit_records.LINE.fullmatch(line)
        at = from_epoch(int(found[3]), int(found[4].ljust(3, "0")) * 1000) if found else None
        if found is not None and at is not None:
            payload = of_audit(found[2], line)
            event = _line_event(context, "audit", found[2], at, (position, payload))
            yield event._replace(record=int(found[5]))


def _dpkg(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    return _dated(raw, context, "dpkg", dpkg_log.LINE)


def _rpm(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    """Both forms: dnf's has a zone, yum's has neither zone nor year."""
    dnf = [
        (position, line, found)
        for position, line in numbered_lines(raw)
        if (found := rpm_log.DNF.fullmatch(line))
    ]
    for position, line, found in dnf:
        at = _moment(found[1])
        if at is not None and at.tzinfo is not None:
            yield _line_event(context, "rpm", _word(found[3]), at, (position, of_text(line)))
    yum = [
        (position, line, found)
        for position, line in numbered_lines(raw)
        if (found := rpm_log.YUM.fullmatch(line)) and found[1] in MONTHS
    ]
    written = [
        YearlessTime(MONTHS[f[1]], int(f[2]), int(f[3]), int(f[4]), int(f[5])) for _, _, f in yum
    ]
    walls = infer_years(written, context.zone, context.collected_at)
    for (position, line, found), instant in zip(yum, _placed(context, walls), strict=True):
        if instant is not None:
            kind = _word(found[6])
            yield _line_event(context, "rpm", kind, instant.at, (position, of_text(line)))


def _apt(raw: bytes, context: ReadingContext) -> Iterator[Event]:
    stanzas = [stanza for stanza in _stanzas(raw) if apt_history.DATE.search(stanza[1])]
    walls = [_moment(_first_date(text)) for _, text in stanzas]
    for stanza, instant in zip(stanzas, _placed(context, walls), strict=True):
        if instant is not None:
            kept = (stanza[0], of_text(stanza[1]))
            yield _line_event(context, "apt", "transaction", instant.at, kept)


def _stanzas(raw: bytes) -> Iterator[tuple[int, str]]:
    begun, gathered = 0, list[str]()
    for position, line in [*numbered_lines(raw), (0, "")]:
        if line.strip():
            begun = begun or position
            gathered.append(line)
        elif gathered:
            yield begun, "\n".join(gathered)
            begun, gathered = 0, []


def _first_date(text: str) -> str:
    found = apt_history.DATE.search(text)
    return " ".join(found[0].split()) if found else ""


def _dated(
    raw: bytes, context: ReadingContext, channel: str, pattern: re.Pattern[str]
) -> Iterator[Event]:
    """Reads lines that begin with a local date and time and a word."""
    found = [
        (position, line, match[2], _moment(match[1]))
        for position, line in numbered_lines(raw)
        if (match := pattern.fullmatch(line))
    ]
    placed = _placed(context, [wall for _, _, _, wall in found])
    for (position, line, kind, _), instant in zip(found, placed, strict=True):
        if instant is not None:
            yield _line_event(context, channel, kind, instant.at, (position, of_text(line)))


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _placed(context: ReadingContext, walls: list[datetime | None]) -> list[Instant | None]:
    real = iter(place(context.zone, [wall for wall in walls if wall is not None]))
    return [next(real) if wall is not None else None for wall in walls]


def _word(text: str) -> str:
    return text.partition(":")[0].casefold() if ":" in text[:_LONGEST_WORD] else "message"


EVENT_SOURCES: Mapping[str, EventSource] = {
    "evtx": _evtx,
    "windows-events-json": _windows_json,
    "auth-log": _syslog,
    "journal-json": _journal,
    "audit-log": _audit,
    "dpkg-log": _dpkg,
    "apt-history": _apt,
    "rpm-log": _rpm,
}


def events_of(kind: str, raw: bytes, context: ReadingContext) -> Iterator[Event]:
    """This function will yield the events of evidence in a format, as they lie in it; none for other formats."""
    source = EVENT_SOURCES.get(kind)
    return source(raw, context) if source is not None else iter(())

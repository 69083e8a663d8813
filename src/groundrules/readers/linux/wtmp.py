"""wtmp and utmp: fixed-size login records of glibc, in the layout and byte order of the machine that wrote them.

Three layouts are in use: 384 bytes (x86, 32-bit and most others: 32-bit times) and 400 bytes (aarch64, s390x: 64-bit
times), each in either byte order. The layout is found by which one makes the most records plausible (utmp(5)).
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundrules.core.evidence import (
    Action,
    Gap,
    GapKind,
    ItemKind,
    Observation,
    Reading,
    SessionKind,
)
from groundrules.core.ids import GapId
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.logins import OpenLogin
from groundrules.readers.linux.tally import Tally
from groundrules.readers.linux.wall_clock import SLACK, from_epoch

READER = "utmp/1"
SHORT = "hxxi32s4s32s256shhiii16s20x"
LONG = "hxxi32s4s32s256shhqqq16s20x4x"
LAYOUTS = tuple(
    struct.Struct(order + fields)
    for order, fields in (("<", SHORT), ("<", LONG), (">", LONG), (">", SHORT))
)
TYPES = {
    0: "empty",
    1: "run level",
    2: "boot",
    3: "new time",
    4: "old time",
    5: "init process",
    6: "login process",
    7: "user process",
    8: "dead process",
    9: "accounting",
}
NEWEST_TYPE = 9
MICROS = 10**6


@dataclass(frozen=True, slots=True)
class _Record:
    offset: int
    type: int
    pid: int
    line: str
    user: str
    host: str
    at: datetime
    address: str


def read_utmp(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read wtmp or utmp into sessions, restarts and clock steps; damaged records are counted."""
    tally = Tally(READER, context)
    layout = _layout(raw, context)
    open_logins: dict[tuple[str, int], OpenLogin] = {}
    finished: list[OpenLogin] = []
    clock: list[_Record] = []
    last: datetime | None = None
    for record in _records(tally, raw, layout):
        tally.known(f"utmp/{TYPES[record.type]}")
        match record.type:
            case 7:
                _open(tally, record, open_logins, finished)
            case 8:
                _close(tally, record, open_logins, finished)
            case 2:
                _restart(tally, record, open_logins, finished, last)
            case 3 | 4:
                _clock(tally, record, clock)
        last = record.at if record.type else last
    tally.sessions.extend(login.session() for login in (*finished, *open_logins.values()))
    return tally.reading()


def _layout(raw: bytes, context: ReadingContext) -> struct.Struct:
    newest = (context.collected_at + SLACK).timestamp()
    return max(
        LAYOUTS, key=lambda layout: (_plausible(raw, layout, newest), len(raw) % layout.size == 0)
    )


def _plausible(raw: bytes, layout: struct.Struct, newest: float) -> float:
    """Weighs a layout by the share of the first records that look like login records in it."""
    sampled = raw[: layout.size * 64]
    whole = len(sampled) // layout.size
    if not whole:
        return 0.0
    return (
        sum(
            _likeness(fields, newest)
            for fields in layout.iter_unpack(sampled[: whole * layout.size])
        )
        / whole
    )


def _likeness(fields: tuple[Any, ...], newest: float) -> float:
    """Says how much one record looks right; an empty one fits every layout, so it proves only half."""
    kind, seconds, micros = fields[0], fields[9], fields[10]
    if not all(_is_text(fields[at]) for at in (2, 4, 5)) or not 0 <= micros < MICROS:
        return 0.0
    if kind == 0:
        return 0.5
    return float(0 < kind <= NEWEST_TYPE and 0 < seconds <= newest)


def _is_text(padded: bytes) -> bool:
    text, _, _ = padded.partition(b"\0")
    return all(byte >= 0x20 for byte in text)  # noqa: PLR2004 - the first printable byte


def _records(tally: Tally, raw: bytes, layout: struct.Struct) -> Iterator[_Record]:
    whole = len(raw) - len(raw) % layout.size
    for number, fields in enumerate(layout.iter_unpack(raw[:whole])):
        record = _record(tally, number * layout.size, fields)
        if record is not None:
            yield record
    if whole < len(raw):
        tally.damage(
            f"byte {whole}",
            f"{len(raw) - whole} bytes at the end are less than one {layout.size} byte record",
        )


def _record(tally: Tally, offset: int, fields: tuple[Any, ...]) -> _Record | None:
    kind, pid, line, _, user, host, _, _, _, seconds, micros, address = fields
    at = from_epoch(seconds, micros)
    if (
        kind not in TYPES
        or at is None
        or not all(_is_text(padded) for padded in (line, user, host))
    ):
        tally.damage(f"byte {offset}", f"not a login record (type {kind}, time {seconds})")
        return None
    return _Record(offset, kind, pid, _text(line), _text(user), _text(host), at, _address(address))


def _text(padded: bytes) -> str:
    return padded.partition(b"\0")[0].decode("utf-8", "replace")


def _address(packed: bytes) -> str:
    if not any(packed):
        return ""
    return str(ipaddress.ip_address(packed[:4] if not any(packed[4:]) else packed))


def _open(
    tally: Tally,
    record: _Record,
    open_logins: dict[tuple[str, int], OpenLogin],
    finished: list[OpenLogin],
) -> None:
    for place in [place for place in open_logins if place[0] == record.line]:
        # The terminal has a new user: the login before it was over by now at the latest.
        earlier = open_logins.pop(place)
        _end(tally, record, earlier)
        finished.append(earlier)
    remote = bool(record.host) and not record.host.startswith(":")
    open_logins[record.line, record.pid] = OpenLogin(
        asset=tally.context.asset,
        host=tally.context.host,
        place=f"{record.line}:{record.pid}",
        account=record.user,
        started=record.at,
        kind=SessionKind.REMOTE if remote else SessionKind.CONSOLE,
        citations=[tally.cite(record.offset)],
        source_address=(record.host or record.address) if remote else "",
    )


def _close(
    tally: Tally,
    record: _Record,
    open_logins: dict[tuple[str, int], OpenLogin],
    finished: list[OpenLogin],
) -> None:
    exact = [place for place in open_logins if place == (record.line, record.pid)]
    near = [
        place
        for place in open_logins
        if place[0] == record.line or (record.pid and place[1] == record.pid)
    ]
    if not (exact or near) and record.line and record.pid:
        tally.ended(f"{record.line}:{record.pid}", record.at, record.offset)
    for place in exact or near:
        login = open_logins.pop(place)
        _end(tally, record, login)
        login.citations.append(tally.cite(record.offset))
        finished.append(login)


def _end(tally: Tally, record: _Record, login: OpenLogin) -> None:
    """Records stand in the order they were written: an end before its beginning is a clock that was set back."""
    login.ended = max(record.at, login.started)
    if record.at < login.started:
        between = Interval(record.at, login.started)
        says = f"a login ends before it began: the clock was set back by {login.started - record.at} or more"
        _gap(tally, record, GapKind.CLOCK_STEP, between, says)


def _restart(
    tally: Tally,
    record: _Record,
    open_logins: dict[tuple[str, int], OpenLogin],
    finished: list[OpenLogin],
    last: datetime | None,
) -> None:
    for login in open_logins.values():
        _end(tally, record, login)
        finished.append(login)
    open_logins.clear()
    tally.ended("", record.at, record.offset)
    since = min(last or record.at, record.at)
    _gap(
        tally,
        record,
        GapKind.RESTART,
        Interval(since, record.at),
        "the host started; logins before it had ended by then",
    )


def _clock(tally: Tally, record: _Record, clock: list[_Record]) -> None:
    clock.append(record)
    if [entry.type for entry in clock[-2:]] != [4, 3]:
        return
    old, new = clock[-2].at, clock[-1].at
    says = f"the clock was set from {old.isoformat()} to {new.isoformat()}"
    _gap(tally, record, GapKind.CLOCK_STEP, Interval(min(old, new), max(old, new)), says)
    tally.observations.append(
        Observation(
            asset=tally.context.asset,
            kind=ItemKind.CLOCK,
            key="clock",
            action=Action.ALTERED,
            at=new,
            citation=tally.cite(record.offset),
            before=old.isoformat(),
            after=new.isoformat(),
            summary=says,
        )
    )


def _gap(tally: Tally, record: _Record, kind: GapKind, interval: Interval, says: str) -> None:
    own = GapId(f"{tally.context.asset}|utmp|{kind}|{interval.not_after.isoformat()}")
    tally.gaps.append(
        Gap(own, tally.context.asset, kind, interval, "utmp", says, tally.cite(record.offset))
    )

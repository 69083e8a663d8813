"""The hot index: recent events copied into one table of the database, and taken out again when they are old.

A row enters in the transaction that puts its segment into the catalogue. It leaves only when segments hold every event
that goes with it; then the floor rises, and questions about older time go to the segments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from groundrules.core.events import DAY, Event, instant, microseconds
from groundrules.records.hot_events import COLUMNS, TABLE, partition_of
from groundrules.records.models import HotFloor, Role, Segment
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.storage import segments_place
from groundrules.store.segments.hot import HotIndex

_BATCH = 5000
_DAYS_AHEAD = 4
_LISTED = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO {TABLE} ({_LISTED}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"  # noqa: S608 - our own names
_COPY = f"COPY {TABLE} ({_LISTED}) FROM STDIN"
# Every evidence that has rows to go, with their number: it must be found again in standing segments.
_GOING = f"SELECT client, evidence, COUNT(*), MIN(at_us) FROM {TABLE} WHERE at_us < %s GROUP BY client, evidence"  # noqa: S608
_REMOVE = f"DELETE FROM {TABLE} WHERE at_us < %s"  # noqa: S608
_PARTITIONS = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "JOIN pg_class p ON p.oid = i.inhparent WHERE p.relname = %s"
)


class HotEventsUnheld(RuntimeError):
    """Events of the hot index are in no standing segment, so the index may not let go of them."""


@dataclass(frozen=True, slots=True)
class _Going:
    client: str
    evidence: str
    events: int
    first: int


def hot_index() -> HotIndex:
    """This function will return the index over the project's database."""
    return HotIndex(_ask)


def floor() -> int | None:
    """This function will return the instant from which on the index is complete, or None before its first row."""
    return HotFloor.objects.values_list("at_us", flat=True).first()


def floor_or_new(at: datetime) -> int:
    """This function will return the floor, setting it the first time; call it inside a transaction."""
    row, _ = HotFloor.objects.get_or_create(pk=1, defaults={"at_us": _floor_at(at)})
    return row.at_us


def add(client: str, events: Iterable[Event]) -> int:
    """This function will copy events into the index and return how many; call it inside the segment's transaction."""
    rows = (
        (client, e.asset, e.at, e.type, e.channel, e.record, e.position, e.evidence, e.payload)
        for e in events
    )
    return _copy(rows) if connection.vendor == "postgresql" else _insert(rows)


def retain(*, actor: Actor, at: datetime) -> int:
    """This function will drop what is older than the days the settings name, and return how many events that were.

    Raises HotEventsUnheld, and then nothing is dropped, when segments don't hold everything that would go.
    """
    require(actor, Role.TECHNICIAN)
    new = _floor_at(at)
    with transaction.atomic():
        if floor_or_new(at) > new:
            return 0
        HotFloor.objects.filter(pk=1).update(at_us=new)
        going = _going(new)
        _check_held(going, new)
        _drop_before(new)
        _make_room(at)
        gone = sum(one.events for one in going)
        if gone:
            says = f"{gone} events before {instant(new).isoformat()} left the hot index; segments hold them"
            audit.record(audit.Entry("events.retain", "hot", says), actor=actor, at=at)
    return gone


def empty_payloads(digest: str) -> int:
    """This function will take the payloads of one piece of evidence out of the index and return how many that were."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} SET payload = '' WHERE evidence = %s AND payload <> ''",  # noqa: S608 - our own name
            [bytes.fromhex(digest)],
        )
        return int(cursor.rowcount)


def _floor_at(at: datetime) -> int:
    oldest = microseconds(at - timedelta(days=settings.GROUNDRULES_HOT_DAYS))
    return oldest - oldest % DAY


def _ask(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())


def _insert(rows: Iterator[tuple[Any, ...]]) -> int:
    total = 0
    with connection.cursor() as cursor:
        while batch := [_packed(row) for row in islice(rows, _BATCH)]:
            cursor.executemany(_INSERT, batch)
            total += len(batch)
    return total


def _copy(rows: Iterator[tuple[Any, ...]]) -> int:
    total = 0
    days: set[int] = set()
    while batch := list(islice(rows, _BATCH)):
        for day in {row[2] // DAY for row in batch} - days:
            _make_partition(day)
            days.add(day)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copying:
            for row in batch:
                copying.write_row(_packed(row))
        total += len(batch)
    return total


def _packed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:7], bytes.fromhex(row[7]), row[8])


def _make_partition(day: int) -> None:
    """Making one waits for everybody who reads the table, so it is asked first whether it is there."""
    name = partition_of(day)
    if _ask("SELECT to_regclass(%s)", [name])[0][0] is None:
        bounds = f"FROM ({day * DAY}) TO ({(day + 1) * DAY})"
        _run(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {TABLE} FOR VALUES {bounds}", [])


def _drop_before(new: int) -> None:
    """On PostgreSQL whole days go at once; the floor is always a midnight, so no partition is cut."""
    if connection.vendor != "postgresql":
        _run(_REMOVE, [new])
        return
    for (name,) in _ask(_PARTITIONS, [TABLE]):
        if int(name.rpartition("_")[2]) < new // DAY:
            _run(f"DROP TABLE {name}", [])


def _make_room(at: datetime) -> None:
    """The partitions of the days to come are made by the nightly run, not while events are waiting."""
    if connection.vendor == "postgresql":
        today = microseconds(at) // DAY
        for day in range(today, today + _DAYS_AHEAD):
            _make_partition(day)


def _run(sql: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _going(new: int) -> list[_Going]:
    return [
        _Going(client, bytes(evidence).hex(), int(number), int(first))
        for client, evidence, number, first in _ask(_GOING, [new])
    ]


def _check_held(going: list[_Going], new: int) -> None:
    """A segment dropped by policy was let go on purpose; everything else must be there, in its full length."""
    if not going:
        return
    oldest = instant(min(one.first for one in going))
    segments = Segment.objects.filter(successor__isnull=True).touching(oldest, instant(new))
    place = segments_place()
    held: Counter[tuple[str, str]] = Counter()
    for segment in segments.select_related("client", "dropping").prefetch_related(
        "holdings__evidence"
    ):
        dropped = hasattr(segment, "dropping")
        if dropped or place.has(segment.client.code, segment.digest, segment.length):
            for holding in segment.holdings.all():
                held[segment.client.code, holding.evidence.digest] += holding.events
    for one in going:
        if held[one.client, one.evidence] < one.events:
            message = (
                f"segments hold {held[one.client, one.evidence]} of the {one.events} events of evidence "
                f"{one.evidence[:16]} that are to leave the hot index; run groundrules events check and restore "
                "what is missing, then try again"
            )
            raise HotEventsUnheld(message)

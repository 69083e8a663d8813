"""The questions about events in SQL, written once for every engine; only what truly differs is said by a dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groundrules.core.events import Span
from groundrules.store.segments.layout import COLUMNS

_IN_TIME_ORDER = "at_us, channel, record, position, evidence"
_COLUMNS = ", ".join(COLUMNS)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where the events are, how a value is written in, and what the remainder's sign is; one table for all clients?

    `grouped` is how a name is written that is counted by: SQLite would else walk an index that is in the right order
    for counting but finds nothing, and read the whole table for it.
    """

    source: str
    place: str
    remainder: str
    names_clients: bool
    grouped: str = "{}"


@dataclass(frozen=True, slots=True)
class Question:
    """One statement and its values."""

    sql: str
    values: tuple[object, ...]


def timeline(
    dialect: Dialect, span: Span, asset: str, types: Iterable[str], limit: int
) -> Question:
    """This function will ask for one asset's events in time order."""
    where, values = _where(dialect, span, asset, tuple(types))
    sql = f"SELECT {_COLUMNS} FROM {dialect.source}{where} ORDER BY {_IN_TIME_ORDER} LIMIT {int(limit)}"  # noqa: S608
    return Question(sql, values)


def count(dialect: Dialect, span: Span, asset: str) -> Question:
    """This function will ask how many events of each type there are."""
    where, values = _where(dialect, span, asset, ())
    name = dialect.grouped.format("type")
    sql = f"SELECT {name}, COUNT(*) FROM {dialect.source}{where} GROUP BY {name}"  # noqa: S608
    return Question(sql, values)


def fleet(dialect: Dialect, span: Span, kind: str) -> Question:
    """This function will ask how many events of one type each asset has."""
    where, values = _where(dialect, span, "", (kind,))
    name = dialect.grouped.format("asset")
    sql = f"SELECT {name}, COUNT(*) FROM {dialect.source}{where} GROUP BY {name}"  # noqa: S608
    return Question(sql, values)


def histogram(dialect: Dialect, span: Span, bucket: int, types: Iterable[str]) -> Question:
    """This function will ask how many events fall into each bucket of time."""
    where, values = _where(dialect, span, "", tuple(types))
    begins = f"at_us - (at_us {dialect.remainder} {int(bucket)})"
    sql = f"SELECT {begins}, COUNT(*) FROM {dialect.source}{where} GROUP BY 1 ORDER BY 1"  # noqa: S608
    return Question(sql, values)


def most_first(rows: Iterable[Sequence[Any]]) -> tuple[tuple[str, int], ...]:
    """This function will order counts by size, then by name: engines sort text in different ways."""
    counted = ((str(name), int(number)) for name, number in rows)
    return tuple(sorted(counted, key=lambda one: (-one[1], one[0])))


def _where(
    dialect: Dialect, span: Span, asset: str, types: tuple[str, ...]
) -> tuple[str, tuple[object, ...]]:
    place = dialect.place
    parts: list[tuple[str, tuple[object, ...]]] = []
    if dialect.names_clients:
        parts.append((f"client = {place}", (span.client,)))
    if asset:
        parts.append((f"asset = {place}", (asset,)))
    if len(types) == 1:
        parts.append((f"type = {place}", types))
    elif types:
        parts.append((f"type IN ({', '.join([place] * len(types))})", types))
    parts.append((f"at_us >= {place} AND at_us < {place}", (span.start, span.end)))
    clause = " AND ".join(text for text, _ in parts)
    return f" WHERE {clause}", tuple(value for _, values in parts for value in values)

"""Rows on their way between databases: one line of JSON each, the same from SQLite and from PostgreSQL.

A table is read in the order of its keys, so its digest (SHA-256 over its lines) is the same wherever the same rows lie.
Sessions of people who are signed in stay behind: whoever uses a copy signs in to it.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as current_apps
from django.core.management.color import no_style
from django.db import connections, models

from groundrules.core.events import DAY
from groundrules.records.hot_events import COLUMNS, TABLE, partition_of

APP = "records"
_AT_ONCE = 2000
_IS_PLAIN = (int, str)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, its columns in the order a line holds them, and how its rows are read and written."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[str], Generator[tuple[Any, ...]]]
    write: Callable[[str, Sequence[tuple[Any, ...]]], None]


class NotARow(ValueError):
    """A line of a backup is not a row of the table it is said to be of."""


def tables(
    apps: Any = current_apps,  # noqa: ANN401 - the registry, or a migration's state of it
    orders: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Table, ...]:
    """This function will list every table with rows to keep, as the models in `apps` know them, in a settled order.

    `orders` says in which order a table's columns stand in a line, where that is not the models' own.
    """
    kinds = sorted(
        apps.get_app_config(APP).get_models(include_auto_created=True),
        key=lambda one: str(one._meta.db_table),
    )
    wanted = orders or {}
    return (*(_of_model(kind, wanted.get(kind._meta.db_table)) for kind in kinds), _hot_events())


def _of_model(kind: type[models.Model], order: Sequence[str] | None) -> Table:
    fields = list(kind._meta.local_concrete_fields)
    if order is not None and {field.attname for field in fields} == set(order):
        fields.sort(key=lambda field: order.index(field.attname))
    names = [field.attname for field in fields]

    def read(alias: str) -> Generator[tuple[Any, ...]]:
        rows = kind._base_manager.using(alias).order_by("pk").values_list(*names)  # noqa: SLF001 - the manager that leaves nothing out
        yield from rows.iterator(chunk_size=_AT_ONCE)

    def write(alias: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection = connections[alias]
        quoted = connection.ops.quote_name
        listed = ", ".join(quoted(str(field.column)) for field in fields)
        signs = ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {quoted(kind._meta.db_table)} ({listed}) VALUES ({signs})"  # noqa: S608 - our own names, quoted
        prepared = [
            tuple(f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True))
            for row in rows
        ]
        with connection.cursor() as cursor:
            cursor.executemany(sql, prepared)

    return Table(kind._meta.db_table, tuple(names), read, write)


def _hot_events() -> Table:
    """The hot index is no model, and has no key: its rows are read in the order of all their columns, byte by byte."""
    listed = ", ".join(COLUMNS)

    def read(alias: str) -> Generator[tuple[Any, ...]]:
        with connections[alias].chunked_cursor() as cursor:
            cursor.execute(f"SELECT {listed} FROM {TABLE} ORDER BY {listed}")  # noqa: S608 - our own names
            while batch := cursor.fetchmany(_AT_ONCE):
                for row in batch:
                    yield tuple(bytes(one) if isinstance(one, memoryview) else one for one in row)

    def write(alias: str, rows: Sequence[tuple[Any, ...]]) -> None:
        connection = connections[alias]
        place = COLUMNS.index("at_us")
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for day in sorted({row[place] // DAY for row in rows}):
                    bounds = f"FROM ({day * DAY}) TO ({(day + 1) * DAY})"
                    cursor.execute(
                        f"CREATE TABLE IF NOT EXISTS {partition_of(day)} PARTITION OF {TABLE} FOR VALUES {bounds}"
                    )
            signs = ", ".join(["%s"] * len(COLUMNS))
            cursor.executemany(f"INSERT INTO {TABLE} ({listed}) VALUES ({signs})", list(rows))  # noqa: S608 - our own names

    return Table(TABLE, COLUMNS, read, write)


def line_of(row: tuple[Any, ...], *, ordered: bool = False) -> bytes:
    """This function will write a row as one line of JSON.

    `ordered` sorts the keys of JSON columns, whose order PostgreSQL does not keep: so the same values give the same
    bytes on every engine.
    """
    told = [
        value if isinstance(value, _IS_PLAIN) or value is None else _told(value) for value in row
    ]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), sort_keys=ordered)
    return text.encode() + b"\n"


def _told(value: object) -> Mapping[str, Any]:
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, bytes | memoryview):
        return {"bytes": b64encode(value).decode()}
    return {"json": value}


_READ: Mapping[str, Callable[[Any], Any]] = {
    "time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "decimal": Decimal,
    "bytes": b64decode,
    "json": lambda value: value,
}


def row_of(line: bytes, table: Table) -> tuple[Any, ...]:
    """This function will read a line back; raises NotARow when it has other columns, or is no line of ours."""
    try:
        told = json.loads(line)
        if len(told) != len(table.columns):
            message = f"it has {len(told)} columns, {table.name} has {len(table.columns)}"
            raise NotARow(message)
        return tuple(_value(one) if isinstance(one, dict) else one for one in told)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"a line of {table.name} cannot be read: {error}"
        raise NotARow(message) from error


def _value(told: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the column holds
    ((kind, value),) = told.items()
    return _READ[kind](value)


def batches(
    rows: Iterable[tuple[Any, ...]], size: int = _AT_ONCE
) -> Iterator[list[tuple[Any, ...]]]:
    """This function will hand rows on many at a time."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


class Tally:
    """How many rows of a table went by, and what they were."""

    def __init__(self) -> None:
        self.rows = 0
        self._running = hashlib.sha256()

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """This function will count rows and take them into the digest."""
        self.rows += len(rows)
        for row in rows:
            self._running.update(line_of(row, ordered=True))

    @property
    def digest(self) -> str:
        """The SHA-256 over the lines of every row so far."""
        return self._running.hexdigest()


def tally_of(table: Table, alias: str) -> Tally:
    """This function will count and digest the rows a table has in a database."""
    tally = Tally()
    for batch in batches(table.read(alias)):
        tally.add(batch)
    return tally


def set_counters(apps: Apps | Any, alias: str) -> None:  # noqa: ANN401 - as `tables`
    """This function will set what numbers new rows behind the highest number that came (PostgreSQL's sequences)."""
    connection = connections[alias]
    kinds = list(apps.get_app_config(APP).get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), kinds):
            cursor.execute(statement)


def rows_there(alias: str) -> str:
    """This function will name a table that has rows already; empty when the database has none."""
    present = set(connections[alias].introspection.table_names())
    for table in tables():
        if table.name in present:
            with closing(table.read(alias)) as rows:
                if next(rows, None) is not None:
                    return table.name
    return ""

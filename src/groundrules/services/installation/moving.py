"""The books moved to another database, SQLite to PostgreSQL or back, and proven the same row for row.

The database that is left is locked against writers, and never changed. All rows go over in one transaction: a move that
was cut off leaves empty tables behind, and can be run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction

from groundrules.records.guards import missing_guards
from groundrules.records.models import book_tables
from groundrules.services.actor import Actor, require
from groundrules.services.database import GuardsMissing, unapplied
from groundrules.services.database_urls import database_of
from groundrules.services.installation.databases import TARGET, opened
from groundrules.services.installation.rows import (
    Table,
    Tally,
    batches,
    line_of,
    rows_there,
    set_counters,
    tables,
)
from groundrules.services.long_runs import Tell


class TargetUnusable(RuntimeError):
    """The database to move to does not answer, or has books already, or is the one in use."""


class SourceNotReady(RuntimeError):
    """The database to move from is not of this version, or not whole."""


class RowDiffers(RuntimeError):
    """A row came out otherwise than it went in; nothing was moved."""


@dataclass(frozen=True, slots=True)
class MovedTable:
    """One table that was moved: how many rows, and the digest both databases give for them."""

    name: str
    rows: int
    digest: str


def move(
    url: str, *, actor: Actor, tell: Tell = lambda _done, _what: None
) -> tuple[MovedTable, ...]:
    """This function will copy every row into the database a URL names and compare both. Owners only.

    Raises UnknownDatabase, SourceNotReady, TargetUnusable, RowDiffers or GuardsMissing; then nothing was moved.
    """
    require(actor)
    if waiting := unapplied():
        message = f"{len(waiting)} migrations wait here; run groundrules migrate first"
        raise SourceNotReady(message)
    given = database_of(url, Path(settings.GROUNDRULES_DATA))
    _refuse_the_same(given)
    with opened(TARGET, given):
        _prepare(tell)
        with transaction.atomic(), transaction.atomic(using=TARGET):
            _lock_source()
            moved = tuple(_move_table(table, tell) for table in tables())
            set_counters(apps, TARGET)
            for table in tables():
                tell(0, f"comparing {table.name}")
                _compare(table)
    return moved


def _refuse_the_same(given: Mapping[str, Any]) -> None:
    here = connection.settings_dict
    if all(
        str(given.get(key, "")) == str(here.get(key, ""))
        for key in ("ENGINE", "NAME", "HOST", "PORT")
    ):
        message = "this is the database in use; name another one"
        raise TargetUnusable(message)


def _prepare(tell: Tell) -> None:
    """An empty database gets its tables; one with rows is refused."""
    try:
        connections[TARGET].ensure_connection()
    except Error as problem:
        message = f"the database to move to does not answer ({str(problem).splitlines()[0]})"
        raise TargetUnusable(message) from problem
    table = rows_there(TARGET)
    if table:
        message = f"the database to move to has rows in {table} already; name an empty one"
        raise TargetUnusable(message)
    tell(0, "tables")
    call_command("migrate", database=TARGET, verbosity=0, interactive=False, skip_checks=True)
    missing = missing_guards(connections[TARGET], (*book_tables(), "records_agreementversion"))
    if missing:
        message = f"the new database lacks {', '.join(missing)}"
        raise GuardsMissing(message)


def _lock_source() -> None:
    """Nobody writes meanwhile: SQLite's transaction is IMMEDIATE and locks by itself."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(table.name) for table in tables())
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")


def _move_table(table: Table, tell: Tell) -> MovedTable:
    tally = Tally()
    for rows in batches(table.read(DEFAULT_DB_ALIAS)):
        try:
            table.write(TARGET, rows)
        except (Error, ValueError) as problem:
            message = f"{table.name}: the new database refuses a row after {tally.rows} ({str(problem).strip()})"
            raise RowDiffers(message) from problem
        tally.add(rows)
        tell(tally.rows, table.name)
    return MovedTable(table.name, tally.rows, tally.digest)


def _compare(table: Table) -> None:
    """Row by row, side by side: whatever happened on the way in, this is what lies there now."""
    with closing(table.read(DEFAULT_DB_ALIAS)) as ours, closing(table.read(TARGET)) as theirs:
        for number, (here, there) in enumerate(zip_longest(ours, theirs), start=1):
            if (
                here is None
                or there is None
                or line_of(here, ordered=True) != line_of(there, ordered=True)
            ):
                key = (here or there or ("?",))[0]
                message = f"{table.name}: row {number} (key {key}) is not the same in both databases; nothing was moved"
                raise RowDiffers(message)

"""Other ways into databases: a second connection that sees one instant, and a database that is to be filled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

SNAPSHOT, TARGET = "snapshot", "target"


@contextmanager
def snapshot() -> Iterator[str]:
    """This function will open the database as it is at one instant, and give the alias to read it by.

    Writers go on meanwhile. Whoever is inside a transaction already reads from that one.
    """
    if connection.in_atomic_block:
        yield DEFAULT_DB_ALIAS
        return
    given = {**connection.settings_dict, "CONN_MAX_AGE": 0}
    given["OPTIONS"] = {**given["OPTIONS"]}
    if connection.vendor == "sqlite":
        # Not IMMEDIATE: that would hold up every writer for as long as a backup takes.
        given["OPTIONS"]["transaction_mode"] = "DEFERRED"
    with opened(SNAPSHOT, given), transaction.atomic(using=SNAPSHOT):
        _begin(SNAPSHOT)
        yield SNAPSHOT


def _begin(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # The instant is that of the first look.
        cursor.execute("SELECT COUNT(*) FROM django_migrations")


@contextmanager
def opened(alias: str, given: Mapping[str, Any]) -> Iterator[str]:
    """This function will make a further database known under an alias for the length of the block."""
    whole = connections.configure_settings({DEFAULT_DB_ALIAS: {}, alias: dict(given)})
    connections.settings[alias] = whole[alias]
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def applied(alias: str = DEFAULT_DB_ALIAS) -> tuple[tuple[str, str], ...]:
    """This function will list the migrations a database has seen, as (app, name), in order."""
    return tuple(sorted(MigrationRecorder(connections[alias]).applied_migrations()))

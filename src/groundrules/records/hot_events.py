"""The table of the hot index: the same columns on both engines, and on PostgreSQL a partition for each day.

It is no model: nothing points at a row, rows come in by the thousand, and a day goes by dropping its partition. Nor is
it a book: the segments are, and every row here is a copy of one there.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

TABLE = "records_hotevent"
COLUMNS = (
    "client",
    "asset",
    "at_us",
    "type",
    "channel",
    "record",
    "position",
    "evidence",
    "payload",
)
_TEXT = {"client", "asset", "type", "channel", "payload"}
# The server's timeline reads the first; the fleet question is answered from the second without touching a row.
_INDEXES = {"asset_time": "client, asset, at_us, type", "type_time": "client, type, at_us, asset"}


def partition_of(day: int) -> str:
    """This function will return the name of a day's partition; days are counted from 1970."""
    return f"{TABLE}_{day:06d}"


def create_sql(vendor: str) -> tuple[str, ...]:
    """This function will write the statements that make the table on that engine."""
    numbers, blob = "bigint", "bytea" if vendor == "postgresql" else "blob"
    # Text is compared byte by byte, as Parquet's readers do, whatever the database's language is.
    text = 'text COLLATE "C"' if vendor == "postgresql" else "text"
    kinds = {name: text if name in _TEXT else numbers for name in COLUMNS} | {"evidence": blob}
    listed = ", ".join(f"{name} {kinds[name]} NOT NULL" for name in COLUMNS)
    partitioned = " PARTITION BY RANGE (at_us)" if vendor == "postgresql" else ""
    indexes = (
        f"CREATE INDEX hotevent_{name} ON {TABLE} ({columns})" for name, columns in _INDEXES.items()
    )
    return (f"CREATE TABLE {TABLE} ({listed}){partitioned}", *indexes)


class HotTable(Operation):
    """A migration step that makes the table of the hot index."""

    reduces_to_sql = True
    reversible = True

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """This function will describe the step for Django's migration writer."""
        return (type(self).__name__, [], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The table is no part of Django's model state."""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
        to_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        """This function will create the table and its indexes."""
        for statement in create_sql(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
        to_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        """This function will drop the table with all its partitions."""
        schema_editor.execute(f"DROP TABLE {TABLE}", params=None)

    def describe(self) -> str:
        """This function will say what the step does, for people who migrate."""
        return "Make the table of the hot index"

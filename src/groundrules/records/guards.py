"""The triggers that make a book a book: the database itself refuses to change or remove what was written.

Migrations create them with `AppendOnly` and `FrozenWhen`; SQLite and PostgreSQL refuse alike, in their own words.
`missing_guards` finds any that a later table change dropped (SQLite drops triggers with the table it rebuilds).
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION groundrules_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; write a superseding row', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def guard_names(table: str, vendor: str) -> tuple[str, ...]:
    """This function will return the names of the triggers a guarded table has on that engine."""
    kinds = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return tuple(f"{table}_no_{kind}" for kind in kinds)


def guard_sql(table: str, vendor: str, condition: str = "") -> tuple[str, ...]:
    """This function will write the statements that guard a table; `condition` narrows it to some OLD rows."""
    return (
        _postgres_sql(table, condition) if vendor == "postgresql" else _sqlite_sql(table, condition)
    )


def _sqlite_sql(table: str, condition: str) -> tuple[str, ...]:
    when = f"WHEN {condition}" if condition else ""
    return tuple(
        f'CREATE TRIGGER IF NOT EXISTS "{table}_no_{kind}" BEFORE {kind.upper()} ON "{table}" {when} BEGIN '
        f"SELECT RAISE(ABORT, '{table} is append-only: {kind.upper()} refused; write a superseding row'); END"
        for kind in ("update", "delete")
    )


def _postgres_sql(table: str, condition: str) -> tuple[str, ...]:
    when = f"WHEN ({condition})" if condition else ""
    rows = (
        f'CREATE OR REPLACE TRIGGER "{table}_no_{kind}" BEFORE {kind.upper()} ON "{table}" '
        f"FOR EACH ROW {when} EXECUTE FUNCTION groundrules_refuse()"
        for kind in ("update", "delete")
    )
    whole = (
        f'CREATE OR REPLACE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION groundrules_refuse()"
    )
    return (_POSTGRES_FUNCTION, *rows, whole)


def missing_guards(connection: BaseDatabaseWrapper, tables: tuple[str, ...]) -> tuple[str, ...]:
    """This function will list the triggers that should be in the database and are not (empty is well)."""
    ask = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(ask)
        present = {row[0] for row in cursor.fetchall()}
    wanted = (name for table in tables for name in guard_names(table, connection.vendor))
    return tuple(name for name in wanted if name not in present)


class AppendOnly(Operation):
    """A migration step that guards tables against every UPDATE, DELETE and (PostgreSQL) TRUNCATE."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """This function will describe the step for Django's migration writer."""
        return (type(self).__name__, list(self.tables), {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of Django's model state."""

    def condition(self) -> str:
        """This function will return which OLD rows are guarded; empty means every row."""
        return ""

    def database_forwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
        to_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        """This function will create the triggers."""
        for table in self.tables:
            for statement in guard_sql(table, schema_editor.connection.vendor, self.condition()):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,  # noqa: ARG002 - Django's signature
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
        to_state: Apps | ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        """This function will drop the triggers, so that the tables can be taken down again."""
        on = ' ON "{}"' if schema_editor.connection.vendor == "postgresql" else ""
        for table in self.tables:
            for name in guard_names(table, schema_editor.connection.vendor):
                schema_editor.execute(
                    f'DROP TRIGGER IF EXISTS "{name}"' + on.format(table), params=None
                )

    def describe(self) -> str:
        """This function will say what the step does, for people who migrate."""
        return f"Guard {', '.join(self.tables)} against change"


class FrozenWhen(AppendOnly):
    """A migration step that guards only the rows for which `when` (about OLD) holds, such as published versions."""

    def __init__(self, table: str, when: str) -> None:
        super().__init__(table)
        self.when = when

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """This function will describe the step for Django's migration writer."""
        return (type(self).__name__, [self.tables[0], self.when], {})

    def condition(self) -> str:
        """This function will return which OLD rows are guarded."""
        return self.when

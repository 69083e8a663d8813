"""The database itself: brought to the newest form, and its guards looked for afterwards."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from groundrules.records.guards import missing_guards
from groundrules.records.models import User, book_tables

NOTHING_YET = "nothing has been set up here yet; run: groundrules init"
# Lies in the data folder while a backup is brought back, and after that was cut off.
UNFINISHED = "restore-unfinished"
# How SQLite says that a file is not whole.
_DAMAGED = ("malformed", "not a database")


class BetweenForms(RuntimeError):
    """The database went through some of the migrations that became one since: this version cannot bring it on."""


class GuardsMissing(RuntimeError):
    """A book lacks a trigger that refuses change; the database must not be used before it is back."""


def migrate() -> int:
    """This function will apply what migrations are missing, check the guards, and return how many were applied.

    Raises BetweenForms, and then nothing was changed; GuardsMissing afterwards, naming each trigger that is not there.
    """
    if between := between_forms():
        raise BetweenForms(between)
    Path(settings.GROUNDRULES_DATA).mkdir(parents=True, exist_ok=True, mode=0o750)
    waiting = len(unapplied())
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    missing = missing_guards(connection, (*book_tables(), "records_agreementversion"))
    if missing:
        message = (
            f"the database lacks {', '.join(missing)}; a book without its guard is no book, so add them by "
            "a migration with AppendOnly before going on"
        )
        raise GuardsMissing(message)
    return waiting


def unfinished() -> str:
    """This function will say that a restore was cut off here, or runs now; empty when none was."""
    data = Path(settings.GROUNDRULES_DATA)
    if not (data / UNFINISHED).exists():
        return ""
    return (
        f"a backup is being brought back into {data}, or that was cut off, so what is there is not whole; when it no "
        "longer runs, empty the folder (and make the PostgreSQL database anew) and restore again"
    )


def not_ready() -> str:
    """This function will say what keeps the database from being used, and what to do; empty when nothing does."""
    if half := unfinished():
        return half
    file = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and not file.exists():
        return _nothing_at(file)
    try:
        waiting = unapplied()
    except DatabaseError as problem:
        return _unusable(_first_line(problem), file)
    if not waiting:
        return ""
    if User._meta.db_table not in connection.introspection.table_names():
        return _nothing_at(file)
    if between := between_forms():
        return between
    waits = "1 migration waits" if len(waiting) == 1 else f"{len(waiting)} migrations wait"
    return f"the database is of an older version ({waits}); run: groundrules upgrade --check"


def _nothing_at(file: Path) -> str:
    """Where something was received once, a missing file (or the empty one a command left) is no new installation."""
    had_books = any((file.parent / "evidence").glob("*/*"))
    if connection.vendor != "sqlite" or not had_books:
        return NOTHING_YET
    return (
        f"the database {file} is gone, though evidence lies beside it. Are the settings of the services set here "
        "(GROUNDRULES_DATABASE_URL)? Else restore the newest backup into an empty folder; don't begin anew by init"
    )


def _unusable(said: str, file: Path) -> str:
    if connection.vendor != "sqlite":
        return f"the database does not answer ({said}); start it, or correct the setting"
    if any(words in said for words in _DAMAGED):
        return (
            f"the database {file} is damaged ({said}). Stop everything and keep a copy of its folder as it is; then "
            "restore the newest backup into an empty folder: groundrules installation restore FILE"
        )
    return (
        f"the database {file} can't be opened or written ({said}): mostly the disk is full, or the file is another "
        f"user's. Look: df -h {file.parent}; ls -l {file.parent}"
    )


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__


def in_words(refused: Exception) -> str:
    """This function will say why the database refused, and what to do; empty where the fault is the program's own."""
    if sentence := not_ready():
        return sentence
    if not isinstance(refused, OperationalError):
        return ""
    return (
        f"the database refused ({_first_line(refused)}); what was not finished was not kept. Look with groundrules "
        "doctor, then give the command again"
    )


def between_forms() -> str:
    """This function will say that the database stands amidst migrations that became one since; empty when it does not.

    Such a database is of a version in development; whoever applied the one migration to it would make tables twice.
    """
    loader = MigrationExecutor(connection).loader
    seen = set(loader.applied_migrations)
    for key, migration in loader.disk_migrations.items():
        folded = set(migration.replaces)
        if key not in seen and seen & folded and folded - seen:
            return (
                f"the database is of a version in development: {len(seen & folded)} of the {len(folded)} migrations "
                f"that became {key[1]} were applied, and this version no longer has the others. Nothing was changed. "
                "Keep a copy of the data folder (or of the PostgreSQL database) and go by the last version that has "
                f"them, from a clone of the whole history; run: {_by_way_of(migration.replaces[-1][1])}; then upgrade "
                "to this one (docs/how-to/upgrade.md)"
            )
    return ""


def _by_way_of(last: str) -> str:
    """The commit that took the migrations away is asked of the clone itself; the one before it has them all."""
    gone = f"git log -1 --diff-filter=D --format=%h -- '*/{last}.py'"
    return (
        f'git checkout "$({gone})^" && scripts/bootstrap runtime && .venv/bin/groundrules migrate'
    )


def unapplied() -> tuple[str, ...]:
    """This function will list the migrations that this database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(str(migration) for migration, _ in plan)

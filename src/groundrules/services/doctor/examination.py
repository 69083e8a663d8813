"""All looks of the doctor in their order; one that cannot be taken is itself a finding, and the others go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import Error

from groundrules.services.database import not_ready
from groundrules.services.doctor import books, extras, machine, running
from groundrules.services.doctor.finding import Finding, broken, fine

PAGE = "docs/how-to/when-something-is-wrong.md"
_MACHINE: tuple[Callable[[datetime], Finding], ...] = (
    machine.look_at_disk,
    machine.look_at_files,
    machine.look_at_keys,
    machine.look_at_letter_certificate,
    machine.look_at_zones,
    machine.look_at_address,
    machine.look_at_parts,
)
_BOOKS: tuple[Callable[[datetime], Finding], ...] = (
    books.look_at_guards,
    books.look_at_clock,
    books.look_at_audit,
    books.look_at_people,
    books.look_at_backup,
    books.look_at_restore,
    running.look_at_worker,
    running.look_at_backlog,
    running.look_at_collectors,
    running.look_at_letters,
    running.look_at_long_runs,
    extras.look_at_extras,
)
_MAIL: tuple[Callable[[datetime], Finding], ...] = (
    running.look_at_mail_out,
    running.look_at_mail_in,
)


def examine(at: datetime) -> tuple[Finding, ...]:
    """This function will look at everything; without a database only at the rest."""
    waiting = not_ready()
    if waiting:
        mend = waiting.rpartition("run: ")[2] if "run: " in waiting else PAGE
        return (
            broken("database", waiting, mend),
            *(_looked(one, at) for one in (*_MACHINE, *_MAIL)),
        )
    database = fine("database", books.database_told())
    return (database, *(_looked(one, at) for one in (*_BOOKS, *_MACHINE, *_MAIL)))


def _looked(look: Callable[[datetime], Finding], at: datetime) -> Finding:
    name = look.__name__.removeprefix("look_at_").replace("_", " ")
    try:
        return look(at)
    except (Error, OSError) as problem:
        says = f"could not be looked at: {str(problem).strip().splitlines()[0] if str(problem) else problem!r}"
        return broken(name, says, f"mend what it says ({PAGE}), then: groundrules doctor")

"""How far a client's books are answered: what the answers in them rest on, and whether that is still so.

Books are append-only, so the number of a client's rows says which rows there are. Cards may be edited, so every column
of theirs counts. Whoever answers reads both before anything else: what another connection adds meanwhile makes the note
older than the answers, never newer, and then all is answered again. docs/decisions/0028 says why this is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from django.db import connection
from django.db.models import Min, Model, QuerySet

from groundrules.core.answers.model import Answers
from groundrules.core.answers.one_more import FOR_EVER, holds_until
from groundrules.core.world import World
from groundrules.records import models as books
from groundrules.records.asked_together import Words, together
from groundrules.services.replayed import RESULT
from groundrules.services.world import FACT_BOOKS
from groundrules.services.zones import zones_version

_PROGRAM = version("groundrules")
_WORK: tuple[type[Model], ...] = (
    books.TimeEntry,
    books.Decision,
    books.Charge,
    books.JournalEntry,
)
_FACTS: tuple[type[Model], ...] = (
    *(book for book in FACT_BOOKS.values() if book is not books.TimeEntry),
    books.Issued,
)
_CARDS_OF_CLIENT: tuple[type[Model], ...] = (
    books.Contact,
    books.Account,
    books.Asset,
    books.Application,
    books.Dependency,
    books.Agreement,
)
_CARDS_OF_ALL: tuple[type[Model], ...] = (
    books.Provider,
    books.Technician,
    books.CostRate,
    books.Vendor,
)


@dataclass(frozen=True, slots=True)
class _Timed:
    """Rows that are known from the time in one of their columns on, and the client's among them."""

    kind: type[Model]
    column: str = "recorded_at"
    of_client: str = "client"
    told: Mapping[str, str] = field(default_factory=dict)

    def next_at(self, client: int, at: datetime) -> datetime:
        """This function will return when the first of a client's becomes known after an instant; there must be one."""
        found: datetime = self._after(client, at).aggregate(first=Min(self.column))["first"]
        return found

    def whether_after(self, client: int, at: datetime) -> QuerySet[Any]:
        """This function will ask whether any of a client's becomes known after an instant: one row, or none."""
        return self._after(client, at).distinct()

    def _after(self, client: int, at: datetime) -> QuerySet[Any]:
        named = {self.of_client: client, f"{self.column}__gt": at, **self.told}
        return self.kind._default_manager.filter(**named)


_TIMED: tuple[_Timed, ...] = (
    *(_Timed(kind) for kind in FACT_BOOKS.values()),
    _Timed(books.Issued, "issued_at"),
    _Timed(books.RawEvidence, told={"format": RESULT}),
    _Timed(books.AgreementVersion, "published_at", "agreement__client"),
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What answers rest on: a digest of all but the work, and how much work is on record.

    `last_entry` is the greatest key of a time entry; `overrides` and `touched` count exceptions, and notices with
    entries on the state of servers.
    """

    digest: str
    entries: int
    last_entry: int
    decisions: int
    charges: int
    journal: int
    overrides: int
    touched: int


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows answering wrote into the books of decisions, charges and the ledger."""

    decisions: int
    charges: int
    journal: int


def grounds_of(client: books.Client) -> Grounds:
    """This function will read what answers about a client rest on now."""
    told = hashlib.sha256(f"{_PROGRAM}|{zones_version()}".encode())
    with connection.cursor() as cursor:
        statement, times = _counting()
        cursor.execute(statement, [client.pk] * times)
        last, *counts = cursor.fetchone()
        told.update(repr(counts[len(_WORK) :]).encode())
        for statement, of_client in _reading():
            cursor.execute(statement, [client.pk] if of_client else [])
            told.update(repr(cursor.fetchall()).encode())
    found = dict(zip((*_WORK, *_FACTS), counts, strict=False))
    return Grounds(
        digest=told.hexdigest(),
        entries=found[books.TimeEntry],
        last_entry=last or 0,
        decisions=found[books.Decision],
        charges=found[books.Charge],
        journal=found[books.JournalEntry],
        overrides=found[books.Override],
        touched=found[books.LifecycleEntry] + found[books.Notice],
    )


def note_answered(
    client: books.Client, grounds: Grounds, world: World, answers: Answers, written: Written
) -> None:
    """This function will note that everything about a client was answered from `world`, read after `grounds`.

    Where the answers may move by themselves at any moment, nothing is noted. Call it in the turn of the answers.
    """
    until = min(holds_until(world, answers), _next_known(client, answers.at))
    if until <= answers.at or not _stayed(client, grounds):
        books.AnsweredBooks.objects.filter(client=client).delete()
        return
    noted = _counted(grounds, written)
    noted.update(rests_on=grounds.digest, answered_at=answers.at, holds_until=until)
    books.AnsweredBooks.objects.update_or_create(client=client, defaults=noted)


def standing_note(
    client: books.Client, grounds: Grounds, new: Sequence[books.TimeEntry], at: datetime
) -> books.AnsweredBooks | None:
    """This function will return the note where all that came since it was written are these new time entries."""
    note = books.AnsweredBooks.objects.filter(client=client).first()
    if note is None or not note.answered_at <= at < note.holds_until:
        return None
    came = all(
        row.supersedes_id is None and row.pk > note.last_entry and row.recorded_at <= at
        for row in new
    )
    then = (note.rests_on, note.entries + len({row.pk for row in new}))
    now = (grounds.digest, grounds.entries)
    work_then = (note.decisions, note.charges, note.journal)
    work_now = (grounds.decisions, grounds.charges, grounds.journal)
    return note if came and then == now and work_then == work_now else None


def note_more(
    client: books.Client,
    note: books.AnsweredBooks,
    grounds: Grounds,
    written: Written,
    at: datetime,
) -> None:
    """This function will note that the new time entries were answered too; call it in the turn of the answers."""
    if not _stayed(client, grounds):
        note.delete()
        return
    moved = _counted(grounds, written) | {"answered_at": at}
    books.AnsweredBooks.objects.filter(pk=note.pk).update(**moved)


def _counted(grounds: Grounds, written: Written) -> dict[str, object]:
    """What was counted before, and what we wrote since: what others wrote meanwhile must not be taken for answered."""
    return {
        "entries": grounds.entries,
        "last_entry": grounds.last_entry,
        "decisions": grounds.decisions + written.decisions,
        "charges": grounds.charges + written.charges,
        "journal": grounds.journal + written.journal,
    }


def _stayed(client: books.Client, grounds: Grounds) -> bool:
    """Whether no card was edited while we answered."""
    return not _others_write() or grounds_of(client).digest == grounds.digest


def _others_write() -> bool:
    """Whether another connection may write while this one is in its turn; SQLite lets one write at a time."""
    return connection.vendor != "sqlite"


def _next_known(client: books.Client, at: datetime) -> datetime:
    """When the next thing that is on record, but was not known at an instant yet, becomes known: a version, mostly."""
    later = [_TIMED[place] for (place,) in _later(connection.vendor).ask(client.pk, at)]
    return min((timed.next_at(client.pk, at) for timed in later), default=FOR_EVER)


@cache
def _later(vendor: str) -> Words:  # noqa: ARG001 - each engine has words of its own
    """One statement that says which of them hold anything later: mostly none does."""
    return together([timed.whether_after for timed in _TIMED])


@cache
def _counting() -> tuple[str, int]:
    """One statement that counts the client's rows of every book, the work first, and how often it names the client."""
    parts = [f"({_of_client('MAX(id)', books.TimeEntry)})"]
    parts += [f"({_of_client('COUNT(*)', kind)})" for kind in (*_WORK, *_FACTS)]
    # The very words of the index's condition, so that it is used.
    parts.append(f"({_of_client('COUNT(*)', books.RawEvidence)} AND format = '{RESULT}')")
    return f"SELECT {', '.join(parts)}", len(parts)


def _of_client(what: str, kind: type[Model]) -> str:
    return f"SELECT {what} FROM {kind._meta.db_table} WHERE client_id = %s"  # noqa: S608 - our own names


@cache
def _reading() -> tuple[tuple[str, bool], ...]:
    """A statement for each kind of card, and whether it asks for those of one client."""
    own = f"SELECT * FROM {books.Client._meta.db_table} WHERE id = %s"  # noqa: S608 - our own names
    agreed, published = books.Agreement._meta.db_table, books.AgreementVersion._meta.db_table
    versions = (
        f"SELECT v.id, v.version, v.digest, v.published_at FROM {published} v JOIN {agreed} a "  # noqa: S608 - as above
        "ON a.id = v.agreement_id WHERE a.client_id = %s AND v.published_at IS NOT NULL ORDER BY v.id"
    )
    return (
        (own, True),
        (versions, True),
        *((f"{_of_client('*', kind)} ORDER BY id", True) for kind in _CARDS_OF_CLIENT),
        *((f"SELECT * FROM {k._meta.db_table} ORDER BY id", False) for k in _CARDS_OF_ALL),  # noqa: S608 - as above
    )

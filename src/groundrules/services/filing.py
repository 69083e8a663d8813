"""Filing: core values into their books, as new rows; what is already there is left, what changed is superseded.

This is the one way facts enter the books. The shelves say which book a value belongs in and what its columns are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from groundrules.records.models import Client
from groundrules.records.typed_json import digest_of, dump
from groundrules.services import audit
from groundrules.services.actor import Actor
from groundrules.services.backup_shelves import BACKUP_SHELVES
from groundrules.services.evidence_shelves import EVIDENCE_SHELVES
from groundrules.services.facts import FEW, fact_columns, standing_rows
from groundrules.services.index import CardIndex, index_of
from groundrules.services.remote_shelves import REMOTE_SHELVES
from groundrules.services.shelf import Shelf
from groundrules.services.vendor_shelves import VENDOR_SHELVES
from groundrules.services.work_shelves import WORK_SHELVES

# SQLite takes at most so many parameters at once, and a row has some twenty of them.
_BATCH = 400

SHELVES = BACKUP_SHELVES | EVIDENCE_SHELVES | WORK_SHELVES | VENDOR_SHELVES | REMOTE_SHELVES


class NoBookFor(TypeError):
    """A value of a type that belongs in no book was to be filed."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What one act of filing shares: whose facts, who files them, when they enter the book."""

    client: Client
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Filed:
    """One value and its row: `new` when the row was written now, otherwise the row that says so already."""

    value: Any
    row: Any
    new: bool


def file_facts(values: Iterable[object], filing: Filing) -> tuple[Filed, ...]:
    """This function will file values in the order given, each in its book, in one transaction.

    Raises NoBookFor for a value without a book, and UnknownCard when a value names a card that does not exist.
    """
    cards = index_of(filing.client)
    by_type: defaultdict[type, list[object]] = defaultdict(list)
    for value in values:
        by_type[type(value)].append(value)
    with transaction.atomic():
        return tuple(
            filed
            for kind, group in by_type.items()
            for round_ in _rounds(_shelf(kind), group)
            for batch in _batches(round_)
            for filed in _file_batch(_shelf(kind), batch, filing, cards)
        )


def file_fact(value: object, filing: Filing) -> Filed:
    """This function will file one value; raises as `file_facts` does."""
    return file_facts((value,), filing)[0]


def enter(value: object, verb: str, says: str, filing: Filing) -> Filed:
    """This function will file one value with the audit entry of the verb that brought it, unless it is no news."""
    with transaction.atomic():
        filed = file_fact(value, filing)
        if filed.new:
            entry = audit.Entry(verb, filed.row.ref, says, filing.client)
            audit.record(entry, actor=filing.actor, at=filing.at)
        return filed


def is_on_record(value: object, client: Client) -> bool:
    """This function will say whether the book has this very value already, superseded since or not."""
    shelf = _shelf(type(value))
    rows = shelf.book.objects.filter(client=client, ref=shelf.ref(value))
    return bool(rows.filter(digest=digest_of(dump(value))).exists())


def _shelf(kind: type) -> Shelf:
    shelf = SHELVES.get(kind)
    if shelf is None:
        message = f"a {kind.__name__} belongs in no book; add its shelf beside the others"
        raise NoBookFor(message)
    return shelf


def _rounds(shelf: Shelf, values: Sequence[object]) -> Iterator[Sequence[object]]:
    """Cuts values so that none has a reference twice; a later one supersedes the one before it."""
    rounds: list[dict[str, object]] = []
    depth: defaultdict[str, int] = defaultdict(int)
    for value in values:
        ref = shelf.ref(value)
        if depth[ref] == len(rounds):
            rounds.append({})
        rounds[depth[ref]][ref] = value
        depth[ref] += 1
    return (tuple(values.values()) for values in rounds)


def _batches(values: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]


def _file_batch(
    shelf: Shelf, values: Sequence[object], filing: Filing, cards: CardIndex
) -> Iterator[Filed]:
    named = {shelf.ref(value): value for value in values}
    standing = _standing(shelf.book, filing.client, named)
    fresh: list[tuple[object, Any]] = []
    for ref, value in named.items():
        old = standing.get(ref)
        if old is not None and not shelf.is_news(old.to_core(), value):
            yield Filed(value, old, new=False)
        else:
            fresh.append((value, _row(shelf, value, old, filing, cards)))
    shelf.book._default_manager.bulk_create([row for _, row in fresh])
    yield from (Filed(value, row, new=True) for value, row in fresh)


def _standing(book: Any, client: Client, refs: Collection[str]) -> dict[str, Any]:  # noqa: ANN401 - any book
    if len(refs) <= FEW:
        return standing_rows(book, client, list(refs))
    rows: models.QuerySet[Any] = book._default_manager.filter(
        client=client, ref__in=list(refs), successor__isnull=True
    )
    return {row.ref: row for row in rows}


def _row(shelf: Shelf, value: object, old: Any, filing: Filing, cards: CardIndex) -> Any:  # noqa: ANN401 - any book
    return shelf.book(
        client=filing.client,
        supersedes=old,
        **fact_columns(value, shelf.ref(value), filing.actor, filing.at),
        **shelf.columns(value, cards),
    )

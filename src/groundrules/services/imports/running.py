"""A whole import: every row tried, in one transaction; kept only when it was no rehearsal and no row was at fault."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from groundrules.readers.export_tables import ExportUnreadable, read_export
from groundrules.readers.mysql_dump import DumpUnreadable
from groundrules.records import models as books
from groundrules.records.imports import ImportBatch, ImportedCard
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.case_import import answer_into_books
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.itflow import itflow_rows
from groundrules.services.imports.mapping import (
    Mapped,
    MappingRefused,
    RowRefused,
    fields_of,
    mapped,
)
from groundrules.services.imports.rows import BRINGS, Bringing
from groundrules.services.index import UnknownCard
from groundrules.services.sites import SiteRefused, SiteThere
from groundrules.services.work import EntryExists, WorkInFuture
from groundrules.services.world import NoAgreement, NoProvider

ITFLOW = "itflow"
FORMS = (*KINDS, ITFLOW)
_NAME = 255
_ROW_REFUSALS = (RowRefused, EntryExists, WorkInFuture, UnknownCard, SiteRefused, SiteThere)


class ImportRefused(ValueError):
    """The file, the mapping or the kind cannot be used; nothing was looked at further."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is brought in: its kind, its name, its bytes, and how it is read."""

    kind: str
    name: str
    raw: bytes
    mapping: Mapped


@dataclass(frozen=True, slots=True)
class RowCame:
    """What a row came to: `add`, `same`, `left` or `error`, in words; and its cells, to mend it."""

    kind: str
    number: int
    action: str
    says: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportCame:
    """What a whole file came to; `batch` is its number where it was kept."""

    rows: tuple[RowCame, ...]
    batch: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many rows came to what."""
        return dict(Counter(row.action for row in self.rows))

    @property
    def has_errors(self) -> bool:
        """Whether any row is at fault."""
        return any(row.action == "error" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is read: what it tells, by our fields, or why it can't be read; and its cells."""

    kind: str
    number: int
    told: Mapping[str, str] | str
    cells: Mapping[str, str]


def bring_in(
    source: Source, *, keep: bool, without_errors: bool = False, actor: Actor, at: datetime
) -> ImportCame:
    """This function will try every row, and keep what came of it when `keep` and no row is at fault.

    With `without_errors` rows at fault are left out. Owners only, because time is charged by it and people are named.
    Raises ImportRefused.
    """
    require(actor)
    rows = rows_of(source)
    run = bringing(source, actor, at)
    with transaction.atomic():
        came = ImportCame(tuple(try_row(row, run) for row in rows))
        if not keep or (came.has_errors and not without_errors):
            transaction.set_rollback(True)
            return came
        batch = _write_down(source, came, run)
        for client in run.worked.values():
            answer(client, actor, at)
    return replace(came, batch=batch.pk)


def bringing(source: Source, actor: Actor, at: datetime) -> Bringing:
    """This function will return what trying rows of a file needs."""
    # A dump's instants are ours by now, whatever form the mapping says.
    form = "" if source.kind == ITFLOW else source.mapping.instants
    return Bringing(replace(source.mapping, instants=form), actor, at)


def rows_of(source: Source) -> list[Row]:
    """This function will read a file's rows; raises ImportRefused."""
    try:
        if source.kind == ITFLOW:
            return [
                Row(kind, number, told, dict(told) if isinstance(told, Mapping) else {})
                for kind, number, told in itflow_rows(source.raw, source.mapping)
            ]
        return list(_table_rows(source))
    except (ExportUnreadable, DumpUnreadable, MappingRefused) as refused:
        raise ImportRefused(str(refused)) from refused


def _table_rows(source: Source) -> Iterable[Row]:
    kind = KINDS.get(source.kind)
    if kind is None:
        message = f"{source.kind!r} can't be brought in; choose {', '.join(FORMS)}"
        raise ImportRefused(message)
    table = read_export(source.raw)
    columns = mapped(kind, source.mapping, table.columns)
    for row in table.rows:
        told: Mapping[str, str] | str
        try:
            told = fields_of(kind, source.mapping, columns, row.cells)
        except RowRefused as refused:
            told = str(refused)
        yield Row(source.kind, row.number, told, row.cells)


def try_row(row: Row, run: Bringing) -> RowCame:
    """This function will bring one row in, or say what is at fault with it. Call it in a transaction."""
    if isinstance(row.told, str):
        return RowCame(row.kind, row.number, "error", row.told, row.cells)
    try:
        with transaction.atomic():
            action, says = BRINGS[row.kind](row.told, run)
    except _ROW_REFUSALS as refused:
        return RowCame(row.kind, row.number, "error", str(refused), row.cells)
    return RowCame(row.kind, row.number, action, says, row.cells)


def _write_down(source: Source, came: ImportCame, run: Bringing) -> ImportBatch:
    batch = begin_batch(source, run)
    batch.counts = came.counts
    batch.save(update_fields=["counts"])
    note_cards(batch, run)
    note_kept(batch, run.actor, run.at)
    return batch


def begin_batch(source: Source, run: Bringing) -> ImportBatch:
    """This function will put a file on record as brought in, before its rows are."""
    return ImportBatch.objects.create(
        kind=source.kind,
        name=source.name[:_NAME],
        digest=hashlib.sha256(source.raw).hexdigest(),
        mapping=asdict(source.mapping),
        made_at=run.at,
        made_by=run.actor.label,
    )


def note_cards(batch: ImportBatch, run: Bringing) -> None:
    """This function will note the cards that rows added, so that they can be taken back."""
    ImportedCard.objects.bulk_create(
        ImportedCard(batch=batch, card=type(card).__name__, number=card.pk, said=said_by(card))
        for card in run.cards
    )


def note_kept(batch: ImportBatch, actor: Actor, at: datetime) -> None:
    """This function will write into the audit book that a file was brought in."""
    says = f"{batch.name}: {batch.counts.get('add', 0)} {batch.kind} brought in"
    details = {"digest": batch.digest, "counts": batch.counts, "batch": batch.pk}
    entry = audit.Entry("imports.bring_in", f"import:{batch.pk}", says, details=details)
    audit.record(entry, actor=actor, at=at)


def answer(client: books.Client, actor: Actor, at: datetime) -> None:
    """This function will decide and charge a client's work anew, where there is an agreement to decide by."""
    try:
        answer_into_books(client, actor=actor, at=at)
    except (NoAgreement, NoProvider):
        return  # Nothing can be decided yet; the entries wait.


def said_by(card: Model) -> dict[str, Any]:
    """This function will return what a card says, as texts, to see later whether it was changed."""
    return {
        one.attname: str(getattr(card, one.attname))
        for one in card._meta.concrete_fields
        if not one.primary_key
    }

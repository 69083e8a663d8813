"""Files handed in by the browser: they wait, are mapped and rehearsed as often as need be, then kept or put away.

One call does each step, so that a queue may do it as well as a page. What a page waits for is bounded; larger files go
by the command line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from groundrules.readers.export_tables import ExportRow, read_export
from groundrules.records.imports import ImportBatch, WaitingImport
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.itflow import itflow_rows
from groundrules.services.imports.mapping import Mapped, MappingRefused, guessed, mapped
from groundrules.services.imports.running import (
    FORMS,
    ITFLOW,
    ImportCame,
    ImportRefused,
    RowCame,
    Source,
    bring_in,
)

MOST_BYTES = 8 << 20
MOST_ROWS = 2_000
# Work is recorded and decided, which takes four times as long as a card.
MOST_WORK_ROWS = MOST_ROWS // 4
KEPT_FOR = timedelta(days=1)
_NAME = 255
_SHOWN = 3
_OTHER_FORMS = {
    b"PK\x03\x04": "a spreadsheet (or another archive); save it as CSV first",
    b"\x1f\x8b": "compressed; unpack it first",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save it as CSV first",
    b"%PDF": "a PDF; export a table as CSV instead",
}


class FileRefused(ValueError):
    """A file is too large for the browser, of another type, or can't be read; nothing waits."""


class NothingWaits(ValueError):
    """The file was kept or put away already, perhaps by another owner."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as the browser sends it."""

    kind: str
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """What a waiting file has: its columns with the first rows, and the column each field is found in."""

    columns: tuple[str, ...]
    first: tuple[ExportRow, ...]
    found: dict[str, str]


def put_down(file: HandedIn, *, actor: Actor, at: datetime) -> WaitingImport:
    """This function will let a file wait, mapped as the last of its kind was. Owners only; raises FileRefused."""
    require(actor)
    _check(file)
    mapping = _last_mapping(file)
    with transaction.atomic():
        forget_old(at)
        row = WaitingImport.objects.create(
            kind=file.kind,
            name=file.name[:_NAME],
            content=file.raw,
            mapping=asdict(mapping),
            made_at=at,
            made_by=actor.label,
        )
        says = f"{row.name} handed in, to be brought in as {row.kind}"
        entry = audit.Entry("imports.put_down", f"waiting-import:{row.pk}", says)
        audit.record(entry, actor=actor, at=at)
    return row


def look_at(row: WaitingImport) -> Look:
    """This function will say what a waiting file has, to map it by. A dump has its own columns."""
    if row.kind == ITFLOW:
        return Look((), (), {})
    table = read_export(bytes(row.content))
    found = guessed(KINDS[row.kind], mapping_of(row), table.columns)
    return Look(table.columns, table.rows[:_SHOWN], found)


def mapping_of(row: WaitingImport | ImportBatch) -> Mapped:
    """This function will return how a file is read, or was."""
    known = {one.name for one in fields(Mapped)}
    return Mapped(**{name: value for name, value in row.mapping.items() if name in known})


def rehearse(number: int, mapping: Mapped, *, actor: Actor, at: datetime) -> ImportCame:
    """This function will try every row with a mapping and keep only what came of it, to be looked at.

    Owners only; raises NothingWaits and ImportRefused.
    """
    require(actor)
    with transaction.atomic():
        row = _waiting(number)
        # What was typed is kept also when it can't be used, so that it can be mended.
        row.mapping, row.rehearsal, row.rehearsed_at = asdict(mapping), [], None
        row.save(update_fields=["mapping", "rehearsal", "rehearsed_at"])
    with transaction.atomic():
        row = _waiting(number)
        came = bring_in(_source(row), keep=False, actor=actor, at=at)
        _note(row, came, at)
    return came


def keep(number: int, *, without_errors: bool, actor: Actor, at: datetime) -> ImportCame:
    """This function will bring a waiting file in, once; while rows are at fault nothing is kept and the file waits on.

    Owners only; raises NothingWaits and ImportRefused.
    """
    require(actor)
    with transaction.atomic():
        row = _waiting(number)
        if row.rehearsed_at is None:
            message = "rehearse it first, with the mapping as it is now"
            raise ImportRefused(message)
        came = bring_in(_source(row), keep=True, without_errors=without_errors, actor=actor, at=at)
        if came.batch is None:
            _note(row, came, at)
        else:
            row.delete()
    return came


def put_away(number: int, *, actor: Actor, at: datetime) -> str:
    """This function will forget a waiting file and return its name. Owners only; raises NothingWaits."""
    require(actor)
    with transaction.atomic():
        row = _waiting(number)
        entry = audit.Entry(
            "imports.put_away", f"waiting-import:{row.pk}", f"{row.name} put away, nothing kept"
        )
        audit.record(entry, actor=actor, at=at)
        row.delete()
    return row.name


def forget_old(at: datetime) -> int:
    """This function will forget files that waited longer than a day: they hold people's names. Returns how many."""
    return WaitingImport.objects.filter(made_at__lt=at - KEPT_FOR).delete()[0]


def _waiting(number: int) -> WaitingImport:
    row = WaitingImport.objects.select_for_update().filter(pk=number).first()
    if row is None:
        message = "this file was kept or put away already; see what was brought in"
        raise NothingWaits(message)
    return row


def _source(row: WaitingImport) -> Source:
    return Source(row.kind, row.name, bytes(row.content), mapping_of(row))


def _note(row: WaitingImport, came: ImportCame, at: datetime) -> None:
    row.rehearsal, row.rehearsed_at = [_told(one) for one in came.rows], at
    row.save(update_fields=["rehearsal", "rehearsed_at"])


def _told(one: RowCame) -> dict[str, Any]:
    """Only rows at fault keep their cells, to be mended by."""
    return asdict(one if one.action == "error" else replace(one, cells={}))


def _check(file: HandedIn) -> None:
    if file.kind not in FORMS:
        message = f"choose what the rows are: {', '.join(FORMS)}"
        raise FileRefused(message)
    if not file.raw:
        message = f"{file.name or 'the file'} is empty; choose a file with rows"
        raise FileRefused(message)
    if len(file.raw) > MOST_BYTES:
        message = (
            f"{file.name} is larger than {MOST_BYTES >> 20} MiB; split it, or bring it in on the command line: "
            "groundrules imports run"
        )
        raise FileRefused(message)
    other = next((says for magic, says in _OTHER_FORMS.items() if file.raw.startswith(magic)), "")
    if other:
        message = f"{file.name} is {other}"
        raise FileRefused(message)
    _check_rows(file)


def _check_rows(file: HandedIn) -> None:
    try:
        if file.kind == ITFLOW:
            kinds = Counter(kind for kind, _, _ in itflow_rows(file.raw, Mapped(zone="UTC")))
        else:
            kinds = Counter({file.kind: len(read_export(file.raw).rows)})
    except ValueError as unreadable:
        raise FileRefused(str(unreadable)) from unreadable
    work = kinds["time"] + kinds["patches"]
    if kinds.total() > MOST_ROWS or work > MOST_WORK_ROWS:
        message = (
            f"{file.name} has {kinds.total():,} rows; a page takes {MOST_ROWS:,} at most, {MOST_WORK_ROWS} of them "
            "time or patches. Split it, or bring it in on the command line: groundrules imports run"
        )
        raise FileRefused(message)


def _last_mapping(file: HandedIn) -> Mapped:
    """How the last file of this kind was read, where it fits this one."""
    last = ImportBatch.objects.filter(kind=file.kind).order_by("-pk").first()
    if last is None:
        return Mapped()
    mapping = mapping_of(last)
    if file.kind == ITFLOW:
        return mapping
    try:
        mapped(KINDS[file.kind], mapping, read_export(file.raw).columns)
    except MappingRefused:
        return Mapped(zone=mapping.zone, currency=mapping.currency)
    return mapping

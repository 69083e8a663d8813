"""Files handed in by the browser: they wait, are mapped and rehearsed as often as need be, then kept or put away.

A small file is rehearsed and kept while its owner waits; a long one by a worker, row after row (steps.py). Larger ones
still go by the command line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.readers.export_tables import ExportRow, read_export
from groundrules.records.imports import ImportBatch, WaitingImport
from groundrules.records.operating import LongRun
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.imports.fields import KINDS
from groundrules.services.imports.itflow import itflow_rows
from groundrules.services.imports.mapping import Mapped, MappingRefused, guessed, mapped
from groundrules.services.imports.rehearsing import told
from groundrules.services.imports.running import (
    FORMS,
    ITFLOW,
    ImportCame,
    ImportRefused,
    Source,
    bring_in,
    rows_of,
)
from groundrules.services.long_runs import Wanted, ask
from groundrules.services.long_runs.task import SOON

MOST_BYTES = 8 << 20
MOST_ROWS = 20_000
# Work is recorded and decided, which takes four times as long as a card.
MOST_WORK_ROWS = MOST_ROWS // 4
# What a page does while somebody waits for it: a second at most. More is a worker's.
AT_ONCE_ROWS = 200
AT_ONCE_WORK_ROWS = AT_ONCE_ROWS // 8
KIND = "import"
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


class FileInHand(NothingWaits):
    """A worker rehearses the file or brings it in: nobody else does anything with it meanwhile."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file as the browser sends it."""

    kind: str
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worker is to do with a file: rehearse it, keep it, and whether rows at fault are left out."""

    keep: bool = True
    rehearse: bool = True
    without_errors: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What a waiting file has: its columns with the first rows, and the column each field is found in."""

    columns: tuple[str, ...]
    first: tuple[ExportRow, ...]
    found: dict[str, str]


def put_down(file: HandedIn, *, actor: Actor, at: datetime) -> WaitingImport:
    """This function will let a file wait, mapped as the last of its kind was. Owners only; raises FileRefused."""
    require(actor)
    long = _check(file)
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
            long=long,
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


def rehearse(number: int, mapping: Mapped, *, actor: Actor, at: datetime) -> LongRun | None:
    """This function will try every row with a mapping and keep only what came of it, to be looked at.

    A long file is rehearsed by a worker, and its run is returned. Owners only; raises NothingWaits and ImportRefused.
    """
    require(actor)
    with transaction.atomic():
        row = _waiting(number)
        # What was typed is kept also when it can't be used, so that it can be mended.
        row.mapping, row.rehearsal, row.rehearsed_at = asdict(mapping), [], None
        row.save(update_fields=["mapping", "rehearsal", "rehearsed_at"])
    with transaction.atomic():
        row = _waiting(number)
        if row.long:
            rows_of(source_of(row))  # What can't be read at all is refused to whoever pressed.
            return _to_worker(row, Asked(keep=False), actor=actor, at=at)
        _note(row, bring_in(source_of(row), keep=False, actor=actor, at=at), at)
    return None


def keep(number: int, *, without_errors: bool, actor: Actor, at: datetime) -> ImportCame | LongRun:
    """This function will bring a waiting file in, once; while rows are at fault nothing is kept and the file waits on.

    A long file is brought in by a worker, and its run is returned. Owners only; raises NothingWaits and ImportRefused.
    """
    require(actor)
    with transaction.atomic():
        row = _waiting(number)
        if row.rehearsed_at is None:
            message = "rehearse it first, with the mapping as it is now"
            raise ImportRefused(message)
        if row.long:
            asked = Asked(rehearse=False, without_errors=without_errors)
            return _to_worker(row, asked, actor=actor, at=at)
        came = bring_in(
            source_of(row), keep=True, without_errors=without_errors, actor=actor, at=at
        )
        if came.batch is None:
            _note(row, came, at)
        else:
            row.delete()
    return came


def bring_in_later(source: Source, asked: Asked, *, actor: Actor, at: datetime) -> LongRun:
    """This function will let a worker rehearse a file of any length and, where that is asked, bring it in.

    Owners only; raises ImportRefused when it can't be read.
    """
    require(actor)
    rows_of(source)
    with transaction.atomic():
        row = WaitingImport.objects.create(
            kind=source.kind,
            name=source.name[:_NAME],
            content=source.raw,
            mapping=asdict(source.mapping),
            made_at=at,
            made_by=actor.label,
            long=True,
        )
        return _to_worker(row, asked, actor=actor, at=at)


def _to_worker(row: WaitingImport, asked: Asked, *, actor: Actor, at: datetime) -> LongRun:
    verb = "bring in" if asked.keep else "rehearse"
    told_of = {"file": row.pk, **asdict(asked)}
    row.run = ask(Wanted(KIND, f"{verb} {row.name}", told_of, SOON), actor=actor, at=at)
    row.save(update_fields=["run"])
    return row.run


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
    old = WaitingImport.objects.filter(made_at__lt=at - KEPT_FOR)
    return old.exclude(run__in=LongRun.objects.going_on()).delete()[0]


def _waiting(number: int) -> WaitingImport:
    row = WaitingImport.objects.select_for_update().filter(pk=number).first()
    if row is None:
        message = "this file was kept or put away already; see what was brought in"
        raise NothingWaits(message)
    if row.run is not None and row.run.ended_at is None:
        message = f"a worker has it in hand ({row.run.what}); wait for that, or stop it first"
        raise FileInHand(message)
    return row


def source_of(row: WaitingImport) -> Source:
    """This function will return a waiting file as it is brought in."""
    return Source(row.kind, row.name, bytes(row.content), mapping_of(row))


def _note(row: WaitingImport, came: ImportCame, at: datetime) -> None:
    row.rehearsal, row.rehearsed_at = [told(one) for one in came.rows], at
    row.save(update_fields=["rehearsal", "rehearsed_at"])


def _check(file: HandedIn) -> bool:
    """Whether the file is long; raises FileRefused for one that can't be taken."""
    if file.kind not in FORMS:
        message = f"choose what the rows are: {', '.join(FORMS)}"
        raise FileRefused(message)
    if not file.raw:
        message = f"the file {file.name} is empty; choose one with rows"
        raise FileRefused(message)
    if len(file.raw) > MOST_BYTES:
        message = (
            f"the file {file.name} is larger than {MOST_BYTES >> 20} MiB; split it, or bring it in on the command "
            "line: groundrules imports run"
        )
        raise FileRefused(message)
    other = next((says for magic, says in _OTHER_FORMS.items() if file.raw.startswith(magic)), "")
    if other:
        message = f"the file {file.name} is {other}"
        raise FileRefused(message)
    return _is_long(file)


def _is_long(file: HandedIn) -> bool:
    try:
        if file.kind == ITFLOW:
            kinds = Counter(kind for kind, _, _ in itflow_rows(file.raw, Mapped(zone="UTC")))
        else:
            kinds = Counter({file.kind: len(read_export(file.raw).rows)})
    except ValueError as unreadable:
        raise FileRefused(str(unreadable)) from unreadable
    work = kinds["time"] + kinds["patches"]
    if not kinds.total():
        message = (
            f"the file {file.name} has no row below the names of its columns; choose one with rows"
        )
        raise FileRefused(message)
    if kinds.total() > MOST_ROWS or work > MOST_WORK_ROWS:
        message = (
            f"the file {file.name} has {kinds.total():,} rows; a page takes {MOST_ROWS:,} at most, "
            f"{MOST_WORK_ROWS:,} of them time or patches. Split it, or bring it in on the command line: "
            "groundrules imports run"
        )
        raise FileRefused(message)
    return kinds.total() > AT_ONCE_ROWS or work > AT_ONCE_WORK_ROWS


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

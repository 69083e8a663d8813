"""Reads the sheets people bring along: a mapping of their agreement to our clauses, and a month of time entries.

Every problem names its row; a sheet with any problem is refused whole, so that no row is lost silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.ids import AssetId, ContactId, RequestId, TechnicianId, TimeEntryId
from groundrules.core.periods import EmptyPeriod, Period
from groundrules.core.work import Request, TimeEntry, WorkType
from groundrules.readers.case_file.instants import read_instant
from groundrules.readers.case_file.places import BadValue, Place, Scalar

MAPPING_COLUMNS = ("item", "entry", "parameter", "value")
TIME_COLUMNS = ("id", "technician", "from", "to", "issue", "server", "kind", "asked_by", "asked_at")


class SheetRefused(ValueError):
    """A sheet can't be read; the message lists every problem with its row."""


@dataclass(frozen=True, slots=True)
class MappedItem:
    """One item of the client's present agreement: our entry, or a parameter and its value; both empty is unmapped."""

    row: int
    item: str
    entry: str = ""
    parameter: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class TimeSheet:
    """A sheet of work: the entries, and a request for each row that says who asked and when."""

    work: tuple[TimeEntry, ...]
    requests: tuple[Request, ...]


def read_mapping(raw: bytes) -> tuple[MappedItem, ...]:
    """This function will read a mapping sheet; raises SheetRefused."""
    rows = tuple(_rows(raw, MAPPING_COLUMNS))
    problems = [
        f"row {number}: a parameter and its value go together"
        for number, row in rows
        if bool(row["parameter"]) != bool(row["value"])
    ]
    problems += [f"row {number}: the item has no name" for number, row in rows if not row["item"]]
    if problems:
        raise SheetRefused("; ".join(problems))
    return tuple(MappedItem(number, **row) for number, row in rows)


def read_time_sheet(raw: bytes, zone: str) -> TimeSheet:
    """This function will read time entries whose times are those of `zone`; raises SheetRefused."""
    work: list[TimeEntry] = []
    requests: list[Request] = []
    problems = []
    for number, row in _rows(raw, TIME_COLUMNS):
        try:
            asked = _request(number, row, zone)
            work.append(_entry(number, row, zone, asked))
        except (BadValue, EmptyPeriod, ValueError) as wrong:
            problems.append(f"row {number}: {wrong}")
            continue
        if asked is not None:
            requests.append(asked)
    twice = {entry.id for entry in work if sum(entry.id == other.id for other in work) > 1}
    problems += [f"{entry} is there more than once" for entry in sorted(twice)]
    if problems:
        raise SheetRefused("; ".join(problems))
    return TimeSheet(tuple(work), tuple(requests))


def _rows(raw: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        found = tuple(reader.fieldnames or ())
        if sorted(found) != sorted(columns):
            message = f"the first row must name the columns {', '.join(columns)}, not {', '.join(found) or 'nothing'}"
            raise SheetRefused(message)
        for row in reader:
            if None in row or None in row.values():
                message = f"row {reader.line_num} does not have {len(columns)} fields"
                raise SheetRefused(message)
            yield reader.line_num, {name: row[name].strip() for name in columns}
    except (UnicodeDecodeError, csv.Error) as wrong:
        message = f"the sheet is not CSV in UTF-8: {wrong}"
        raise SheetRefused(message) from wrong


def _entry(number: int, row: dict[str, str], zone: str, asked: Request | None) -> TimeEntry:
    missing = [
        name for name in ("id", "technician", "from", "to", "issue", "kind") if not row[name]
    ]
    if missing:
        message = f"{', '.join(missing)} is empty"
        raise ValueError(message)
    return TimeEntry(
        TimeEntryId(row["id"]),
        TechnicianId(row["technician"]),
        Period(_instant(number, row["from"], zone), _instant(number, row["to"], zone)),
        row["issue"],
        _kind(row["kind"]),
        AssetId(row["server"]) if row["server"] else None,
        request=asked.id if asked else None,
    )


def _kind(said: str) -> WorkType:
    if said not in set(WorkType):
        message = f'"{said}" is no kind of work; write {" or ".join(WorkType)}'
        raise ValueError(message)
    return WorkType(said)


def _request(number: int, row: dict[str, str], zone: str) -> Request | None:
    if not row["asked_by"] and not row["asked_at"]:
        return None
    if not row["asked_by"] or not row["asked_at"]:
        message = "asked_by and asked_at go together"
        raise ValueError(message)
    return Request(
        RequestId(f"ASKED-{row['id']}"),
        ContactId(row["asked_by"]),
        _instant(number, row["asked_at"], zone),
        f"as row {number} of the sheet says",
        issue=row["issue"],
    )


def _instant(number: int, said: str, zone: str) -> datetime:
    return read_instant(Scalar(Place("sheet", number, 1), said), zone)

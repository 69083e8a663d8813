"""Reads the sheets people bring along: a mapping of their agreement to our clauses, and a month of time entries.

Every problem names its row and column, and all of them are told at once; a sheet with any problem is refused whole, so
that no row is lost silently.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from groundrules.core.ids import AssetId, ContactId, RequestId, TechnicianId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.work import Request, TimeEntry, WorkPlace, WorkType
from groundrules.readers.case_file.instants import read_instant
from groundrules.readers.case_file.places import BadValue, Place, Scalar

MAPPING_COLUMNS = ("item", "entry", "parameter", "value")
TIME_COLUMNS = ("id", "technician", "from", "to", "issue", "server", "kind", "asked_by", "asked_at")
# A column that may be missing, because most work is done remotely.
PLACE_COLUMN = "place"
_Row = TypeVar("_Row")
_Word = TypeVar("_Word", bound=StrEnum)


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
    """A sheet of work: the entries, and what was asked for (once for the rows of an issue, contact and instant)."""

    work: tuple[TimeEntry, ...]
    requests: tuple[Request, ...]


def read_mapping(raw: bytes) -> tuple[MappedItem, ...]:
    """This function will read a mapping sheet; raises SheetRefused."""
    return _every(_rows(raw, MAPPING_COLUMNS), _mapped)


def _mapped(number: int, row: dict[str, str]) -> MappedItem:
    trouble = _Trouble()
    if not row["item"]:
        trouble.note("item", "is empty; say which item of the agreement the row is about")
    for given, lacking in (("parameter", "value"), ("value", "parameter")):
        if row[given] and not row[lacking]:
            trouble.note(lacking, f"is empty; it goes together with {given}")
    trouble.refuse()
    return MappedItem(number, **row)


def read_time_sheet(raw: bytes, zone: str) -> TimeSheet:
    """This function will read time entries whose times are those of `zone`; raises SheetRefused."""
    rows = _every(
        _rows(raw, TIME_COLUMNS, (PLACE_COLUMN,)), lambda number, row: _worked(number, row, zone)
    )
    seen: dict[str, int] = {}
    problems = [
        f"row {number}, column id: {entry.id} was in row {first} before"
        for number, entry, _ in rows
        if (first := seen.setdefault(entry.id, number)) != number
    ]
    if problems:
        raise SheetRefused("; ".join(problems))
    requests = {asked.id: asked for _, _, asked in rows if asked is not None}
    return TimeSheet(tuple(entry for _, entry, _ in rows), tuple(requests.values()))


class _RowRefused(ValueError):
    """A row has problems, each with its column."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Trouble:
    """What is wrong in one row, column by column."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def note(self, column: str, problem: object) -> None:
        """This method will keep a problem of a column."""
        self._found.append(f"column {column}: {problem}")

    def refuse(self) -> None:
        """This method will raise _RowRefused when anything was noted."""
        if self._found:
            raise _RowRefused(tuple(self._found))


_Numbered = Iterable[tuple[int, dict[str, str] | str]]


def _every(rows: _Numbered, read: Callable[[int, dict[str, str]], _Row]) -> tuple[_Row, ...]:
    """Every row as read; raises SheetRefused with the problems of all of them."""
    found: list[_Row] = []
    problems: list[str] = []
    for number, row in rows:
        if isinstance(row, str):
            problems.append(f"row {number}: {row}")
            continue
        try:
            found.append(read(number, row))
        except _RowRefused as refused:
            problems += [f"row {number}, {problem}" for problem in refused.problems]
    if problems:
        raise SheetRefused("; ".join(problems))
    return tuple(found)


def _rows(raw: bytes, columns: tuple[str, ...], further: tuple[str, ...] = ()) -> _Numbered:
    """Each row by its number in the sheet, or what is wrong with it as a whole; empty lines are no rows."""
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        found = tuple(name.strip() for name in reader.fieldnames or ())
        reader.fieldnames = found
        _check_heading(found, columns, further)
        for row in reader:
            if None in row or None in row.values():
                yield reader.line_num, f"does not have {len(found)} fields"
            else:
                known = {name: row[name].strip() for name in found}
                yield reader.line_num, {**dict.fromkeys(further, ""), **known}
    except (UnicodeDecodeError, csv.Error) as wrong:
        message = f"the sheet is not CSV in UTF-8: {wrong}"
        raise SheetRefused(message) from wrong


def _check_heading(
    found: tuple[str, ...], columns: tuple[str, ...], further: tuple[str, ...]
) -> None:
    missing = [name for name in columns if name not in found]
    unknown = [name for name in found if name not in {*columns, *further}]
    if missing or unknown or len(set(found)) != len(found):
        message = f"the first row must name the columns {', '.join(columns)}, not {', '.join(found) or 'nothing'}"
        raise SheetRefused(message)


def _worked(number: int, row: dict[str, str], zone: str) -> tuple[int, TimeEntry, Request | None]:
    trouble = _Trouble()
    for name in ("id", "technician", "from", "to", "issue", "kind"):
        if not row[name]:
            trouble.note(name, "is empty")
    begins, ends = (_instant(number, row, name, (zone, trouble)) for name in ("from", "to"))
    if begins and ends and ends <= begins:
        trouble.note("to", f"{row['to']} is not after {row['from']}")
    kind = _word(row, "kind", WorkType, trouble) or WorkType.MAINTENANCE
    place = _word(row, PLACE_COLUMN, WorkPlace, trouble) or WorkPlace.REMOTE
    asked = _request(number, row, (zone, trouble))
    trouble.refuse()
    assert begins is not None  # noqa: S101 - an empty or unreadable one was refused
    entry = TimeEntry(
        TimeEntryId(row["id"]),
        TechnicianId(row["technician"]),
        Period(begins, ends),
        row["issue"],
        kind,
        AssetId(row["server"]) if row["server"] else None,
        request=asked.id if asked else None,
        place=place,
    )
    return number, entry, asked


def _word(row: dict[str, str], column: str, words: type[_Word], trouble: _Trouble) -> _Word | None:
    said = row[column]
    if not said:
        return None
    if said not in set(words):
        trouble.note(column, f'"{said}" is none of {", ".join(words)}')
        return None
    return words(said)


def _request(number: int, row: dict[str, str], reading: tuple[str, _Trouble]) -> Request | None:
    for given, lacking in (("asked_by", "asked_at"), ("asked_at", "asked_by")):
        if row[given] and not row[lacking]:
            reading[1].note(lacking, f"is empty; it goes together with {given}")
    at = _instant(number, row, "asked_at", reading)
    if at is None or not row["asked_by"]:
        return None
    return Request(
        RequestId(f"ASKED-{row['issue']}-{row['asked_by']}-{at.isoformat()}"),
        ContactId(row["asked_by"]),
        at,
        f"as row {number} of the sheet says",
        issue=row["issue"],
    )


def _instant(
    number: int, row: dict[str, str], column: str, reading: tuple[str, _Trouble]
) -> datetime | None:
    zone, trouble = reading
    if not row[column]:
        return None
    try:
        return read_instant(Scalar(Place("sheet", number, 1), row[column]), zone)
    except BadValue as wrong:
        trouble.note(column, wrong.problem.says)
        return None

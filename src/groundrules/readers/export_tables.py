"""Tables that other programs export: CSV as spreadsheets write it, with any of the usual separators.

The first row names the columns. Rows are kept as text, by number; what a column means is said by a mapping.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass

_SEPARATORS = ",;\t|"
_MOST_BYTES = 64 << 20
_MOST_COLUMNS = 500
_LONGEST_CELL = 20_000
# What the standard library says where the text ends inside a quoted cell.
_TORN = "unexpected end of data"


class ExportUnreadable(ValueError):
    """A file is no table this reader understands; the message says why."""


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One row: its number in the file, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table: its columns in order, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[ExportRow, ...]


def read_export(raw: bytes) -> ExportTable:
    """This function will read a CSV file; raises ExportUnreadable."""
    if len(raw) > _MOST_BYTES:
        message = f"the file is larger than {_MOST_BYTES >> 20} MiB; split it"
        raise ExportUnreadable(message)
    text = _text(raw)
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(lines, []))
        rows = tuple(
            ExportRow(lines.line_num, _cells(columns, line, lines.line_num))
            for line in lines
            if any(cell.strip() for cell in line)
        )
    except csv.Error as wrong:
        message = f"the file is not CSV in line {lines.line_num}: {wrong}; mend that line, or leave it out"
        if str(wrong) == _TORN:
            message = (
                'the file is not CSV: a quotation mark (") opens a cell and none closes it before the end, in line '
                f"{_last_opened(text)} or before; close it there, or take it out"
            )
        raise ExportUnreadable(message) from wrong
    return ExportTable(columns, rows)


def _last_opened(text: str) -> int:
    """The line of the last quotation mark there is."""
    return text.count("\n", 0, text.rfind('"')) + 1


def _text(raw: bytes) -> str:
    """UTF-8; "Unicode text" of spreadsheets by its mark; else the code page of older programs on Windows."""
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\0" in text:
        message = "the file holds NUL characters, so it is no text, or UTF-16 that does not say so; export it in UTF-8"
        raise ExportUnreadable(message)
    return text


def _columns(line: list[str]) -> tuple[str, ...]:
    columns = tuple(" ".join(cell.split()) for cell in line)
    if not any(columns):
        message = "the first row must name the columns"
        raise ExportUnreadable(message)
    if len(columns) > _MOST_COLUMNS:
        message = f"the first row names {len(columns)} columns; {_MOST_COLUMNS} at most are read"
        raise ExportUnreadable(message)
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        message = f"the first row names {', '.join(twice)} more than once; give each column a name of its own"
        raise ExportUnreadable(message)
    return columns


def _cells(columns: tuple[str, ...], line: list[str], number: int) -> dict[str, str]:
    if len(line) > len(columns):
        message = f"row {number} has {len(line)} cells, the first row names {len(columns)} columns"
        raise ExportUnreadable(message)
    padded = [*line, *[""] * (len(columns) - len(line))]
    return {
        name: cell.strip()[:_LONGEST_CELL]
        for name, cell in zip(columns, padded, strict=True)
        if name
    }

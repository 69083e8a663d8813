"""The rows of chosen tables from a MySQL or MariaDB dump, without a server: CREATE TABLE and INSERT, nothing else.

Columns are named by the dump's own CREATE TABLE, so that a table may have more of them than we know. Statements
are read as text; nothing is executed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_MOST_BYTES = 512 << 20
_CREATE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?`(\w+)` \(\n(.*?)\n\)", re.DOTALL)
_COLUMN = re.compile(r"^\s*`(\w+)` ", re.MULTILINE)
_INSERT = re.compile(r"INSERT INTO `(\w+)` (?:\(([^)]*)\) )?VALUES\s*")
_PLAIN = re.compile(r"[^,)']*")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.|'')*)'", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "Z": ""}
_ESCAPED = re.compile(r"\\(.)|''", re.DOTALL)


class DumpUnreadable(ValueError):
    """The file is no such dump, or a statement in it is broken off; the message says where."""


@dataclass(frozen=True, slots=True)
class DumpRow:
    """One row of a table: which of the table's rows it is, and its columns; NULL is empty."""

    number: int
    cells: dict[str, str]


def read_dump(raw: bytes, wanted: Collection[str]) -> dict[str, tuple[DumpRow, ...]]:
    """This function will return the rows of each wanted table that the dump has; raises DumpUnreadable."""
    if len(raw) > _MOST_BYTES:
        message = (
            f"the dump is larger than {_MOST_BYTES >> 20} MiB; dump only the tables that are wanted"
        )
        raise DumpUnreadable(message)
    text = raw.decode("utf-8", errors="replace")
    columns = {
        name: tuple(_COLUMN.findall(body)) for name, body in _CREATE.findall(text) if name in wanted
    }
    if not columns:
        message = (
            "the file creates none of the tables that are looked for; is it a dump of that program?"
        )
        raise DumpUnreadable(message)
    rows: dict[str, list[DumpRow]] = {name: [] for name in columns}
    for found in _INSERT.finditer(text):
        name = found[1]
        if name not in columns:
            continue
        named = tuple(re.findall(r"`(\w+)`", found[2])) if found[2] else columns[name]
        for values in _tuples(text, found.end(), name):
            if len(values) != len(named):
                message = f"a row of {name} has {len(values)} values for {len(named)} columns"
                raise DumpUnreadable(message)
            cells = dict(zip(named, values, strict=True))
            rows[name].append(DumpRow(len(rows[name]) + 1, cells))
    return {name: tuple(found) for name, found in rows.items()}


def _tuples(text: str, at: int, name: str) -> Iterator[list[str]]:
    """Each parenthesis of values from a place on, until the statement ends."""
    while True:
        if text[at : at + 1] != "(":
            message = f"an INSERT into {name} is broken off"
            raise DumpUnreadable(message)
        values, at = _values(text, at + 1, name)
        yield values
        at = _past_blanks(text, at)
        if text[at : at + 1] == ";":
            return
        if text[at : at + 1] != ",":
            message = f"an INSERT into {name} is broken off"
            raise DumpUnreadable(message)
        at = _past_blanks(text, at + 1)


def _values(text: str, at: int, name: str) -> tuple[list[str], int]:
    values: list[str] = []
    while True:
        at = _past_blanks(text, at)
        quoted = _QUOTED.match(text, at)
        if quoted:
            values.append(_ESCAPED.sub(_unescaped, quoted[1]))
            at = quoted.end()
        else:
            plain = _PLAIN.match(text, at)
            word = plain[0].strip() if plain else ""
            values.append("" if word.upper() == "NULL" else word)
            at = plain.end() if plain else at
        at = _past_blanks(text, at)
        mark = text[at : at + 1]
        if mark == ")":
            return values, at + 1
        if mark != ",":
            message = f"a row of {name} is broken off"
            raise DumpUnreadable(message)
        at += 1


def _unescaped(found: re.Match[str]) -> str:
    letter = found[1]
    return "'" if letter is None else _ESCAPES.get(letter, letter)


def _past_blanks(text: str, at: int) -> int:
    while text[at : at + 1] in {" ", "\n", "\r", "\t"}:
        at += 1
    return at

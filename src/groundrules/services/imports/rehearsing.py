"""A long rehearsal in pieces, each of which is tried and taken back at once, so that nobody is locked out for long.

What a row needs of rows before it (its client, its server, a twin of its own) is brought in again before its piece.
Nothing is kept between pieces but what each row came to, so a worker that takes over begins anew.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from groundrules.services.actor import Actor
from groundrules.services.imports.rows import plain_code
from groundrules.services.imports.running import Row, RowCame, Source, bringing, rows_of, try_row

# What others who write wait for at most, on SQLite.
STEP_SECONDS = 0.15
_Key = tuple[str, str]


@dataclass(slots=True)
class Rehearsal:
    """A file that is tried in pieces: its rows, what those before came to, and where what they added is named."""

    source: Source
    actor: Actor
    rows: list[Row] = field(default_factory=list)
    came: list[RowCame] = field(default_factory=list)
    adds: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """The file is read once; raises ImportRefused."""
        self.rows = rows_of(self.source)

    @property
    def is_over(self) -> bool:
        """Whether every row was tried."""
        return len(self.came) >= len(self.rows)

    @property
    def faults(self) -> int:
        """How many rows are at fault so far."""
        return Counter(one.action for one in self.came)["error"]

    def try_piece(self, at: datetime) -> None:
        """This function will try the next rows for a moment, and take everything back. Call it in a transaction."""
        run = bringing(self.source, self.actor, at)
        until = time.monotonic() + STEP_SECONDS
        brought: set[int] = set()
        with transaction.atomic():
            while not self.is_over:
                number = len(self.came)
                for needed in sorted(set(self._needs(number)) - brought):
                    try_row(self.rows[needed], run)
                    brought.add(needed)
                self._note(number, try_row(self.rows[number], run))
                brought.add(number)
                if time.monotonic() > until:
                    break
            transaction.set_rollback(True)

    def _note(self, number: int, came: RowCame) -> None:
        self.came.append(came)
        if came.action == "add":
            for key in _own(self.rows[number]):
                self.adds[key].append(number)

    def _needs(self, number: int) -> Iterator[int]:
        """The rows before this one that added what it names, and what those need in turn."""
        row = self.rows[number]
        for key in (*_own(row), *_named(row)):
            for before in self.adds.get(key, ()):
                yield before
                yield from self._needs_of_card(before)

    def _needs_of_card(self, number: int) -> Iterator[int]:
        for key in _named(self.rows[number]):
            for before in self.adds.get(key, ()):
                yield before
                yield from self._needs_of_card(before)


def told(one: RowCame) -> dict[str, Any]:
    """This function will return what is kept of a row tried: only one at fault keeps its cells, to be mended by."""
    return asdict(one if one.action == "error" else replace(one, cells={}))


def _own(row: Row) -> tuple[_Key, ...]:
    """What a row's own card or entry is known by."""
    if not isinstance(row.told, Mapping):
        return ()
    said: Mapping[str, str] = row.told
    if row.kind == "time":
        return (("time", said["id"]),)
    if row.kind == "patches":
        return (("patches", f"{said['asset']}|{said['title']}".casefold()),)
    known = {said["code"].casefold(), said["name"].casefold(), plain_code(said["name"]).casefold()}
    return tuple((row.kind, one) for one in known if one)


def _named(row: Row) -> tuple[_Key, ...]:
    """What a row names of other cards."""
    if not isinstance(row.told, Mapping):
        return ()
    named = (("clients", row.told.get("client", "")), ("assets", row.told.get("asset", "")))
    return tuple((kind, said.casefold()) for kind, said in named if said)

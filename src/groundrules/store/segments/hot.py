"""The hot index: recent events in one table of the business database, for answers in milliseconds.

It reads through a function that is given to it, so that the store needs to know no database. Rows are written by
services, in the transaction that puts their segment into the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from groundrules.core.events import Event, Span
from groundrules.store.segments import questions
from groundrules.store.segments.questions import Dialect, Question

TABLE = "records_hotevent"
_DIALECT = Dialect(TABLE, "%s", "%%", names_clients=True, grouped="{} || ''")
Ask = Callable[[str, Sequence[Any]], Iterable[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class HotIndex:
    """Events in a SQL table; `ask` runs one statement with its values and gives the rows."""

    ask: Ask

    def timeline(
        self, span: Span, asset: str, types: Iterable[str] = (), limit: int = 1000
    ) -> tuple[Event, ...]:
        """This function will return one asset's events in time order, at most `limit`; no types means all."""
        return tuple(
            Event(*row)._replace(evidence=bytes(row[6]).hex())
            for row in self._rows(questions.timeline(_DIALECT, span, asset, types, limit))
        )

    def count(self, span: Span, asset: str = "") -> tuple[tuple[str, int], ...]:
        """This function will count events by type, most frequent first, of one asset or of all."""
        return questions.most_first(self._rows(questions.count(_DIALECT, span, asset)))

    def fleet(self, span: Span, kind: str) -> tuple[tuple[str, int], ...]:
        """This function will count one type by asset, most frequent first."""
        return questions.most_first(self._rows(questions.fleet(_DIALECT, span, kind)))

    def histogram(
        self, span: Span, bucket: int, types: Iterable[str] = ()
    ) -> tuple[tuple[int, int], ...]:
        """This function will count events by buckets of `bucket` microseconds, each named by its beginning."""
        rows = self._rows(questions.histogram(_DIALECT, span, bucket, types))
        return tuple((int(begin), int(number)) for begin, number in rows)

    def _rows(self, question: Question) -> Iterable[Sequence[Any]]:
        return self.ask(question.sql, question.values)

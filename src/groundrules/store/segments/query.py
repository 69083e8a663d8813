"""Questions to segments, answered by DuckDB: it reads only the columns and the parts of files it needs.

Files of this machine are read by DuckDB itself; anything else through Arrow's data sets, so that nothing has to be
downloaded or installed for it. Which files to open is the catalogue's answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow.dataset as ds

from groundrules.core.events import Event, Span
from groundrules.store.segments import questions
from groundrules.store.segments.layout import SCHEMA
from groundrules.store.segments.places import SegmentMissing, SegmentStore
from groundrules.store.segments.questions import Dialect, Question

# The digests of the client's segments that may hold events of the span, of one asset or (empty) of any.
Catalogue = Callable[[Span, str], Sequence[str]]
Row = tuple[Any, ...]
_VIEW = "segments"
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "preserve_insertion_order": "false",
}


class Engine:
    """DuckDB without a database of its own; one cursor a thread, made when it is first used."""

    def __init__(self) -> None:
        self._here = threading.local()

    def local(self, paths: list[str], ask: Callable[[Dialect], Question]) -> list[Row]:
        """This function will ask files of this machine; raises SegmentMissing."""
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        question = ask(Dialect(f"read_parquet([{listed}])", "?", "%", names_clients=False))
        try:
            return self._connection().execute(question.sql, list(question.values)).fetchall()
        except duckdb.IOException as missing:
            raise SegmentMissing(_not_there(missing)) from missing

    def remote(self, found: ds.Dataset, ask: Callable[[Dialect], Question]) -> list[Row]:
        """This function will ask a data set, wherever its files are."""
        question = ask(Dialect(_VIEW, "?", "%", names_clients=False))
        connection = self._connection()
        connection.register(_VIEW, found)
        try:
            return connection.execute(question.sql, list(question.values)).fetchall()
        finally:
            connection.unregister(_VIEW)

    def _connection(self) -> duckdb.DuckDBPyConnection:
        found: duckdb.DuckDBPyConnection | None = getattr(self._here, "connection", None)
        if found is None:
            found = self._here.connection = duckdb.connect(":memory:", config=dict(_SETTINGS))
            # A segment never changes under its name, so what was read from its end once stays true.
            found.execute("SET parquet_metadata_cache = true")
            # Answers are read by programs; a bar would be drawn between them.
            found.execute("SET enable_progress_bar = false")
        return found


@dataclass(frozen=True, slots=True)
class SegmentIndex:
    """Events in segments: the place they rest in, the catalogue that knows which to open, and the engine that reads."""

    store: SegmentStore
    catalogue: Catalogue
    engine: Engine = field(default_factory=Engine, compare=False)

    def timeline(
        self, span: Span, asset: str, types: Iterable[str] = (), limit: int = 1000
    ) -> tuple[Event, ...]:
        """This function will return one asset's events in time order, at most `limit`; no types means all."""
        kinds = tuple(types)
        rows = self._rows(
            span, asset, lambda where: questions.timeline(where, span, asset, kinds, limit)
        )
        return tuple(Event(*row) for row in rows)

    def count(self, span: Span, asset: str = "") -> tuple[tuple[str, int], ...]:
        """This function will count events by type, most frequent first, of one asset or of all."""
        rows = self._rows(span, asset, lambda where: questions.count(where, span, asset))
        return questions.most_first(rows)

    def fleet(self, span: Span, kind: str) -> tuple[tuple[str, int], ...]:
        """This function will count one type by asset, most frequent first."""
        return questions.most_first(
            self._rows(span, "", lambda where: questions.fleet(where, span, kind))
        )

    def histogram(
        self, span: Span, bucket: int, types: Iterable[str] = ()
    ) -> tuple[tuple[int, int], ...]:
        """This function will count events by buckets of `bucket` microseconds, each named by its beginning."""
        kinds = tuple(types)
        rows = self._rows(span, "", lambda where: questions.histogram(where, span, bucket, kinds))
        return tuple((int(begin), int(number)) for begin, number in rows)

    def _rows(self, span: Span, asset: str, ask: Callable[[Dialect], Question]) -> list[Row]:
        paths = [self.store.path_of(span.client, one) for one in self.catalogue(span, asset)]
        if not paths:
            return []
        return self.engine.local(paths, ask) if self.store.is_local else self._remote(paths, ask)

    def _remote(self, paths: list[str], ask: Callable[[Dialect], Question]) -> list[Row]:
        try:
            found = ds.dataset(paths, schema=SCHEMA, format="parquet", filesystem=self.store.system)
            return self.engine.remote(found, ask)
        except (OSError, duckdb.IOException, duckdb.InvalidInputException) as missing:
            raise SegmentMissing(_not_there(missing)) from missing


def _not_there(problem: Exception) -> str:
    said = str(problem).splitlines()[0]
    return f"a segment of the catalogue cannot be read ({said}); run groundrules events check"

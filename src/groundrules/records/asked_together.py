"""Questions about one client as of an instant that are put to many books at once, in one statement.

Putting a question into SQL takes Django a millisecond, and an empty book answers it in a tenth of that. Only the client
and the instant differ from time to time: the words are made once, out of the books' own questions, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Value

from groundrules.records.book import Fact

# Stand for the client and the instant while the words are made: no row has this key, no book this time.
_CLIENT = -1
_AT = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
_COLUMNS = ("id", "payload")
# From the key of a client and an instant to the rows that are asked for, as any QuerySet.
Asks = Callable[[int, datetime], Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A statement, and what stands at its places: a stand-in, or what is always asked with."""

    statement: str
    places: tuple[Any, ...]

    def ask(self, client: int, at: datetime) -> Iterator[tuple[Any, ...]]:
        """This function will ask about a client as of an instant, and hand over the rows as the database has them."""
        kept = connection.ops.adapt_datetimefield_value
        told: dict[Any, Any] = {_CLIENT: client, kept(_AT): kept(at)}
        with connection.cursor() as cursor:
            cursor.execute(self.statement, [told.get(place, place) for place in self.places])
            yield from cursor


def together(questions: Sequence[Asks], *columns: str) -> Words:
    """This function will put questions into one statement, whose rows say first which question they answer.

    In no order, and with what the database keeps: text and numbers are what they are, times may not be.
    """
    first, *others = [_numbered(asks, place, columns) for place, asks in enumerate(questions)]
    whole = first.union(*others, all=True) if others else first
    statement, places = whole.query.get_compiler(connection=connection).as_sql()
    return Words(statement, tuple(places))


def _numbered(asks: Asks, place: int, columns: tuple[str, ...]) -> Any:  # noqa: ANN401 - any QuerySet
    rows = asks(_CLIENT, _AT).order_by().annotate(asked=Value(place, output_field=IntegerField()))
    return rows.values_list("asked", *columns)


def facts_known_at(
    kinds: Sequence[type[Fact]], client: int, at: datetime
) -> tuple[tuple[Any, ...], ...]:
    """This function will read what each of these books says about a client at an instant, as core values, oldest first.

    One tuple for each book, in the order they are named.
    """
    if not kinds:
        return ()
    found: list[list[tuple[int, str]]] = [[] for _ in kinds]
    for place, key, payload in _known(tuple(kinds), connection.vendor).ask(client, at):
        found[place].append((key, payload))
    return tuple(_values(kind, rows) for kind, rows in zip(kinds, found, strict=True))


def _values(kind: type[Fact], rows: list[tuple[int, str]]) -> tuple[Any, ...]:
    rows.sort()
    read: Any = kind.from_db
    return tuple(read(connection.alias, _COLUMNS, row).to_core() for row in rows)


@cache
def _known(kinds: tuple[type[Fact], ...], vendor: str) -> Words:  # noqa: ARG001 - each engine has words of its own
    return together([_of_book(kind) for kind in kinds], *_COLUMNS)


def _of_book(kind: Any) -> Asks:  # noqa: ANN401 - any book, as Django types its managers
    return lambda client, at: kind.objects.of_client(client).known_at(at)

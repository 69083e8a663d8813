"""The columns questions are asked by, against the value each row keeps: one altered column is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundrules.records.book import Fact
from groundrules.records.typed_json import StoredValueDamaged
from groundrules.services.filing import SHELVES
from groundrules.services.index import CardIndex, UnknownCard
from groundrules.services.shelf import Shelf

_BY_BOOK: dict[type, Shelf] = {shelf.book: shelf for shelf in SHELVES.values()}


def wrong_columns(row: Fact, cards: CardIndex) -> Iterator[str]:
    """This function will say what in a row's columns is not what its value says; books without a shelf say nothing."""
    shelf = _BY_BOOK.get(type(row))
    if shelf is None:
        return
    try:
        value = row.to_core()  # type: ignore[attr-defined]  # every book of a shelf has it
        expected = {"ref": shelf.ref(value), **shelf.columns(value, cards)}
    except (StoredValueDamaged, UnknownCard, ValueError, TypeError, LookupError) as problem:
        yield f"its columns cannot be compared with its content: {problem}"
        return
    wrong = sorted(name for name, should in expected.items() if not _same(row, name, should))
    if wrong:
        yield f"its content is intact, but its columns do not repeat it: {', '.join(wrong)}"


def _same(row: Fact, name: str, should: Any) -> bool:  # noqa: ANN401 - a column of any kind
    """A row that is pointed at may have been superseded since, so another fact is compared by its reference."""
    if isinstance(should, Fact):
        return bool(getattr(row, name).ref == should.ref)
    if hasattr(should, "pk"):
        return bool(getattr(row, f"{name}_id") == should.pk)
    return bool(getattr(row, name) == should)

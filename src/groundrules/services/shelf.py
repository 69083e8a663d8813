"""One shelf: how values of one core type are kept in their book."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from groundrules.core.periods import utc
from groundrules.records.book import REF_LENGTH
from groundrules.services.index import CardIndex

_SHORT = 12


def differs(old: object, new: object) -> bool:
    """This function will say that any other value is news."""
    return old != new


def never(_old: object, _new: object) -> bool:
    """This function will say that what was once written is never news again."""
    return False


@dataclass(frozen=True, slots=True)
class Shelf:
    """The book, the reference people quote, the columns questions need, and when a second value is news."""

    book: Any
    ref: Callable[[Any], str]
    columns: Callable[[Any, CardIndex], Mapping[str, Any]]
    is_news: Callable[[Any, Any], bool] = differs


def reference(*parts: object) -> str:
    """This function will make a reference of what identifies a value without an id of its own."""
    text = "|".join(_said(part) for part in parts)
    return (
        text
        if len(text) <= REF_LENGTH
        else f"{text[: REF_LENGTH - _SHORT - 1]}~{short_digest(text)}"
    )


def short_digest(text: str) -> str:
    """This function will return 48 bits of a text's SHA-256, upper case, for references people type."""
    return hashlib.sha256(text.encode()).hexdigest()[:_SHORT].upper()


def _said(part: object) -> str:
    if isinstance(part, datetime):
        return utc(part).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return part.isoformat() if isinstance(part, date) else str(part)

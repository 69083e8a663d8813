"""What a client is told of a period, as a value: numbers, and the records behind each.

It is worked out in `answers`; books, pages, PDF and mail only keep and show it, and need nothing else of the core.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from groundrules.core.value import ValueReport


@dataclass(frozen=True, slots=True)
class Item:
    """One record behind a number: its kind and reference, when, and what it says."""

    kind: str
    ref: str
    day: date
    says: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One number of what was done, in words, and the list behind it; `not_counted` are of its kind but not proven."""

    name: str
    says: str
    items: tuple[Item, ...]
    not_counted: int = 0


@dataclass(frozen=True, slots=True)
class ClientReport:
    """The whole report of the half-open local days `[first, end)`; `short` is what is read first."""

    client: str
    zone: str
    currency: str
    first: date
    end: date
    subject: str
    short: tuple[str, ...]
    value: ValueReport
    outcomes: tuple[Outcome, ...]
    asks: tuple[Item, ...]
    incomplete: tuple[str, ...]

"""One cut over all clients: what each vendor, role or person comes to in all relationships together, by month.

Amounts of different currencies are never added: each currency has rows of its own. Where too few hours are costed the
money of a row is refused with the reason; its hours are shown all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.ids import ClientId
from groundrules.core.money import Money, total
from groundrules.core.profitability.cuts import NOWHERE, Book, Cut, CutBy, Piece, cut
from groundrules.core.profitability.facts import percent
from groundrules.core.profitability.relationship import Scope

# Keys of the others mean something at one client only.
WAYS = (CutBy.VENDOR, CutBy.ROLE, CutBy.TECHNICIAN, CutBy.MONTH)


@dataclass(frozen=True, slots=True)
class Part:
    """One client's part of a row."""

    client: ClientId
    name: str
    row: Cut


@dataclass(frozen=True, slots=True)
class Across:
    """One row over all clients. `months` are the hours by month; `refused` says why its money is not shown.

    `margin` is everybody's gross margin, `without` the same without this row's hours and what was charged for them.
    """

    key: str
    currency: str
    whole: Cut
    parts: tuple[Part, ...]
    months: tuple[int, ...]
    margin: Fraction | None
    without: Fraction | None
    refused: str = ""

    @property
    def loss(self) -> Money:
        """What its hours cost beyond what was charged for them; below nothing when they earned more."""
        return self.whole.labour - self.whole.revenue


def across(
    found: Iterable[tuple[Scope, Book]], by: CutBy, least_share: Fraction
) -> tuple[Across, ...]:
    """This function will cut all clients' books one way, the dearest row first; months stay in their order."""
    known = list(found)
    rows: list[Across] = []
    for currency in sorted({book.currency for _, book in known}):
        rows += _in_currency([one for one in known if one[1].currency == currency], by, least_share)
    return tuple(rows if by is CutBy.MONTH else sorted(rows, key=_dearest))


def _dearest(row: Across) -> tuple[bool, int, str]:
    return row.key == NOWHERE, -(row.whole.labour.minor + row.whole.forgone.minor), row.key


def _in_currency(found: list[tuple[Scope, Book]], by: CutBy, least_share: Fraction) -> list[Across]:
    currency = found[0][1].currency
    parts: dict[str, list[Part]] = {}
    for scope, book in found:
        for row in cut(book, by):
            parts.setdefault(row.key, []).append(Part(scope.client, scope.name, row))
    everything = _sum("", [p.row for ps in parts.values() for p in ps], currency)
    keys = sorted(parts, key=lambda key: (key == NOWHERE, key))
    return [_row(key, parts[key], everything, found, (by, least_share)) for key in keys]


def _row(
    key: str,
    parts: list[Part],
    everything: Cut,
    found: list[tuple[Scope, Book]],
    how: tuple[CutBy, Fraction],
) -> Across:
    by, least_share = how
    whole = _sum(key, [part.row for part in parts], everything.revenue.currency)
    parts = sorted(parts, key=lambda part: (-part.row.labour.minor, -part.row.seconds, part.name))
    return Across(
        key=key,
        currency=everything.revenue.currency,
        whole=whole,
        parts=tuple(parts),
        months=_by_month(key, by, found),
        margin=everything.margin,
        without=_without(everything, whole) if key != NOWHERE else None,
        refused=_refusal(whole, least_share),
    )


def _sum(key: str, rows: list[Cut], currency: str) -> Cut:
    return Cut(
        key=key,
        revenue=total([row.revenue for row in rows], currency),
        tools=total([row.tools for row in rows], currency),
        labour=total([row.labour for row in rows], currency),
        seconds=sum(row.seconds for row in rows),
        reactive_seconds=sum(row.reactive_seconds for row in rows),
        uncosted_seconds=sum(row.uncosted_seconds for row in rows),
        forgone=total([row.forgone for row in rows], currency),
        entries=tuple(entry for row in rows for entry in row.entries),
    )


def _without(everything: Cut, row: Cut) -> Fraction | None:
    revenue = everything.revenue - row.revenue
    if revenue.minor <= 0:
        return None
    profit = everything.gross_profit - row.revenue + row.labour
    return Fraction(profit.minor, revenue.minor)


_KEYS: dict[CutBy, Callable[[Piece], str]] = {
    CutBy.VENDOR: lambda piece: str(piece.work.vendor or NOWHERE),
    CutBy.ROLE: lambda piece: piece.role,
    CutBy.TECHNICIAN: lambda piece: str(piece.technician),
    CutBy.MONTH: lambda piece: f"{piece.day:%Y-%m}",
}


def _by_month(key: str, by: CutBy, found: list[tuple[Scope, Book]]) -> tuple[int, ...]:
    seconds = {f"{month:%Y-%m}": 0 for scope, _ in found for month in scope.months}
    for _, book in found:
        for piece in book.pieces:
            if _KEYS[by](piece) == key:
                seconds[f"{piece.day:%Y-%m}"] += piece.work.seconds
    return tuple(seconds[month] for month in sorted(seconds))


def _refusal(row: Cut, least_share: Fraction) -> str:
    if not row.seconds:
        return ""
    costed = Fraction(row.seconds - row.uncosted_seconds, row.seconds)
    if costed >= least_share:
        return ""
    return (
        f"No cost rate is on record for {duration_words(row.uncosted_seconds)} of "
        f"{duration_words(row.seconds)} ({percent(costed)} costed, {percent(least_share)} needed)."
    )

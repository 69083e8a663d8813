"""One period cut in several ways: by agreement version, server, vendor, role, person or month. Every cut adds up to the
whole, because what belongs nowhere has a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from groundrules.core.ids import AssetId, ClientId, TechnicianId, TimeEntryId, VendorId
from groundrules.core.money import Money, total
from groundrules.core.profitability.facts import Worked

NOWHERE = ""
Item = TypeVar("Item")


class CutBy(StrEnum):
    """The ways a period can be cut."""

    MONTH = "month"
    AGREEMENT = "agreement"
    SERVER = "server"
    VENDOR = "vendor"
    ROLE = "role"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Piece:
    """One time entry with its place: day, person, server and agreement version (`MSA v2`)."""

    work: Worked
    client: ClientId
    day: date
    technician: TechnicianId
    role: str
    asset: AssetId | None = None
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class Earned:
    """One amount earned (a credit is negative): a fee, or what was charged for work; `ref` opens it."""

    client: ClientId
    day: date
    amount: Money
    ref: str
    is_fee: bool
    asset: AssetId | None = None
    vendor: VendorId | None = None
    agreement: str = ""
    technician: TechnicianId | None = None
    role: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything of one client and period: work, what was earned, and tools by month and server."""

    currency: str
    pieces: tuple[Piece, ...]
    earned: tuple[Earned, ...]
    tools: Mapping[tuple[date, AssetId | None], Money]


@dataclass(frozen=True, slots=True)
class Cut:
    """One row of a cut. `key` is NOWHERE for what belongs to none of the others."""

    key: str
    revenue: Money
    tools: Money
    labour: Money
    seconds: int
    reactive_seconds: int
    uncosted_seconds: int
    forgone: Money
    entries: tuple[TimeEntryId, ...]

    @property
    def gross_profit(self) -> Money:
        """Revenue less tools and labour."""
        return self.revenue - self.tools - self.labour

    @property
    def margin(self) -> Fraction | None:
        """Gross profit over revenue, None without revenue."""
        if self.revenue.minor <= 0:
            return None
        return Fraction(self.gross_profit.minor, self.revenue.minor)


@dataclass(frozen=True, slots=True)
class _Keys:
    piece: Callable[[Piece], str]
    earned: Callable[[Earned], str]
    tool: Callable[[tuple[date, AssetId | None]], str]


def _nowhere(_: object) -> str:
    return NOWHERE


_KEYS: Mapping[CutBy, _Keys] = {
    CutBy.MONTH: _Keys(
        lambda p: f"{p.day:%Y-%m}", lambda e: f"{e.day:%Y-%m}", lambda t: f"{t[0]:%Y-%m}"
    ),
    CutBy.AGREEMENT: _Keys(lambda p: p.agreement, lambda e: e.agreement, _nowhere),
    CutBy.SERVER: _Keys(
        lambda p: p.asset or NOWHERE, lambda e: e.asset or NOWHERE, lambda t: t[1] or NOWHERE
    ),
    CutBy.VENDOR: _Keys(
        lambda p: p.work.vendor or NOWHERE, lambda e: e.vendor or NOWHERE, _nowhere
    ),
    CutBy.ROLE: _Keys(lambda p: p.role, lambda e: e.role, _nowhere),
    CutBy.TECHNICIAN: _Keys(lambda p: p.technician, lambda e: e.technician or NOWHERE, _nowhere),
}


def cut(book: Book, by: CutBy) -> tuple[Cut, ...]:
    """This function will cut a period one way, in the order of the keys; what belongs nowhere stands last."""
    keys = _KEYS[by]
    pieces = _grouped(book.pieces, keys.piece)
    earned = _grouped(book.earned, keys.earned)
    tools = _grouped(book.tools.items(), lambda item: keys.tool(item[0]))
    names = sorted({*pieces, *earned, *tools}, key=lambda name: (name == NOWHERE, name))
    return tuple(
        _row(
            name,
            book.currency,
            (pieces.get(name, []), earned.get(name, []), [m for _, m in tools.get(name, [])]),
        )
        for name in names
    )


def _grouped(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def _row(name: str, currency: str, parts: tuple[list[Piece], list[Earned], list[Money]]) -> Cut:
    pieces, earned, tools = parts
    work = [piece.work for piece in pieces]
    return Cut(
        key=name,
        revenue=total([e.amount for e in earned], currency),
        tools=total(tools, currency),
        labour=total([w.cost for w in work if w.cost is not None], currency),
        seconds=sum(w.seconds for w in work),
        reactive_seconds=sum(w.seconds for w in work if not w.proactive),
        uncosted_seconds=sum(w.seconds for w in work if w.cost is None),
        forgone=total([w.forgone for w in work], currency),
        entries=tuple(w.entry for w in work),
    )

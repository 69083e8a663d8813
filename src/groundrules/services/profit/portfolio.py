"""Every relationship of a span of months, judged, worst first; and one of them with all its cuts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import count

from django.db.models import Count, Max

from groundrules.core.ids import AssetId, ClientId
from groundrules.core.invoices.answers import LineKind
from groundrules.core.money import Money
from groundrules.core.periods import local_date
from groundrules.core.profitability.assumptions import (
    AssumptionKind,
    Assumptions,
    tools_cost,
)
from groundrules.core.profitability.cuts import Book, Cut, CutBy, Piece, cut
from groundrules.core.profitability.relationship import Relationship, Scope, Word, judge
from groundrules.records import models as books
from groundrules.services.profit.assumptions import standing
from groundrules.services.profit.gathering import (
    Days,
    Who,
    earned_of,
    pieces_of,
    vendor_names,
    who_of,
)
from groundrules.services.profit.unlogged import unlogged_seconds

_YEAR = 12
_HOUR = 3600
_FIRST_YEAR, _LAST_YEAR = 1990, 2200


class BadPeriod(ValueError):
    """A span of months ends before it begins, or a month is not written as one."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months: the first day of the first, and the first day after the last."""

    first: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.first or self.first.day != 1 or self.end.day != 1:
            message = (
                f"{self.first} to {self.end} is no span of whole months; begin and end on a first"
            )
            raise BadPeriod(message)

    @property
    def months(self) -> tuple[date, ...]:
        """The first day of each month."""
        found = (next_month(self.first, n) for n in count())
        return tuple(iter(lambda: next(found), self.end))

    @classmethod
    def of(cls, first: str, last: str) -> Span:
        """This function will read two months written `2026-03`; the last is included. Raises BadPeriod."""
        return cls(_month(first), next_month(_month(last), 1))


def _month(text: str) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError as wrong:
        message = f"{text!r} is no month; write it as 2026-03"
        raise BadPeriod(message) from wrong
    if not _FIRST_YEAR <= month.year <= _LAST_YEAR:
        message = f"{text} is out of range; choose a month from {_FIRST_YEAR} to {_LAST_YEAR}"
        raise BadPeriod(message)
    return month


def next_month(month: date, ahead: int) -> date:
    """This function will return the first day of the month so many ahead (negative: back)."""
    year, place = divmod(month.year * _YEAR + month.month - 1 + ahead, _YEAR)
    return date(year, place + 1, 1)


def last_months(at: datetime, months: int = _YEAR) -> Span:
    """This function will return the last whole months that were billed, by the provider's calendar.

    A month whose fees nobody billed yet would look like a loss.
    """
    provider = books.Provider.objects.order_by("pk").first()
    end = local_date(provider.zone if provider else "UTC", at).replace(day=1)
    fees = books.FeeBilled.objects.filter(month__lt=end).aggregate(newest=Max("month"))
    lines = books.IssuedLine.objects.filter(kind=LineKind.FEE.value, service_day__lt=end).aggregate(
        newest=Max("service_day")
    )
    billed = [found["newest"] for found in (fees, lines) if found["newest"] is not None]
    if billed:
        end = next_month(max(billed), 1)
    return Span(next_month(end, -months), end)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What people had and used: hours at clients over hours available. `share` is None where no hours are stated.

    Below `wanted`, hours that are paid are sold to nobody.
    """

    subject: str
    seconds: int
    available: Fraction
    share: Fraction | None
    wanted: Fraction
    technician: str = ""
    role: str = ""

    @property
    def is_low(self) -> bool:
        """True where less of the hours available was worked at clients than is wanted."""
        return self.share is not None and self.share < self.wanted


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Every relationship of a span, worst first; unattributed and uncosted time beside them, never inside a number."""

    span: Span
    relationships: tuple[Relationship, ...]
    assumptions: Assumptions
    utilisation: tuple[Capacity, ...]


@dataclass(frozen=True, slots=True)
class Detail:
    """One relationship with its cuts, and the book they are cut from."""

    relationship: Relationship
    cuts: dict[CutBy, tuple[Cut, ...]]
    book: Book
    assumptions: Assumptions


_URGENCY = {word: place for place, word in enumerate(Word)}


def portfolio(span: Span, *, at: datetime) -> Portfolio:
    """This function will judge every client's relationship over whole months, worst first."""
    clients = list(books.Client.objects.order_by("name", "pk"))
    assumptions = standing(at)
    gathered = gather(clients, span, assumptions, at)
    judged = [judge(book, scope, assumptions) for scope, book in gathered]
    return Portfolio(
        span,
        tuple(sorted(judged, key=_rank)),
        assumptions,
        utilisation([p for _, book in gathered for p in book.pieces], span, assumptions),
    )


def _rank(one: Relationship) -> tuple[object, ...]:
    """By what the money says, then by how much is lost; never by revenue."""
    profit = one.answer.measures.gross_profit.minor if one.answer else 0
    return _URGENCY[one.word], profit, one.scope.name


def relationship(client: books.Client, span: Span, *, at: datetime) -> Detail:
    """This function will judge one relationship and cut it every way."""
    assumptions = standing(at)
    ((scope, book),) = gather([client], span, assumptions, at)
    return Detail(
        judge(book, scope, assumptions),
        {by: cut(book, by) for by in CutBy},
        book,
        assumptions,
    )


def gather(
    clients: Iterable[books.Client], span: Span, assumptions: Assumptions, at: datetime
) -> list[tuple[Scope, Book]]:
    """This function will gather each client's scope and book, in a fixed number of queries."""
    days = Days(span.first, span.end, at)
    whose = who_of(clients, assumptions)
    pieces = pieces_of(whose, days)
    earned = earned_of(whose, days, pieces)
    unlogged = unlogged_seconds(whose, days)
    vendors = vendor_names()
    endpoints = dict(
        books.Client.objects.annotate(found=Count("assets")).values_list("pk", "found")
    )
    found = []
    for pk, who in whose.items():
        scope = Scope(
            client=ClientId(who.client.code),
            name=who.client.name,
            months=span.months,
            endpoints=endpoints[pk],
            hourly=who.hourly_on(span.end - timedelta(days=1)),
            unlogged_seconds=unlogged.get(pk, 0),
            vendors=vendors,
        )
        book = Book(
            currency=who.client.currency,
            pieces=tuple(pieces.get(pk, ())),
            earned=tuple(earned.get(pk, ())),
            tools=_tools(who, span, assumptions),
        )
        found.append((scope, book))
    return found


def _tools(
    who: Who, span: Span, assumptions: Assumptions
) -> dict[tuple[date, AssetId | None], Money]:
    code, currency = ClientId(who.client.code), who.client.currency
    return {
        (month, asset): amount
        for month in span.months
        for asset, amount in tools_cost(assumptions, code, (month,), currency).items()
    }


def utilisation(pieces: list[Piece], span: Span, assumptions: Assumptions) -> tuple[Capacity, ...]:
    """This function will set hours at clients against the hours available that are stated for a person or a role."""
    worked: dict[tuple[str, str], int] = {}
    for piece in pieces:
        key = (str(piece.technician), piece.role)
        worked[key] = worked.get(key, 0) + piece.work.seconds
    return tuple(
        _capacity(key, seconds, span, assumptions) for key, seconds in sorted(worked.items())
    )


def _capacity(who: tuple[str, str], seconds: int, span: Span, assumptions: Assumptions) -> Capacity:
    code, role = who
    hours = Fraction(0)
    for month in span.months:
        own = assumptions.number(
            AssumptionKind.HOURS_AVAILABLE, month, subject=f"technician:{code}"
        )
        hours += own or assumptions.number(
            AssumptionKind.HOURS_AVAILABLE, month, subject=f"role:{role}"
        )
    share = Fraction(seconds, _HOUR) / hours if hours else None
    wanted = assumptions.number(AssumptionKind.UTILISATION, span.months[-1])
    return Capacity(f"{code} ({role})", seconds, hours, share, wanted, code, role)

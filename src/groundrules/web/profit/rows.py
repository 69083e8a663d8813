"""Relationships as rows of a page and of its CSV: the same cells, in the same order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse

from groundrules.core.profitability.cuts import Cut
from groundrules.core.profitability.relationship import Relationship
from groundrules.core.profitability.words import hours, share
from groundrules.services.profit import Portfolio, Span
from groundrules.web.plots.drawing import Trend, trend
from groundrules.web.tables.kit import csv_answer


@dataclass(frozen=True, slots=True)
class Row:
    """One relationship as it is shown."""

    one: Relationship
    href: str
    margin: str
    rate: str
    profit: str
    net: str
    trend: Trend

    @property
    def word_class(self) -> str:
        """The word as the ending of a class."""
        return self.one.word.value.replace(" ", "_").replace("'", "")

    @property
    def hours(self) -> str:
        """The hours worked."""
        return hours(self.one.quality.seconds)


_Key = Callable[[Row], object]


def _profit_key(row: Row) -> int:
    return row.one.answer.measures.gross_profit.minor if row.one.answer else 0


def _margin_key(row: Row) -> Fraction:
    answer = row.one.answer
    return answer.measures.margin or Fraction(-99) if answer else Fraction(99)


def _rate_key(row: Row) -> int:
    answer = row.one.answer
    found = answer.measures.hourly_rate if answer else None
    return found.minor if found else 0


SORTS: dict[str, tuple[str, _Key]] = {
    "client": ("Client", lambda r: r.one.scope.name),
    "word": ("What it is", lambda r: r.one.word.value),
    "fees": ("Fees", lambda r: r.one.fees.minor),
    "revenue": ("Revenue", lambda r: r.one.revenue.minor),
    "profit": ("Gross profit", _profit_key),
    "margin": ("Margin", _margin_key),
    "rate": ("Per hour", _rate_key),
    "hours": ("Hours", lambda r: r.one.quality.seconds),
}
_NUMBERS = {"fees", "revenue", "profit", "margin", "rate", "hours"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading with its sort link."""

    key: str
    label: str
    href: str
    sorted: str
    is_number: bool


def span_query(span: Span) -> str:
    """This function will write a span as the end of an address."""
    return urlencode({"from": f"{span.first:%Y-%m}", "to": f"{span.months[-1]:%Y-%m}"})


def row_of(one: Relationship, span: Span) -> Row:
    """This function will prepare one relationship for drawing."""
    href = f"{reverse('web:profit-client', args=[one.scope.client])}?{span_query(span)}"
    shares = [month.margin for month in one.months]
    says = "; ".join(f"{month.key} {share(month.margin)}" for month in one.months)
    drawn = trend(shares, f"Gross margin by month: {says}")
    if one.answer is None:
        return Row(one, href, "-", "-", "-", "-", drawn)
    m = one.answer.measures
    net = share(one.answer.net_of[0].measures.margin) if one.answer.net_of else "-"
    return Row(
        one, href, share(m.margin), str(m.hourly_rate or "-"), str(m.gross_profit), net, drawn
    )


def rows_of(found: Portfolio, request: HttpRequest) -> tuple[Row, ...]:
    """This function will prepare every relationship, narrowed and ordered as the address asks, else worst first."""
    text = request.GET.get("client", "").strip().casefold()
    word = request.GET.get("word", "").strip()
    rows = [
        row_of(one, found.span)
        for one in found.relationships
        if text in one.scope.name.casefold() and word in {"", one.word.value}
    ]
    asked = request.GET.get("sort", "")
    if asked.lstrip("-") in SORTS:
        key = SORTS[asked.lstrip("-")][1]
        rows.sort(key=key, reverse=asked.startswith("-"))  # type: ignore[arg-type]  # each key is of one type
    return tuple(rows)


def headings(request: HttpRequest) -> tuple[Heading, ...]:
    """This function will write the headings with their sort links, keeping every other part of the address."""
    asked = request.GET.get("sort", "")
    kept = {key: value for key, value in request.GET.items() if key not in {"sort", "format"}}
    drawn = []
    for key, (label, _) in SORTS.items():
        state = {key: "ascending", f"-{key}": "descending"}.get(asked, "")
        href = "?" + urlencode({**kept, "sort": f"-{key}" if asked == key else key})
        drawn.append(Heading(key, label, href, state, key in _NUMBERS))
    return tuple(drawn)


_COLUMNS = (
    "Client",
    "Code",
    "What it is",
    "Fees",
    "Revenue",
    "Tools",
    "Labour",
    "Gross profit",
    "Margin",
    "Per hour",
    "Hours",
    "Hours without a cost rate",
    "Margin without the dearest vendor",
    "Driver",
)


def portfolio_csv(rows: tuple[Row, ...]) -> StreamingHttpResponse:
    """This function will answer with the rows on the page as CSV; amounts are as shown, with their currency."""
    lines = (_cells(row) for row in rows)
    return csv_answer("relationships", _COLUMNS, lines)


def _cells(row: Row) -> tuple[str, ...]:
    one = row.one
    labour = str(one.answer.measures.labour) if one.answer else ""
    return (
        one.scope.name,
        one.scope.client,
        one.word.value,
        str(one.fees),
        str(one.revenue),
        str(one.tools),
        labour,
        row.profit,
        row.margin,
        row.rate,
        row.hours,
        hours(one.quality.uncosted_seconds),
        row.net,
        one.driver,
    )


CUT_COLUMNS = (
    "",
    "Revenue",
    "Tools",
    "Labour",
    "Gross profit",
    "Margin",
    "Hours",
    "Reactive",
    "Uncosted",
    "Not charged",
)


def cut_cells(cut: Cut, name: str) -> tuple[str, ...]:
    """This function will write one row of a cut."""
    return (
        name,
        str(cut.revenue),
        str(cut.tools),
        str(cut.labour),
        str(cut.gross_profit),
        share(cut.margin),
        hours(cut.seconds),
        hours(cut.reactive_seconds),
        hours(cut.uncosted_seconds),
        str(cut.forgone),
    )

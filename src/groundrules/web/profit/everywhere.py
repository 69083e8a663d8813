"""What each vendor, role, person or month comes to over all clients: a table that opens into a row's clients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from groundrules.core.profitability.across import WAYS, Across
from groundrules.core.profitability.cuts import CutBy
from groundrules.core.profitability.words import hours, share
from groundrules.services import profit
from groundrules.web.access import area
from groundrules.web.plots.drawing import Trend, trend
from groundrules.web.profit.rows import span_query
from groundrules.web.profit.views import span_of
from groundrules.web.tables.kit import csv_answer

_HOUR = 3600
_NOWHERE = {
    CutBy.VENDOR: "no vendor's change",
    CutBy.ROLE: "fees, for nobody's hours alone",
    CutBy.TECHNICIAN: "fees, for nobody's hours alone",
}
_COLUMNS = ("Clients", "Hours", "Reactive", "Uncosted", "Cost", "Charged", "Not charged")
_LAST = {
    CutBy.VENDOR: "Margin of all without it",
    CutBy.ROLE: "Utilisation",
    CutBy.TECHNICIAN: "Utilisation",
    CutBy.MONTH: "Gross margin",
}


@dataclass(frozen=True, slots=True)
class ShownPart:
    """One client behind a row, and the work of it."""

    name: str
    href: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row: its name, its cells in the order of the columns, its hours by month, and the clients behind it."""

    name: str
    cells: tuple[str, ...]
    refused: str
    drawn: Trend
    parts: tuple[ShownPart, ...]


@area("profit")
@require_safe
def across(request: HttpRequest, by: str) -> HttpResponseBase:
    """All clients cut by vendor, role, technician or month."""
    if by not in {way.value for way in WAYS}:
        message = f"Relationships are not cut by {by}."
        raise Http404(message)
    way = CutBy(by)
    found = profit.everywhere(span_of(request), way, at=timezone.now())
    rows = [_shown(row, found) for row in found.rows]
    columns = (*_COLUMNS, _LAST[way])
    if request.GET.get("format") == "csv":
        return csv_answer(f"relationships-by-{by}", (by, *columns), _csv(rows))
    query = span_query(found.span)
    context = {
        "span": found.span,
        "by": by,
        "ways": [
            (each.value, f"{reverse('web:profit-across', args=[each.value])}?{query}")
            for each in WAYS
        ],
        "columns": columns,
        "rows": rows,
        "months": query,
        "headline": _headline(found, rows),
        "margin": share(found.rows[0].margin) if found.rows else "-",
        "uncosted": hours(found.uncosted_seconds),
        "unattributed": hours(found.unattributed_seconds),
        "unlogged": hours(found.unlogged_seconds),
    }
    return render(request, "web/profit/across.html", context)


def _name(found: profit.Everywhere, row: Across) -> str:
    return found.names.get(row.key, row.key) if row.key else _NOWHERE.get(found.by, "nowhere")


def _shown(row: Across, found: profit.Everywhere) -> ShownRow:
    work = urlencode({"by": found.by.value, "key": row.key})
    parts = tuple(
        ShownPart(
            part.name,
            f"{reverse('web:profit-work', args=[part.client])}?{span_query(found.span)}&{work}",
            (hours(part.row.seconds), str(part.row.labour), str(part.row.forgone)),
        )
        for part in row.parts
        if part.row.seconds or part.row.revenue.minor
    )
    says = "; ".join(
        f"{month:%Y-%m} {hours(seconds)}"
        for month, seconds in zip(found.span.months, row.months, strict=True)
    )
    line = trend([Fraction(seconds, _HOUR) for seconds in row.months], f"Hours by month: {says}")
    return ShownRow(_name(found, row), _cells(row, found, len(parts)), row.refused, line, parts)


def _cells(row: Across, found: profit.Everywhere, clients: int) -> tuple[str, ...]:
    whole = row.whole
    money = (str(whole.labour), str(whole.revenue), str(whole.forgone))
    return (
        str(clients),
        hours(whole.seconds),
        hours(whole.reactive_seconds),
        hours(whole.uncosted_seconds),
        *(money if not row.refused else ("can't tell", money[1], money[2])),
        _last(row, found),
    )


def _last(row: Across, found: profit.Everywhere) -> str:
    if found.by in {CutBy.ROLE, CutBy.TECHNICIAN}:
        return share(found.used.get(row.key))
    if row.refused:
        return "can't tell"
    return share(row.whole.margin if found.by is CutBy.MONTH else row.without)


def _headline(found: profit.Everywhere, rows: list[ShownRow]) -> str:
    """The dearest row in a sentence; for vendors only those whose changes are established."""
    named = [(row, shown) for row, shown in zip(found.rows, rows, strict=True) if row.key]
    if not named:
        return "No hours of these months belong to any."
    row, shown = max(
        named, key=lambda pair: pair[0].whole.labour.minor + pair[0].whole.forgone.minor
    )
    where = "1 client" if len(shown.parts) == 1 else f"{len(shown.parts)} clients"
    if found.by is CutBy.VENDOR:
        return (
            f"{shown.name} took {hours(row.whole.seconds)} at {where}: {row.whole.labour} of cost, "
            f"{row.whole.revenue} charged, {row.whole.forgone} not charged."
        )
    return f"{shown.name}: {hours(row.whole.seconds)} at {where}, {row.whole.labour} of cost."


def _csv(rows: list[ShownRow]) -> Iterator[tuple[str, ...]]:
    return ((row.name, *row.cells) for row in rows)

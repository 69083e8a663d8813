"""One table for every list. Filters, sort order, columns and page are orthogonal parts of the URL.

Changing columns never touches a filter, a link to a view shows the same view to somebody else, and the CSV holds
exactly the rows and columns on the screen (all pages), with formula injection defused.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from groundrules.core.cells import defused

Row = TypeVar("Row", bound=Model)

_BATCH = 500
_ROWS = 50


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: `text` gives what is read, `sort` the ORM path behind it, `link` where the cell leads.

    `kind` is how it is drawn (`text`, `number`, `state`, `outcome`, `strength`, `time`); `hidden` starts switched off.
    """

    key: str
    label: str
    text: Callable[[Row], str]
    sort: str = ""
    link: Callable[[Row], str] | None = None
    kind: str = "text"
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Filter(Generic[Row]):
    """One filter: a choice list or free text, and how it narrows the rows."""

    key: str
    label: str
    narrow: Callable[[QuerySet[Row], str], QuerySet[Row]]
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A list page's table: its columns, filters, order and the words shown when there is nothing.

    `prepare` gets the rows about to be drawn, all at once, and notes on each what its cells need: so that a column
    costs the same number of queries for five rows as for fifty. `star` says as what a row can be starred: client code,
    kind and reference; the star stands in the first cell, and not in the CSV.
    """

    name: str
    columns: tuple[Column[Row], ...]
    filters: tuple[Filter[Row], ...] = ()
    order: str = ""
    empty: str = "Nothing here yet."
    page_size: int = 50
    prepare: Callable[[Sequence[Row]], None] | None = None
    star: Callable[[Row], tuple[str, str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One drawn cell."""

    label: str
    text: str
    kind: str
    href: str = ""
    star: tuple[str, str, str] | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """One drawn column heading with its sort link and state."""

    label: str
    kind: str
    href: str = ""
    sorted: str = ""


@dataclass(frozen=True, slots=True)
class FilterControl:
    """One drawn filter with its present value."""

    key: str
    label: str
    value: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One entry of the column menu."""

    key: str
    label: str
    shown: bool


@dataclass(frozen=True, slots=True)
class TableView:
    """Everything the table template draws; built once per request."""

    name: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    filters: tuple[FilterControl, ...]
    choices: tuple[ColumnChoice, ...]
    total: int
    page: Any
    empty: str
    csv_href: str
    kept: tuple[tuple[str, str], ...]
    previous_href: str = ""
    next_href: str = ""
    filtered: bool = field(default=False)


def _given(request: HttpRequest, key: str) -> str:
    """A value of the URL; ticked boxes come as several values and are one list."""
    return ",".join(value for value in request.GET.getlist(key) if value)


def _link(request: HttpRequest, **changes: str) -> str:
    values = {key: _given(request, key) for key in request.GET}
    values.update(changes)
    return "?" + urlencode({key: value for key, value in values.items() if value})


def _shown(table: Table[Row], request: HttpRequest) -> tuple[Column[Row], ...]:
    keys = set(_given(request, "cols").split(","))
    chosen = tuple(c for c in table.columns if c.key in keys)
    return chosen or tuple(c for c in table.columns if not c.hidden)


def _narrowed(table: Table[Row], rows: QuerySet[Row], request: HttpRequest) -> QuerySet[Row]:
    for one in table.filters:
        value = request.GET.get(one.key, "").strip()
        if value:
            rows = one.narrow(rows, value)
    return rows


def _ordered(table: Table[Row], rows: QuerySet[Row], request: HttpRequest) -> QuerySet[Row]:
    asked = request.GET.get("sort", "")
    by_key = {c.key: c.sort for c in table.columns if c.sort}
    path = by_key.get(asked.lstrip("-"))
    if path:
        return rows.order_by(f"-{path}" if asked.startswith("-") else path, "pk")
    return rows.order_by(table.order, "pk") if table.order else rows.order_by("pk")


def _headings(
    request: HttpRequest, columns: Iterable[Column[Row]], order: str
) -> tuple[Heading, ...]:
    asked = request.GET.get("sort", order)
    drawn = []
    for column in columns:
        up = asked == column.key
        down = asked == f"-{column.key}"
        state = "ascending" if up else "descending" if down else ""
        href = _link(request, sort=f"-{column.key}" if up else column.key, page="")
        drawn.append(Heading(column.label, column.kind, href if column.sort else "", state))
    return tuple(drawn)


def _cells(row: Row, columns: Iterable[Column[Row]], table: Table[Row]) -> tuple[Cell, ...]:
    cells = [Cell(c.label, c.text(row), c.kind, c.link(row) if c.link else "") for c in columns]
    if cells and table.star is not None:
        cells[0] = replace(cells[0], star=table.star(row))
    return tuple(cells)


def _prepared(table: Table[Row], rows: Iterable[Row]) -> list[Row]:
    ready = list(rows)
    if table.prepare is not None and ready:
        table.prepare(ready)
    return ready


def table_view(table: Table[Row], rows: QuerySet[Row], request: HttpRequest) -> TableView:
    """This function will filter, sort, page and draw the rows as the URL asks."""
    columns = _shown(table, request)
    narrowed = _ordered(table, _narrowed(table, rows, request), request)
    page: Page[Row] = Paginator(narrowed, table.page_size).get_page(request.GET.get("page"))
    kept = tuple((key, value) for key in ("sort", "cols") if (value := _given(request, key)))
    return TableView(
        name=table.name,
        headings=_headings(request, columns, table.order),
        rows=tuple(_cells(row, columns, table) for row in _prepared(table, page.object_list)),
        filters=tuple(
            FilterControl(f.key, f.label, request.GET.get(f.key, ""), f.choices)
            for f in table.filters
        ),
        choices=tuple(ColumnChoice(c.key, c.label, c in columns) for c in table.columns),
        total=page.paginator.count,
        page=page,
        empty=table.empty,
        csv_href=_link(request, format="csv", page=""),
        kept=kept,
        previous_href=_link(request, page=str(page.number - 1)) if page.has_previous() else "",
        next_href=_link(request, page=str(page.number + 1)) if page.has_next() else "",
        filtered=any(request.GET.get(f.key) for f in table.filters),
    )


def paged(
    request: HttpRequest, rows: Sequence[Any] | QuerySet[Any], key: str, place: int | None = None
) -> Page[Any]:
    """This function will return the page of a list that `key` asks for in the address, fifty rows each.

    With a `place` (from 0) it is the page that row stands on.
    """
    asked = request.GET.get(key) if place is None else place // _ROWS + 1
    return Paginator(rows, _ROWS).get_page(asked)


class _Line:
    """A file-like place that gives back the line written to it."""

    def write(self, line: str) -> str:
        return line


def csv_answer(
    name: str, head: Iterable[str], rows: Iterable[Iterable[str]]
) -> StreamingHttpResponse:
    """This function will answer with a CSV file made row by row, formula injection defused."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield writer.writerow(head)
        for row in rows:
            yield writer.writerow([defused(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _csv_rows(
    table: Table[Row], rows: QuerySet[Row], request: HttpRequest
) -> Iterator[Iterable[str]]:
    """All pages: the same rows, order and columns as the screen."""
    columns = _shown(table, request)
    found = _ordered(table, _narrowed(table, rows, request), request).iterator(chunk_size=_BATCH)
    while batch := _prepared(table, islice(found, _BATCH)):
        for row in batch:
            yield [c.text(row) for c in columns]


def respond(
    request: HttpRequest,
    table: Table[Row],
    rows: QuerySet[Row],
    template: str,
    extra: dict[str, object] | None = None,
) -> HttpResponse | StreamingHttpResponse:
    """This function will answer a list page: the page, only its table for a fragment request, or the CSV."""
    if request.GET.get("format") == "csv":
        head = [column.label for column in _shown(table, request)]
        return csv_answer(table.name, head, _csv_rows(table, rows, request))
    view = table_view(table, rows, request)
    wanted = request.headers.get("HX-Target", "").removeprefix("div#")
    fragment = request.headers.get("HX-Request") == "true" and wanted == f"table-{table.name}"
    chosen = "web/parts/table.html" if fragment else template
    return render(request, chosen, {"table": view, **(extra or {})})

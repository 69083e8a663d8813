"""The owner's pages: every relationship, one of them, the work behind a figure, and the assumptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.ids import AssetId, ClientId
from groundrules.core.money import AmountTooFine, Money, UnknownCurrency
from groundrules.core.profitability.assumptions import (
    AMOUNTS,
    DEFAULTS,
    Assumption,
    AssumptionKind,
    AssumptionRefused,
)
from groundrules.core.profitability.cuts import CutBy, Earned, Piece
from groundrules.core.profitability.relationship import Relationship, Word
from groundrules.core.profitability.words import (
    KIND_WORDS,
    figures,
    hours,
    share,
    stated,
    two_places,
)
from groundrules.records.models import Client, Decision, Technician
from groundrules.services import profit
from groundrules.services.actor import NotAllowed
from groundrules.services.profit.portfolio import Detail
from groundrules.web.access import actor_of, area
from groundrules.web.plots.drawing import Amount, Bar, bars, stacked
from groundrules.web.profit.deciding import deciding_context
from groundrules.web.profit.rows import (
    CUT_COLUMNS,
    cut_cells,
    headings,
    portfolio_csv,
    row_of,
    rows_of,
    span_query,
)
from groundrules.web.tables.kit import csv_answer

_NOWHERE = "unattributed"
_STATED = ("What", "Value", "From", "About", "Client", "Server", "Source")
_DIGITS = 12


def span_of(request: HttpRequest) -> profit.Span:
    """This function will read the months an address asks for; the last billed year when it asks for none."""
    usual = profit.last_months(timezone.now())
    first = request.GET.get("from") or f"{usual.first:%Y-%m}"
    last = request.GET.get("to") or f"{usual.months[-1]:%Y-%m}"
    try:
        return profit.Span.of(first, last)
    except profit.BadPeriod as wrong:
        messages.error(request, f"{wrong}. The last billed year is shown instead.")
        return usual


@area("profit")
@require_safe
def relationships(request: HttpRequest) -> HttpResponseBase:
    """Every relationship, worst first; never ranked by revenue."""
    found = profit.portfolio(span_of(request), at=timezone.now())
    rows = rows_of(found, request)
    if request.GET.get("format") == "csv":
        return portfolio_csv(rows)
    people = dict(Technician.objects.values_list("code", "name"))
    context = {
        "span": found.span,
        "rows": rows,
        "headings": headings(request),
        "words": [word.value for word in Word],
        "word": request.GET.get("word", ""),
        "client": request.GET.get("client", ""),
        "csv": f"?{request.GET.urlencode()}&format=csv",
        "uncosted": hours(sum(r.one.quality.uncosted_seconds for r in rows)),
        "unattributed": hours(sum(r.one.quality.unattributed_seconds for r in rows)),
        "unlogged": hours(sum(r.one.quality.unlogged_seconds for r in rows)),
        "utilisation": [
            (
                f"{people.get(u.technician, u.technician)} ({u.role})",
                hours(u.seconds),
                share(u.share),
                share(u.wanted) if u.is_low else "",
            )
            for u in found.utilisation
        ],
        "headline": _headline(found.relationships),
    }
    return render(request, "web/profit/list.html", context)


def _headline(worst_first: tuple[Relationship, ...]) -> str:
    """The page's answer in one sentence: the worst relationship and what drives it, however the rows are sorted."""
    judged = [one for one in worst_first if one.answer is not None]
    if not judged:
        return "Nothing can be said yet: costs, fees or hours are missing."
    worst = judged[0]
    return f"{worst.scope.name} {worst.word.value}: {worst.driver}."


@dataclass(frozen=True, slots=True)
class ShownCut:
    """One cut as a table."""

    by: str
    rows: list[tuple[tuple[str, ...], str]]


@area("profit")
@require_safe
def relationship(request: HttpRequest, client: str) -> HttpResponseBase:
    """One relationship: measures with their working, where the hours went, net of each vendor, and one cut."""
    return client_page(request, get_object_or_404(Client, code=client))


def client_page(request: HttpRequest, row: Client, status: int = 200) -> HttpResponseBase:
    """This function will answer with one relationship's page; after a refusal with what was typed."""
    span = span_of(request)
    found = profit.relationship(row, span, at=timezone.now())
    asked = request.GET.get("by", CutBy.MONTH.value)
    by = CutBy(asked) if asked in set(CutBy) else CutBy.MONTH
    cut = _cut(found, by, span)
    if request.GET.get("format") == "csv":
        cells = (cells for cells, _ in cut.rows)
        return csv_answer(f"{row.code}-by-{by.value}", (by.value, *CUT_COLUMNS[1:]), cells)
    one = found.relationship
    context = {
        "owner": row,
        "span": span,
        "months": span_query(span),
        "row": row_of(one, span),
        "one": one,
        "figures": figures(one),
        "bars": _money_bars(found, span),
        "stack": hours_bar(found, span),
        "nets": _nets(found),
        "cut": cut,
        "columns": CUT_COLUMNS[1:],
        "cuts": [each.value for each in CutBy],
        "quality": _quality(found),
        **deciding_context(request, found),
    }
    return render(request, "web/profit/client.html", context, status=status)


def _name(found: Detail, by: CutBy, key: str) -> str:
    if not key:
        return _NOWHERE
    names = found.relationship.facts.names
    return names.get(key, key) if by is CutBy.VENDOR else key


def _cut(found: Detail, by: CutBy, span: profit.Span) -> ShownCut:
    rows = [
        (cut_cells(row, _name(found, by, row.key)), _work_page(found, span, by.value, row.key))
        for row in found.cuts[by]
    ]
    return ShownCut(by.value, rows)


def _work_page(found: Detail, span: profit.Span, by: str, key: str) -> str:
    page = reverse("web:profit-work", args=[found.relationship.scope.client])
    return f"{page}?{span_query(span)}&by={by}&key={key}"


def _money_bars(found: Detail, span: profit.Span) -> tuple[Bar, ...]:
    one = found.relationship
    currency = one.revenue.currency
    labour = sum(w.cost.minor for w in one.facts.work if w.cost is not None)
    cost = Money(labour + one.tools.minor, currency)
    page = _work_page(found, span, "", "")
    return bars(
        [
            Amount("Revenue", one.revenue.minor, str(one.revenue), "revenue", f"{page}#earned"),
            Amount("Cost", cost.minor, str(cost), "cost", page),
        ]
    )


def hours_bar(found: Detail, span: profit.Span) -> tuple[Bar, ...]:
    """This function will draw where the hours went: planned, repairs we found, and after each vendor's changes.

    Planned work after a vendor's change is planned: each hour stands in the bar once.
    """
    work = found.relationship.facts.work
    planned = sum(w.seconds for w in work if w.proactive)
    ours = sum(w.seconds for w in work if not w.proactive and w.vendor is None)
    by_vendor = [row for row in found.cuts[CutBy.VENDOR] if row.key]
    parts = [
        Amount("Proactive", planned, hours(planned), "planned"),
        Amount("Repairs", ours, hours(ours), "ours"),
        *(
            Amount(
                f"After changes of {_name(found, CutBy.VENDOR, row.key)}",
                row.reactive_seconds,
                hours(row.reactive_seconds),
                "vendor",
                _work_page(found, span, "vendor", row.key),
            )
            for row in by_vendor
        ),
    ]
    return stacked(parts)


def _nets(found: Detail) -> list[dict[str, object]]:
    one = found.relationship
    if one.answer is None:
        return []
    zero = Money.zero(one.revenue.currency)
    return [
        {
            "name": one.facts.names.get(net.cost.vendor, net.cost.vendor),
            "code": net.cost.vendor,
            "hours": hours(net.cost.seconds),
            "cost": net.cost.cost,
            "forgone": net.cost.forgone,
            "recovered": one.facts.earned_by_vendor.get(net.cost.vendor, zero),
            "margin": share(net.measures.margin),
            "rate": net.measures.hourly_rate or "-",
            "rhem": two_places(net.measures.rhem) if net.measures.rhem is not None else "-",
        }
        for net in one.answer.net_of
    ]


def _quality(found: Detail) -> list[str]:
    quality = found.relationship.quality
    return [
        f"{share(quality.costed_share)} of the hours have a cost rate; {hours(quality.uncosted_seconds)} have none.",
        f"{share(quality.logged_share)} of our time on servers is logged; {hours(quality.unlogged_seconds)} is not.",
        f"{hours(quality.unattributed_seconds)} belong to no server.",
    ]


@area("profit")
@require_safe
def work(request: HttpRequest, client: str) -> HttpResponseBase:
    """The time entries behind a figure, each opening its decision."""
    row = get_object_or_404(Client, code=client)
    span = span_of(request)
    found = profit.relationship(row, span, at=timezone.now())
    by, key = request.GET.get("by", ""), request.GET.get("key", "")
    pieces = [p for p in found.book.pieces if _belongs(p, by, key)]
    numbers = dict(Decision.objects.of_client(row).current().values_list("ref", "number"))
    rows = [_work_row(piece) for piece in pieces]
    earned = [e for e in found.book.earned if _is_earned(e, by, key)]
    if request.GET.get("format") == "csv":
        return csv_answer(f"{client}-work", _WORK_COLUMNS, iter(rows))
    context = {
        "owner": row,
        "span": span,
        "months": span_query(span),
        "columns": _WORK_COLUMNS,
        "rows": [
            (cells, numbers.get(piece.work.entry))
            for cells, piece in zip(rows, pieces, strict=True)
        ],
        "what": _what(found, by, key),
        "total": hours(sum(p.work.seconds for p in pieces)),
        "cost": Money(sum(p.work.cost.minor for p in pieces if p.work.cost), row.currency),
        "csv": f"?{request.GET.urlencode()}&format=csv",
        "earned": earned,
        "revenue": Money(sum(e.amount.minor for e in earned), row.currency),
    }
    return render(request, "web/profit/work.html", context)


_WORK_COLUMNS = ("Entry", "Day", "Who", "Server", "Kind", "Hours", "Cost", "After whose change")


def _work_row(piece: Piece) -> tuple[str, ...]:
    return (
        piece.work.entry,
        piece.day.isoformat(),
        f"{piece.technician} ({piece.role})",
        piece.asset or _NOWHERE,
        "proactive" if piece.work.proactive else "reactive",
        hours(piece.work.seconds),
        str(piece.work.cost) if piece.work.cost else "no cost rate",
        piece.work.vendor or "",
    )


def _belongs(piece: Piece, by: str, key: str) -> bool:
    keys = {
        "month": f"{piece.day:%Y-%m}",
        "agreement": piece.agreement,
        "server": piece.asset or "",
        "vendor": piece.work.vendor or "",
        "role": piece.role,
        "technician": str(piece.technician),
        "uncosted": "" if piece.work.cost is not None else "yes",
    }
    return by not in keys or keys[by] == key


def _is_earned(earned: Earned, by: str, key: str) -> bool:
    keys = {
        "month": f"{earned.day:%Y-%m}",
        "agreement": earned.agreement,
        "server": earned.asset or "",
        "vendor": earned.vendor or "",
        "role": earned.role,
        "technician": earned.technician or "",
        "uncosted": "",
    }
    return by not in keys or keys[by] == key


def _what(found: Detail, by: str, key: str) -> str:
    if by not in set(CutBy):
        return "without a cost rate" if by == "uncosted" else "all work"
    return f"{by} {_name(found, CutBy(by), key)}"


@area("profit")
@require_http_methods(["GET", "HEAD", "POST"])
def assumptions(request: HttpRequest) -> HttpResponseBase:
    """Every cost, target and benchmark with its source; an owner states another."""
    if request.method == "POST":
        try:
            statement = _statement(request)
            profit.state(statement, actor=actor_of(request), at=timezone.now())
        except (AssumptionRefused, AmountTooFine, UnknownCurrency, profit.UnknownSubject) as wrong:
            messages.error(request, f"Nothing was stated: {wrong}.")
        except NotAllowed as refused:
            messages.error(request, str(refused))
        else:
            messages.info(request, "On record. Every number from that day on follows it.")
            return redirect("web:profit-assumptions")
    rows = tuple(reversed(profit.standing(timezone.now()).stated))
    if request.GET.get("format") == "csv":
        return csv_answer("assumptions", _STATED, map(_stated, rows))
    context = {
        "stated": [
            (one, KIND_WORDS[one.kind], one.amount or stated(one.kind, one.number)) for one in rows
        ],
        "defaults": [(KIND_WORDS[k], stated(k, d.number), d.source) for k, d in DEFAULTS.items()],
        "kinds": [(kind.value, KIND_WORDS[kind], kind in AMOUNTS) for kind in AssumptionKind],
        "given": request.POST,
        "clients": Client.objects.order_by("name"),
    }
    return render(request, "web/profit/assumptions.html", context)


def _stated(one: Assumption) -> tuple[str, ...]:
    value = str(one.amount) if one.amount is not None else _plain(one.number)
    about = (one.subject, one.client or "every client", one.asset or "")
    return one.kind.value, value, one.first.isoformat(), *about, one.says


def _plain(number: Fraction | None) -> str:
    return str(Decimal(number.numerator) / Decimal(number.denominator)) if number else "0"


def _statement(request: HttpRequest) -> Assumption:
    given = {key: request.POST.get(key, "").strip() for key in _FIELDS}
    if given["kind"] not in set(AssumptionKind):
        message = f"{given['kind']!r} is nothing that can be stated"
        raise AssumptionRefused(message)
    kind = AssumptionKind(given["kind"])
    try:
        value, first = Decimal(given["value"].replace(",", "")), date.fromisoformat(given["first"])
    except (InvalidOperation, ValueError) as wrong:
        message = "write the value as 62.00 and the first day as 2026-03-01"
        raise AssumptionRefused(message) from wrong
    if not value.is_finite() or value.adjusted() >= _DIGITS:
        message = f"{given['value']!r} is no value that can be stated; write it as 62.00"
        raise AssumptionRefused(message)
    return Assumption(
        kind=kind,
        first=first,
        says=given["says"],
        subject=given["subject"],
        client=ClientId(given["client"]) if given["client"] else None,
        asset=AssetId(given["server"]) if given["server"] else None,
        amount=Money.of(value, given["currency"] or "USD") if kind in AMOUNTS else None,
        number=None if kind in AMOUNTS else Fraction(value),
    )


_FIELDS = ("kind", "value", "currency", "first", "says", "subject", "client", "server")

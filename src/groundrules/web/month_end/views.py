"""One run as a page: exceptions first with what is at stake; every act is one button and one call to a service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from groundrules.core.money import Money
from groundrules.core.month_end import Doubt, DoubtGroup, grouped
from groundrules.records.models import BillingRun, Client, Decision
from groundrules.services import month_end
from groundrules.services.month_end import BilledLine, ClientStanding, Stage, Standing
from groundrules.web.access import area, may_open
from groundrules.web.month_end.accounting import accounting_context, accounting_progress
from groundrules.web.refs import fact_page
from groundrules.web.tables.kit import csv_answer, paged
from groundrules.web.times import minute

_LATER = (Stage.CLEAN, Stage.HELD, Stage.DUE, Stage.ISSUED, Stage.NOTHING, Stage.TO_COLLECT)


# So many exceptions of one client stand on the page of a run; the client's page has them all.
_DOUBTS = 20


@area("invoices")
@require_safe
def runs(request: HttpRequest) -> HttpResponseBase:
    """The newest run, or a form that opens one."""
    newest = BillingRun.objects.order_by("-first").first()
    if newest is not None:
        return run(request, newest.ref)
    return render(request, "web/month_end/none.html", {"month": _month_before(timezone.now())})


def _month_before(now: datetime) -> str:
    first = now.date().replace(day=1)
    return f"{first.year - (first.month == 1)}-{(first.month - 2) % 12 + 1:02d}"


@area("invoices")
@require_safe
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """One run: progress, exceptions by what is at stake, then every other client by stage."""
    return run_page(request, get_object_or_404(BillingRun, ref=ref))


def run_page(request: HttpRequest, row: BillingRun, status: int = 200) -> HttpResponse:
    """This function will show a run; after a refusal with what was typed."""
    now = timezone.now()
    standing = month_end.standing_of(row, at=now)
    context = {
        "run": row,
        "standing": standing,
        "going_on": month_end.going_on(row),
        "progress": _progress(standing),
        "doubtful": [_first_doubts(request, one) for one in standing.doubtful],
        "failed": standing.of(Stage.FAILED),
        "rest": [(one, _when(one)) for one in standing.of(*_LATER)],
        "counts": _counts(standing),
        "others": BillingRun.objects.exclude(pk=row.pk).order_by("-first")[:12],
        "to_collect": len(standing.of(Stage.TO_COLLECT)),
        "clean": standing.of(Stage.CLEAN),
        "clean_sum": ", ".join(map(str, standing.sum_of(Stage.CLEAN))),
        "due": standing.of(Stage.DUE),
        **accounting_context(request, standing),
        "month": _month_before(now),
        "given": request.POST,
    }
    return render(request, "web/month_end/run.html", context, status=status)


def _progress(standing: Standing) -> list[tuple[str, int, int]]:
    """How far each step is, in clients; the last in documents."""
    whole = len(standing.clients)
    waits = len(standing.of(Stage.TO_COLLECT))
    approved = len(standing.of(Stage.HELD, Stage.DUE, Stage.ISSUED, Stage.NOTHING))
    issued = len(standing.of(Stage.ISSUED, Stage.NOTHING))
    checked = whole - waits - len(standing.of(Stage.DOUBTFUL))
    steps = (("Collect", whole - waits), ("Check", checked), ("Approve", approved))
    clients = [(name, done, whole) for name, done in (*steps, ("Issue", issued))]
    return [*clients, ("Accounting", *accounting_progress(standing))]


def _taxed(standing: Standing, stage: Stage) -> str:
    """What is to be paid, where taxes make it another sum than before tax."""
    with_tax = standing.to_pay_of(stage)
    return "" if with_tax == standing.sum_of(stage) else ", ".join(map(str, with_tax))


def _counts(standing: Standing) -> list[tuple[str, int, str, str]]:
    return [
        (
            stage.value,
            len(found),
            ", ".join(map(str, standing.sum_of(stage))),
            _taxed(standing, stage),
        )
        for stage in Stage
        if (found := standing.of(stage))
    ]


def _first_doubts(
    request: HttpRequest, one: ClientStanding
) -> tuple[ClientStanding, list[tuple[Doubt, str]], int]:
    """A client's first open doubts, and how many more stand on its own page."""
    first = one.open_doubts[:_DOUBTS]
    return one, _shown(request, one, first), len(one.open_doubts) - len(first)


def _doubts(request: HttpRequest, one: ClientStanding, kind: str) -> Page[Doubt]:
    """A page of the open doubts, of one kind where one is named; after a refusal the one that was answered."""
    wanted = [doubt for doubt in one.open_doubts if kind in {"", doubt.kind.value}]
    keys = [doubt.key for doubt in wanted]
    given = request.POST.get("key", "")
    place = keys.index(given) if given in keys else None
    return paged(request, wanted, "exceptions", place)


def _kind_asked(request: HttpRequest, groups: tuple[DoubtGroup, ...]) -> str:
    """Which kind to show alone; empty for all, also where none of it is open any more."""
    asked = request.GET.get("kind", "")
    return asked if any(group.kind.value == asked for group in groups) else ""


def _shown(
    request: HttpRequest, one: ClientStanding, doubts: Iterable[Doubt]
) -> list[tuple[Doubt, str]]:
    """Each doubt with the page of the record it names, where the reader may open it."""
    doubts = list(doubts)
    entries = [d.page[1] for d in doubts if d.page[0] == "time_entry"]
    rows = Decision.objects.of_client(one.client).current().filter(ref__in=entries)
    numbers = dict(rows.values_list("ref", "number")) if entries else {}
    return [(doubt, _page(request, one.client.code, doubt, numbers)) for doubt in doubts]


def _page(request: HttpRequest, client: str, doubt: Doubt, numbers: dict[str, str]) -> str:
    kind, ref = doubt.page
    if kind == "time_entry":
        return reverse("web:decision", args=[numbers[ref]]) if ref in numbers else ""
    if kind == "dispute":
        return reverse("web:dispute", args=[client, ref])
    if kind == "invoice":
        return reverse("web:invoice", args=[ref])
    if not may_open(request, "servers"):
        return ""
    return (
        reverse("web:server", args=[client, ref])
        if kind == "server"
        else fact_page(client, kind, ref)
    )


def _when(one: ClientStanding) -> str:
    return minute(one.goes_out_at, one.client.zone) if one.goes_out_at else ""


@area("invoices")
@require_safe
def client(request: HttpRequest, ref: str, code: str) -> HttpResponseBase:
    """One client's draft: its lines, its exceptions, and every step so far; its lines also as CSV."""
    row = get_object_or_404(BillingRun, ref=ref)
    if request.GET.get("format") == "csv":
        found = month_end.lines_of(Standing(row, (client_in(row, code),)))
        return csv_answer(f"{row.ref}-{code}", _COLUMNS, _cells(found))
    return client_page(request, row, code)


def client_page(
    request: HttpRequest, row: BillingRun, code: str, status: int = 200
) -> HttpResponse:
    """This function will show one client of a run; after a refusal with what was typed."""
    found = client_in(row, code)
    lines = month_end.lines_of(Standing(row, (found,)))
    groups = grouped(found.open_doubts)
    kind = _kind_asked(request, groups)
    doubts = _doubts(request, found, kind)
    context = {
        "run": row,
        "one": found,
        "when": _when(found),
        "doubts": _shown(request, found, doubts),
        "doubts_page": doubts,
        "groups": groups,
        "by_kind": any(len(group.doubts) > 1 for group in groups),
        "kind": kind,
        "kept": f"{urlencode({'kind': kind})}&" if kind else "",
        "page": paged(request, lines, "lines"),
        "steps": [
            (step, minute(step.recorded_at, found.client.zone))
            for step in row.steps.filter(client=found.client).defer("drafts").order_by("pk")
        ],
        "answers": paged(
            request, row.answers.filter(client=found.client).order_by("pk"), "answered"
        ),
        "given": request.POST,
    }
    return render(request, "web/month_end/client.html", context, status=status)


def client_in(row: BillingRun, code: str) -> ClientStanding:
    """This function will return where a client stands in a run; one the run does not bill is to be collected."""
    card = get_object_or_404(Client, code=code)
    standing = month_end.standing_of(row, at=timezone.now())
    return next(
        (one for one in standing.clients if one.client.pk == card.pk),
        ClientStanding(card, Stage.TO_COLLECT, *_nothing(card), (), None),
    )


def _nothing(card: Client) -> tuple[Money, Money]:
    zero = Money.zero(card.currency)
    return zero, zero


@area("invoices")
@require_safe
def lines(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Every line of the run, on the page or as CSV: the same rows."""
    row = get_object_or_404(BillingRun, ref=ref)
    standing = month_end.standing_of(row, at=timezone.now())
    found = month_end.lines_of(standing)
    if request.GET.get("format") == "csv":
        return csv_answer(row.ref, _COLUMNS, _cells(found))
    context = {
        "run": row,
        "page": paged(request, found, "lines"),
        "sums": found.sums,
        "to_pay": ", ".join(map(str, standing.to_pay_of(*Stage))),
        "not_settled": sum(1 for one in standing.clients if one.step and one.to_pay is None),
    }
    return render(request, "web/month_end/lines.html", context)


_COLUMNS = (
    "Client",
    "Document",
    "Kind",
    "Line",
    "What for",
    "Description",
    "Day",
    "Value",
    "Amount",
    "Clause",
)


def _cells(found: Iterable[BilledLine]) -> Iterator[tuple[str, ...]]:
    for line in found:
        yield (
            *(line.client, line.document, line.kind, str(line.position), line.line_kind),
            *(line.description, line.service_day.isoformat(), str(line.value), str(line.amount)),
            line.clause,
        )

"""One run as a page: exceptions first with what is at stake; every act is one button and one call to a service."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groundrules.core.money import Money
from groundrules.core.month_end import Doubt
from groundrules.records.models import BillingRun, Client, Decision
from groundrules.services import month_end
from groundrules.services.actor import NotAllowed
from groundrules.services.issuing import IssuerBusy
from groundrules.services.month_end import BilledLine, ClientStanding, Stage, Standing
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.refs import fact_page
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute

# A page answers in time; what is left is done by pressing the button again, or by the command.
_BUDGET_SECONDS = 5.0
_REFUSALS = (
    month_end.HoldRefused,
    month_end.MonthNotOver,
    month_end.NoReason,
    month_end.NotClean,
    month_end.NothingCollected,
    NoAgreement,
    NoProvider,
    NotAllowed,
    IssuerBusy,
)
_LATER = (Stage.CLEAN, Stage.HELD, Stage.DUE, Stage.ISSUED, Stage.NOTHING, Stage.TO_COLLECT)


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
@require_POST
def open_run(request: HttpRequest) -> HttpResponse:
    """Open the run of a month and begin to collect."""
    try:
        month = date.fromisoformat(f"{request.POST.get('month', '')}-01")
        hold = int(request.POST.get("hold", "24"))
    except ValueError:
        messages.error(
            request, "Nothing was opened: write the month as 2026-10, the hold in hours."
        )
        return redirect("web:month-end")
    try:
        run = month_end.open_run(month, actor=actor_of(request), at=timezone.now(), hold_hours=hold)
        _collect(request, run)
    except _REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect("web:month-end")
    return redirect("web:month-end-run", run.ref)


@area("invoices")
@require_safe
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """One run: progress, exceptions by what is at stake, then every other client by stage."""
    return _run_page(request, get_object_or_404(BillingRun, ref=ref))


def _run_page(request: HttpRequest, row: BillingRun, status: int = 200) -> HttpResponse:
    now = timezone.now()
    standing = month_end.standing_of(row, at=now)
    doubtful = sorted(standing.of(Stage.DOUBTFUL), key=lambda one: -one.at_stake)
    context = {
        "run": row,
        "standing": standing,
        "progress": _progress(standing),
        "doubtful": [(one, _shown(request, one)) for one in doubtful],
        "failed": standing.of(Stage.FAILED),
        "rest": [(one, _when(one)) for one in standing.of(*_LATER)],
        "counts": _counts(standing),
        "others": BillingRun.objects.exclude(pk=row.pk).order_by("-first")[:12],
        "to_collect": len(standing.of(Stage.TO_COLLECT)),
        "clean": standing.of(Stage.CLEAN),
        "clean_sum": ", ".join(map(str, standing.sum_of(Stage.CLEAN))),
        "due": standing.of(Stage.DUE),
        "issued_any": bool(standing.of(Stage.ISSUED)),
        "month": _month_before(now),
        "given": request.POST,
    }
    return render(request, "web/month_end/run.html", context, status=status)


def _progress(standing: Standing) -> list[tuple[str, int, int]]:
    """How far each step is, in clients."""
    whole = len(standing.clients)
    waits = len(standing.of(Stage.TO_COLLECT))
    approved = len(standing.of(Stage.HELD, Stage.DUE, Stage.ISSUED, Stage.NOTHING))
    issued = len(standing.of(Stage.ISSUED, Stage.NOTHING))
    checked = whole - waits - len(standing.of(Stage.DOUBTFUL))
    steps = (("Collect", whole - waits), ("Check", checked), ("Approve", approved))
    return [(name, done, whole) for name, done in (*steps, ("Issue", issued))]


def _counts(standing: Standing) -> list[tuple[str, int, str]]:
    return [
        (stage.value, len(found), ", ".join(map(str, standing.sum_of(stage))))
        for stage in Stage
        if (found := standing.of(stage))
    ]


def _shown(request: HttpRequest, one: ClientStanding) -> list[tuple[Doubt, str]]:
    """Each open doubt with the page of the record it names, where the reader may open it."""
    entries = [d.page[1] for d in one.open_doubts if d.page[0] == "time_entry"]
    rows = Decision.objects.of_client(one.client).current().filter(ref__in=entries)
    numbers = dict(rows.values_list("ref", "number")) if entries else {}
    return [(doubt, _page(request, one.client.code, doubt, numbers)) for doubt in one.open_doubts]


def _page(request: HttpRequest, client: str, doubt: Doubt, numbers: dict[str, str]) -> str:
    kind, ref = doubt.page
    if kind == "time_entry":
        return reverse("web:decision", args=[numbers[ref]]) if ref in numbers else ""
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
def client(request: HttpRequest, ref: str, code: str) -> HttpResponse:
    """One client's draft: its lines, its exceptions, and every step so far."""
    return _client_page(request, get_object_or_404(BillingRun, ref=ref), code)


def _client_page(
    request: HttpRequest, row: BillingRun, code: str, status: int = 200
) -> HttpResponse:
    found = _of_client(row, code)
    context = {
        "run": row,
        "one": found,
        "when": _when(found),
        "doubts": _shown(request, found),
        "lines": list(month_end.lines_of(Standing(row, (found,)))),
        "steps": [
            (step, minute(step.recorded_at, found.client.zone))
            for step in row.steps.filter(client=found.client).order_by("pk")
        ],
        "answers": row.answers.filter(client=found.client).order_by("pk"),
        "given": request.POST,
    }
    return render(request, "web/month_end/client.html", context, status=status)


def _of_client(row: BillingRun, code: str) -> ClientStanding:
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
    found = month_end.lines_of(month_end.standing_of(row, at=timezone.now()))
    if request.GET.get("format") == "csv":
        return csv_answer(row.ref, _COLUMNS, _cells(found))
    rows = list(found)
    sums: dict[str, Money] = {}
    for line in rows:
        zero = Money.zero(line.amount.currency)
        sums[line.amount.currency] = sums.get(line.amount.currency, zero) + line.amount
    context = {"run": row, "rows": rows, "sums": sums.values()}
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


def _cells(found: Iterator[BilledLine]) -> Iterator[tuple[str, ...]]:
    for line in found:
        yield (
            *(line.client, line.document, line.kind, str(line.position), line.line_kind),
            *(line.description, line.service_day.isoformat(), str(line.value), str(line.amount)),
            line.clause,
        )


@area("invoices")
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """One act on a run: collect, approve, settle, send back, or issue."""
    row = get_object_or_404(BillingRun, ref=ref)
    wanted = _ACTS.get(request.POST.get("do", ""))
    back = request.POST.get("back", "")
    try:
        if wanted is None:
            messages.error(request, "Nothing was done: that is no step of a run.")
        else:
            wanted(request, row)
    except _REFUSALS as refused:
        messages.error(request, str(refused))
        return (
            _client_page(request, row, back, status=422)
            if back
            else _run_page(request, row, status=422)
        )
    return (
        redirect("web:month-end-client", ref, back) if back else redirect("web:month-end-run", ref)
    )


def _within_budget() -> Callable[[object], bool]:
    began = time.monotonic()
    return lambda _: time.monotonic() - began < _BUDGET_SECONDS


def _collect(request: HttpRequest, row: BillingRun) -> None:
    done = month_end.collect_all(
        row, actor=actor_of(request), now=timezone.now, go_on=_within_budget()
    )
    messages.info(request, f"{done} client{'' if done == 1 else 's'} collected.")


def _approve_clean(request: HttpRequest, row: BillingRun) -> None:
    done = month_end.approve_clean(row, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{len(done)} approved; they go out after {row.hold_hours} h.")


def _approve(request: HttpRequest, row: BillingRun) -> None:
    one = _of_client(row, request.POST.get("client", ""))
    month_end.approve(one, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{one.client.name} approved; it goes out after {row.hold_hours} h.")


def _send_back(request: HttpRequest, row: BillingRun) -> None:
    one = _of_client(row, request.POST.get("client", ""))
    month_end.collect_again(row, one, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{one.client.name} was collected again from today's facts.")


def _settle(request: HttpRequest, row: BillingRun) -> None:
    one = _of_client(row, request.POST.get("client", ""))
    key = request.POST.get("key", "")
    doubt = next((d for d in one.open_doubts if d.key == key), None)
    if doubt is None:
        messages.error(request, "Somebody answered this exception before you.")
        return
    until = request.POST.get("until", "")
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError as unreadable:
        message = f"{until!r} is no day; write it as 2026-11-15."
        raise month_end.NoReason(message) from unreadable
    reason = request.POST.get("reason", "").strip() or (
        doubt.action if "default" in request.POST and doubt.is_accepted_by_default else ""
    )
    month_end.answer(
        row, one.client, doubt, (reason, day), actor=actor_of(request), at=timezone.now()
    )
    messages.info(
        request, f"{one.client.name}: {doubt.kind.value} {'set aside' if day else 'settled'}."
    )


def _issue(request: HttpRequest, row: BillingRun) -> None:
    done = month_end.issue_due(
        row, actor=actor_of(request), now=timezone.now, go_on=_within_budget()
    )
    failed = sum(step.step == Stage.FAILED.value for step in done)
    messages.info(request, f"{len(done) - failed} issued, {failed} failed.")


_ACTS: dict[str, Callable[[HttpRequest, BillingRun], None]] = {
    "collect": _collect,
    "approve-clean": _approve_clean,
    "approve": _approve,
    "send-back": _send_back,
    "settle": _settle,
    "issue": _issue,
}

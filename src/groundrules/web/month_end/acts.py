"""What is done to a run: every act is one button and one call to a service."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.month_end import grouped
from groundrules.core.reasons import counted
from groundrules.records.models import BillingRun, LongRun
from groundrules.services import month_end
from groundrules.services.actor import NotAllowed
from groundrules.services.issuing import IssuerBusy
from groundrules.services.month_end import Stage
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area
from groundrules.web.month_end.views import client_in, client_page, run_page

# A page answers in time; what is left then is a worker's.
_BUDGET_SECONDS = 2.0
_REFUSALS = (
    month_end.HoldRefused,
    month_end.MonthNotOver,
    month_end.NoReason,
    month_end.NotClean,
    month_end.NothingCollected,
    month_end.NothingIssued,
    month_end.StandingMoved,
    month_end.UnknownForm,
    NoAgreement,
    NoProvider,
    NotAllowed,
    IssuerBusy,
)


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
        later = _collect(request, run)
    except _REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect("web:month-end")
    return redirect("web:run", later.pk) if later else redirect("web:month-end-run", run.ref)


@area("invoices")
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """One act on a run: collect, approve, settle, send back, or issue."""
    row = get_object_or_404(BillingRun, ref=ref)
    wanted = _ACTS.get(request.POST.get("do", ""))
    back = request.POST.get("back", "")
    later: LongRun | None = None
    try:
        if wanted is None:
            messages.error(request, "Nothing was done: that is no step of a run.")
        else:
            later = wanted(request, row)
    except _REFUSALS as refused:
        messages.error(request, str(refused))
        return (
            client_page(request, row, back, status=422)
            if back
            else run_page(request, row, status=422)
        )
    if later is not None:
        return redirect("web:run", later.pk)
    return (
        redirect("web:month-end-client", ref, back) if back else redirect("web:month-end-run", ref)
    )


def _within_budget() -> Callable[[object], bool]:
    began = time.monotonic()
    return lambda _: time.monotonic() - began < _BUDGET_SECONDS


def _collect(request: HttpRequest, row: BillingRun) -> LongRun | None:
    actor, left = actor_of(request), _within_budget()
    done = month_end.collect_all(row, actor=actor, now=timezone.now, go_on=left)
    messages.info(request, f"{counted(done, 'client')} collected.")
    if left(None):
        return None
    return month_end.collect_later(row, actor=actor, at=timezone.now())


def _approve_clean(request: HttpRequest, row: BillingRun) -> None:
    done = month_end.approve_clean(row, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{len(done)} approved; they go out after {row.hold_hours} h.")


def _approve(request: HttpRequest, row: BillingRun) -> None:
    one = client_in(row, request.POST.get("client", ""))
    if one.step is not None and request.POST.get("seen", str(one.step.pk)) != str(one.step.pk):
        message = f"Nothing was approved: {one.client.name} comes to {one.total} now. Look again."
        raise month_end.StandingMoved(message)
    month_end.approve(one, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{one.client.name} approved; it goes out after {row.hold_hours} h.")


def _send_back(request: HttpRequest, row: BillingRun) -> None:
    one = client_in(row, request.POST.get("client", ""))
    month_end.collect_again(row, one, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{one.client.name} was collected again from today's facts.")


def _settle(request: HttpRequest, row: BillingRun) -> None:
    one = client_in(row, request.POST.get("client", ""))
    key = request.POST.get("key", "")
    doubt = next((d for d in one.open_doubts if d.key == key), None)
    if doubt is None:
        messages.error(request, "Somebody answered this exception before you.")
        return
    if request.POST.get("stake", "") != str(doubt.at_stake or ""):
        message = f"Nothing was answered: {doubt.at_stake or 'no sum'} is at stake now. Look again."
        raise month_end.NoReason(message)
    day = _until(request)
    reason = request.POST.get("reason", "").strip() or (
        doubt.action if "default" in request.POST and doubt.is_accepted_by_default else ""
    )
    month_end.answer(
        row, one.client, doubt, (reason, day), actor=actor_of(request), at=timezone.now()
    )
    messages.info(
        request, f"{one.client.name}: {doubt.kind.value} {'set aside' if day else 'settled'}."
    )


def _until(request: HttpRequest) -> date | None:
    until = request.POST.get("until", "")
    try:
        return date.fromisoformat(until) if until else None
    except ValueError as unreadable:
        message = f"{until!r} is no day; write it as 2026-11-15."
        raise month_end.NoReason(message) from unreadable


def _settle_kind(request: HttpRequest, row: BillingRun) -> None:
    """One reason for every open exception of a kind, as they stood on the page that was read."""
    one = client_in(row, request.POST.get("client", ""))
    kind = request.POST.get("kind", "")
    group = next((g for g in grouped(one.open_doubts) if g.kind.value == kind), None)
    if group is None:
        messages.error(request, "Somebody answered these exceptions before you.")
        return
    if request.POST.get("mark", "") != group.mark:
        now = ", ".join([counted(len(group.doubts), "exception"), *map(str, group.at_stake)])
        message = f"Nothing was answered: these are {now} now. Look again."
        raise month_end.NoReason(message)
    day = _until(request)
    said = (request.POST.get("reason", ""), day)
    done = month_end.answer_together(
        row, one.client, group, said, actor=actor_of(request), at=timezone.now()
    )
    how = "set aside" if day else "settled"
    messages.info(
        request, f"{one.client.name}: {counted(done, 'exception')} {how} ({group.kind.value})."
    )


def _issue(request: HttpRequest, row: BillingRun) -> LongRun | None:
    actor, left = actor_of(request), _within_budget()
    done = month_end.issue_due(row, actor=actor, now=timezone.now, go_on=left)
    failed = sum(step.step == Stage.FAILED.value for step in done)
    messages.info(request, f"{len(done) - failed} issued, {failed} failed.")
    if left(None):
        return None
    return month_end.issue_later(row, actor=actor, at=timezone.now())


def _account(request: HttpRequest, row: BillingRun) -> None:
    form = request.POST.get("form", "")
    told = month_end.hand_over(row, form, actor=actor_of(request), at=timezone.now())
    if told.failed:
        messages.error(
            request, f"{len(told.done)} handed over; not arrived: {', '.join(told.failed)}."
        )
    elif told.done:
        messages.info(request, f"{len(told.done)} handed over in {', '.join(told.files)}.")
    else:
        messages.info(request, "Nothing was left to hand over.")


def _papers(request: HttpRequest, row: BillingRun) -> LongRun:
    return month_end.papers_later(row, actor=actor_of(request), at=timezone.now())


_ACTS: dict[str, Callable[[HttpRequest, BillingRun], LongRun | None]] = {
    "collect": _collect,
    "approve-clean": _approve_clean,
    "approve": _approve,
    "send-back": _send_back,
    "settle": _settle,
    "settle-kind": _settle_kind,
    "issue": _issue,
    "account": _account,
    "papers": _papers,
}

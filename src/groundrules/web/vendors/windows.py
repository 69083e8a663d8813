"""One window: everything against it, the decision, how it stands at its host, ending it and giving it more time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.periods import (
    EmptyPeriod,
    ImpossibleLocalTime,
    Period,
    local_instant,
    wall_time,
)
from groundrules.core.vendors import ApprovalRefused, ChangeRequestType
from groundrules.core.vendors.gate import window_end
from groundrules.core.vendors.progress import WindowState, decision_time, window_state
from groundrules.records import models as books
from groundrules.records.models import (
    AccessWindow,
    Certificate,
    Gate,
    GateAction,
    GateStepTaken,
    RecordingsFetched,
    SessionRecording,
)
from groundrules.services import access
from groundrules.services.access import AlreadyDecided, Deciding, Invited
from groundrules.services.access.deciding import request_of
from groundrules.services.access.rules import standing_of
from groundrules.services.access.telling import gate_words, zones_of_window
from groundrules.services.actor import NotAllowed
from groundrules.services.gate import (
    CertificateRefused,
    KeyMissing,
    NoAuthority,
    UnknownAccount,
    UnknownWindow,
    UserKeyUnusable,
    WindowOver,
    told_by_log,
)
from groundrules.services.gate.certificates import window_row
from groundrules.web.access import actor_of, area
from groundrules.web.times import clock
from groundrules.web.words import sentence

_WALL = "%Y-%m-%dT%H:%M"
_EXTRA = timedelta(minutes=30)
_REFUSALS = (
    *(AlreadyDecided, ApprovalRefused, CertificateRefused, EmptyPeriod, ImpossibleLocalTime),
    *(KeyMissing, NoAuthority, NotAllowed, UnknownAccount, UserKeyUnusable, WindowOver),
)


@area("vendors")
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """The window's page; each button is one act a person answers for."""
    owner = get_object_or_404(books.Client, code=client)
    try:
        row = window_row(owner, ref)
    except UnknownWindow as unknown:
        raise Http404(str(unknown)) from unknown
    if request.method == "POST":
        return _decide(request, row)
    return _page(request, row, Deciding(backup_confirmed=True))


def _decide(request: HttpRequest, row: AccessWindow) -> HttpResponse:
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = "A window can be approved, moved, denied, ended, extended or shared."
        raise Http404(message)
    try:
        messages.info(request, act(request, row, timezone.now()))
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, row, _deciding(request), status=422)
    return redirect("web:window", row.client.code, row.ref)


def _page(
    request: HttpRequest, row: AccessWindow, said: Deciding, status: int = 200
) -> HttpResponse:
    now, core, zone = timezone.now(), row.to_core(), row.client.zone
    asked = request_of(row)
    state = window_state(core, now)
    answer = access.outlook(row, said, approver=actor_of(request).label, at=now)
    decision = decision_time(core, asked.decide_by) if asked else None
    end = core.period.end or core.period.start
    context = {
        "client_code": row.client.code,
        "row": row,
        "core": core,
        "asked": asked,
        "state": state,
        "undecided": state in {WindowState.REQUESTED, WindowState.LAPSED},
        "running": state in {WindowState.OPEN, WindowState.APPROVED},
        "emergency": core.type is ChangeRequestType.EMERGENCY,
        "times": zones_of_window(core, row).items(),
        "decision": decision.sentence(now, zone) if decision else "",
        "answer": answer,
        "standing": standing_of(row.client, row.vendor, now) if row.vendor else None,
        "clash": any(r.rule.endswith("clash") for r in answer.refusals),
        "starts": request.POST.get("starts")
        or core.period.start.astimezone(ZoneInfo(zone)).strftime(_WALL),
        "ends": request.POST.get("ends") or end.astimezone(ZoneInfo(zone)).strftime(_WALL),
        "gated": Gate.objects.filter(asset=row.asset).exists(),
        "gate_says": gate_words(row.asset),
        "actions": GateAction.objects.filter(
            gate__asset=row.asset, window=row.ref, answer__isnull=True
        ).order_by("pk"),
        "told": told_by_log(row),
        "certificates": _certificates(row),
        **_recordings(row),
        "steps": GateStepTaken.objects.filter(gate__asset=row.asset, window=row.ref).order_by("pk"),
        "given": request.POST,
    }
    return render(request, "web/vendors/window.html", context, status=status)


def _recordings(row: AccessWindow) -> dict[str, object]:
    """What was recorded of the window's sessions, by the name each has on its host: when it began."""
    rows = SessionRecording.objects.filter(gate__asset=row.asset, window=row.ref).order_by("name")
    return {
        "recorded": [
            {"name": one.name, "began": clock(one.began_at, row.client.zone)} for one in rows
        ],
        "records": Gate.objects.filter(asset=row.asset, records_sessions=True).exists(),
        "fetched": RecordingsFetched.objects.filter(gate__asset=row.asset, window=row.ref).first(),
    }


def _certificates(row: AccessWindow) -> QuerySet[Certificate]:
    return Certificate.objects.of_window(row.client, row.to_core().id).order_by("serial")


def _deciding(request: HttpRequest) -> Deciding:
    posted = request.POST
    return Deciding(
        backup_confirmed=posted.get("backup") == "yes",
        emergency=posted.get("emergency") == "yes",
        reason=posted.get("reason", ""),
        clash_accepted=posted.get("clash") == "yes",
    )


def _period(request: HttpRequest, row: AccessWindow) -> Period:
    zone = row.client.zone
    try:
        walls = [wall_time(request.POST.get(n, "")) for n in ("starts", "ends")]
    except ValueError as unreadable:
        message = "Choose when the window begins and ends, with date and time."
        raise EmptyPeriod(message) from unreadable
    start, end = (local_instant(zone, wall) for wall in walls)
    return Period(start, end)


def _approve(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    said = _deciding(request)
    _, answer = access.approve(row.ref, said, client=row.client, actor=actor_of(request), at=now)
    due = f" The emergency is reviewed by {answer.review_due}." if answer.review_due else ""
    return f"Approved, and both are told.{due}"


def _move(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    period = _period(request, row)
    access.change_time(row.ref, period, client=row.client, actor=actor_of(request), at=now)
    return "Another time stands, and who asked is told. It still needs approval."


def _deny(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    reason = request.POST.get("reason", "").strip()
    if not reason:
        message = "Say why: who asked reads it."
        raise ApprovalRefused(message)
    access.deny(row.ref, reason, client=row.client, actor=actor_of(request), at=now)
    return "Denied, and who asked is told why."


def _end(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    reason = request.POST.get("reason", "").strip() or "ended by us"
    access.end_early(row.ref, reason, client=row.client, actor=actor_of(request), at=now)
    return "Ended. Closing is due at once; its steps appear below."


def _extend(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    end = window_end(row.to_core()) or now
    access.give_more_time(row.ref, end + _EXTRA, client=row.client, actor=actor_of(request), at=now)
    return "Thirty minutes more, and who asked is told."


def _share(request: HttpRequest, row: AccessWindow, now: datetime) -> str:
    person, email = request.POST.get("person", "").strip(), request.POST.get("email", "").strip()
    if not person or "@" not in email:
        message = "A link needs a person's name and mail address."
        raise ApprovalRefused(message)
    access.share_report(
        row.ref, Invited(person, email), client=row.client, actor=actor_of(request), at=now
    )
    return f"A link to the visit report was mailed to {email}."


_ACTS: dict[str, Callable[[HttpRequest, AccessWindow, datetime], str]] = {
    "approve": _approve,
    "move": _move,
    "deny": _deny,
    "end": _end,
    "extend": _extend,
    "share": _share,
}

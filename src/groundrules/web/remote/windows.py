"""Windows of our own on a client's servers: those open or coming, agreeing one, and ending it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.calendars import span_label
from groundrules.core.ids import AssetId
from groundrules.core.periods import (
    EmptyPeriod,
    ImpossibleLocalTime,
    Period,
    local_instant,
    wall_time,
)
from groundrules.records import models as books
from groundrules.records.users import Role
from groundrules.services.actor import NotAllowed
from groundrules.services.vendors import (
    OwnWindowRefused,
    UnknownOwnWindow,
    add_own_window,
    end_own_window,
    own_windows_now,
)
from groundrules.web.access import actor_of, area, role_of
from groundrules.web.words import sentence

_REFUSALS = (EmptyPeriod, ImpossibleLocalTime, NotAllowed, OwnWindowRefused, UnknownOwnWindow)


@area("servers")
@require_http_methods(["GET", "HEAD", "POST"])
def own_windows(request: HttpRequest, client: str) -> HttpResponse:
    """The client's windows of our own; an owner agrees one here, and whoever works there ends it."""
    owner = get_object_or_404(books.Client, code=client)
    if request.method != "POST":
        return _page(request, owner)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = "A window of our own can be agreed or ended."
        raise Http404(message)
    try:
        messages.info(request, act(request, owner, timezone.now()))
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, owner, status=422)
    return redirect("web:own-windows", client)


def _page(request: HttpRequest, owner: books.Client, status: int = 200) -> HttpResponse:
    context = {
        "owner": owner,
        "windows": [
            (one, span_label(one.period.start, one.period.end, owner.zone))
            for one in own_windows_now(owner, timezone.now())
        ],
        "assets": owner.assets.order_by("name"),
        "may_agree": role_of(request) == Role.OWNER,
        "given": request.POST,
    }
    return render(request, "web/remote/windows.html", context, status=status)


def _agree(request: HttpRequest, owner: books.Client, now: datetime) -> str:
    posted = request.POST
    server, why = posted.get("server", ""), posted.get("reason", "").strip()
    if not owner.assets.filter(code=server).exists():
        message = "choose the server the window is on"
        raise OwnWindowRefused(message)
    if not why:
        message = "say with whom it was agreed and what for: the window stands on record with it"
        raise OwnWindowRefused(message)
    window = add_own_window(
        AssetId(server), _period(request, owner), why, client=owner, actor=actor_of(request), at=now
    )
    return f"{window.id} stands: our own work may be done on {server} in it."


def _period(request: HttpRequest, owner: books.Client) -> Period:
    try:
        walls = [wall_time(request.POST.get(name, "")) for name in ("starts", "ends")]
    except ValueError as unreadable:
        message = "choose when the window begins and ends, with date and time"
        raise EmptyPeriod(message) from unreadable
    start, end = (local_instant(owner.zone, wall) for wall in walls)
    if end <= start:
        message = "the window ends before it begins; choose a later end"
        raise EmptyPeriod(message)
    return Period(start, end)


def _end(request: HttpRequest, owner: books.Client, now: datetime) -> str:
    ref = request.POST.get("window", "")
    end_own_window(ref, client=owner, actor=actor_of(request), at=now)
    return f"{ref} is over: our own work keeps to its usual hours again."


_ACTS: dict[str, Callable[[HttpRequest, books.Client, datetime], str]] = {
    "agree": _agree,
    "end": _end,
}

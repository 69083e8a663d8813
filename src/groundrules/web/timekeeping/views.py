"""The time page, its preview, the timer, suggestions, and the door for what a phone kept while it was offline."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundrules.core.periods import Period
from groundrules.core.typed_time import UnreadableTime
from groundrules.core.work import WorkPlace, WorkType
from groundrules.records import models as books
from groundrules.records.models import RunningTimer, User
from groundrules.services import timekeeping, timers
from groundrules.services.actor import NotAllowed
from groundrules.services.timekeeping import Logged, NoTechnician, Written
from groundrules.services.work import EntryExists, WorkInFuture
from groundrules.web.access import actor_of, area
from groundrules.web.timekeeping import own
from groundrules.web.timekeeping.foreseen import Preview, preview_of
from groundrules.web.times import minute, span_words

_REFUSALS = (UnreadableTime, NoTechnician, EntryExists, WorkInFuture, NotAllowed)
_LENGTHS = ("15m", "30m", "45m", "1h", "1h30")
_KINDS = tuple((kind.value, kind.value.replace("_", " ")) for kind in WorkType)
_PLACES = (
    (WorkPlace.REMOTE.value, "remotely"),
    (WorkPlace.ON_SITE.value, "on site"),
    (WorkPlace.TRAVEL.value, "travelling there or back"),
)
_FIELDS = ("line", "kind", "place", "began", "ended")
_SHOWN = 8
_WORKER = Path(__file__).resolve().parents[1] / "static" / "groundrules" / "time-worker.js"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the area guard let only users with a role in
    return request.user


def _instant(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _written(values: dict[str, str]) -> Written:
    began, ended = _instant(values.get("began", "")), _instant(values.get("ended", ""))
    period = Period(began, ended) if began and ended and began < ended else None
    return Written(
        values.get("line", "").strip(),
        values.get("key", ""),
        values.get("kind", ""),
        period,
        values.get("place", ""),
    )


def _said(logged: Logged) -> str:
    length = span_words(int((logged.entry.ended_at - logged.entry.started_at).total_seconds()))
    where = f" on {logged.entry.asset.name}" if logged.entry.asset else ""
    outcomes = sorted(logged.decision.outcomes) if logged.decision else ["not decided yet"]
    return f"Saved: {length}{where}, {' and '.join(outcomes).replace('_', ' ')}."


@area("time")
@require_http_methods(["GET", "HEAD", "POST"])
def time(request: HttpRequest) -> HttpResponse:
    """The page; saving a line records it once, however often it is sent, and shows it again when it is refused."""
    if request.method != "POST":
        values = {k: request.GET.get(k, "") for k in (*_FIELDS, "timer")}
        return _page(request, {**values, "key": secrets.token_hex(16)})
    values = {k: request.POST.get(k, "") for k in (*_FIELDS, "key", "timer")}
    try:
        logged = _log(request, values, timezone.now())
    except _REFUSALS as refused:
        messages.error(request, f"Not saved: {refused}. What you typed is below.")
        return _page(request, values, status=422)
    if values["timer"]:
        timers.stop(_user(request))
    messages.info(request, _said(logged))
    return redirect("web:time")


def _log(request: HttpRequest, values: dict[str, str], typed: datetime) -> Logged:
    understood = timekeeping.understand(_written(values), user=_user(request), at=typed)
    return timekeeping.log(understood, actor=actor_of(request), at=timezone.now())


def _page(request: HttpRequest, values: dict[str, str], status: int = 200) -> HttpResponse:
    now, user = timezone.now(), _user(request)
    context = {
        "values": values,
        "preview": _preview(request, values, now),
        "kinds": _KINDS,
        "places": _PLACES,
        "lengths": _LENGTHS,
        "stopped": bool(values.get("timer")),
        "timer": RunningTimer.objects.filter(user=user).first(),
        "suggestions": [
            (s, minute(s.session.started_at, s.session.asset.client.zone), _suggested(s))
            for s in timers.suggestions(user, now)
        ],
        "own_work": own.listed(request, now),
        "recent": _recent(user),
        "technician": user.technician,
    }
    return render(request, "web/timekeeping/time.html", context, status=status)


def _preview(request: HttpRequest, values: dict[str, str], at: datetime) -> Preview | None:
    return preview_of(_written(values), user=_user(request), at=at)


def _suggested(suggestion: timers.Suggestion) -> str:
    session = suggestion.session
    ended = session.ended_at or session.started_at
    measured = {"began": session.started_at.isoformat(), "ended": ended.isoformat()}
    client = session.asset.client.code.lower()
    line = f"{session.asset.code} @{client}"
    return f"{reverse('web:time')}?{urlencode({'line': line, **measured})}"


def _recent(user: User) -> list[tuple[str, str, books.TimeEntry, books.Decision | None]]:
    rows = (
        books.TimeEntry.objects.current()
        .filter(technician=user.technician_id, technician__isnull=False)
        .select_related("client", "asset")
        .order_by("-started_at")[:_SHOWN]
    )
    entries = list(rows)
    refs = [(row.client_id, row.ref) for row in entries]
    decisions = books.Decision.objects.current().filter(ref__in=[ref for _, ref in refs])
    by_ref = {(d.client_id, d.ref): d for d in decisions}
    return [
        (
            minute(row.started_at, row.client.zone),
            span_words(int((row.ended_at - row.started_at).total_seconds())),
            row,
            by_ref.get((row.client_id, row.ref)),
        )
        for row in entries
    ]


@area("time")
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """What the line in the form would come to; a fragment of the page."""
    values = {key: request.GET.get(key, "") for key in _FIELDS}
    context = {"preview": _preview(request, values, timezone.now())}
    return render(request, "web/timekeeping/preview.html", context)


@area("time")
@require_POST
def timer(request: HttpRequest) -> HttpResponse:
    """Start the timer, stop it into the form, or throw it away."""
    user, now = _user(request), timezone.now()
    act = request.POST.get("act", "")
    running = RunningTimer.objects.filter(user=user).first()
    if act == "start":
        try:
            timers.start(user, request.POST.get("line", ""), at=now)
        except (timers.TimerRunning, NotAllowed) as refused:
            messages.error(request, f"{refused}")
    elif act == "discard":
        timers.stop(user)
        messages.info(request, "The timer is gone. Nothing was recorded.")
    elif act == "stop" and running is not None:
        measured = {"began": running.started_at.isoformat(), "ended": now.isoformat()}
        query = urlencode({"line": running.line, **measured, "timer": "1"})
        return redirect(f"{reverse('web:time')}?{query}")
    return redirect("web:time")


@area("time")
@require_POST
def set_aside(request: HttpRequest, session: int) -> HttpResponse:
    """A login was no work: it is suggested no more."""
    row = get_object_or_404(books.Session, pk=session)
    reason = request.POST.get("reason", "")
    try:
        timers.set_aside(row, reason, user=_user(request), at=timezone.now())
        messages.info(request, "Set aside. It is suggested no more.")
    except timers.NotTheirLogin as refused:
        messages.error(request, f"Nothing was set aside: {refused}.")
    return redirect("web:time")


@area("time")
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """GET gives the token a waiting phone needs; POST takes one line it kept, which may come more than once."""
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    try:
        kept = json.loads(request.body)
        values = {key: str(kept.get(key, "")) for key in ("line", "kind", "place", "key")}
        typed = _instant(str(kept.get("typed_at", "")))
    except (ValueError, AttributeError):
        return JsonResponse({"problem": "This is no kept entry."}, status=400)
    if typed is None or not values["key"]:
        return JsonResponse({"problem": "A kept entry needs its key and time."}, status=400)
    try:
        logged = _log(request, values, timekeeping.typed_at(typed, timezone.now()))
    except _REFUSALS as refused:
        return JsonResponse({"problem": str(refused)}, status=422)
    return JsonResponse({"says": _said(logged)})


@area("time")
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page a phone keeps for when it has no network. It holds nothing about any client."""
    return render(request, "web/timekeeping/offline.html", {"lengths": _LENGTHS})


@area("time")
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from here so that it may look after these pages and no others."""
    return HttpResponse(_WORKER.read_text(), content_type="text/javascript; charset=utf-8")

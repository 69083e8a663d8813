"""Time suggested from the user's own shells, patch runs and jobs: logged, corrected or set aside on the time page."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.services import own_time
from groundrules.services.actor import NotAllowed
from groundrules.services.timekeeping import Logged, NoTechnician
from groundrules.web.access import area, user_of
from groundrules.web.times import minute, span_words

_REFUSED = (own_time.NotSuggested, own_time.LengthUnlikely, NoTechnician, NotAllowed)
Listed = list[tuple[own_time.OwnWork, str]]


def listed(request: HttpRequest, at: datetime) -> Listed:
    """This function will list what the user did and has not answered for, each with when it began."""
    user = user_of(request)
    if user.technician_id is None:
        return []
    return [(one, minute(one.period.start, one.client.zone)) for one in own_time.own_work(user, at)]


@area("time")
@require_POST
def own_work(request: HttpRequest, source: str) -> HttpResponse:
    """Log what is suggested, as measured or as the user says, or set it aside; a refusal is said in words."""
    user, at = user_of(request), timezone.now()
    try:
        if request.POST.get("act") == "aside":
            own_time.set_work_aside(source, request.POST.get("note", ""), user=user, at=at)
            messages.info(request, "Set aside. It is suggested no more.")
        else:
            messages.info(request, _said(own_time.confirm(source, _how(request), user=user, at=at)))
    except _REFUSED as refused:
        messages.error(request, f"Nothing was saved: {refused}.")
    return redirect("web:time")


def _how(request: HttpRequest) -> own_time.Confirmed:
    """As measured, unless another length than the one shown was typed."""
    typed, shown = request.POST.get("minutes", "").strip(), request.POST.get("measured", "")
    note = request.POST.get("note", "")
    if not typed or typed == shown:
        return own_time.Confirmed(note=note)
    if not typed.isascii() or not typed.isdecimal():
        message = f"{typed!r} is no number of minutes"
        raise own_time.LengthUnlikely(message)
    return own_time.Confirmed(int(typed), note)


def _said(logged: tuple[Logged, ...]) -> str:
    seconds = sum((one.entry.ended_at - one.entry.started_at).total_seconds() for one in logged)
    servers = ", ".join(one.entry.asset.name for one in logged if one.entry.asset)
    outcomes = sorted({o for one in logged if one.decision for o in one.decision.outcomes})
    said = " and ".join(outcomes).replace("_", " ") or "not decided yet"
    return f"Saved: {span_words(round(seconds))} on {servers}, {said}."

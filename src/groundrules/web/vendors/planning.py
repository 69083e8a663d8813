"""Planned work: freezes that admit emergencies only, routine work approved beforehand, and when backups run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.calendars import span_label
from groundrules.core.ids import BackupHoursId, FreezeId
from groundrules.core.periods import (
    EmptyPeriod,
    ImpossibleLocalTime,
    Period,
    local_instant,
    wall_time,
)
from groundrules.core.vendors import Freeze
from groundrules.core.vendors.backups import BackupHours, BackupHoursIncomplete
from groundrules.core.vendors.standing import StandingApprovalIncomplete
from groundrules.core.vendors.touches import TOUCHES, kinds_of
from groundrules.records import models as books
from groundrules.services.access.standing import (
    Routine,
    UnknownStandingApproval,
    approve_beforehand,
    end_standing,
    standing_now,
)
from groundrules.services.actor import NotAllowed
from groundrules.services.vendors import (
    UnknownBackupHours,
    UnknownFreeze,
    add_backup_hours,
    add_freeze,
    backup_hours_now,
    end_backup_hours,
    end_freeze,
    freeze_named,
    freezes_now,
)
from groundrules.web.access import actor_of, area
from groundrules.web.servers.choosing import UnknownServer, chosen, to_tick
from groundrules.web.words import sentence

_REFUSALS = (
    *(EmptyPeriod, ImpossibleLocalTime, NotAllowed),
    *(StandingApprovalIncomplete, UnknownStandingApproval, UnknownFreeze),
    *(BackupHoursIncomplete, UnknownBackupHours, UnknownServer),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY_MINUTES = 1440
_DIGITS = 5  # More than the minutes of a day have.


@area("vendors")
@require_http_methods(["GET", "HEAD", "POST"])
def planning(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Freezes of a client, and routine work of one vendor that is approved as it is asked for."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    if request.method != "POST":
        return _page(request, owner, card)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        message = (
            "Work can be frozen, thawed, approved beforehand, kept from backups, or not any more."
        )
        raise Http404(message)
    try:
        messages.info(request, act(request, owner, card, timezone.now()))
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, owner, card, status=422)
    return redirect("web:vendor-planning", client, code)


def _page(
    request: HttpRequest, owner: books.Client, card: books.Vendor, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    told = [
        (one, span_label(one.period.start, one.period.end, owner.zone))
        for one in freezes_now(owner, now)
    ]
    context = {
        "owner": owner,
        "vendor": card,
        "freezes": told,
        "standing": [row.to_core() for row in standing_now(owner, now).filter(vendor=card)],
        "backups": backup_hours_now(owner, now),
        "assets": to_tick(owner),
        "touches": [(name, says) for name, says, _ in TOUCHES],
        "days": [(str(number), name) for number, name in enumerate(_DAYS)],
        "given": request.POST,
        "ticked": {name: request.POST.getlist(name) for name in ("assets", "touches", "days")},
    }
    return render(request, "web/vendors/planning.html", context, status=status)


def _freeze(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    posted = request.POST
    try:
        walls = [wall_time(posted.get(name, "")) for name in ("starts", "ends")]
    except ValueError as unreadable:
        message = "Choose when the freeze begins and ends, with date and time"
        raise EmptyPeriod(message) from unreadable
    start, end = (local_instant(owner.zone, wall) for wall in walls)
    if end <= start:
        message = "The freeze ends before it begins; choose a later end"
        raise EmptyPeriod(message)
    freeze = Freeze(
        FreezeId(""),
        Period(start, end),
        chosen(request, owner),
        posted.get("reason", "").strip(),
    )
    stands = add_freeze(freeze, client=owner, actor=actor_of(request), at=now)
    return f"{stands.id} stands: only emergencies are admitted in it."


def _thaw(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    freeze = freeze_named(owner, request.POST.get("freeze", ""), now)
    end_freeze(freeze, client=owner, actor=actor_of(request), at=now)
    return f"{freeze.id} is over."


def _approve(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> str:
    posted = request.POST
    minutes = posted.get("minutes", "")
    known = minutes.isdecimal() and len(minutes) < _DIGITS and 0 < int(minutes) <= _DAY_MINUTES
    routine = Routine(
        posted.get("says", ""),
        kinds_of(tuple(posted.getlist("touches"))),
        _days(request),
        *_between(request, StandingApprovalIncomplete),
        int(minutes) if known else 0,
        tuple(chosen(request, owner)),
    )
    row = approve_beforehand(routine, card, client=owner, actor=actor_of(request), at=now)
    return f"{row.ref} stands: requests it covers are approved as they come in."


def _days(request: HttpRequest) -> frozenset[int]:
    given = request.POST.getlist("days")
    return frozenset(int(one) for one in given if one.isdecimal() and len(one) == 1)


def _between(request: HttpRequest, refusal: type[ValueError]) -> tuple[time, time]:
    try:
        opens, closes = (time.fromisoformat(request.POST.get(n, "")) for n in ("opens", "closes"))
    except ValueError as unreadable:
        message = "say between which hours"
        raise refusal(message) from unreadable
    return opens.replace(tzinfo=None), closes.replace(tzinfo=None)


def _backup(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    backup = BackupHours(
        BackupHoursId(""),
        request.POST.get("says", "").strip(),
        _days(request),
        *_between(request, BackupHoursIncomplete),
        Period(now, None),
        chosen(request, owner),
    )
    stands = add_backup_hours(backup, client=owner, actor=actor_of(request), at=now)
    return f"{stands.id} stands: a window beside it needs somebody who says that both are wanted."


def _end_backup(
    request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime
) -> str:
    ref = request.POST.get("backup", "")
    row = end_backup_hours(ref, client=owner, actor=actor_of(request), at=now)
    return f"{row.ref} has ended; windows may be put there again."


def _end(request: HttpRequest, owner: books.Client, _card: books.Vendor, now: datetime) -> str:
    row = end_standing(
        request.POST.get("approval", ""), client=owner, actor=actor_of(request), at=now
    )
    return f"{row.ref} has ended; requests wait for a person again."


_ACTS: dict[str, Callable[[HttpRequest, books.Client, books.Vendor, datetime], str]] = {
    "freeze": _freeze,
    "thaw": _thaw,
    "approve": _approve,
    "end": _end,
    "backup": _backup,
    "end-backup": _end_backup,
}

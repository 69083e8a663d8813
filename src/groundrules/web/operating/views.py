"""The installation's own page: what the doctor sees, what runs, and how far long runs are, with a way to stop them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groundrules.records.operating import LongRun
from groundrules.services import long_runs, pulses
from groundrules.services.carrying import depth
from groundrules.services.doctor import examine
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer

_SHOWN = 20
_COLUMNS = ("State", "What", "Seen", "What mends it")


@area("installation")
@require_safe
def installation(request: HttpRequest) -> HttpResponseBase:
    """Findings, the worst first, then what runs; the findings also as CSV."""
    now = timezone.now()
    order = ["broken", "warning", "note", "fine"]
    found = sorted(examine(now), key=lambda one: order.index(one.health.value))
    if request.GET.get("format") == "csv":
        cells = ((one.health.value, one.name, one.says, one.mend) for one in found)
        return csv_answer("installation", _COLUMNS, cells)
    context = {
        "found": [one for one in found if one.health.value != "fine"],
        "fine": [one for one in found if one.health.value == "fine"],
        "running": pulses.living(now),
        "runs": LongRun.objects.order_by("-pk")[:_SHOWN],
        "depth": depth(now),
        "now": now,
    }
    return render(request, "web/operating/installation.html", context)


@area("installation")
@require_POST
def stop_run(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a long run to stop; it stops at its next step, and leaves nothing half done."""
    try:
        run = long_runs.ask_to_stop(number, actor=actor_of(request), at=timezone.now())
        messages.success(request, f"{run.what} stops at its next step.")
    except (long_runs.UnknownRun, long_runs.RunIsOver) as refused:
        messages.error(request, str(refused))
    return redirect("web:installation")

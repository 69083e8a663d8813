"""Opening an incident by hand, and saying that it is over: what starts a recovery's record, and ends it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.records.incidents import Incident
from groundrules.records.parties import Asset
from groundrules.services import incidents
from groundrules.services.actor import NotAllowed
from groundrules.services.index import UnknownCard
from groundrules.web.access import actor_of, area
from groundrules.web.times import field_value

_REFUSALS = (
    incidents.IncidentRefused,
    incidents.IncidentAlreadyResolved,
    ImpossibleLocalTime,
    UnknownCard,
    NotAllowed,
)


@area("servers")
def open_incident(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Say what stopped working on a server; what was written stays in the form when it is refused."""
    rows = Asset.objects.select_related("client")
    asset = get_object_or_404(rows, client__code=client, code=code)
    if request.method == "POST":
        try:
            row = incidents.report(
                _reported(request, asset),
                client=asset.client,
                actor=actor_of(request),
                at=timezone.now(),
            )
        except _REFUSALS as refused:
            messages.error(request, str(refused))
        else:
            messages.info(request, f"{row.ref} is open.")
            return redirect("web:incident", client, row.ref)
    context = {
        "asset": asset,
        "applications": asset.applications.order_by("name"),
        "now": request.POST.get("since") or field_value(timezone.now(), asset.client.zone),
        "given": {name: request.POST.get(name) or request.GET.get(name, "") for name in _FIELDS},
    }
    return render(request, "web/changes/open.html", context)


_FIELDS = ("title", "application", "signature", "hardware")


def _reported(request: HttpRequest, asset: Asset) -> incidents.Reported:
    told = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    since = _instant(request.POST.get("since", ""), asset.client.zone)
    return incidents.Reported(asset.code, opened_at=since, **told)


def _instant(text: str, zone: str) -> datetime:
    try:
        wall = wall_time(text.strip())
    except ValueError as unreadable:
        message = f"{text!r} is no date and time; say when, such as 2007-02-20T13:10"
        raise incidents.IncidentRefused(message) from unreadable
    return local_instant(zone, wall)


@area("servers")
@require_POST
def resolve(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Say when an incident was over; who was there is in the audit book."""
    rows = Incident.objects.current().select_related("client", "asset")
    row = get_object_or_404(rows, client__code=client, ref=ref)
    try:
        ended = _instant(request.POST.get("ended", ""), row.client.zone)
        incidents.resolve(row, resolved_at=ended, actor=actor_of(request), at=timezone.now())
    except _REFUSALS as refused:
        messages.error(request, str(refused))
    else:
        messages.info(request, f"{row.ref} is over.")
    return redirect("web:incident", client, ref)

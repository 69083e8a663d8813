"""The change page, the incident page, and a server's list of changes."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis
from groundrules.records.attributions import Attribution
from groundrules.records.changes import Change
from groundrules.records.coverage import Decision
from groundrules.records.incidents import Cause, Incident
from groundrules.records.parties import Asset
from groundrules.web.access import area
from groundrules.web.servers.tables import CHANGES
from groundrules.web.tables.kit import respond
from groundrules.web.times import clock, when


def _zone(asset: Asset) -> str:
    return asset.zone or asset.client.zone


@area("servers")
def server_changes(request: HttpRequest, client: str, code: str) -> HttpResponseBase:
    """Every change of one server, newest first."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    current = Prefetch(
        "attributions", Attribution.objects.current(), to_attr="current_attributions"
    )
    rows = (
        Change.objects.current()
        .filter(asset=asset)
        .select_related("asset__client")
        .prefetch_related(current)
    )
    return respond(request, CHANGES, rows, "web/changes/list.html", {"asset": asset})


@area("servers")
def change(request: HttpRequest, ref: str) -> HttpResponse:
    """One change, by its reference; the latest answer about who made it, and every earlier one."""
    row = get_object_or_404(
        Change.objects.current().select_related("asset__client").order_by("pk"), ref=ref
    )
    zone = _zone(row.asset)
    history = list(row.attributions.order_by("recorded_at", "pk"))
    current = history[-1] if history else None
    answer = current.to_core() if current else None
    core = row.to_core()
    context = {
        "change": row,
        "core": core,
        "when": when(row.not_before, row.not_after, zone),
        "zone": zone,
        "attribution": answer,
        "standing": [h for h in answer.hypotheses if not h.rejected] if answer else [],
        "rejected": [h for h in answer.hypotheses if h.rejected] if answer else [],
        "history": [(clock(a.recorded_at, zone), a) for a in history[:-1]],
        "people_said": current.standings.order_by("recorded_at", "pk") if current else (),
        "incidents": _incidents_explained_by(row),
        "decisions": _decisions_resting_on(row),
    }
    return render(request, "web/changes/change.html", context)


def _incidents_explained_by(row: Change) -> list[Incident]:
    """Incidents of the same client whose current cause names this change."""
    causes = Cause.objects.current().filter(client=row.client_id, payload__contains=row.ref)
    return [
        cause.incident
        for cause in causes.select_related("incident")
        if row.ref in cause.to_core().changes
    ]


def _decisions_resting_on(row: Change) -> list[Decision]:
    found = Decision.objects.current().filter(client=row.client_id, payload__contains=row.ref)
    return [d for d in found.order_by("decided_at", "pk") if row.ref in d.to_core().caused_by]


def _weighed(answer: CauseAnswer) -> list[tuple[CauseHypothesis, Change | None]]:
    refs = [h.change for h in answer.hypotheses]
    rows = {c.ref: c for c in Change.objects.current().filter(ref__in=refs)}
    return [(h, rows.get(h.change)) for h in answer.hypotheses]


@area("servers")
def incident(request: HttpRequest, ref: str) -> HttpResponse:
    """One incident: what explains it, what was ruled out and why, and what would change our mind."""
    row = get_object_or_404(
        Incident.objects.current().select_related("asset__client", "application"), ref=ref
    )
    zone = _zone(row.asset)
    causes = list(Cause.objects.filter(ref=ref, client=row.client_id).order_by("recorded_at", "pk"))
    answer = causes[-1].to_core() if causes else None
    context = {
        "incident": row,
        "core": row.to_core(),
        "opened": clock(row.opened_at, zone),
        "resolved": clock(row.resolved_at, zone) if row.resolved_at else "",
        "answer": answer,
        "onset": when(answer.onset.not_before, answer.onset.not_after, zone) if answer else "",
        "weighed": _weighed(answer) if answer else [],
        "earlier": [(clock(c.recorded_at, zone), c) for c in causes[:-1]],
        "decisions": Decision.objects.current()
        .filter(client=row.client_id, payload__contains=ref)
        .order_by("decided_at"),
    }
    return render(request, "web/changes/incident.html", context)

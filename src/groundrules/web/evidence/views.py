"""The evidence list, what is in quarantine, and one piece of raw evidence."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_list_or_404, render

from groundrules.records.evidence import Quarantined, RawEvidence
from groundrules.web.access import area
from groundrules.web.evidence.tables import EVIDENCE
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute


@area("evidence")
def evidence(request: HttpRequest) -> HttpResponseBase:
    """Everything received, newest first, and what did not verify."""
    rows = RawEvidence.objects.select_related("asset", "client").prefetch_related("readings")
    held = Quarantined.objects.order_by("-recorded_at")[:50]
    return respond(request, EVIDENCE, rows, "web/evidence/list.html", {"quarantined": held})


@area("evidence")
def raw(request: HttpRequest, digest: str) -> HttpResponse:
    """One piece of raw evidence: where it came from and what each reader version found."""
    rows = get_list_or_404(
        RawEvidence.objects.select_related("asset", "client", "parent").order_by("pk"),
        digest=digest,
    )
    row = rows[0]
    zone = row.zone
    context = {
        "raw": row,
        "received": minute(row.recorded_at, zone),
        "collected": minute(row.collected_at, zone) if row.collected_at else "",
        "readings": row.readings.order_by("pk"),
        "parts": row.parts.order_by("name"),
    }
    return render(request, "web/evidence/raw.html", context)

"""The server list, a server's timeline, and one login."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from groundrules.core.periods import utc
from groundrules.records.backups import RestoreDrill
from groundrules.records.changes import Change
from groundrules.records.evidence import Session
from groundrules.records.parties import Asset
from groundrules.services.coverage_states import state_of
from groundrules.services.nights.loading import latest_of, load_night
from groundrules.services.nights.rows import timeline_rows
from groundrules.services.nights.story import short_answer
from groundrules.web.access import area
from groundrules.web.servers.drawing import lanes_of
from groundrules.web.servers.opening import shown_answer, shown_rows
from groundrules.web.servers.spans import QUICK, span_of
from groundrules.web.servers.tables import SERVERS
from groundrules.web.tables.kit import respond
from groundrules.web.times import clock, minute

# One look at the end of each server's timeline; a maximum would read every change there ever was.
_LATEST = Subquery(
    Change.objects.filter(asset=OuterRef("pk")).order_by("-not_before").values("not_after")[:1]
)


@area("servers")
def servers(request: HttpRequest) -> HttpResponseBase:
    """Every server with its client and coverage state."""
    rows = Asset.objects.select_related("client", "site").annotate(latest_change=_LATEST)
    return respond(request, SERVERS, rows, "web/servers/list.html")


@area("servers")
def server(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """What happened on this server: short answer, lanes, and the equal table."""
    asset = get_object_or_404(
        Asset.objects.select_related("client", "site"), client__code=client, code=code
    )
    zone = asset.zone or asset.client.zone
    at = timezone.now()
    span = span_of(request, zone, at, latest_of(asset))
    night = load_night(asset, span.period, span.zone, at)
    listing = timeline_rows(night)
    other_zone = "" if span.zone == "UTC" else "utc"
    keep = {key: request.GET[key] for key in ("range", "from", "to") if request.GET.get(key)}
    answer = {
        "asset": asset,
        "state": state_of(asset, at),
        "span": span,
        "from_local": minute(span.period.start, span.zone),
        "to_local": minute(span.period.end or at, span.zone),
        "from_input": _input(span.period.start, span.zone),
        "to_input": _input(span.period.end or at, span.zone),
        "quick": QUICK,
        "answer": shown_answer(short_answer(night), asset),
        "drawing": lanes_of(asset, night),
        "rows": shown_rows(listing.rows, asset),
        "hidden": listing.hidden,
        "incomplete": night.incomplete,
        "zone_href": "?" + urlencode({**keep, **({"zone": other_zone} if other_zone else {})}),
        "other_zone": "UTC" if other_zone else zone,
        "permalink": "?"
        + urlencode(
            {"from": span.period.start.isoformat(), "to": (span.period.end or at).isoformat()}
        ),
        "proven": _last_proven(asset, zone),
        "applications": asset.applications.select_related("vendor").order_by("name"),
    }
    return render(request, "web/servers/server.html", answer)


def _input(moment: datetime, zone: str) -> str:
    """A wall time as a datetime-local field wants it."""
    return utc(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _last_proven(asset: Asset, zone: str) -> str:
    """When a restore of the server was proven last and how; what a mail only reported since stands behind it."""
    rows = RestoreDrill.objects.current().filter(asset=asset, passed=True).order_by("-ended_at")
    found, told = rows.counted().first(), rows.reported().first()
    said = f"{minute(found.ended_at, zone)}, {found.to_core().origin.words}" if found else ""
    if told is None or (found is not None and told.ended_at <= found.ended_at):
        return said
    return f"{said or 'none on record'}; one of {minute(told.ended_at, zone)} is {told.to_core().origin.words}"


@area("servers")
def session(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One login: account, source, span, and where it was read."""
    rows = Session.objects.current().select_related("asset__client")
    row = get_object_or_404(rows, client__code=client, ref=ref)
    zone = row.asset.zone or row.asset.client.zone
    core = row.to_core()
    context = {
        "session": row,
        "client_code": client,
        "core": core,
        "started": clock(row.started_at, zone),
        "ended": clock(row.ended_at, zone) if row.ended_at else "",
        "attributions": row.attributions.filter(successor__isnull=True).select_related("change"),
    }
    return render(request, "web/servers/session.html", context)

"""Every site; one site with its servers, people and open work; and the forms that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.core.ids import ContactId, SiteId
from groundrules.core.parties import Site
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.sites import AssetMove, MoveRefused
from groundrules.records import models as books
from groundrules.records.users import Role
from groundrules.services.actor import NotAllowed
from groundrules.services.site_story import story_of
from groundrules.services.sites import (
    Moved,
    NeverMoved,
    SiteRefused,
    SiteThere,
    add_site,
    change_site,
    place_assets,
)
from groundrules.web.access import actor_of, area, may_open, role_of
from groundrules.web.sites.tables import SITES
from groundrules.web.tables.kit import respond
from groundrules.web.times import minute
from groundrules.web.words import sentence

_REFUSALS = (SiteRefused, SiteThere, MoveRefused, NeverMoved, ImpossibleLocalTime, NotAllowed)
_KEEPERS = {Role.OWNER.value, Role.TECHNICIAN.value}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the form: its field, label, help, and what it says now; `tall` has several lines."""

    name: str
    label: str
    help: str
    value: str
    tall: bool = False


_LINES = (
    ("name", "Name", "", False),
    ("address", "Address", "", True),
    ("zone", "Time zone", "Only where it is not the client's, such as America/Denver.", False),
    (
        "opening_hours",
        "Open",
        "In words. Which hours are business hours is in the agreement.",
        False,
    ),
    ("closed_days", "Closed", "In words. Holidays that count are the agreement's.", True),
    ("phone", "Phone", "", False),
    (
        "notes",
        "Getting in",
        "For our people only. No passwords or codes: say where they are kept.",
        True,
    ),
)


@area("clients")
def sites(request: HttpRequest) -> HttpResponseBase:
    """Every site of every client."""
    rows = books.Site.objects.select_related("client", "contact").annotate(servers=Count("assets"))
    return respond(request, SITES, rows, "web/sites/list.html")


@area("clients")
@require_http_methods(["GET", "HEAD", "POST"])
def new_site(request: HttpRequest, code: str) -> HttpResponse:
    """Put a site of a client on record."""
    client = get_object_or_404(books.Client, code=code)
    if request.method != "POST":
        return _form(request, client, {})
    posted = request.POST
    try:
        said = _said(SiteId(posted.get("code", "").strip()), posted)
        row = add_site(said, client=client, actor=actor_of(request), at=timezone.now())
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was kept. {sentence(refused)}")
        return _form(request, client, posted, status=422)
    messages.info(request, f"{row.name} is on record. Say below which servers stand there.")
    return redirect("web:site", client.code, row.code)


def _form(
    request: HttpRequest, client: books.Client, said: Mapping[str, str], status: int = 200
) -> HttpResponse:
    context = {
        "client": client,
        "lines": _lines(said),
        "said": said,
        "people": client.contacts.order_by("name"),
        "may_keep": role_of(request) in _KEEPERS,
    }
    return render(request, "web/sites/new.html", context, status=status)


@area("clients")
def site(request: HttpRequest, code: str, site: str) -> HttpResponse:
    """One site: how to get there and in, what stands there, what is open there, and who worked there."""
    row = _row(code, site)
    return _page(request, row, {})


@area("clients")
@require_POST
def site_act(request: HttpRequest, code: str, site: str) -> HttpResponse:
    """Change a site's card, or say which servers stand there."""
    row, posted = _row(code, site), request.POST
    actor, at = actor_of(request), timezone.now()
    try:
        if posted.get("act") == "place":
            assets = list(row.client.assets.filter(code__in=posted.getlist("assets")))
            if not assets:
                message = "tick the servers that stand here"
                raise SiteRefused(message)
            place_assets(assets, row, _moved(row, posted), actor=actor, at=at)
            messages.info(request, f"{', '.join(a.code for a in assets)}: at {row.name} now.")
        else:
            said = _said(SiteId(row.code), posted)
            change_site(said, client=row.client, actor=actor, at=at)
            messages.info(request, "Saved.")
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
        return _page(request, _row(code, site), posted, status=422)
    return redirect("web:site", code, site)


def _row(code: str, site: str) -> books.Site:
    rows = books.Site.objects.select_related("client", "contact")
    return get_object_or_404(rows, client__code=code, code=site)


def _said(code: SiteId, posted: Mapping[str, str]) -> Site:
    told = {name: posted.get(name, "").replace("\r\n", "\n").strip() for name, _, _, _ in _LINES}
    contact = posted.get("contact", "")
    return Site(code, contact=ContactId(contact) if contact else None, **told)


def _moved(row: books.Site, posted: Mapping[str, str]) -> Moved:
    return Moved(_since(row, posted), posted.get("reason", ""), posted.get("corrects") == "on")


def _since(row: books.Site, posted: Mapping[str, str]) -> datetime | None:
    text = posted.get("since", "").strip()
    if not text:
        return None
    try:
        return local_instant(row.zone or row.client.zone, wall_time(text))
    except ImpossibleLocalTime:
        raise
    except ValueError as unreadable:
        message = f"{text!r} is no time; choose day and time, or leave it empty"
        raise SiteRefused(message) from unreadable


def _lines(said: Mapping[str, str]) -> list[Line]:
    return [
        Line(name, label, words, said.get(name, ""), tall) for name, label, words, tall in _LINES
    ]


def _page(
    request: HttpRequest, row: books.Site, posted: Mapping[str, str], status: int = 200
) -> HttpResponse:
    zone, at = row.zone or row.client.zone, timezone.now()
    story = story_of(row, at)
    named = {one.name: str(getattr(row.to_core(), one.name) or "") for one in fields(Site)}
    said = posted if posted and posted.get("act") != "place" else named
    here = {one.asset.pk for one in story.assets}
    context = {
        "site": row,
        "client": row.client,
        "zone": zone,
        "story": story,
        "standing": [(one.asset, _came(one.came, zone)) for one in story.assets],
        "gone": [(move, minute(move.at, zone)) for move in story.gone],
        "incidents": [(one, minute(one.opened_at, zone)) for one in story.incidents],
        "windows": [(one, minute(one.starts_at, zone)) for one in story.windows],
        "visits": [(one, minute(one.entry.period.start, zone)) for one in story.visits],
        "lines": _lines(said),
        "said": said,
        "people": row.client.contacts.order_by("name"),
        "others": [
            one
            for one in row.client.assets.select_related("site").order_by("name")
            if one.pk not in here
        ],
        "all_assets": row.client.assets.select_related("site").order_by("name"),
        "posted": posted,
        "may_keep": role_of(request) in _KEEPERS,
        "may_servers": may_open(request, "servers"),
        "may_vendors": may_open(request, "vendors"),
        "may_work": may_open(request, "work"),
    }
    return render(request, "web/sites/site.html", context, status=status)


def _came(move: AssetMove | None, zone: str) -> str:
    if move is None:
        return ""
    came = f", from {move.left}" if move.left else ""
    why = f": {move.reason}" if move.reason else ""
    return f"since {minute(move.at, zone)}{came}{why}"

"""Requests waiting, windows and vendors; one vendor's page; and the visit report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from groundrules.core.calendars import span_label, zone_label
from groundrules.core.periods import local_date
from groundrules.core.vendors import LetterOfAgencyNotInForce, letter_of_agency_status
from groundrules.core.vendors.progress import WindowState, decision_time, window_state
from groundrules.core.vendors.rules_library import RulesIncomplete
from groundrules.records import models as books
from groundrules.records.models import AccessRequest, AccessWindow, PortalLink
from groundrules.services import access, vendor_replies
from groundrules.services.access import Invited
from groundrules.services.access.deciding import calendar_of, request_of
from groundrules.services.access.rules import standing_of
from groundrules.services.access.rules_letter import draft_rules_letter
from groundrules.services.actor import NotAllowed
from groundrules.services.agency import UnknownLetterOfAgency, introduce, reminders_of
from groundrules.services.gate import UnknownWindow
from groundrules.services.gate.certificates import window_row
from groundrules.services.vendor_register import registered
from groundrules.services.visits import NotAVendorsWindow, visit
from groundrules.services.world import NoAgreement, NoProvider, answer_without_documents
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer
from groundrules.web.words import sentence

_RECENT = timedelta(days=30)
_SHOWN = 50


def span(row: AccessWindow, zone: str = "") -> str:
    """This function will write a window's time in the site's zone, or another."""
    return span_label(row.starts_at, row.ends_at, zone or row.client.zone)


@area("vendors")
@require_safe
def vendors(request: HttpRequest) -> HttpResponseBase:
    """What waits for a decision, what is open or coming, what was lately, and every vendor.

    As CSV the windows: those that are asked for, and those of the page's table.
    """
    now = timezone.now()
    rows = (
        AccessWindow.objects.current()
        .filter(vendor__isnull=False, starts_at__gte=now - _RECENT)
        .select_related("client", "asset", "vendor")
        .order_by("-starts_at", "-pk")[:_SHOWN]
    )
    found = [(row, window_state(row.to_core(), now), span(row)) for row in rows]
    if request.GET.get("format") == "csv":
        return csv_answer("windows", _COLUMNS, (_cells(*one) for one in found))
    refs = [row.ref for row, state, _ in found if state is WindowState.REQUESTED]
    asked = {
        (one.client_id, one.window): one
        for one in AccessRequest.objects.filter(window__in=refs).select_related("link")
    }
    context = {
        "waiting": [
            (row, when, asked.get((row.client_id, row.ref)), _waits(row, asked, now))
            for row, state, when in reversed(found)
            if state is WindowState.REQUESTED
        ],
        "windows": [one for one in found if one[1] is not WindowState.REQUESTED],
        "vendors": _clients_of_vendors(),
    }
    return render(request, "web/vendors/list.html", context)


_COLUMNS = ("Window", "Client", "Server", "Vendor", "When", "State")


def _cells(row: AccessWindow, state: WindowState, when: str) -> tuple[str, ...]:
    whose = row.vendor.name if row.vendor else ""
    return row.ref, row.client.name, row.asset.name, whose, when, state.value


def _waits(row: AccessWindow, asked: dict[tuple[int, str], AccessRequest], now: datetime) -> str:
    request = asked.get((row.client_id, row.ref))
    waits = decision_time(row.to_core(), request.decide_by) if request else None
    return waits.sentence(now, row.client.zone) if waits else ""


def _clients_of_vendors() -> list[tuple[books.Vendor, list[books.Client]]]:
    """Where each vendor has an application, an account or a window; the others are listed without a client."""
    clients = {client.pk: client for client in books.Client.objects.order_by("name")}
    places: dict[str, set[int]] = {}
    held = books.Account.objects.filter(party_kind="vendor").values_list("party_code", "client")
    supplied = books.Application.objects.filter(vendor__isnull=False)
    visited = AccessWindow.objects.filter(vendor__isnull=False)
    for code, client in [
        *held,
        *supplied.values_list("vendor__code", "client"),
        *visited.values_list("vendor__code", "client").distinct(),
    ]:
        places.setdefault(code, set()).add(client)
    return [
        (vendor, [c for pk, c in clients.items() if pk in places.get(vendor.code, set())])
        for vendor in books.Vendor.objects.order_by("name")
    ]


@area("vendors")
@require_safe
def vendor(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """One vendor at one client: register, letter of agency, rules, links, windows, score."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    now = timezone.now()
    windows = (
        AccessWindow.objects.current()
        .of_client(owner)
        .filter(vendor=card)
        .select_related("client", "asset")
        .order_by("-starts_at", "-pk")[:_SHOWN]
    )
    rules = books.RulesAcceptance.objects.current().of_client(owner).filter(vendor=card)
    found = registered(owner, card, now)
    support = found.support
    context = {
        "owner": owner,
        "vendor": card,
        "accounts": found.accounts,
        "applications": found.applications,
        "support": support,
        "support_runs": support is not None and support.runs_on(local_date(owner.zone, now)),
        "letters": _letters(owner, card, now),
        "due": [one for one in reminders_of(owner, now) if one.vendor == card.code],
        "standing": standing_of(owner, card, now),
        "rules": [
            (row.to_core(), zone_label(row.accepted_at, owner.zone))
            for row in rules.order_by("-version", "-accepted_at")
        ],
        "links": [
            (link, zone_label(link.expires_at, owner.zone), link.expires_at <= now)
            for link in owner.portal_links.filter(vendor=card)
            .select_related("asset")
            .order_by("-pk")
        ],
        "windows": [(row, window_state(row.to_core(), now), span(row)) for row in windows],
        "assets": owner.assets.order_by("name"),
        **_score(owner, card, now),
    }
    return render(request, "web/vendors/vendor.html", context)


def _letters(owner: books.Client, card: books.Vendor, now: datetime) -> list[object]:
    rows = books.LetterOfAgency.objects.current().of_client(owner).filter(vendor=card)
    calendar = calendar_of(owner, now)
    return [
        (core, letter_of_agency_status(core, now, owner.zone, calendar))
        for core in (row.to_core() for row in rows.order_by("-recorded_at", "-pk"))
    ]


def _score(owner: books.Client, card: books.Vendor, now: datetime) -> dict[str, object]:
    """The score needs the whole of the client's record; without an agreement nothing is counted."""
    try:
        answers = answer_without_documents(owner, now)
    except (NoAgreement, NoProvider) as unknown:
        return {"score": None, "no_score": f"No score: {unknown}."}
    found = next((one for one in answers.vendors if one.vendor == card.code), None)
    letter = vendor_replies.letter_about(answers, card)
    return {
        "score": found,
        "no_score": "" if found else "No score: the vendor has no record here.",
        "may_write": letter.kind.value if letter else "",
    }


@area("vendors")
@require_POST
def write(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Draft a letter to or about a vendor: its rules, our introduction, what asks for its side, or a replacement."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    write_it = _WRITTEN.get(request.POST.get("letter", ""), _write_about)
    try:
        row = write_it(request, owner, card)
    except _NOT_WRITTEN as refused:
        messages.error(request, f"Nothing was drafted. {sentence(refused)}")
        return redirect("web:vendor", client, code)
    return redirect("web:letter", row.ref)


def _write_about(
    request: HttpRequest, owner: books.Client, card: books.Vendor
) -> books.LetterDraft:
    return vendor_replies.draft(card, client=owner, actor=actor_of(request), at=timezone.now())


def _write_rules(
    request: HttpRequest, owner: books.Client, card: books.Vendor
) -> books.LetterDraft:
    return draft_rules_letter(card, client=owner, actor=actor_of(request), at=timezone.now())


def _write_introduction(
    request: HttpRequest, owner: books.Client, _card: books.Vendor
) -> books.LetterDraft:
    ref = request.POST.get("agency", "")
    return introduce(ref, client=owner, actor=actor_of(request), at=timezone.now())


_WRITTEN: Mapping[str, Callable[[HttpRequest, books.Client, books.Vendor], books.LetterDraft]] = {
    "rules": _write_rules,
    "introduction": _write_introduction,
}
_NOT_WRITTEN = (
    *(vendor_replies.NothingToWrite, NoAgreement, NoProvider, NotAllowed),
    *(RulesIncomplete, LetterOfAgencyNotInForce, UnknownLetterOfAgency),
)


@area("vendors")
@require_POST
def invite(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Make a personal link and mail it, or withdraw one."""
    owner = get_object_or_404(books.Client, code=client)
    card = get_object_or_404(books.Vendor, code=code)
    actor, now = actor_of(request), timezone.now()
    try:
        if request.POST.get("revoke"):
            link = get_object_or_404(
                PortalLink, client=owner, vendor=card, pk=request.POST["revoke"]
            )
            access.revoke_link(link, actor=actor, at=now)
            messages.info(request, f"The link of {link.person} is withdrawn.")
        else:
            _invite(request, owner, card, now)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("web:vendor", client, code)


def _invite(request: HttpRequest, owner: books.Client, card: books.Vendor, now: datetime) -> None:
    person, email = request.POST.get("person", "").strip(), request.POST.get("email", "").strip()
    asset = get_object_or_404(books.Asset, client=owner, code=request.POST.get("asset", ""))
    if not person or "@" not in email:
        messages.error(request, "Nothing was sent: a link needs a person's name and mail address.")
        return
    invited = Invited(person, email)
    access.invite(invited, card, asset, actor=actor_of(request), at=now)
    messages.info(request, f"A personal link to {asset.name} was mailed to {email}.")


@area("vendors")
@require_safe
def visit_page(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """What a visit was; the vendor and the client can read the same."""
    owner = get_object_or_404(books.Client, code=client)
    try:
        row, report = window_row(owner, ref), visit(owner, ref, timezone.now())
    except (UnknownWindow, NotAVendorsWindow) as unknown:
        raise Http404(str(unknown)) from unknown
    asked = request_of(row)
    zone = row.vendor.zone if row.vendor else ""
    context = {
        "report": report,
        "row": row,
        "zone": owner.zone,
        "vendor_zone": zone if zone != owner.zone else "",
        "plan": asked.plan if asked else "",
        "client_code": owner.code,
        "staff": True,
    }
    return render(request, "web/vendors/visit.html", context)

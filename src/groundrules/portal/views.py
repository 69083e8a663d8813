"""A personal link opened: ask for access, see what became of it, read what the visit was. Reading changes nothing."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groundrules.core.calendars import span_label, zone_label
from groundrules.core.vendors.progress import decision_time, window_state
from groundrules.core.vendors.touches import TOUCHES
from groundrules.portal.forms import Filled, filled, prefilled
from groundrules.records.models import (
    AccessRequest,
    AccessWindow,
    Certificate,
    Gate,
    PortalLink,
)
from groundrules.services.access import (
    CodeRefused,
    LinkRefused,
    RequestRefused,
    accept_rules,
    mail_code,
    open_link,
    request_access,
)
from groundrules.services.access.deciding import request_of
from groundrules.services.access.rules import RulesChanged, standing_of
from groundrules.services.access.telling import calendar_file, gate_words, login_words
from groundrules.services.gate import UserKeyUnusable
from groundrules.services.gate.certificates import window_row
from groundrules.services.visits import visit

_REFUSALS = (RequestRefused, CodeRefused, RulesChanged, UserKeyUnusable)


def zones_of(link: PortalLink) -> tuple[str, ...]:
    """This function will return the zones times are shown in: the site's, then the vendor's own."""
    vendor = link.vendor.zone if link.vendor else ""
    return tuple(dict.fromkeys(zone for zone in (link.client.zone, vendor) if zone))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The form to ask for access, or the report the link is for. Only a request with its code is an effect."""
    now = timezone.now()
    try:
        link = open_link(token, now)
    except LinkRefused as refused:
        return render(request, "portal/refused.html", {"problem": str(refused)}, status=410)
    if link.window:
        return _report(request, link, link.window, now)
    if request.method != "POST":
        return _form(request, link, token, prefilled(link, now))
    form = filled(request.POST)
    if request.POST.get("act") == "code":
        mail_code(link, now)
        said = (
            f"We mailed six digits to {link.email}. Type them below; they are good for ten minutes."
        )
        return _form(request, link, token, form, said=said)
    if request.POST.get("act") == "accept":
        return _accept(request, link, token, form, now)
    return _send(request, link, token, form, now)


def _accept(
    request: HttpRequest, link: PortalLink, token: str, form: Filled, now: datetime
) -> HttpResponse:
    """The rules alone are accepted; what else was typed stays in the form."""
    try:
        accept_rules(link, form.accepts_rules, request.POST.get("code", ""), now)
    except _REFUSALS as refused:
        return _form(request, link, token, form, problem=str(refused))
    said = f"Thank you: you accepted version {form.accepts_rules} of the rules. No window was asked for."
    return _form(request, link, token, form, said=said)


def _send(
    request: HttpRequest, link: PortalLink, token: str, form: Filled, now: datetime
) -> HttpResponse:
    try:
        code = request.POST.get("code", "")
        row = request_access(link, form.wanted(link.client.zone), code, now)
    except _REFUSALS as refused:
        return _form(request, link, token, form, problem=str(refused))
    return redirect("portal:window", token, row.ref)


def _form(
    request: HttpRequest,
    link: PortalLink,
    token: str,
    form: Filled,
    *,
    problem: str = "",
    said: str = "",
) -> HttpResponse:
    asked = link.requests.order_by("-pk")[:10]
    context = {
        "link": link,
        "token": token,
        "form": form,
        "problem": problem,
        "said": said,
        "touches": [(name, says, name in form.touches) for name, says, _ in TOUCHES],
        "times": _times(link, form),
        "zones": zones_of(link),
        "asks_key": Gate.objects.by_ssh().filter(asset=link.asset).exists(),
        "records": Gate.objects.filter(asset=link.asset, records_sessions=True).exists(),
        "gate_says": gate_words(link.asset) if link.asset else "",
        "rules": _rules(link, timezone.now()),
        "asked": asked,
    }
    return render(request, "portal/ask.html", context, status=422 if problem else 200)


def _times(link: PortalLink, form: Filled) -> list[str]:
    """The chosen time in every zone, as far as it can be read."""
    try:
        first, last = form.instants(link.client.zone)
    except RequestRefused:
        return []
    return [span_label(first, last, z) for z in zones_of(link)]


def _rules(link: PortalLink, now: datetime) -> dict[str, object]:
    """How the person's company stands to its rules: the text to accept, or who accepted it."""
    if link.vendor is None:
        return {}
    standing = standing_of(link.client, link.vendor, now)
    says = ""
    if standing.rules and standing.accepted:
        when = zone_label(standing.accepted.at, link.client.zone)
        says = f"Version {standing.rules.version} was accepted by {standing.accepted.accepted_by}, {when}."
    return {"standing": standing, "says": says}


def _asked(token: str, ref: str) -> tuple[PortalLink, AccessWindow, AccessRequest]:
    """A window is shown only by the link it was asked with."""
    try:
        link = open_link(token, timezone.now())
    except LinkRefused as refused:
        raise Http404(str(refused)) from refused
    request = link.requests.filter(window=ref).first()
    if request is None:
        message = "This link asked for no such window."
        raise Http404(message)
    return link, window_row(link.client, ref), request


@login_not_required
@require_safe
def window(request: HttpRequest, token: str, ref: str) -> HttpResponse:
    """What became of a request: how it stands, when, how to log in."""
    link, row, asked = _asked(token, ref)
    now, core = timezone.now(), row.to_core()
    decision = decision_time(core, asked.decide_by)
    newest = _certificate(row)
    context = {
        "link": link,
        "token": token,
        "row": row,
        "core": core,
        "asked": asked,
        "state": window_state(core, now),
        "times": [span_label(core.period.start, core.period.end, z) for z in zones_of(link)],
        "decision": decision.sentence(now, link.client.zone) if decision else "",
        "certificate": newest,
        "login": login_words(newest) if newest else "",
        "gate_says": gate_words(row.asset),
    }
    return render(request, "portal/window.html", context)


def _certificate(row: AccessWindow) -> Certificate | None:
    standing = Certificate.objects.of_window(row.client, row.to_core().id)
    return standing.filter(revocation__isnull=True).order_by("-serial").first()


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str, ref: str) -> HttpResponse:
    """The window as a calendar file, once it is approved."""
    link, row, _ = _asked(token, ref)
    if row.to_core().approved_at is None:
        message = "The window is not approved."
        raise Http404(message)
    answer = HttpResponse(calendar_file(row, (link.email,)), content_type="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{ref}.ics"'
    return answer


@login_not_required
@require_safe
def certificate(request: HttpRequest, token: str, ref: str) -> HttpResponse:
    """The certificate as a file: it is bound to the person's key, and of no use to anybody else."""
    _, row, _ = _asked(token, ref)
    newest = _certificate(row)
    if newest is None:
        message = "No certificate stands for this window."
        raise Http404(message)
    answer = HttpResponse(newest.text + "\n", content_type="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="id_ed25519-cert.pub"'
    return answer


@login_not_required
@require_safe
def visit_page(request: HttpRequest, token: str, ref: str) -> HttpResponse:
    """The visit report, as the provider and the client read it."""
    link, row, _ = _asked(token, ref)
    return _report(request, link, row.ref, timezone.now())


def _report(request: HttpRequest, link: PortalLink, ref: str, now: datetime) -> HttpResponse:
    row = window_row(link.client, ref)
    asked = request_of(row)
    zone = row.vendor.zone if row.vendor else ""
    context = {
        "report": visit(link.client, ref, now),
        "row": row,
        "zone": link.client.zone,
        "vendor_zone": zone if zone != link.client.zone else "",
        "plan": asked.plan if asked else "",
    }
    return render(request, "portal/visit.html", context)

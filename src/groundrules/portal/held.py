"""What is held against a vendor on one server, behind its engineer's personal link; each fact can be disputed there."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from groundrules.core.disputes import DisputeRefused, DisputeSubject
from groundrules.records.models import PortalLink
from groundrules.services.access import CodeRefused, LinkRefused, mail_code, open_link
from groundrules.services.disputes import behind_link


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: HttpRequest, token: str) -> HttpResponse:
    """The facts and the score, and a form that disputes one; only a typed code has an effect."""
    now = timezone.now()
    try:
        link = open_link(token, now)
    except LinkRefused as refused:
        return render(request, "portal/refused.html", {"problem": str(refused)}, status=410)
    if link.vendor is None or link.asset is None:
        told = {"problem": "This link does not show that page."}
        return render(request, "portal/refused.html", told, status=404)
    if request.method != "POST":
        return _shown(request, link, token, now)
    if request.POST.get("act") == "code":
        mail_code(link, now)
        said = f"We mailed six digits to {link.email}. They are good for ten minutes."
        return _shown(request, link, token, now, said=said)
    subject, _, ref = request.POST.get("about", "").partition(":")
    try:
        wanted = _wanted(subject, ref)
        says, code = request.POST.get("says", ""), request.POST.get("code", "")
        behind_link.dispute(link, wanted, says, code, now)
    except (DisputeRefused, CodeRefused) as refused:
        return _shown(request, link, token, now, problem=str(refused))
    return redirect("portal:held", token)


def _wanted(subject: str, ref: str) -> tuple[DisputeSubject, str]:
    found = next((s for s in DisputeSubject if s.value == subject), None)
    if found is None:
        message = "Choose what you dispute."
        raise DisputeRefused(message)
    return found, ref


def _shown(
    request: HttpRequest,
    link: PortalLink,
    token: str,
    now: datetime,
    *,
    problem: str = "",
    said: str = "",
) -> HttpResponse:
    context = {
        "link": link,
        "token": token,
        "zone": link.client.zone,
        "problem": problem,
        "said": said,
        "says": request.POST.get("says", ""),
        "about": request.POST.get("about", ""),
        **vars_of(behind_link.held_on(link, now)),
    }
    return render(request, "portal/held.html", context, status=422 if problem else 200)


def vars_of(held_on: behind_link.Held) -> dict[str, object]:
    """This function will give the page what is held, by the names its template uses."""
    return {
        "facts": held_on.facts,
        "card": held_on.card,
        "score_dispute": held_on.score_dispute,
        "score_value": held_on.score_value,
    }

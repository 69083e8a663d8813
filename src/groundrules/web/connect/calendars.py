"""Calendars by secret address: make one and see its address once, close one; and the feed itself."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundrules.records.models import CalendarLink, Role, User
from groundrules.services import calendar_links
from groundrules.web.access import actor_of, area
from groundrules.web.times import minute
from groundrules.web.words import sentence

_ZONE = "UTC"


@area("calendars")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_list(request: HttpRequest) -> HttpResponse:
    """One's own calendars, an owner everybody's; and the form that makes one."""
    if request.method != "POST":
        return _page(request)
    posted = request.POST
    clients = posted.get("clients", "").replace(",", " ").split()
    wanted = calendar_links.Wanted(posted.get("name", ""), posted.getlist("kind"), clients)
    user = User.objects.get(email=actor_of(request).label)
    try:
        _, token = calendar_links.make(wanted, user=user, at=timezone.now())
    except calendar_links.CalendarMalformed as refused:
        messages.error(request, f"No calendar was made. {sentence(str(refused))}")
        return _page(request, status=422)
    address = f"{settings.GROUNDRULES_PUBLIC_URL}{reverse('web:calendar-feed', args=[token])}"
    return _page(request, address=address)


def _page(request: HttpRequest, status: int = 200, address: str = "") -> HttpResponse:
    actor = actor_of(request)
    rows = CalendarLink.objects.filter(revoked_at__isnull=True).select_related("user")
    if actor.role is not Role.OWNER:
        rows = rows.filter(user__email=actor.label)
    context = {
        "rows": [
            (row, minute(row.last_used_at, _ZONE) if row.last_used_at else "never")
            for row in rows.order_by("user__email", "name", "pk")
        ],
        "kinds": calendar_links.KINDS.items(),
        "address": address,
        "posted": {} if address else request.POST,
    }
    return render(request, "web/connect/calendars.html", context, status=status)


@area("calendars")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Close a calendar's address."""
    actor = actor_of(request)
    rows = CalendarLink.objects.select_related("user")
    if actor.role is not Role.OWNER:
        rows = rows.filter(user__email=actor.label)
    row = get_object_or_404(rows, pk=number)
    calendar_links.revoke(row, actor=actor, at=timezone.now())
    messages.info(request, f"The address of {row.name} opens nothing any more.")
    return redirect("web:calendars")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar at a secret address."""
    try:
        content = calendar_links.written(token, at=timezone.now())
    except calendar_links.CalendarRefused as refused:
        raise Http404(str(refused)) from refused
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")

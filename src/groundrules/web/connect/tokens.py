"""Tokens for programs: make one of one's own and see it once, and revoke any that one may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from groundrules.records.models import ApiToken, Role, User
from groundrules.services import scopes, tokens
from groundrules.services.actor import Actor, NotAllowed
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute
from groundrules.web.words import sentence

_REFUSALS = (tokens.TokenMalformed, tokens.NameTaken, scopes.UnknownScope, NotAllowed)
_DAYS = (7, 30, tokens.USUALLY, tokens.LONGEST)
_ZONE = "UTC"
_COLUMNS = ("Token", "Whose", "State", "Good until", "Used", "Scopes", "Clients")


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as the page shows it."""

    token: ApiToken
    state: str
    ends: str
    used: str


@area("connect")
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponseBase:
    """The tokens one may see, and the form that makes one; a new one is shown in the answer to it, once."""
    actor, at = actor_of(request), timezone.now()
    if request.method != "POST" and request.GET.get("format") == "csv":
        return csv_answer("tokens", _COLUMNS, (_cells(one) for one in _rows(actor, at)))
    if request.method != "POST":
        return _page(request, actor, at)
    try:
        user = User.objects.get(email=actor.label)
        row, text = tokens.make(_wanted(request), user=user, actor=actor, at=at)
    except _REFUSALS as refused:
        messages.error(request, f"No token was made. {sentence(str(refused))}")
        return _page(request, actor, at, status=422)
    return _page(request, actor, at, made=(row, text))


@area("connect")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """End a token at once."""
    actor = actor_of(request)
    row = get_object_or_404(tokens.visible_to(actor), pk=number)
    tokens.revoke(row, actor=actor, at=timezone.now())
    messages.info(request, f"{row.name} opens nothing any more.")
    return redirect("web:tokens")


def _wanted(request: HttpRequest) -> tokens.Wanted:
    days = request.POST.get("days", "")
    return tokens.Wanted(
        request.POST.get("name", ""),
        request.POST.getlist("scope"),
        int(days) if days.isascii() and days.isdecimal() and len(days) < len("10000") else 0,
        request.POST.get("clients", "").replace(",", " ").split(),
    )


def _page(
    request: HttpRequest,
    actor: Actor,
    at: datetime,
    status: int = 200,
    made: tuple[ApiToken, str] | None = None,
) -> HttpResponse:
    context = {
        "rows": _rows(actor, at),
        "scopes": scopes.open_to(actor.role),
        "days": _DAYS,
        "usually": request.POST.get("days") or str(tokens.USUALLY),
        "made": made,
        "posted": request.POST,
        "ticked": request.POST.getlist("scope") if made is None else (),
        "everybody": actor.role is Role.OWNER,
        "may_webhooks": may_open(request, "webhooks"),
        "may_calendars": may_open(request, "calendars"),
        "may_imports": may_open(request, "imports"),
    }
    return render(request, "web/connect/tokens.html", context, status=status)


def _rows(actor: Actor, at: datetime) -> list[TokenRow]:
    rows = tokens.visible_to(actor).select_related("user")
    return [_shown(row, at) for row in rows.order_by("user__email", "-made_at", "-pk")]


def _cells(one: TokenRow) -> tuple[str, ...]:
    row = one.token
    reach = (" ".join(row.scopes), " ".join(row.clients) or "every client")
    return row.name, row.user.email, one.state, one.ends, one.used, *reach


def _shown(row: ApiToken, at: datetime) -> TokenRow:
    used = (
        f"{minute(row.last_used_at, _ZONE)} from {row.last_used_from}"
        if row.last_used_at
        else "never"
    )
    return TokenRow(row, row.state_at(at), minute(row.expires_at, _ZONE), used)

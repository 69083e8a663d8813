"""Webhooks: keep one and see its secret once, look what it was told, tell it again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groundrules.records.models import Webhook, WebhookAttempt, WebhookDelivery
from groundrules.services import webhook_events, webhooks
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import clock
from groundrules.web.words import sentence

_REFUSALS = (webhooks.WebhookMalformed, webhooks.AddressRefused, NotAllowed)
_SHOWN = 50
_LISTED = ("Webhook", "Address", "Told of", "Clients", "Stands")
_COLUMNS = ("Event", "Kind", "When", "State", "Tries", "Last answer")
_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the log shows it, with each try to deliver it."""

    delivery: WebhookDelivery
    at: str
    attempts: tuple[tuple[str, WebhookAttempt], ...]


@area("webhooks")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_list(request: HttpRequest) -> HttpResponseBase:
    """Webhooks and how they stand, and the form that keeps another."""
    if request.method != "POST" and request.GET.get("format") == "csv":
        return csv_answer("webhooks", _LISTED, (_listed(one) for one in _kept()))
    if request.method != "POST":
        return _page(request)
    posted = request.POST
    clients = posted.get("clients", "").replace(",", " ").split()
    wanted = webhooks.Wanted(
        posted.get("name", ""), posted.get("url", "").strip(), posted.getlist("event"), clients
    )
    try:
        row, secret = webhooks.add(wanted, actor=actor_of(request), at=timezone.now())
    except _REFUSALS as refused:
        messages.error(request, f"No webhook was kept. {sentence(str(refused))}")
        return _page(request, status=422)
    return _page(request, made=(row, secret))


def _kept() -> QuerySet[Webhook]:
    return Webhook.objects.filter(ended_at__isnull=True).order_by("name")


def _listed(row: Webhook) -> tuple[str, ...]:
    told = ", ".join(row.events) or "everything"
    clients = ", ".join(row.clients) or "every client"
    return row.name, row.url, told, clients, webhooks.standing(row)


def _page(
    request: HttpRequest, status: int = 200, made: tuple[Webhook, str] | None = None
) -> HttpResponse:
    context = {
        "rows": [(row, webhooks.standing(row)) for row in _kept()],
        "kinds": [kind for kind in webhook_events.KINDS if kind != webhook_events.TEST],
        "made": made,
        "posted": {} if made else request.POST,
        "ticked": () if made else request.POST.getlist("event"),
    }
    return render(request, "web/connect/webhooks.html", context, status=status)


@area("webhooks")
@require_safe
def webhook(request: HttpRequest, number: int) -> HttpResponseBase:
    """One webhook: what it was told lately, and what it answered; all it was told, as CSV."""
    row = get_object_or_404(Webhook, pk=number)
    if request.GET.get("format") == "csv":
        told = webhooks.lately(row).prefetch_related("attempts")
        return csv_answer("deliveries", _COLUMNS, (_cells(one) for one in told))
    return _log(request, row)


def _log(request: HttpRequest, row: Webhook, secret: str = "") -> HttpResponse:
    rows = list(webhooks.lately(row).prefetch_related("attempts")[:_SHOWN])
    told = [Told(one, clock(one.event.recorded_at, _ZONE), _attempts(one)) for one in rows]
    context = {
        "webhook": row,
        "standing": webhooks.standing(row),
        "told": told,
        "secret": secret,
        "paused": clock(row.paused_until, _ZONE) if row.paused_until else "",
    }
    return render(request, "web/connect/webhook.html", context)


def _cells(row: WebhookDelivery) -> tuple[str, ...]:
    tries = _attempts(row)
    last = f"{tries[-1][1].status or 'no answer'} {tries[-1][1].says}".strip() if tries else ""
    at = clock(row.event.recorded_at, _ZONE)
    return row.event.uid, row.event.kind, at, row.state, str(len(tries)), last


def _attempts(row: WebhookDelivery) -> tuple[tuple[str, WebhookAttempt], ...]:
    tries = sorted(row.attempts.all(), key=lambda one: one.pk)
    return tuple((clock(one.recorded_at, _ZONE), one) for one in tries)


@area("webhooks")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Try it out, give it a new secret, tell an event again, or end it."""
    row = get_object_or_404(Webhook, pk=number)
    wanted, actor, at = request.POST.get("act", ""), actor_of(request), timezone.now()
    if wanted == "secret":
        return _log(request, row, webhooks.replace_secret(row, actor=actor, at=at))
    if wanted == "test":
        webhooks.try_out(row, actor=actor, at=at)
        messages.info(request, "The worker tells it now; look again in a few seconds.")
    elif wanted == "end":
        webhooks.end(row, actor=actor, at=at)
        messages.info(request, f"{row.name} is told nothing more.")
        return redirect("web:webhooks")
    else:
        webhooks.replay(_delivery(row, wanted), actor=actor, at=at)
        messages.info(request, "It is told once more, under the same identity.")
    return redirect("web:webhook", number)


def _delivery(row: Webhook, wanted: str) -> WebhookDelivery:
    number = wanted.removeprefix("replay:")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):  # noqa: PLR2004 - a key's digits
        message = "There is no such act."
        raise Http404(message)
    rows = row.deliveries.select_related("event", "webhook")
    return get_object_or_404(rows, pk=int(number))

"""What could be done about a relationship, what vendors' scores offer, and the decision that is put on record."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.money import AmountTooFine, Money
from groundrules.core.profitability.what_if import what_if
from groundrules.core.profitability.words import share
from groundrules.records.models import Client, RelationshipDecision
from groundrules.services import profit
from groundrules.services.actor import NotAllowed
from groundrules.services.profit.portfolio import Detail
from groundrules.web.access import actor_of, area

_REVIEW = timedelta(days=90)
_DIGITS = 19  # More than any number of a row has.


def deciding_context(request: HttpRequest, found: Detail) -> dict[str, object]:
    """This function will gather the ways, the decisions so far, and what the decision form needs."""
    one = found.relationship
    ways = what_if(one.facts, _wished(request, one.revenue.currency)) if one.answer else ()
    client = Client.objects.get(code=one.scope.client)
    return {
        "ways": [
            (way, share(way.measures.margin) if way.measures else "-", way.measures) for way in ways
        ],
        "decisions": [_shown(row) for row in profit.decisions_of(client)],
        "choices": [choice.value for choice in profit.Choice],
        "review": (timezone.now() + _REVIEW).date(),
        "wished": request.GET.get("fee", ""),
    }


def _wished(request: HttpRequest, currency: str) -> Money | None:
    text = request.GET.get("fee", "").strip()
    if not text:
        return None
    try:
        return Money.of(text.replace(",", ""), currency)
    except (ArithmeticError, ValueError, AmountTooFine):
        messages.error(request, f"{text!r} is no amount; write it as 120.00")
        return None


def _shown(row: RelationshipDecision) -> dict[str, Any]:
    later = getattr(row, "reviewed_by", None)
    return {
        "row": row,
        "then": _figures(row),
        "later": later,
        "now": _figures(later) if later else "",
    }


def _figures(row: RelationshipDecision) -> str:
    found = json.loads(row.figures)
    wanted = ("word", "Gross profit", "Agreement gross margin")
    return ", ".join(f"{name.lower()} {found[name]}" for name in wanted if found.get(name))


@area("profit")
@require_POST
def decide(request: HttpRequest, client: str) -> HttpResponse:
    """Put keep, change or exit on record, or what came of the last decision."""
    card = get_object_or_404(Client, code=client)
    now, given = timezone.now(), request.POST
    judged = profit.relationship(card, profit.last_months(now), at=now).relationship
    try:
        if "happened" in given:
            number = given.get("decision", "")
            decided = get_object_or_404(
                RelationshipDecision,
                pk=int(number) if number.isdecimal() and len(number) < _DIGITS else 0,
                client=card,
            )
            profit.record_outcome(
                decided, given["happened"], judged, actor=actor_of(request), at=now
            )
        else:
            profit.decide(card, _proposed(request), judged, actor=actor_of(request), at=now)
    except (profit.DecisionRefused, NotAllowed) as refused:
        messages.error(request, f"Nothing was put on record: {refused}.")
    else:
        messages.info(request, "On record, with today's figures.")
    return redirect("web:profit-client", client)


def _proposed(request: HttpRequest) -> profit.Proposed:
    given = request.POST
    choice, review = given.get("choice", ""), given.get("review", "")
    if choice not in set(profit.Choice):
        message = "choose keep, change or exit"
        raise profit.DecisionRefused(message)
    try:
        day = date.fromisoformat(review)
    except ValueError as wrong:
        message = f"{review!r} is no day; write the review as 2026-06-01"
        raise profit.DecisionRefused(message) from wrong
    return profit.Proposed(
        profit.Choice(choice),
        given.get("reason", ""),
        given.get("expected", ""),
        day,
        given.get("instead", ""),
    )

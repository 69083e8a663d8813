"""What could be done about a relationship, what vendors' scores offer, and the decision that is put on record."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone

from groundrules.core.money import AmountTooFine, Money
from groundrules.core.profitability.what_if import what_if
from groundrules.core.profitability.words import share
from groundrules.records.models import Client, RelationshipDecision
from groundrules.services import profit
from groundrules.services.profit.portfolio import Detail

_REVIEW = timedelta(days=90)


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
        "review": request.POST.get("review") or (timezone.now() + _REVIEW).date().isoformat(),
        "given": request.POST,
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
        "number": str(row.pk),
        "letter": row.letter,
        "then": _figures(row),
        "later": later,
        "now": _figures(later) if later else "",
    }


def _figures(row: RelationshipDecision) -> str:
    found = json.loads(row.figures)
    wanted = ("word", "Gross profit", "Agreement gross margin")
    return ", ".join(f"{name.lower()} {found[name]}" for name in wanted if found.get(name))

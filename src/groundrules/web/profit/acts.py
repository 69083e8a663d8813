"""The decision about a relationship is put on record, or what came of it; a refusal shows what was typed."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.records.models import Client, RelationshipDecision
from groundrules.services import profit
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.profit.views import client_page

_PERCENT = re.compile(r"-?[0-9]{1,4}(\.[0-9]{1,4})?\Z")
_DIGITS = 19  # More than any number of a row has.


@area("profit")
@require_POST
def decide(request: HttpRequest, client: str) -> HttpResponseBase:
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
            row = profit.decide(card, _proposed(request), judged, actor=actor_of(request), at=now)
            if row.letter:
                messages.info(request, "On record. Read the letter, then approve it.")
                return redirect("web:letter", row.letter)
    except (profit.DecisionRefused, NotAllowed) as refused:
        messages.error(request, f"Nothing was put on record: {refused}.")
        return client_page(request, card, status=422)
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
        _told(request) if "letter" in given else None,
    )


def _told(request: HttpRequest) -> profit.Told:
    given = request.POST
    try:
        day = date.fromisoformat(given.get("letter_day", ""))
    except ValueError as wrong:
        message = f"{given.get('letter_day', '')!r} is no day; write the letter's day as 2026-06-01"
        raise profit.DecisionRefused(message) from wrong
    return profit.Told(
        day,
        _lines(given.get("letter_why", "")),
        _percent(given.get("letter_percent", "")),
        _lines(given.get("letter_rules", "")),
        given.get("letter_clause", ""),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _percent(text: str) -> Fraction:
    if not text.strip():
        return Fraction(0)
    if not _PERCENT.match(text.strip()):
        message = f"{text!r} is no percentage; write it as 8 or 7.5"
        raise profit.DecisionRefused(message)
    return Fraction(text.strip())

"""The review queue: what waits for a person, and one click where an authorised contact's word settles it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.ids import ContactId
from groundrules.records.models import Client
from groundrules.services import requests, review
from groundrules.services.actor import NotAllowed
from groundrules.services.index import UnknownCard
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.times import minute
from groundrules.web.words import sentence

_REFUSALS = (
    review.NothingToRatify,
    requests.MayNotRatify,
    requests.AlreadyRatified,
    UnknownCard,
    NotAllowed,
)


@area("work")
def queue(request: HttpRequest) -> HttpResponse:
    """Every piece of work that waits, what is missing, and what it would come to."""
    rows = [
        {
            "waiting": found,
            "entry": found.decision.entry,
            "when": minute(found.decision.entry.started_at, found.decision.client.zone),
        }
        for found in review.waiting(timezone.now())
    ]
    return render(
        request, "web/coverage/review.html", {"rows": rows, "may_ratify": may_open(request, "time")}
    )


@area("time")
@require_POST
def ratify(request: HttpRequest) -> HttpResponse:
    """Note that a contact took a request over, and decide again."""
    client = get_object_or_404(Client, code=request.POST.get("client", ""))
    word = review.Word(request.POST.get("request", ""), ContactId(request.POST.get("contact", "")))
    try:
        decided = review.ratify(client, word, actor=actor_of(request), at=timezone.now())
    except _REFUSALS as refused:
        messages.error(request, f"Nothing was changed. {sentence(refused)}")
    else:
        messages.info(
            request,
            f"Noted. {decided} decision{'' if decided == 1 else 's'} followed; those before stay on record.",
        )
    return redirect("web:review")

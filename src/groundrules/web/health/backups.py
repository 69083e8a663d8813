"""A server's backups on its Health page: how each stands, its drills and their origin, and who may report it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.backups import BackupState, PolicyRefused, RestoreDrill, trend
from groundrules.records.parties import Asset
from groundrules.services import backups
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.times import minute, span_words


def shown_backups(
    asset: Asset, states: tuple[BackupState, ...], zone: str
) -> list[dict[str, object]]:
    """This function will show each backup with its newest drills, how they go, and what stood in the way last."""
    drills = backups.drills_of(asset, timezone.now())
    told: list[dict[str, object]] = []
    for state in states:
        own = [one for one in drills if one.name == state.policy.name]
        told.append(
            {
                "state": state,
                "trend": trend(own),
                "problem": backups.problem_of(asset, state.policy.name),
                "drills": [_drill(one, zone) for one in own],
            }
        )
    return told


def _drill(one: RestoreDrill, zone: str) -> dict[str, object]:
    return {
        "at": minute(one.ended, zone),
        "passed": one.passed,
        "reported": one.origin.is_reported,
        "origin": one.origin.words,
        "took": span_words(int(one.took.total_seconds())),
        "loss": "" if one.loss is None else span_words(int(one.loss.total_seconds())),
        "lost": one.records_lost,
        "says": one.says,
        "evidence": one.citation.evidence if one.citation else "",
    }


@area("servers")
@require_POST
def set_reporter(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Register whose mailed reports of a backup are taken, or nobody's; what cannot be is refused in words."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    name, sender = request.POST.get("backup", ""), request.POST.get("sender", "")
    try:
        policy = backups.let_report(asset, name, sender, actor=actor_of(request), at=timezone.now())
    except (PolicyRefused, backups.PolicyUnknown, NotAllowed) as refused:
        messages.error(request, f"{refused}.")
    else:
        who = policy.reports_from or "nobody"
        messages.info(request, f"Reports of {policy.name} are taken by mail from {who}.")
    return redirect("web:health", client, code)

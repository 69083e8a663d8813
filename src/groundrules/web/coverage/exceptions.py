"""An owner's exception: its price is shown first, and it counts only when confirmed at that price."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.agreements.facts import Outcome
from groundrules.records.coverage import Decision
from groundrules.services import overrides
from groundrules.services.actor import NotAllowed
from groundrules.services.overrides import Proposed
from groundrules.web.access import actor_of, area

EXCEPTIONS = {
    Outcome.NOT_BILLABLE: "Don't bill it",
    Outcome.COVERED: "Count it as covered",
    Outcome.BILLABLE: "Bill it",
}
LIFT = "lift"
_REFUSALS = (
    overrides.NoReason,
    overrides.NothingToTurn,
    overrides.PriceChanged,
    overrides.DecisionSuperseded,
    NotAllowed,
)


@area("work")
@require_POST
def make_exception(request: HttpRequest, number: str) -> HttpResponse:
    """Show what an exception would come to; with `confirmed`, make it at the price that was shown."""
    rows = Decision.objects.select_related("client", "asset", "technician", "entry")
    row = get_object_or_404(rows, number=number)
    try:
        proposed = _proposed(request, row)
        if "confirmed" in request.POST:
            return _confirm(request, proposed)
    except _REFUSALS as refused:
        messages.error(request, str(refused))
        return redirect("web:decision", number)
    return render(request, "web/coverage/exception.html", _shown(request, proposed))


def _proposed(request: HttpRequest, row: Decision) -> Proposed:
    wanted, reason = request.POST.get("outcome", ""), request.POST.get("reason", "")
    actor, at = actor_of(request), timezone.now()
    if wanted == LIFT:
        return overrides.propose_lifting(row, reason, actor=actor, at=at)
    outcome = next((one for one in EXCEPTIONS if one.value == wanted), None)
    if outcome is None:
        message = f"{wanted!r} is no exception; choose one of the buttons"
        raise overrides.NothingToTurn(message)
    return overrides.propose(row, outcome, reason, actor=actor, at=at)


def _confirm(request: HttpRequest, proposed: Proposed) -> HttpResponse:
    shown = request.POST.get("difference", "")
    if not shown.lstrip("-").isdecimal():
        message = "the price that was shown is missing; look at it again and confirm"
        raise overrides.PriceChanged(message)
    decision = overrides.confirm(proposed, int(shown), actor=actor_of(request), at=timezone.now())
    messages.info(request, "The exception stands. The decision before it stays on record.")
    return redirect("web:decision", decision.number)


def _shown(request: HttpRequest, proposed: Proposed) -> dict[str, object]:
    override = proposed.override
    return {
        "client_code": proposed.decision.client.code,
        "decision": proposed.decision,
        "entry": proposed.decision.entry.to_core(),
        "price": proposed.price,
        "override": override,
        "wanted": LIFT if override.lifted else override.outcome.value,
        "says": "Lift the exception" if override.lifted else EXCEPTIONS[override.outcome],
        "reason": request.POST.get("reason", ""),
    }

"""The record of a recovery: what was lost, whom we asked, what the work came to, and what is told apart from it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.agreements.words import duration_words
from groundrules.core.answers.recovery_story import RecoveryStory
from groundrules.core.ids import AssetId, IncidentId
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.core.recovery import Recovery, data_loss_seconds, seconds_to_recover
from groundrules.core.work import ThirdPartyAttempt
from groundrules.records.incidents import Incident
from groundrules.services import backups, incidents, recovery
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.times import field_value, minute, when

_REFUSALS = (
    recovery.RecoveryRefused,
    recovery.NoBaselineYet,
    recovery.NoRecovery,
    recovery.NoAgreement,
    recovery.NoProvider,
    ImpossibleLocalTime,
    NotAllowed,
    ValueError,
)
_WORDS = {
    "covered": "Covered",
    "billable": "Charged",
    "not_billable": "Not charged",
    "needs_person": "Waits for a person",
}


def _incident(client: str, ref: str) -> Incident:
    rows = Incident.objects.current().select_related("client", "asset__client")
    return get_object_or_404(rows, client__code=client, ref=ref)


@area("servers")
def page(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Everything on record about one recovery, or a form to note it where none is."""
    incident = _incident(client, ref)
    zone = incident.asset.zone or incident.client.zone
    context: dict[str, object] = {"incident": incident, "zone": incident.client.zone}
    states = backups.states_of(incident.asset, incident.opened_at)
    context["backups"] = [one for one in states if one.policy.since <= incident.opened_at]
    context["failed"] = field_value(incident.opened_at, incident.client.zone)
    try:
        story = recovery.tell(incident.ref, client=incident.client, at=timezone.now())
    except recovery.NoRecovery:
        return render(request, "web/recovery/page.html", context)
    except (recovery.NoAgreement, recovery.NoProvider) as missing:
        return render(request, "web/recovery/page.html", {**context, "missing": str(missing)})
    return render(
        request, "web/recovery/page.html", {**context, **_shown(story, zone, incident.client.zone)}
    )


def _shown(story: RecoveryStory, zone: str, site: str) -> dict[str, object]:
    done, took = story.recovery, seconds_to_recover(story.recovery)
    return {
        "story": story,
        "noted": {
            "failed": field_value(done.failed_at, site),
            "restored": field_value(done.restore_point, site),
            "written": field_value(done.restored_at, site),
            "back": field_value(done.recovered_at, site),
        },
        "failed_at": minute(done.failed_at, zone),
        "restore_point": minute(done.restore_point, zone),
        "loss": duration_words(data_loss_seconds(done)),
        "back_at": minute(done.recovered_at, zone) if done.recovered_at else "",
        "took": "" if took is None else duration_words(took),
        "baseline_at": minute(done.baseline.taken_at, zone) if done.baseline else "",
        "hours": [
            (_WORDS[one.outcome.value], duration_words(one.seconds), one.value, one.clauses)
            for one in story.hours
        ],
        "timeline": [(minute(one.at, zone), one) for one in story.timeline],
        "changes": [
            (one, when(one.change.interval.not_before, one.change.interval.not_after, zone))
            for one in story.changes
        ],
    }


@area("servers")
@require_POST
def act(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Note the recovery or a call, keep the baseline, or draft the letter; what cannot be done is said in words."""
    incident = _incident(client, ref)
    acts = {"note": _note, "call": _call, "baseline": _baseline, "letter": _letter}
    chosen = next((one for name, one in acts.items() if name in request.POST), None)
    try:
        if chosen is not None:
            messages.info(request, chosen(request, incident))
    except _REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("web:recovery", client, ref)


def _given(request: HttpRequest, incident: Incident, name: str) -> datetime | None:
    wall = request.POST.get(name, "").strip()
    return local_instant(incident.client.zone, wall_time(wall)) if wall else None


def _needed(request: HttpRequest, incident: Incident, name: str, what: str) -> datetime:
    found = _given(request, incident, name)
    if found is None:
        message = f"say {what}"
        raise recovery.RecoveryRefused(message)
    return found


def _note(request: HttpRequest, incident: Incident) -> str:
    lost = request.POST.get("lost", "").strip()
    if lost and not (lost.isascii() and lost.isdecimal()):
        message = f"{lost!r} is no number of records; write a whole number, or leave it empty"
        raise recovery.RecoveryRefused(message)
    noted = Recovery(
        IncidentId(incident.ref),
        AssetId(incident.asset.code),
        failed_at=_needed(request, incident, "failed", "when it failed"),
        restore_point=_needed(request, incident, "restored", "which state it was restored to"),
        recovered_at=_given(request, incident, "back"),
        records_lost=int(lost[:12]) if lost else None,
        verified_by=request.POST.get("verified", "").strip()[:200],
        restored_from=request.POST.get("source", "").strip()[:200],
        restored_at=_given(request, incident, "written"),
    )
    recovery.note(noted, client=incident.client, actor=actor_of(request), at=timezone.now())
    return "The recovery is noted."


def _call(request: HttpRequest, incident: Incident) -> str:
    party = request.POST.get("party", "").strip()[:200]
    outcome = request.POST.get("outcome", "").strip()[:1000]
    if not party or not outcome:
        message = "say who was called, and how it ended"
        raise recovery.RecoveryRefused(message)
    attempt = ThirdPartyAttempt(
        party,
        _needed(request, incident, "called", "when you called"),
        outcome,
        _given(request, incident, "returned"),
        IncidentId(incident.ref),
    )
    incidents.record_attempt(
        attempt, client=incident.client, actor=actor_of(request), at=timezone.now()
    )
    return f"The call to {party} is noted."


def _baseline(request: HttpRequest, incident: Incident) -> str:
    row = recovery.keep_baseline(
        incident.ref, client=incident.client, actor=actor_of(request), at=timezone.now()
    )
    kept = row.to_core().baseline
    return (
        f"The server as it was listed right after is kept: {', '.join(kept.kinds if kept else ())}."
    )


def _letter(request: HttpRequest, incident: Incident) -> str:
    row = recovery.draft_letter(
        incident.ref, client=incident.client, actor=actor_of(request), at=timezone.now()
    )
    return f"{row.ref} is {row.state}: {row.subject}. Read it among the letters."

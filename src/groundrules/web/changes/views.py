"""The change page, the incident page, and a server's list of changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.causation.answers import CauseAnswer, CauseHypothesis
from groundrules.core.evidence import Action
from groundrules.core.explanation.answers import Explanation
from groundrules.core.lifecycle.suspension import why_left_out
from groundrules.records.attributions import Attribution, Standing
from groundrules.records.changes import Change
from groundrules.records.conversations import Message
from groundrules.records.coverage import Decision
from groundrules.records.evidence import RawEvidence
from groundrules.records.incidents import Cause, Incident
from groundrules.records.parties import Asset, Vendor
from groundrules.services import attribution, explanations, replays
from groundrules.services.actor import NotAllowed
from groundrules.services.nights.rows import PERMISSION_WORDS
from groundrules.web.access import actor_of, area, may_open
from groundrules.web.servers.tables import CHANGES
from groundrules.web.tables.kit import respond
from groundrules.web.times import clock, field_value, when

_SPOKEN = 100
_REFUSALS = (
    attribution.AttributionSuperseded,
    attribution.ReasonMissing,
    attribution.NothingToConfirm,
    attribution.UnknownSpeaker,
    NotAllowed,
)
# What stands for a value that the record does not hold: nothing was there, or it does not say what.
_UNSAID = "the record does not say"
_BEFORE = {Action.ADDED: "was not there"}
_AFTER = {Action.REMOVED: "is not there"}
_WORDS: Mapping[str, Callable[..., Standing]] = {
    "dispute": attribution.dispute,
    "expect": attribution.expect,
    "reply": attribution.reply,
    "confirm": attribution.confirm,
}


def _zone(asset: Asset) -> str:
    return asset.zone or asset.client.zone


@area("servers")
def server_changes(request: HttpRequest, client: str, code: str) -> HttpResponseBase:
    """Every change of one server, newest first."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    current = Prefetch(
        "attributions", Attribution.objects.current(), to_attr="current_attributions"
    )
    rows = (
        Change.objects.current()
        .filter(asset=asset)
        .select_related("asset__client")
        .prefetch_related(current)
    )
    return respond(request, CHANGES, rows, "web/changes/list.html", {"asset": asset})


def _change(client: str, ref: str) -> Change:
    rows = Change.objects.current().select_related("asset__client")
    return get_object_or_404(rows, client__code=client, ref=ref)


@area("servers")
def change(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One change; the latest answer about who made it, and every earlier one."""
    row = _change(client, ref)
    zone = _zone(row.asset)
    history = list(row.attributions.order_by("recorded_at", "pk"))
    current = history[-1] if history else None
    answer = current.to_core() if current else None
    core = row.to_core()
    context = {
        "client_code": client,
        "change": row,
        "core": core,
        "before": _BEFORE.get(core.action, _UNSAID) if core.before is None else core.before,
        "after": _AFTER.get(core.action, _UNSAID) if core.after is None else core.after,
        "when": when(row.not_before, row.not_after, zone),
        "zone": zone,
        "attribution": answer,
        "standing": [h for h in answer.hypotheses if not h.rejected] if answer else [],
        "rejected": [h for h in answer.hypotheses if h.rejected] if answer else [],
        "history": [(clock(a.recorded_at, zone), a) for a in history[:-1]],
        "people_said": _people_said(history, zone),
        "vendors": Vendor.objects.order_by("name"),
        "permission": PERMISSION_WORDS.get(answer.permission.permission.value, "")
        if answer
        else "",
        "incidents": _incidents_explained_by(row),
        "decisions": _decisions_resting_on(row),
        "for_notice": answer is not None and not why_left_out(answer),
    }
    return render(request, "web/changes/change.html", context)


def _people_said(history: list[Attribution], zone: str) -> list[tuple[str, Standing, str]]:
    """Every word about this change, oldest first: when, the entry, and whether it still stands."""
    said = Standing.objects.filter(attribution__in=history).select_related("attribution")
    current = {one.ref: one.pk for one in history}
    superseded = set(said.filter(supersedes__isnull=False).values_list("supersedes", flat=True))
    return [
        (clock(one.recorded_at, zone), one, _fate(one, set(current.values()), superseded))
        for one in said.order_by("recorded_at", "pk")
    ]


def _fate(said: Standing, current: set[int], superseded: set[int | None]) -> str:
    if said.pk in superseded:
        return "superseded"
    if said.attribution_id not in current:
        return "about an earlier answer"
    return "stands"


@area("servers")
@require_POST
def verdict(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Confirm, dispute, mark as expected, or file a vendor's reply, with a reason that stays on record."""
    row = _change(client, ref)
    current = get_object_or_404(Attribution.objects.current(), change=row)
    word = next((name for name in _WORDS if name in request.POST), "confirm")
    whose = {"vendor": request.POST.get("vendor", "")} if word == "reply" else {}
    reason = request.POST.get("reason", "")
    try:
        said = _WORDS[word](
            current, reason=reason, actor=actor_of(request), at=timezone.now(), **whose
        )
        messages.info(
            request, f"Noted: {said.verdict}. The evidence and its answer stay as they are."
        )
    except _REFUSALS as refused:
        messages.error(request, str(refused))
    return redirect("web:change", client, ref)


def _incidents_explained_by(row: Change) -> list[Incident]:
    """Incidents of the same client whose current cause names this change."""
    causes = Cause.objects.current().filter(client=row.client_id, payload__contains=row.ref)
    return [
        cause.incident
        for cause in causes.select_related("incident")
        if row.ref in cause.to_core().changes
    ]


def _decisions_resting_on(row: Change) -> list[Decision]:
    found = Decision.objects.current().filter(client=row.client_id, payload__contains=row.ref)
    found = found.select_related("entry")
    return [d for d in found.order_by("decided_at", "pk") if row.ref in d.to_core().caused_by]


def _weighed(answer: CauseAnswer, client: str) -> list[tuple[CauseHypothesis, Change | None]]:
    refs = [h.change for h in answer.hypotheses]
    found = Change.objects.current().filter(client__code=client, ref__in=refs)
    rows = {c.ref: c for c in found}
    return [(h, rows.get(h.change)) for h in answer.hypotheses]


def _said_of(answer: CauseAnswer, row: Incident, zone: str) -> list[tuple[str, Standing, str]]:
    """What people and vendors said about who made the changes the cause rests on."""
    made = Attribution.objects.filter(client=row.client_id, ref__in=answer.established)
    return [
        one
        for one in _people_said(list(made.order_by("recorded_at", "pk")), zone)
        if one[2] == "stands"
    ]


def _held(explained: Explanation, row: Incident) -> frozenset[str]:
    """The cited raw files that are in the store; a case may state a fact without one."""
    cited = {fact.ref for fact in explained.cited if fact.kind == "raw evidence"}
    held = RawEvidence.objects.filter(client=row.client_id, digest__in=cited)
    return frozenset(held.values_list("digest", flat=True))


def _spoken(row: Incident, zone: str) -> list[tuple[str, Message]]:
    """What was said about an incident, as far as it was filed to it, in order."""
    rows = Message.objects.current().filter(client=row.client_id, incident__ref=row.ref)
    said = rows.select_related("contact", "vendor").order_by("sent_at", "pk")
    return [(clock(one.sent_at, zone), one) for one in said[:_SPOKEN]]


@area("servers")
def incident(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One incident: what explains it, what was ruled out and why, and what would change our mind."""
    rows = Incident.objects.current().select_related("client", "asset__client", "application")
    row = get_object_or_404(rows, client__code=client, ref=ref)
    zone = _zone(row.asset)
    causes = list(Cause.objects.filter(ref=ref, client=row.client_id).order_by("recorded_at", "pk"))
    answer = causes[-1].to_core() if causes else None
    weighed = _weighed(answer, client) if answer else []
    explained = explanations.explanation_of(row)
    context = {
        "client_code": client,
        "incident": row,
        "core": row.to_core(),
        "opened": clock(row.opened_at, zone),
        "resolved": clock(row.resolved_at, zone) if row.resolved_at else "",
        "zone": row.client.zone,
        "now": field_value(timezone.now(), row.client.zone),
        "answer": answer,
        "onset": when(answer.onset.not_before, answer.onset.not_after, zone) if answer else "",
        "weighed": weighed,
        "explained": explained,
        "replays": replays.tested(row),
        "raw_held": _held(explained, row) if explained else frozenset(),
        "said_of_it": _said_of(answer, row, zone) if answer else [],
        "earlier": [(clock(c.recorded_at, zone), c) for c in causes[:-1]],
        "spoken": _spoken(row, zone) if may_open(request, "letters") else None,
        "decisions": Decision.objects.current()
        .filter(client=row.client_id, payload__contains=f'"{ref}"')
        .select_related("entry")
        .order_by("decided_at"),
    }
    return render(request, "web/changes/incident.html", context)

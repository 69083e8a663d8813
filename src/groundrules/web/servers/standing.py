"""Where a server stands with its agreement: what a suspension changes before one is sent, and what brings it back."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.ids import AssetId, ChangeId, ConditionId
from groundrules.core.lifecycle.answers import ConditionRecord
from groundrules.core.lifecycle.conditions import WaiverRefused
from groundrules.core.lifecycle.shown import shown
from groundrules.core.lifecycle.transitions import Step, TransitionRefused
from groundrules.core.periods import ImpossibleLocalTime, local_instant, wall_time
from groundrules.records.models import Asset, Notice
from groundrules.services import letters, lifecycle, notices, standing
from groundrules.services.actor import Actor, NotAllowed
from groundrules.services.world import NoAgreement, NoProvider
from groundrules.web.access import actor_of, area, role_of
from groundrules.web.words import sentence

_WALL = "%Y-%m-%dT%H:%M"
_LEFT_OUT_SHOWN = 20


class UnreadableForm(ValueError):
    """What was typed can't be read; the message says what to type."""


def _asset(client: str, code: str) -> Asset:
    rows = Asset.objects.select_related("client")
    return get_object_or_404(rows, client__code=client, code=code)


@area("servers")
def standing_page(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """The state and why; what a suspension would change; or the conditions of the return and where they stand."""
    return _page(request, _asset(client, code))


def _page(request: HttpRequest, asset: Asset, status: int = 200) -> HttpResponse:
    """The page; with what was typed, after a refusal."""
    at, posted = timezone.now(), request.POST
    ticked = posted.getlist("change") or request.GET.getlist("change")
    chosen = tuple(ChangeId(ref) for ref in ticked)
    context: dict[str, object] = {
        "asset": asset,
        "client_code": asset.client.code,
        "zone": asset.client.zone,
        "given": posted,
    }
    try:
        told = standing.standing(asset, chosen, at)
    except (NoAgreement, NoProvider) as missing:
        return render(request, "web/servers/standing.html", context | {"missing": str(missing)})
    open_ones = _unreceived(asset, at)
    proven = [e for e in told.outlook.evidence if not e.why_not]
    left_out = [e for e in told.outlook.evidence if e.why_not]
    context |= {
        "told": told,
        "state": shown(told.state),
        "outlook": told.outlook,
        "proven": [(e, not chosen or e.change.id in chosen) for e in proven],
        "left_out": left_out[:_LEFT_OUT_SHOWN],
        "left_out_more": max(0, len(left_out) - _LEFT_OUT_SHOWN),
        "owner": role_of(request) == "owner",
        "unreceived": [row for row, back in open_ones if back is None],
        # Only the last word counts: what came back before a later notice needs nobody any more.
        "returned": [(row, back) for row, back in open_ones[:1] if back is not None],
        "now": at.astimezone(ZoneInfo(asset.client.zone)).strftime(_WALL),
    }
    return render(request, "web/servers/standing.html", context, status=status)


def _unreceived(asset: Asset, at: datetime) -> list[tuple[Notice, datetime | None]]:
    """Notices that were sent and of which no receipt is on record, with when they came back, if they did."""
    rows = Notice.objects.current().filter(asset=asset, receipt_at__isnull=True, sent_at__lte=at)
    return [(row, row.to_core().bounced_at) for row in rows.order_by("-sent_at")]


def _draft(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    """Drafts the notice from the facts that were chosen; the page goes on to the letter."""
    changes = tuple(ChangeId(ref) for ref in request.POST.getlist("change"))
    core = notices.notice_from(
        client=asset.client, asset=AssetId(asset.code), changes=changes, actor=actor, at=at
    )
    return letters.keep_draft(core, client=asset.client, actor=actor, at=at, once_more=True).ref


def _call_off(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    reason = request.POST.get("reason", "").strip()
    notices.call_off(
        client=asset.client, asset=AssetId(asset.code), reason=reason, actor=actor, at=at
    )
    return "Called off. The server stays covered, and nothing follows from the notice."


def _void(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    reason = request.POST.get("reason", "").strip()
    step = Step(AssetId(asset.code), at, at, actor.label, reason)
    lifecycle.void(client=asset.client, step=step, actor=actor, at=at)
    return (
        "Taken back. The suspension counts as never made: the fee runs on, charges are refunded by credit note, and "
        "the letter that says so is drafted within a minute."
    )


def _receipt(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    notices.record_receipt(
        client=asset.client,
        notice=request.POST.get("notice", ""),
        receipt_at=_wall(request.POST.get("receipt_at", ""), asset),
        actor=actor,
        at=at,
    )
    return "The receipt is on record; the days of notice count from it."


def _proof(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    proof = request.POST.get("proof", "").strip()
    if not proof:
        message = "Write what proves it: who did what when, and where that can be seen."
        raise UnreadableForm(message)
    condition = ConditionId(request.POST.get("condition", ""))
    record = ConditionRecord(condition, at, actor.label, proof, asset=AssetId(asset.code))
    lifecycle.prove(record, client=asset.client, actor=actor, at=at)
    return "Noted, with its proof."


def _due(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    condition = ConditionId(request.POST.get("condition", ""))
    due_at = _wall(request.POST.get("due_at", ""), asset)
    record = ConditionRecord(
        condition, at, actor.label, "", asset=AssetId(asset.code), due_at=due_at
    )
    lifecycle.record_condition(record, client=asset.client, actor=actor, at=at)
    return "The date is on record, and everybody sees it."


def _waive(request: HttpRequest, asset: Asset, actor: Actor, at: datetime) -> str:
    waived = lifecycle.LetGo(
        ConditionId(request.POST.get("condition", "")),
        AssetId(asset.code),
        request.POST.get("reason", ""),
        request.POST.get("price", ""),
    )
    lifecycle.let_go(waived, client=asset.client, actor=actor, at=at)
    return "Let go. The reason stays visible to everybody, and the price to us."


def _wall(text: str, asset: Asset) -> datetime:
    zone = asset.client.zone
    try:
        return local_instant(zone, wall_time(text))
    except (ImpossibleLocalTime, ValueError) as unreadable:
        message = f"Give a date and a time in {zone}. ({unreadable})"
        raise UnreadableForm(message) from unreadable


_ACTS = {
    "call off": _call_off,
    "void": _void,
    "receipt": _receipt,
    "proof": _proof,
    "due": _due,
    "waive": _waive,
}
_REFUSED = (
    UnreadableForm,
    NotAllowed,
    lifecycle.NothingToSuspend,
    lifecycle.ConditionDone,
    TransitionRefused,
    WaiverRefused,
    NoAgreement,
)


@area("servers")
@require_POST
def standing_act(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """One act a person answers for: draft a notice, note a receipt or a proof, waive, call off, take back."""
    asset, at, actor = _asset(client, code), timezone.now(), actor_of(request)
    name = request.POST.get("act", "")
    act = _ACTS.get(name)
    if act is None and name != "draft":
        message = "There is no such act."
        raise Http404(message)
    try:
        if act is None:
            return redirect("web:letter", _draft(request, asset, actor, at))
        messages.info(request, act(request, asset, actor, at))
    except _REFUSED as refused:
        messages.error(request, sentence(refused))
        return _page(request, asset, status=422)
    return redirect("web:server-standing", client, code)

"""How a server's parts and applications stand, and the checks that make an application healthy."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.health import (
    Alike,
    CheckKind,
    CheckSpec,
    Level,
    PlanRefused,
    alike,
)
from groundrules.records.parties import Application, Asset
from groundrules.services import health, mail_in
from groundrules.services.actor import NotAllowed
from groundrules.services.health.listing import COLUMNS, PASSED, health_cells, part_word
from groundrules.web.access import actor_of, area
from groundrules.web.health.backups import shown_backups
from groundrules.web.tables.kit import csv_answer
from groundrules.web.times import minute

_EVERY = 5
_KINDS = (
    (CheckKind.HTTP, "Page answers", "https://portal.example/health"),
    (CheckKind.PORT, "Port takes connections", "srv1.example:1433"),
    (CheckKind.DATABASE, "Database takes logins", "postgresql://srv1.example:5432"),
    (CheckKind.CERTIFICATE, "Certificate is valid", "portal.example:443"),
    (CheckKind.SERVICE, "Service runs (by the collector's list)", "nginx"),
)


@dataclass(frozen=True, slots=True)
class _Part:
    """One part as a row: the level's own word and look, the sentence, when it was seen."""

    level: Level
    kind: str
    says: str
    seen: str
    evidence: str
    behind: tuple[str, ...] = ()


@area("servers")
def server_health(request: HttpRequest, client: str, code: str) -> HttpResponseBase:
    """What is wrong first, then what nobody knows, then the count of what is well; as CSV all of it, row by row."""
    asset = get_object_or_404(
        Asset.objects.select_related("client"), client__code=client, code=code
    )
    found = health.server_health(asset, timezone.now())
    zone = asset.zone or asset.client.zone
    if request.GET.get("format") == "csv":
        return csv_answer(f"health-{asset.code}", COLUMNS, health_cells(found))
    wrong = [p for p in found.parts if p.level in {Level.CRITICAL, Level.WARNING}]
    unknown = [p for p in found.parts if p.level is Level.UNKNOWN]
    well = [p for p in found.parts if p.level is Level.GOOD]
    context = {
        "asset": asset,
        "level": found.level,
        "zone": zone,
        "wrong": [_row(one, zone) for one in alike(wrong)],
        "unknown": [_row(one, zone) for one in alike(unknown)],
        "well": [_row(one, zone) for one in alike(well)],
        "applications": [_application(one, zone) for one in found.applications],
        "kinds": _KINDS,
        "backups": shown_backups(asset, found.backups, zone),
        "reports_waiting": mail_in.reports_waiting(asset),
    }
    return render(request, "web/health/server.html", context)


def _row(one: Alike, zone: str) -> _Part:
    """One part, or several that stand alike with the sentence of each behind."""
    first = one.first
    behind = tuple(p.sentence for p in one.states) if len(one.states) > 1 else ()
    return _Part(
        first.level,
        part_word(first),
        one.sentence,
        minute(first.looked_at, zone) if first.looked_at else "never",
        next((c.evidence for c in first.citations), ""),
        behind,
    )


def _application(one: health.ApplicationHealth, zone: str) -> dict[str, object]:
    shown = one.shown
    return {
        "card": one.application,
        "level": shown.level,
        "says": shown.sentence,
        "seen": minute(shown.looked_at, zone) if shown.looked_at else "",
        "since": minute(shown.since, zone) if shown.since else "",
        "problem": one.problem,
        "checks": [_checked(c.says, one) for c in one.plan.checks] if one.plan else [],
        "every": one.plan.every if one.plan and one.plan.checks else _EVERY,
    }


def _checked(says: str, one: health.ApplicationHealth) -> dict[str, object]:
    """A check with what the newest look found by it, if it was asked."""
    found = one.found.get(says)
    return {"says": says, "found": found, "word": PASSED[found.passed] if found else ""}


@area("servers")
@require_POST
def edit_health(request: HttpRequest, client: str, code: str) -> HttpResponse:
    """Add a check, take one out, change the rhythm, or look now; what cannot be done is said in words."""
    asset = get_object_or_404(Asset, client__code=client, code=code)
    application = get_object_or_404(
        asset.applications.select_related("client", "asset"),
        code=request.POST.get("application", ""),
    )
    try:
        if "look" in request.POST:
            _look(request, application)
        else:
            _set(request, application)
    except (PlanRefused, NotAllowed) as refused:
        messages.error(request, str(refused))
    return redirect("web:health", client, code)


def _look(request: HttpRequest, application: Application) -> None:
    for run in health.check_due(at=timezone.now(), only=(application,)):
        if run.check is None:
            said = f"the look says nothing: {run.problem}"
        else:
            said = "healthy" if run.check.healthy else f"unhealthy: {run.check.signature}"
        messages.info(request, f"{application.name}: {said}.")


def _set(request: HttpRequest, application: Application) -> None:
    plan = health.plan_of(application)
    checks = list(plan.checks) if plan else []
    if "remove" in request.POST:
        checks = [one for one in checks if one.says != request.POST["remove"]]
    elif "rhythm" not in request.POST:
        checks.append(_check(request))
    every = _number(request, "every", plan.every if plan else _EVERY)
    health.set_checks(application, checks, every=every, actor=actor_of(request), at=timezone.now())
    messages.info(request, f"{application.name}: the checks are set.")


def _check(request: HttpRequest) -> CheckSpec:
    try:
        kind = CheckKind(request.POST.get("kind", ""))
    except ValueError:
        message = "choose what to check"
        raise PlanRefused(message) from None
    target = request.POST.get("target", "").strip()
    worded = kind in {CheckKind.HTTP, CheckKind.CERTIFICATE}
    text = request.POST.get("text", "").strip() if worded else ""
    return CheckSpec(kind, target, text=text)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.POST.get(name, "").strip() or str(otherwise)
    if not (text.isascii() and text.isdecimal()):
        message = f"{text!r} is no number of minutes; write 1 to 1440"
        raise PlanRefused(message)
    return int(text[:6])

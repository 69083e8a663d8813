"""Plans of our own work: what would change on which server, the approval, and each server's answer as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from groundrules.core.remote import HostPlan, HostState
from groundrules.records import models as books
from groundrules.services import remote
from groundrules.services.actor import NotAllowed
from groundrules.web.access import actor_of, area
from groundrules.web.times import clock, minute

_REFUSED = (
    remote.AlreadyApproved,
    remote.AlreadyRunning,
    remote.AnsibleMissing,
    remote.NothingToDo,
    remote.NothingToRetry,
    remote.RunRefused,
    NotAllowed,
)
_LEVELS = {
    HostState.DONE: "good",
    HostState.FAILED: "critical",
    HostState.UNREACHABLE: "critical",
    HostState.BROKEN_OFF: "warning",
    HostState.RESTART_DUE: "warning",
}


@dataclass(frozen=True, slots=True)
class _Row:
    """One server of a plan as the page shows it."""

    host: HostPlan
    state: str
    level: str
    says: str
    since: str
    evidence: str
    health: tuple[tuple[str, str], ...] = ()
    looked: bool = False


@area("servers")
def plans(request: HttpRequest) -> HttpResponse:
    """The newest plans, with how each stands."""
    listed = [
        (how, minute(how.plan.planned_at, how.row.client.zone)) for how in remote.newest_plans()
    ]
    return render(request, "web/remote/plans.html", {"listed": listed})


@area("servers")
def shells(request: HttpRequest) -> HttpResponse:
    """The newest shells of our own people: who, where, why, and how the end is known."""
    listed = [
        (one, *(_local(one, moment) for moment in (one.shell.period.start, one.shell.period.end)))
        for one in remote.newest_shells()
    ]
    return render(request, "web/remote/shells.html", {"listed": listed})


def _local(one: remote.ShellShown, moment: datetime | None) -> str:
    return minute(moment, one.row.client.zone) if moment else ""


@area("servers")
def plan(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """One plan: every package on every server, and how far it is."""
    how = remote.shown(_row(client, ref))
    zone = how.row.client.zone
    approved = how.plan.approved_at
    context = {
        "how": how,
        "client": how.row.client,
        "planned": minute(how.plan.planned_at, zone),
        "approved": minute(approved, zone) if approved else "",
        "rows": [_told(host, how, zone) for host in how.plan.hosts],
    }
    return render(request, "web/remote/plan.html", context)


def _row(client: str, ref: str) -> books.WorkPlan:
    rows = books.WorkPlan.objects.current().select_related("client")
    return get_object_or_404(rows, client__code=client, ref=ref)


def _told(host: HostPlan, how: remote.PlanShown, zone: str) -> _Row:
    step = how.hosts.get(host.asset)
    if step is None:
        state, level = (
            ("not asked", "not known") if host.problem else ("nothing to do", "not known")
        )
        return _Row(host, state, level, host.problem, "", "")
    since = clock(step.at, zone) if step.attempt else ""
    level = _LEVELS.get(step.state, "not known")
    evidence = how.evidence.get(host.asset, "")
    health = how.health.get(host.asset, ())
    looked = bool(step.attempt) and not how.running
    return _Row(host, step.state.value, level, step.says, since, evidence, health, looked)


@area("servers")
@require_POST
def act(request: HttpRequest, client: str, ref: str) -> HttpResponse:
    """Approve, run or retry; what cannot be done is said in words."""
    row, at, actor = _row(client, ref), timezone.now(), actor_of(request)
    verb = request.POST.get("act", "")
    try:
        if verb == "approve":
            why = request.POST.get("outside_hours", "")
            remote.approve(row, actor=actor, at=at, outside_hours=why)
            messages.info(request, f"{ref} is approved.")
        elif verb in {"run", "retry"}:
            remote.start(row, verb, actor=actor, at=at)
            messages.info(request, f"{ref} is started; this page follows it.")
    except _REFUSED as refused:
        messages.error(request, str(refused))
    return redirect("web:remote-plan", client, ref)

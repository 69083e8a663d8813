"""Time from our own shells, patch runs and jobs: suggested to whoever did it, and recorded when they say so. Once.

A program knows how long it ran, not how long a person worked. So nothing is recorded, decided or charged by itself: a
person confirms, corrects or sets aside, and what was answered is suggested no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from groundrules.core.ids import AssetId, IncidentId, RequestId, TechnicianId, TimeEntryId
from groundrules.core.periods import Period
from groundrules.core.remote import HostState, divided
from groundrules.core.typed_time import MOST_MINUTES
from groundrules.core.work import TimeEntry, WorkType
from groundrules.records import models as books
from groundrules.records.models import Client, RunStep, User, WorkSetAside
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.remote.showing import ENDED, is_host_step, is_running
from groundrules.services.timekeeping import Logged, decided, technician_of
from groundrules.services.timers import SUGGESTED_FOR
from groundrules.services.turns import take_turn
from groundrules.services.work import record_time

_MINUTE = timedelta(minutes=1)
# Whoever did not get in, or looked for a moment only, has nothing to log.
_SHORTEST = 30
_A_DAY = timedelta(days=1)
_REASON = 120


class NotSuggested(LookupError):
    """Nothing of that name is suggested to this person: it was answered, is under way, or is somebody else's."""


class RequestUnknown(LookupError):
    """The client has no such request on record."""


class LengthUnlikely(ValueError):
    """A length is at least a minute and at most a day."""


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Work of one person of ours that no time entry tells of: a shell, or one attempt at a plan over its servers.

    `runs` are the own runs it is made of, by server. `cut_off` says that its end was not seen, and it is counted to the
    last thing that was. `overlaps` says that the person logged something else for part of that time.
    """

    source: str
    client: Client
    kind: str
    period: Period
    runs: tuple[tuple[str, AssetId], ...]
    says: str
    issue: str
    cut_off: bool = False
    overlaps: bool = False

    @property
    def minutes(self) -> int:
        """Its length in whole minutes, at least one."""
        return max(1, round(self.period.seconds / 60))

    @property
    def servers(self) -> str:
        """The servers, in words."""
        return ", ".join(asset for _, asset in self.runs)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """How a person confirms: as measured, or with another length, note or kind of work; `request` asked for it."""

    minutes: int | None = None
    note: str = ""
    work_type: str = ""
    request: str = ""


def own_work(user: User, at: datetime, client: Client | None = None) -> tuple[OwnWork, ...]:
    """This function will list what the user did in the last 14 days and has not answered for, newest first.

    A shell that something they logged on the same server overlaps is answered for, as a login would be.
    """
    found = [*_shells(user, at, client), *_attempts(user, at, client)]
    done, logged = _answered(found), _logged(user, at) if found else []
    left = [
        replace(one, overlaps=any(one.period.overlaps(period) for _, period in logged))
        for one in found
        if (one.client.pk, one.source) not in done and not _is_logged(one, logged)
    ]
    return tuple(sorted(left, key=lambda one: (one.period.start, one.source), reverse=True))


def _logged(user: User, at: datetime) -> list[tuple[str, Period]]:
    rows = books.TimeEntry.objects.current().filter(
        technician=user.technician_id, technician__isnull=False, ended_at__gt=at - SUGGESTED_FOR
    )
    found = rows.values_list("client", "asset__code", "started_at", "ended_at")
    return [(f"{owner}/{code}", Period(began, ended)) for owner, code, began, ended in found]


def _is_logged(one: OwnWork, logged: list[tuple[str, Period]]) -> bool:
    here = f"{one.client.pk}/{one.servers}"
    return one.kind == "shell" and any(
        place == here and one.period.overlaps(period) for place, period in logged
    )


def _shells(user: User, at: datetime, client: Client | None) -> list[OwnWork]:
    rows = books.OwnShell.objects.current().filter(
        person=user.email, ended_at__gt=at - SUGGESTED_FOR, ended_at__lte=at
    )
    chosen = rows.filter(client=client) if client else rows
    found = []
    for row in chosen.select_related("client"):
        shell = row.to_core()
        if shell.period.seconds < _SHORTEST:
            continue
        runs = ((shell.id, shell.asset),)
        issue = shell.issue or f"Work on {shell.asset}"
        found.append(OwnWork(shell.id, row.client, "shell", shell.period, runs, shell.why, issue))
    return found


def _attempts(user: User, at: datetime, client: Client | None) -> list[OwnWork]:
    """Every attempt of the user's at a plan that is not under way, with the servers that were reached."""
    steps = RunStep.objects.filter(recorded_by=user.email, recorded_at__gt=at - SUGGESTED_FOR)
    chosen = steps.filter(client=client) if client else steps
    told: defaultdict[tuple[int, str, int], list[RunStep]] = defaultdict(list)
    for step in chosen.select_related("asset", "client").order_by("pk"):
        told[step.client_id, step.plan, step.attempt].append(step)
    plans = books.WorkPlan.objects.current().filter(ref__in={plan for _, plan, _ in told})
    titles = {(row.client_id, row.ref): row.to_core() for row in plans}
    runs = _runs_of({plan for _, plan, _ in told}, at)
    found = []
    for (owner, plan, number), listed in told.items():
        cut_off = listed[-1].standing != ENDED
        if (owner, plan) not in titles or (cut_off and is_running(plan)):
            continue
        reached = _reached(listed)
        here = tuple(run for run in runs[owner, f"{plan}.{number}"] if run[1] in reached)
        began, last = listed[0].recorded_at, listed[-1].recorded_at
        if here and last > began:
            core = titles[owner, plan]
            kind = "patch run" if core.kind == "patch" else "job"
            source, period = f"{plan}.{number}", Period(began, last)
            found.append(
                OwnWork(source, listed[0].client, kind, period, here, core.title, plan, cut_off)
            )
    return found


def _reached(steps: Iterable[RunStep]) -> set[str]:
    """Servers that something was heard of, and not only that they could not be reached."""
    last = {s.asset.code: s.standing for s in steps if s.asset and is_host_step(s)}
    return {code for code, standing in last.items() if standing != HostState.UNREACHABLE}


def _runs_of(
    plans: set[str], at: datetime
) -> defaultdict[tuple[int, str], list[tuple[str, AssetId]]]:
    """The own runs of each attempt, in the order of its servers."""
    found: defaultdict[tuple[int, str], list[tuple[str, AssetId]]] = defaultdict(list)
    rows = books.OwnRun.objects.current().filter(
        kind__in=("patch run", "job"), started_at__gt=at - SUGGESTED_FOR - _A_DAY
    )
    for row in rows.select_related("asset").order_by("started_at", "ref"):
        attempt = row.ref.rpartition(".")[0]
        if attempt.rpartition(".")[0] in plans:
            found[row.client_id, attempt].append((row.ref, AssetId(row.asset.code)))
    return found


def _answered(found: Sequence[OwnWork]) -> set[tuple[int, str]]:
    """What was logged (an entry bears its name, corrected since or not) or set aside."""
    names = {_entry_id(run): (one.client.pk, one.source) for one in found for run, _ in one.runs}
    entries = books.TimeEntry.objects.filter(ref__in=names).values_list("client", "ref")
    logged = {names[ref] for client, ref in entries if names[ref][0] == client}
    aside = WorkSetAside.objects.filter(source__in=[one.source for one in found])
    return logged | set(aside.values_list("client", "source"))


def _entry_id(run: str) -> str:
    return f"T-{run}"


def confirm(source: str, how: Confirmed, *, user: User, at: datetime) -> tuple[Logged, ...]:
    """This function will record suggested time as entries, one per server, and decide them.

    Another length ends when the work ended. Raises NotSuggested, LengthUnlikely, RequestUnknown, NoTechnician and
    NotAllowed.
    """
    actor = Actor.of(user)
    require(actor, books.Role.TECHNICIAN)
    technician = technician_of(user)
    one = _suggested(source, user, at)
    whole = _length(one, how)
    with transaction.atomic():
        take_turn(one.client)
        _still(one, user, at)
        parts = divided(whole, len(one.runs))
        rows = [
            record_time(entry, client=one.client, actor=actor, at=at)
            for entry in _entries(one, how, parts, TechnicianId(technician.code))
        ]
        return decided(rows, one.client, actor, at)


def set_work_aside(source: str, reason: str, *, user: User, at: datetime) -> None:
    """This function will note that suggested time is none to log; raises NotSuggested and NotAllowed."""
    actor = Actor.of(user)
    require(actor, books.Role.TECHNICIAN)
    one = _suggested(source, user, at)
    with transaction.atomic():
        take_turn(one.client)
        _still(one, user, at)
        text = reason.strip()[:_REASON]
        WorkSetAside.objects.create(user=user, client=one.client, source=source, reason=text, at=at)
        says = f"time of {one.kind} {source} set aside: {text or 'no reason given'}"
        entry = audit.Entry("own_time.set_aside", source, says, one.client)
        audit.record(entry, actor=actor, at=at)


def _suggested(source: str, user: User, at: datetime) -> OwnWork:
    one = next((one for one in own_work(user, at) if one.source == source), None)
    if one is None:
        message = (
            f"no time of yours is suggested from {source}: it was logged or set aside, is under way, or is older "
            "than 14 days; groundrules time lists what is"
        )
        raise NotSuggested(message)
    return one


def _still(one: OwnWork, user: User, at: datetime) -> None:
    """Asked again with the client's turn: two clicks at once are one answer."""
    if (one.client.pk, one.source) in _answered([one]):
        _suggested(one.source, user, at)


def _length(one: OwnWork, how: Confirmed) -> Period:
    if how.minutes is None:
        return one.period
    if not 1 <= how.minutes <= MOST_MINUTES:
        message = f"{how.minutes} minutes is no length of work; write 1 to {MOST_MINUTES}"
        raise LengthUnlikely(message)
    end = one.period.end or one.period.start
    return Period(end - how.minutes * _MINUTE, end)


def _entries(
    one: OwnWork, how: Confirmed, parts: Sequence[Period], technician: TechnicianId
) -> Iterable[TimeEntry]:
    incident, request = _incident(one), _request(one, how.request.strip())
    share = f", {len(parts)} servers at once, this server's share" if len(parts) > 1 else ""
    usual = WorkType.REMEDIATION if incident else WorkType.MAINTENANCE
    for (run, asset), part in zip(one.runs, parts, strict=True):
        yield TimeEntry(
            id=TimeEntryId(_entry_id(run)),
            technician=technician,
            period=part,
            issue=str(incident or one.issue),
            work_type=WorkType(how.work_type) if how.work_type in set(WorkType) else usual,
            asset=asset,
            incident=incident,
            request=request,
            note=f"{how.note.strip() or one.says}{share} ({one.kind} {run})",
            proactive=one.kind == "patch run",
        )


def _request(one: OwnWork, ref: str) -> RequestId | None:
    row = books.Request.objects.of_client(one.client).current().filter(ref__iexact=ref).first()
    if ref and row is None:
        message = f"{one.client.code} has no request {ref} on record; log it first"
        raise RequestUnknown(message)
    return RequestId(row.ref) if row else None


def _incident(one: OwnWork) -> IncidentId | None:
    """The incident a shell was opened for, where its ticket is one on record for that server."""
    row = (
        books.Incident.objects.of_client(one.client)
        .current()
        .filter(ref__iexact=one.issue, asset__code__in=[asset for _, asset in one.runs])
        .first()
    )
    return IncidentId(row.ref) if row else None

"""One server in one span: everything on record, loaded in a fixed number of queries whatever happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from groundrules.core.backups import RestoreDrill
from groundrules.core.causation.answers import CauseAnswer
from groundrules.core.health import Warned
from groundrules.core.periods import Period
from groundrules.core.recovery import Recovery
from groundrules.records.attributions import Attribution
from groundrules.records.backups import RestoreDrill as ProvenDrill
from groundrules.records.changes import Change
from groundrules.records.evidence import Gap, HealthCheck, RawEvidence, Session
from groundrules.records.incidents import Cause, Incident
from groundrules.records.incidents import Recovery as ProvenRecovery
from groundrules.records.parties import Asset
from groundrules.records.vendors import AccessWindow
from groundrules.records.work import OwnRun
from groundrules.services.backups import unreported_of
from groundrules.services.health import warnings_of

MOST = 200
MOST_CHANGES = 10_000
_MOST_CHECKS = 1_000
_WHEN = ("not_before", "not_after")


@dataclass(frozen=True, slots=True)
class SeenChange:
    """The columns of a change that a timeline shows; a night may hold thousands, so no more is read."""

    pk: int
    ref: str
    kind: str
    action: str
    run: str
    sentence: str
    actor_account: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The columns of the attribution that stands about a change."""

    change: int
    account: str
    strength: str
    permission: str
    names_party: bool


@dataclass(frozen=True, slots=True)
class Night:
    """The rows of one server in one span; attributions by the change's id, causes by the incident's reference.

    `unreported` are the times a mailed report of a backup was due in and did not come.
    `named` holds the sentences of changes that a cause names, by reference; `incomplete` says what is more than a
    page can carry.
    """

    client: str
    period: Period
    zone: str
    sessions: tuple[Session, ...]
    changes: tuple[SeenChange, ...]
    attributions: dict[int, Answer]
    incidents: tuple[Incident, ...]
    causes: dict[str, CauseAnswer]
    named: dict[str, str]
    gaps: tuple[Gap, ...]
    checks: tuple[HealthCheck, ...]
    windows: tuple[AccessWindow, ...]
    recoveries: tuple[Recovery, ...]
    drills: tuple[RestoreDrill, ...]
    own_runs: tuple[OwnRun, ...]
    warnings: tuple[Warned, ...]
    evidence_in_span: bool
    unreported: tuple[tuple[str, Period], ...] = ()
    incomplete: tuple[str, ...] = ()

    def attribution(self, change: SeenChange) -> Answer | None:
        """This function will return the answer that stands about a change, if there is one."""
        return self.attributions.get(change.pk)


def load_night(asset: Asset, period: Period, zone: str, at: datetime) -> Night:
    """This function will load one server's rows in a closed span, as far as it is over at an instant."""
    start, end = period.start, period.end or period.start
    changes = _changes(asset, start, end)
    sessions = _sessions(asset, start, end)
    incidents = _incidents(asset, start, end)
    causes = _causes(asset, incidents)
    checks = _checks(asset, start, end)
    lists = {"logins": (sessions, MOST), "changes": (changes, MOST_CHANGES)}
    lists |= {"incidents": (incidents, MOST), "checks": (checks, _MOST_CHECKS)}
    return Night(
        client=asset.client.code,
        period=period,
        zone=zone,
        sessions=sessions,
        changes=changes,
        attributions=_attributions(changes),
        incidents=incidents,
        causes=causes,
        named=_named(asset, causes),
        gaps=_gaps(asset, start, end),
        checks=checks,
        windows=_windows(asset, start, end),
        recoveries=_recoveries(asset, start, end),
        drills=_drills(asset, start, end),
        own_runs=_own_runs(asset, start, end),
        warnings=_warnings(asset, start, min(end, at)),
        evidence_in_span=RawEvidence.objects.filter(asset=asset, collected_at__gte=start).exists(),
        unreported=unreported_of(asset, period, at),
        incomplete=tuple(name for name, (rows, most) in lists.items() if len(rows) >= most),
    )


def latest_of(asset: Asset) -> datetime | None:
    """This function will return when the newest change or incident of a server was, if there is any."""
    change = Change.objects.filter(asset=asset).order_by("-not_before").first()
    incident = Incident.objects.filter(asset=asset).order_by("-opened_at").first()
    moments = [change.not_after] if change else []
    moments += [incident.opened_at] if incident else []
    return max(moments) if moments else None


def _warnings(asset: Asset, start: datetime, end: datetime) -> tuple[Warned, ...]:
    return warnings_of((asset,), Period(start, end)) if start < end else ()


def _sessions(asset: Asset, start: datetime, end: datetime) -> tuple[Session, ...]:
    overlapping = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = Session.objects.current().filter(overlapping, asset=asset, started_at__lt=end)
    return tuple(rows.defer("payload").order_by("started_at", "pk")[:MOST])


def _changes(asset: Asset, start: datetime, end: datetime) -> tuple[SeenChange, ...]:
    rows = Change.objects.touching(start, end).filter(asset=asset)
    ordered = rows.order_by("not_before", "not_after", "pk")[:MOST_CHANGES]
    columns = ("pk", "ref", "kind", "action", "run", "sentence", "actor_account")
    found = [SeenChange(*row) for row in ordered.values_list(*columns, *_WHEN)]
    # Asked for these rows only: joined to a million changes, SQLite would index all of them anew for each page.
    later = Change.objects.filter(supersedes__in=[change.pk for change in found])
    superseded = set(later.values_list("supersedes_id", flat=True))
    return tuple(change for change in found if change.pk not in superseded)


def _attributions(changes: tuple[SeenChange, ...]) -> dict[int, Answer]:
    rows = Attribution.objects.current().filter(change__in=[change.pk for change in changes])
    columns = ("change_id", "account", "strength", "permission", "names_party")
    return {row[0]: Answer(*row) for row in rows.values_list(*columns)}


def _incidents(asset: Asset, start: datetime, end: datetime) -> tuple[Incident, ...]:
    unresolved = Q(resolved_at__isnull=True) | Q(resolved_at__gte=start)
    rows = Incident.objects.current().filter(unresolved, asset=asset, opened_at__lt=end)
    return tuple(rows.order_by("opened_at", "pk")[:MOST])


def _recoveries(asset: Asset, start: datetime, end: datetime) -> tuple[Recovery, ...]:
    """Recoveries that were under way in the span; one that is not back yet goes on."""
    rows = ProvenRecovery.objects.current().filter(asset=asset, failed_at__lt=end)
    found = [row.to_core() for row in rows.order_by("failed_at", "pk")]
    return tuple(one for one in found if one.recovered_at is None or one.recovered_at >= start)


def _drills(asset: Asset, start: datetime, end: datetime) -> tuple[RestoreDrill, ...]:
    rows = ProvenDrill.objects.current().filter(asset=asset, ended_at__gte=start, ended_at__lt=end)
    return tuple(row.to_core() for row in rows.order_by("ended_at", "pk")[:MOST])


def _own_runs(asset: Asset, start: datetime, end: datetime) -> tuple[OwnRun, ...]:
    """Our own patch runs, jobs and shells; recoveries have rows of their own."""
    going = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    rows = OwnRun.objects.current().filter(going, asset=asset, started_at__lt=end)
    return tuple(rows.exclude(kind="recovery").order_by("started_at", "pk")[:MOST])


def _causes(asset: Asset, incidents: tuple[Incident, ...]) -> dict[str, CauseAnswer]:
    refs = [incident.ref for incident in incidents]
    rows = Cause.objects.current().filter(client=asset.client_id, ref__in=refs).order_by("pk")
    return {cause.ref: cause.to_core() for cause in rows}


def _named(asset: Asset, causes: dict[str, CauseAnswer]) -> dict[str, str]:
    refs = {ref for cause in causes.values() for ref in cause.established}
    rows = Change.objects.current().filter(client=asset.client_id, ref__in=refs)
    return dict(rows.values_list("ref", "sentence"))


def _gaps(asset: Asset, start: datetime, end: datetime) -> tuple[Gap, ...]:
    rows = Gap.objects.current().filter(asset=asset, not_before__lt=end, not_after__gte=start)
    return tuple(rows.order_by("not_before", "pk")[:MOST])


def _checks(asset: Asset, start: datetime, end: datetime) -> tuple[HealthCheck, ...]:
    rows = HealthCheck.objects.current().filter(
        application__asset=asset, checked_at__gte=start, checked_at__lt=end
    )
    ordered = rows.select_related("application").defer("payload")
    return tuple(ordered.order_by("application__code", "checked_at", "pk")[:_MOST_CHECKS])


def _windows(asset: Asset, start: datetime, end: datetime) -> tuple[AccessWindow, ...]:
    open_then = Q(ends_at__isnull=True) | Q(ends_at__gte=start)
    rows = AccessWindow.objects.current().filter(open_then, asset=asset, starts_at__lt=end)
    found = rows.select_related("vendor").order_by("starts_at", "pk")[:MOST]
    return tuple(row for row in found if row.to_core().approved_at)

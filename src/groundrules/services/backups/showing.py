"""How an asset's backups stand, from the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.agreements.further_terms import ManagedService
from groundrules.core.agreements.recovery_promises import promise_at
from groundrules.core.agreements.rests import may_rest, rests
from groundrules.core.agreements.terms import Agreement
from groundrules.core.backups import BackupPolicy as CorePolicy
from groundrules.core.backups import (
    BackupState,
    OriginKind,
    Resting,
    ServerFacts,
    backup_states,
)
from groundrules.core.backups import RestoreDrill as CoreDrill
from groundrules.core.backups.reported import report_gaps
from groundrules.core.backups.states import drill_due_at
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period, merged, time_between
from groundrules.records.backups import ProofQuerySet, ProofRow
from groundrules.records.models import (
    ArchiveLook,
    Asset,
    BackupPolicy,
    BackupResult,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.services.coverage_states import spans_of
from groundrules.services.world import NoAgreement, agreement_of

_MOST_LOOKED_AT = 5_000
_AT_ONCE = 500


def drills_of(asset: Asset, at: datetime, most: int = 12) -> tuple[CoreDrill, ...]:
    """This function will list the newest drills of an asset, newest first."""
    rows = RestoreDrill.objects.current().filter(asset=asset, ended_at__lte=at)
    return tuple(row.to_core() for row in rows.order_by("-ended_at", "-pk")[:most])


def _as_promised(
    policies: tuple[CorePolicy, ...], asset: Asset, agreement: Agreement | None, at: datetime
) -> tuple[CorePolicy, ...]:
    """What the agreement promises counts where it is stricter than the policy, or the policy promises nothing."""
    promise = promise_at(agreement, AssetId(asset.code), at) if agreement else None
    if promise is None:
        return policies
    return tuple(
        replace(
            policy,
            loses_at_most=_stricter(policy.loses_at_most, promise.loses_at_most),
            back_within=_stricter(policy.back_within, promise.back_within),
            drill_every=_stricter(policy.drill_every, promise.proven_every),
            clause=str(promise.clause),
        )
        for policy in policies
    )


def _stricter(ours: int, promised: int) -> int:
    return min(one for one in (ours, promised) if one) if ours or promised else 0


def _agreement(asset: Asset, at: datetime) -> Agreement | None:
    try:
        return agreement_of(asset.client, at)
    except NoAgreement:
        return None


def _resting(asset: Asset, agreement: Agreement | None, at: datetime) -> Resting:
    """When backups and drills of the server rest; its states are asked for only where an agreement lets any rest."""
    if agreement is None or not may_rest(agreement):
        return Resting()
    return _rests(agreement, spans_of([asset], at).get(asset.pk, ()))


def _rests(agreement: Agreement, spans: tuple[StateSpan, ...]) -> Resting:
    return Resting(
        backups=rests(agreement, spans, ManagedService.BACKUPS),
        drills=rests(agreement, spans, ManagedService.RESTORE_DRILLS),
    )


def states_of(asset: Asset, at: datetime) -> tuple[BackupState, ...]:
    """This function will say how every backup of an asset stands at `at` (UTC)."""
    rows = BackupPolicy.objects.current().filter(asset=asset, retired=False).order_by("name")
    kept = tuple(row.to_core() for row in rows)
    agreement = _agreement(asset, at) if kept else None
    policies = _as_promised(kept, asset, agreement, at)
    results = tuple(
        row.to_core()
        for policy in policies
        for succeeded in (True, False)
        for row in _newest(
            BackupResult.objects.filter(asset=asset, name=policy.name, succeeded=succeeded),
            at,
            _needed(policy) if succeeded else 1,
        )
    )
    drills = tuple(
        row.to_core()
        for policy in policies
        for passed in (True, False)
        for row in _newest(
            RestoreDrill.objects.filter(asset=asset, name=policy.name, passed=passed), at
        )
    )
    checks = tuple(
        row.to_core()
        for policy in policies
        for row in _newest(RepositoryCheck.objects.filter(asset=asset, name=policy.name), at)
    )
    archives = tuple(
        row.to_core()
        for policy in policies
        if policy.is_archive
        for row in ArchiveLook.objects.filter(
            asset=asset, name=policy.name, looked_at__lte=at
        ).order_by("-looked_at", "-pk")[:1]
    )
    zone = ZoneInfo(asset.zone or asset.client.zone)
    server = ServerFacts(zone, _resting(asset, agreement, at), archives)
    return backup_states(policies, results, drills, at, checks=checks, server=server)


def drills_due(assets: Iterable[Asset], at: datetime) -> Iterator[tuple[Asset, str, datetime]]:
    """This function will say when the next drill of each backup of many assets is due, with the backup's name.

    What is due is what `states_of` says of each; agreements are read once for a client, drills once for some hundreds.
    """
    agreements: dict[int, Agreement | None] = {}
    remaining = iter(assets)
    while some := list(islice(remaining, _AT_ONCE)):
        policies, drills = _policies_of(some), _last_drills_of(some, at)
        for asset in some:
            if asset.client_id not in agreements:
                agreements[asset.client_id] = _agreement(asset, at)
        spans = _spans_where_drills_rest(some, agreements, at)
        for asset in some:
            agreement = agreements[asset.client_id]
            promised = _as_promised(tuple(policies[asset.pk]), asset, agreement, at)
            resting = _rests(agreement, spans.get(asset.pk, ())) if agreement else Resting()
            server = ServerFacts(ZoneInfo(asset.zone or asset.client.zone), resting, ())
            for state in backup_states(promised, (), drills[asset.pk], at, server=server):
                due = drill_due_at(state)
                if due is not None:
                    yield asset, state.policy.name, due


def _spans_where_drills_rest(
    assets: list[Asset], agreements: Mapping[int, Agreement | None], at: datetime
) -> Mapping[int, tuple[StateSpan, ...]]:
    may = {client for client, one in agreements.items() if one is not None and may_rest(one)}
    asked = [asset for asset in assets if asset.client_id in may]
    return spans_of(asked, at) if asked else {}


def _policies_of(assets: list[Asset]) -> defaultdict[int, list[CorePolicy]]:
    found: defaultdict[int, list[CorePolicy]] = defaultdict(list)
    rows = BackupPolicy.objects.current().filter(asset__in=assets, retired=False)
    for row in rows.order_by("name"):
        found[row.asset_id].append(row.to_core())
    return found


def _last_drills_of(assets: list[Asset], at: datetime) -> defaultdict[int, list[CoreDrill]]:
    """The newest drills of each backup: those that passed and those that did not, counted and only reported ones."""
    rows = RestoreDrill.objects.current().filter(asset__in=assets, ended_at__lte=at)
    told: set[tuple[object, ...]] = set()
    found: defaultdict[int, list[CoreDrill]] = defaultdict(list)
    for row in rows.order_by("-ended_at", "-pk").iterator(chunk_size=_AT_ONCE):
        key = (row.asset_id, row.name, row.passed, row.origin == OriginKind.MAIL)
        if key not in told:
            told.add(key)
            found[row.asset_id].append(row.to_core())
    return found


def unreported_of(asset: Asset, period: Period, at: datetime) -> tuple[tuple[str, Period], ...]:
    """This function will list the times in a period in which a mailed report of a backup was due and none came.

    Each with the backup's name and product, as a page says it; none is due while backups rest by the agreement.
    """
    rows = BackupPolicy.objects.current().filter(asset=asset, retired=False).order_by("name")
    reported = [policy for policy in (row.to_core() for row in rows) if policy.reports_from]
    resting = _resting(asset, _agreement(asset, at), at) if reported else Resting()
    found: list[tuple[str, Period]] = []
    for policy in reported:
        before = _owed_before(period.start, timedelta(hours=2 * policy.every), resting.backups)
        told = BackupResult.objects.current().filter(
            asset=asset, name=policy.name, ended_at__gte=before, ended_at__lte=at
        )
        results = [row.to_core() for row in told.order_by("ended_at", "pk")[:_MOST_LOOKED_AT]]
        gaps = report_gaps(policy, results, period, at, resting)
        found += [(f"backup {policy.name} by {policy.product}", gap) for gap in gaps]
    return tuple(found)


def _owed_before(start: datetime, span: timedelta, rests: tuple[Period, ...]) -> datetime:
    """The instant from which on, up to a later one, reports were owed for a span: what rested is gone back over."""
    began = start - span
    for one in reversed(merged(rests)):
        shared = one.intersection(Period(began, start))
        if shared is not None:
            began = one.start - (span - time_between(one.start, start, rests))
    return began


def _newest(rows: ProofQuerySet[ProofRow], at: datetime, most: int = 1) -> list[ProofRow]:
    """The newest of those that count, and the newest of those that are only reported: one never hides the other."""
    until = rows.current().filter(ended_at__lte=at).order_by("-ended_at", "-pk")
    return [*until.counted()[:most], *until.reported()[:1]]


def _needed(policy: CorePolicy) -> int:
    """Whether retention was kept is seen from all that was made as far back as it reaches."""
    return _MOST_LOOKED_AT if any(policy.keeps) else 1

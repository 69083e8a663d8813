"""How an asset's backups stand, from the books."""

from __future__ import annotations

from datetime import datetime

from groundrules.core.backups import BackupState, backup_states
from groundrules.core.backups import RestoreDrill as CoreDrill
from groundrules.records.models import Asset, BackupPolicy, BackupResult, RestoreDrill


def drills_of(asset: Asset, at: datetime, most: int = 12) -> tuple[CoreDrill, ...]:
    """This function will list the newest drills of an asset, newest first."""
    rows = RestoreDrill.objects.filter(asset=asset, ended_at__lte=at)
    return tuple(row.to_core() for row in rows.order_by("-ended_at", "-pk")[:most])


def states_of(asset: Asset, at: datetime) -> tuple[BackupState, ...]:
    """This function will say how every backup of an asset stands at `at` (UTC)."""
    rows = BackupPolicy.objects.current().filter(asset=asset, retired=False).order_by("name")
    policies = tuple(row.to_core() for row in rows)
    results = tuple(
        row.to_core()
        for policy in policies
        for succeeded in (True, False)
        for row in BackupResult.objects.filter(
            asset=asset, name=policy.name, succeeded=succeeded, ended_at__lte=at
        ).order_by("-ended_at", "-pk")[:1]
    )
    drills = tuple(
        row.to_core()
        for policy in policies
        for passed in (True, False)
        for row in RestoreDrill.objects.filter(
            asset=asset, name=policy.name, passed=passed, ended_at__lte=at
        ).order_by("-ended_at", "-pk")[:1]
    )
    return backup_states(policies, results, drills, at)

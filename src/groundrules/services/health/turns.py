"""The warnings of disks and arrays that the looks of a period first showed, for a timeline and a report."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from groundrules.core.health import Looked, Warned, warnings_in
from groundrules.core.health.turns import TURNING
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from groundrules.records.models import Asset

# As far back as a trend is told.
_BEFORE = timedelta(days=90)
_MOST = 400


def warnings_of(assets: Iterable[Asset], period: Period) -> tuple[Warned, ...]:
    """This function will list what turned for the worse in a period, oldest first; one query a server."""
    found = [one for asset in assets for one in _warnings(asset, period)]
    return tuple(sorted(found, key=lambda one: (one.at, one.state.asset, one.state.key)))


def _warnings(asset: Asset, period: Period) -> tuple[Warned, ...]:
    told = Q()
    for kind in TURNING:
        told |= Q(payload__contains=f'"{kind.value}"')
    since, until = period.start - _BEFORE, period.end or period.start
    rows = asset.snapshots.current().filter(told, taken_at__gte=since, taken_at__lt=until)
    cores = [row.to_core() for row in rows.order_by("-taken_at", "-pk")[:_MOST]]
    looks = [Looked(core, core.taken_at) for core in cores]
    return warnings_in(AssetId(asset.code), looks, period, is_whole=len(looks) < _MOST)

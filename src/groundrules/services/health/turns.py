"""The warnings of disks and arrays that the looks of a period first showed, for a timeline and a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby, islice

from django.db.models import Q

from groundrules.core.health import Looked, Warned, warnings_in
from groundrules.core.health.turns import TURNING
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from groundrules.records.models import Asset, Snapshot

# As far back as a trend is told.
_BEFORE = timedelta(days=90)
_MOST = 400
_AT_ONCE = 500
_READ_AT_ONCE = 200


def warnings_of(assets: Iterable[Asset], period: Period) -> tuple[Warned, ...]:
    """This function will list what turned for the worse in a period, oldest first; a query for hundreds of servers."""
    codes = {asset.pk: AssetId(asset.code) for asset in assets}
    numbers = list(codes)
    found: list[Warned] = []
    for place in range(0, len(numbers), _AT_ONCE):
        for number, looks in _looks(numbers[place : place + _AT_ONCE], period):
            is_whole = len(looks) < _MOST
            found += warnings_in(codes[number], looks, period, is_whole=is_whole)
    return tuple(sorted(found, key=lambda one: (one.at, one.state.asset, one.state.key)))


def _looks(numbers: Sequence[int], period: Period) -> Iterator[tuple[int, list[Looked]]]:
    """The newest looks at each server that say anything of what turns, and no server without one."""
    told = Q()
    for kind in TURNING:
        told |= Q(payload__contains=f'"{kind.value}"')
    since, until = period.start - _BEFORE, period.end or period.start
    rows = Snapshot.objects.current().filter(
        told, asset__in=numbers, taken_at__gte=since, taken_at__lt=until
    )
    ordered = rows.order_by("asset", "-taken_at", "-pk").iterator(chunk_size=_READ_AT_ONCE)
    for number, own in groupby(ordered, key=lambda row: row.asset_id):
        cores = [row.to_core() for row in islice(own, _MOST)]
        yield number, [Looked(core, core.taken_at) for core in cores]

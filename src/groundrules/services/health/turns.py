"""The warnings of servers' parts that a period first showed, for a timeline and a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby, islice

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from groundrules.core.evidence import ItemKind
from groundrules.core.health import Looked, Warned, folded, warnings_in
from groundrules.core.health.turns import PLAIN, RUNNING_OUT, TRENDING
from groundrules.core.ids import AssetId
from groundrules.core.periods import Period
from groundrules.records.models import Asset, Client, Snapshot
from groundrules.services.health.watching import held_until

# As far back as a trend is told, and as the look before a period is looked for: a month's inventory is among them.
_TREND = timedelta(days=90)
_BEFORE = timedelta(days=35)
_MOST = 400
_AT_ONCE = 500
_READ_AT_ONCE = 200
_OTHERS = (*PLAIN, RUNNING_OUT)


def warnings_of(
    assets: Iterable[Asset], period: Period, *, within: timedelta = timedelta(days=1)
) -> tuple[Warned, ...]:
    """This function will list what turned for the worse in a period, oldest first; a few queries for 500 servers.

    The period may not end in the future: certificates are followed to its end. What turns again `within` so long of its
    first turn is counted there. Of a server with more than 400 looks in the period the newest 400 count.
    """
    codes = {asset.pk: AssetId(asset.code) for asset in assets}
    numbers = list(codes)
    found: list[Warned] = []
    for place in range(0, len(numbers), _AT_ONCE):
        chosen = numbers[place : place + _AT_ONCE]
        for kinds, read in ((TRENDING, _trends), (_OTHERS, _others)):
            for number, looks in read(chosen, period):
                is_whole = len(looks) < _MOST
                told = warnings_in(codes[number], looks, period, kinds=kinds, is_whole=is_whole)
                found += told
    told = folded(found, within)
    return tuple(sorted(told, key=lambda one: (one.at, one.state.asset, one.state.key)))


def looked_at(client: Client, period: Period) -> QuerySet[Asset]:
    """This function will ask for a client's servers of which a look is on record that a period's warnings come from."""
    until = period.end or period.start
    looks = Snapshot.objects.filter(
        client=client, taken_at__gte=period.start - _TREND, taken_at__lt=until
    )
    return client.assets.filter(pk__in=looks.values("asset"))


_Read = Iterator[tuple[int, list[Looked]]]


def _trends(numbers: Sequence[int], period: Period) -> _Read:
    """The newest looks at each server's disks and arrays, and no server without one."""
    until = period.end or period.start
    rows = _listing(numbers, TRENDING).filter(
        taken_at__gte=period.start - _TREND, taken_at__lt=until
    )
    for number, own in _by_server(rows):
        yield number, _looks(own)


def _others(numbers: Sequence[int], period: Period) -> _Read:
    """The looks of a period at what else turns, with the newest before it of each kind, by which it stood so."""
    until = period.end or period.start
    before = _before(numbers, period)
    rows = _listing(numbers, _OTHERS).filter(taken_at__gte=period.start, taken_at__lt=until)
    for number, own in _by_server(rows):
        yield number, _looks([*own, *before.pop(number, ())])
    for number, earlier in before.items():
        yield number, _looks(earlier)


def _before(numbers: Sequence[int], period: Period) -> dict[int, list[Snapshot]]:
    """Which rows are wanted is found by their numbers first: most of them are not."""
    flags = {kind.name: ExpressionWrapper(_tells(kind), BooleanField()) for kind in _OTHERS}
    rows = _listing(numbers, _OTHERS).filter(
        taken_at__gte=period.start - _BEFORE, taken_at__lt=period.start
    )
    ordered = rows.annotate(**flags).order_by("asset", "-taken_at", "-pk")
    wanted: dict[tuple[int, str], int] = {}
    for number, row, *told in ordered.values_list("asset_id", "pk", *flags).iterator():
        for name, is_told in zip(flags, told, strict=True):
            if is_told:
                wanted.setdefault((number, name), row)
    return _rows(sorted(set(wanted.values())))


def _rows(keys: Sequence[int]) -> dict[int, list[Snapshot]]:
    found: dict[int, list[Snapshot]] = {}
    for place in range(0, len(keys), _AT_ONCE):
        for row in Snapshot.objects.filter(pk__in=keys[place : place + _AT_ONCE]):
            found.setdefault(row.asset_id, []).append(row)
    return found


def _tells(kind: ItemKind) -> Q:
    return Q(payload__contains=f'"{kind.value}"')


def _listing(numbers: Sequence[int], kinds: Iterable[ItemKind]) -> QuerySet[Snapshot]:
    told = Q()
    for kind in kinds:
        told |= _tells(kind)
    return Snapshot.objects.current().filter(told, asset__in=numbers)


def _by_server(rows: QuerySet[Snapshot]) -> Iterator[tuple[int, Iterator[Snapshot]]]:
    ordered = rows.order_by("asset", "-taken_at", "-pk").iterator(chunk_size=_READ_AT_ONCE)
    for number, own in groupby(ordered, key=lambda row: row.asset_id):
        yield number, islice(own, _MOST)


def _looks(rows: Iterable[Snapshot]) -> list[Looked]:
    cores = [row.to_core() for row in rows]
    return [Looked(core, held_until(core)) for core in cores]

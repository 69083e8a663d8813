"""What a person needs to know of a site: who stands there since when, what is open there, and who worked on site.

Work is at a site where its server stood when it began; work on site without a server is not told to any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundrules.core.ids import SiteId
from groundrules.core.sites import AssetMove, site_at
from groundrules.core.work import TimeEntry, WorkPlace
from groundrules.records import models as books

_LOOKS_BACK = timedelta(days=90)
_ON_SITE = f'"place":"{WorkPlace.ON_SITE.value}"'


@dataclass(frozen=True, slots=True)
class StandingAsset:
    """A server of the site, and the move that brought it there, where one is on record."""

    asset: books.Asset
    came: AssetMove | None


@dataclass(frozen=True, slots=True)
class Visit:
    """Work on site: the entry as it is on record, who did it, and on which server."""

    entry: TimeEntry
    technician: str
    asset: books.Asset


@dataclass(frozen=True, slots=True)
class SiteStory:
    """A site as its page tells it."""

    assets: tuple[StandingAsset, ...]
    gone: tuple[AssetMove, ...]
    incidents: tuple[books.Incident, ...]
    windows: tuple[books.AccessWindow, ...]
    visits: tuple[Visit, ...]


def story_of(site: books.Site, at: datetime) -> SiteStory:
    """This function will tell what stands at a site, what is open there, and who worked on site of late."""
    moves = _moves_at(site.client)
    assets = list(site.assets.select_related("client").order_by("name", "pk"))
    here = [asset.pk for asset in assets]
    incidents = books.Incident.objects.current().filter(asset__in=here, resolved_at=None)
    windows = books.AccessWindow.objects.current().filter(asset__in=here, ends_at__gt=at)
    coming = list(windows.select_related("asset", "vendor").order_by("starts_at", "pk"))
    return SiteStory(
        tuple(StandingAsset(asset, _came(moves[asset.code])) for asset in assets),
        _gone(site, moves),
        tuple(incidents.select_related("asset").order_by("-opened_at", "-pk")),
        tuple(row for row in coming if _may_come(row)),
        _visits(site, moves, at),
    )


def _may_come(row: books.AccessWindow) -> bool:
    core = row.to_core()
    return core.denied_at is None and core.ended_at is None


def _moves_at(client: books.Client) -> Mapping[str, Sequence[AssetMove]]:
    moves: defaultdict[str, list[AssetMove]] = defaultdict(list)
    for row in books.AssetMove.objects.current().of_client(client).order_by("number"):
        core = row.to_core()
        moves[core.asset].append(core)
    return moves


def _came(moves: Sequence[AssetMove]) -> AssetMove | None:
    return next((move for move in reversed(moves) if move.left != move.reached), None)


def _gone(site: books.Site, moves: Mapping[str, Sequence[AssetMove]]) -> tuple[AssetMove, ...]:
    left = [
        move
        for one in moves.values()
        for move in one
        if move.left == site.code and move.reached != site.code
    ]
    return tuple(sorted(left, key=lambda move: (move.at, move.asset), reverse=True))


def _visits(
    site: books.Site, moves: Mapping[str, Sequence[AssetMove]], at: datetime
) -> tuple[Visit, ...]:
    rows = books.TimeEntry.objects.current().of_client(site.client)
    rows = rows.filter(payload__contains=_ON_SITE, started_at__gte=at - _LOOKS_BACK)
    rows = rows.exclude(asset=None).select_related("asset__site", "technician")
    return tuple(
        Visit(row.to_core(), row.technician.name, row.asset)
        for row in rows.order_by("-started_at", "-pk")
        if row.asset and _stood(row.asset, moves, row.started_at) == site.code
    )


def _stood(
    asset: books.Asset, moves: Mapping[str, Sequence[AssetMove]], at: datetime
) -> SiteId | None:
    now = SiteId(asset.site.code) if asset.site else None
    return site_at(now, moves.get(asset.code, ()), at)

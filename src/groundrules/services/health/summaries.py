"""How many servers stand, kept at hand for pages: worked out when a list arrived or an hour went by."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from groundrules.core.health import Level, alike, part_states, worst
from groundrules.core.ids import AssetId
from groundrules.records.models import Asset, BackupPolicy, HealthSummary, Snapshot
from groundrules.services.backups.showing import states_of
from groundrules.services.health.watching import looks_of

_AGAIN_AFTER = timedelta(hours=1)
_MOST = 50
_WRONG = (Level.CRITICAL, Level.WARNING)


def summarise_due(at: datetime) -> int:
    """This function will work out the parts of up to 50 servers that have news or were not looked at for an hour.

    A server without any list and any watched backup is left out. Returns how many were worked out.
    """
    due = _due(at)[:_MOST]
    for asset in due:
        _summarise(asset, at)
    return len(due)


def _due(at: datetime) -> QuerySet[Asset]:
    lists = Snapshot.objects.filter(asset=OuterRef("pk"))
    newer = lists.filter(recorded_at__gt=OuterRef("health_summary__worked_out_at"))
    watched = BackupPolicy.objects.current().filter(asset=OuterRef("pk"), retired=False)
    rows = Asset.objects.filter(Exists(lists) | Exists(watched))
    rows = rows.select_related("client", "health_summary")
    never, over = Q(health_summary__isnull=True), Q(health_summary__due_at__lte=at)
    return rows.filter(never | over | Exists(newer)).order_by("health_summary__due_at", "pk")


def _summarise(asset: Asset, at: datetime) -> None:
    states = part_states(AssetId(asset.code), looks_of(asset, at), at)
    remarks = [remark for one in states_of(asset, at) for remark in one.remarks]
    told = [(one.first.level, one.sentence) for one in alike(states)]
    told += [(r.level, r.sentence) for r in remarks]
    wrong = [sentence for level in _WRONG for its, sentence in told if its is level]
    level = worst(its for its, _ in told if its is not Level.UNKNOWN)
    HealthSummary.objects.update_or_create(
        asset=asset,
        defaults={
            "worked_out_at": at,
            "due_at": at + _AGAIN_AFTER,
            "level": level.value,
            "says": "\n".join(wrong),
        },
    )

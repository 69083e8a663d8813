"""How deep the queue of long runs is: how many wait, how long the oldest does, how many go on, and what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from groundrules.records.models import LongRun

_LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Depth:
    """The queue as numbers; `oldest` is since when the one that waits longest was asked for."""

    waiting: int
    running: int
    failed: int
    oldest: datetime | None


def depth(at: datetime) -> Depth:
    """This function will count the runs a worker carries out; of failed ones those of the last seven days."""
    carried = LongRun.objects.carried()
    waiting = carried.waiting()
    failed = carried.filter(outcome=LongRun.FAILED, ended_at__gt=at - _LATELY)
    return Depth(
        waiting.count(),
        carried.going_on().exclude(holder="").count(),
        failed.count(),
        waiting.aggregate(oldest=Min("began_at"))["oldest"],
    )

"""Batches that do not verify: kept apart and shown, never read, and never more of them than the settings allow.

Whoever cannot prove who they are must not be able to fill the disk, so the room is counted over the last 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum

from groundrules.records.models import Quarantined, Role
from groundrules.services import audit
from groundrules.services.actor import Actor
from groundrules.store.incoming import Incoming

# Who could not be proven is not named as the writer of the row; the name the sender claimed stands in its text.
_RECEIVER = Actor("groundrules receiving", Role.TECHNICIAN)
_DAY = timedelta(hours=24)
_FORMAT = "envelope"
_NAME = 255


@dataclass(frozen=True, slots=True)
class Aside:
    """What is set aside: the name its sender gave it, the host it claimed to be from, and why it does not verify."""

    name: str
    problem: str
    host: str = ""


def room_left(at: datetime) -> int:
    """This function will return how many bytes may still be set aside now; 0 also when there are too many already."""
    lately = Quarantined.objects.filter(
        recorded_by=_RECEIVER.label, recorded_at__gt=at - _DAY, recorded_at__lte=at
    ).aggregate(count=Count("pk"), bytes=Sum("length"))
    if lately["count"] >= settings.GROUNDRULES_QUARANTINE_LIMIT:
        return 0
    return max(0, int(settings.GROUNDRULES_QUARANTINE_BYTES - (lately["bytes"] or 0)))


def set_aside(body: Incoming, aside: Aside, at: datetime) -> bool:
    """This function will keep a body apart when there is room, and say whether it did."""
    digest = body.digest
    if Quarantined.objects.filter(digest=digest).exists():
        return True
    if body.length > room_left(at):
        return False
    body.keep()
    with transaction.atomic():
        # Two that bring the same bytes at once make one row.
        _, made = Quarantined.objects.get_or_create(
            digest=digest,
            defaults={
                "recorded_at": at,
                "recorded_by": _RECEIVER.label,
                "length": body.length,
                "name": aside.name[:_NAME],
                "format": _FORMAT,
                "host": aside.host[:_NAME],
                "problem": aside.problem,
            },
        )
        if made:
            says = f"{aside.name} set aside: {aside.problem}"
            entry = audit.Entry("evidence.quarantine", digest, says)
            audit.record(entry, actor=_RECEIVER, at=at)
    return True

"""Time stamps over checkpoints: one for each log and hour in which it grew, verified before it is kept."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from groundrules.gateways.timestamping import StampRefused, stamped_at
from groundrules.records.models import SealCheckpoint, SealLog, SealTimestamp
from groundrules.services import audit, seal
from groundrules.services.actor import Actor
from groundrules.services.storage import timestamp_roots, timestamper

STAMP_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stamping:
    """What one round of asking came to: checkpoints stamped now, and why others were not, by log."""

    stamped: tuple[SealTimestamp, ...] = ()
    refused: tuple[str, ...] = ()


def is_asked() -> bool:
    """This function will say whether the settings name an authority."""
    return bool(settings.GROUNDRULES_TSA_URL)


def stamp_logs(*, actor: Actor, at: datetime, every: timedelta = STAMP_EVERY) -> Stamping:
    """This function will have the newest checkpoint of each log stamped that has grown since its last stamp.

    A log stamped less than `every` ago waits. A refusal is a value: the other logs are stamped all the same.
    """
    stamped, refused = [], []
    for log in SealLog.objects.select_related("client").order_by("origin"):
        newest = seal.latest(log)
        if newest is None or not _is_due(log, newest, at, every):
            continue
        try:
            stamped.append(_stamp(newest, actor, at))
        except StampRefused as problem:
            refused.append(f"{log.origin}: {problem}")
    return Stamping(tuple(stamped), tuple(refused))


def _is_due(log: SealLog, newest: SealCheckpoint, at: datetime, every: timedelta) -> bool:
    last = SealTimestamp.objects.filter(checkpoint__log=log).order_by("-pk").first()
    if last is None:
        return True
    return last.checkpoint_id != newest.pk and at - last.recorded_at >= every


def _stamp(newest: SealCheckpoint, actor: Actor, at: datetime) -> SealTimestamp:
    message = newest.note.encode()
    response = timestamper().stamp(message)
    when = stamped_at(response, message, timestamp_roots())
    with transaction.atomic():
        row = SealTimestamp.objects.create(
            recorded_at=at,
            recorded_by=actor.label,
            checkpoint=newest,
            stamped_at=when,
            response=base64.b64encode(response).decode(),
        )
        says = f"checkpoint of {newest.size} leaves stamped {when.isoformat()}"
        entry = audit.Entry("seal.timestamp", newest.log.origin, says, newest.log.client)
        audit.record(entry, actor=actor, at=at)
    return row


def response_of(row: SealTimestamp) -> bytes:
    """This function will return the authority's response as it came (DER)."""
    return base64.b64decode(row.response)

"""Bringing the seal up to date: leaves for what has none, a checkpoint for every log, and new keys when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundrules.core.seal.tiles import TileDamaged
from groundrules.gateways.signing import KeyMissing, KeyUnusable
from groundrules.records.models import Client, Role, SealCheckpoint, SealLog
from groundrules.services import seal
from groundrules.services.actor import Actor, require
from groundrules.services.seal_keys import destroy_old_keys, make_new_key, newest_key
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing
from groundrules.store.tiles import TileConflict, TileMissing


class NoLog(LookupError):
    """The client has no log, because no raw evidence of it ever came in."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A log as it stands sealed: its newest checkpoint, and the key that signs it as people hand it on."""

    checkpoint: SealCheckpoint
    key: str
    destroyed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: how many records from before got a leaf, and every log that was looked at."""

    backfilled: int
    logs: tuple[Sealed, ...]


def bring_up_to_date(*, actor: Actor, at: datetime) -> Outcome:
    """This function will seal what is not sealed yet; raises NotAllowed and what `seal.checkpoint` raises."""
    require(actor, Role.TECHNICIAN)
    backfilled = seal.backfill(actor=actor, at=at)
    rows = seal.checkpoint_all(actor=actor, at=at)
    return Outcome(backfilled, tuple(Sealed(row, str(newest_key(row.log))) for row in rows))


def replace_key(client: Client, *, actor: Actor, at: datetime) -> Sealed:
    """This function will make a log's new key, hand over to it, and destroy the old one; raises NoLog, NotAllowed."""
    log = log_of(client)
    make_new_key(log, actor=actor, at=at)
    row = seal.checkpoint(log, actor=actor, at=at)
    return Sealed(row, str(newest_key(log)), destroy_old_keys(log, row))


def log_of(client: Client) -> SealLog:
    """This function will return the client's log when it has a leaf; raises NoLog."""
    log = SealLog.objects.filter(client=client, leaves__index=0).first()
    if log is None:
        message = (
            f"no raw evidence of {client.code} is sealed yet; receive some, "
            "or run groundrules evidence checkpoint"
        )
        raise NoLog(message)
    return log


# What keeps the seal from being made or a pack from being proven: keys, tiles or raw files that are not as they were.
UNSEALABLE = (
    KeyMissing,
    KeyUnusable,
    RawEvidenceDamaged,
    RawEvidenceMissing,
    TileConflict,
    TileDamaged,
    TileMissing,
    seal.TreeMismatch,
)

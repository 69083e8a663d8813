"""Having a repository verified and listed, and what retention would remove removed: both on record, sealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from groundrules.core.backups import (
    OURS,
    BackupPolicy,
    RepositoryCheck,
    all_read_since,
    kept_by,
    next_part,
    thinning,
)
from groundrules.core.backups.checked import keeping_words
from groundrules.core.periods import utc
from groundrules.core.reasons import counted
from groundrules.gateways.repositories import Repository, RepositoryDamaged, StoredSnapshot
from groundrules.records.models import Asset, Role
from groundrules.records.models import RepositoryCheck as CheckRow
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.backups.reading import (
    own_snapshots,
    read_repository,
    repository_of,
    take,
)
from groundrules.services.shelf import reference

_SAYS = 1_000


class NothingIsKept(ValueError):
    """The policy does not say how long snapshots are kept, so nothing may be removed."""


class NotVerified(ValueError):
    """The repository is not known to be whole, so nothing of it may be removed."""


class ThinnedByHand(ValueError):
    """An archive of PostgreSQL is thinned by a person; the message has the commands."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What a policy keeps of a repository's snapshots, and what it does not.

    `by_hand` are the commands that thin a PostgreSQL archive: a person runs them, Groundrules does not.
    """

    kept: tuple[StoredSnapshot, ...]
    gone: tuple[StoredSnapshot, ...]
    by_hand: tuple[str, ...] = ()


def verify(
    policy: BackupPolicy,
    asset: Asset,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    repository: Repository | None = None,
    everything: bool = False,
) -> RepositoryCheck:
    """This function will have a repository read and verified, the part whose turn it is or `everything`, and record it.

    Damage is a check that failed, and is on record too. Raises RepositoryUnusable when nobody could look, and then
    nothing is on record.
    """
    require(actor, Role.TECHNICIAN)
    door = repository or repository_of(policy, asset)
    began = utc(clock())
    held = own_snapshots(policy, door.snapshots())
    before = _checks_before(policy, asset)
    part, parts = (1, 1) if everything else next_part(before, policy.verify_parts)
    whole, says = _checked(door, part, parts)
    ended = utc(clock())
    own = RepositoryCheck(
        policy.asset, policy.name, began, ended, whole=whole, part=part, parts=parts
    )
    since = all_read_since([*before, own], parts)
    told = {
        "repository_check": 1,
        "product": policy.product,
        "place": policy.place,
        "name": policy.name,
        "began": began.isoformat(),
        "ended": ended.isoformat(),
        "whole": whole,
        "held": [utc(one.made).isoformat() for one in held],
        "says": says,
        "part": part,
        "parts": parts,
        "all_since": since.isoformat() if since else None,
    }
    raw = json.dumps(told, sort_keys=True, indent=1).encode()
    name = f"check-{asset.code}-{policy.name}.json"
    take(raw, name, asset, actor=actor, at=ended, origin=OURS)
    if policy.is_archive:
        read_repository(policy, asset, actor=actor, at=ended, repository=door)
    ref = reference("VER", asset.code, policy.name, began)
    return CheckRow.objects.of_client(asset.client).current().get(ref=ref).to_core()


def _checked(door: Repository, part: int, parts: int) -> tuple[bool, str]:
    """Whether it is whole, and what is said of it."""
    try:
        return True, door.check(part, parts)[-_SAYS:]
    except RepositoryDamaged as found:
        return False, str(found)[-_SAYS:]


def _checks_before(policy: BackupPolicy, asset: Asset) -> list[RepositoryCheck]:
    """The newest checks, as many as the rotation can need."""
    rows = CheckRow.objects.filter(asset=asset, name=policy.name).current().counted()
    rows = rows.order_by("-ended_at", "-pk")
    return [row.to_core() for row in rows[: 2 * policy.verify_parts + 1]]


def planned_removal(
    policy: BackupPolicy, asset: Asset, *, repository: Repository | None = None
) -> Removal:
    """This function will say what retention would remove now, and remove nothing.

    Raises NothingIsKept and RepositoryUnusable.
    """
    if not any(policy.keeps):
        message = (
            f"{policy.name} of {asset.code} does not say what is kept; say it first: "
            "groundrules backup set ... --keep-daily 7 --keep-weekly 4 --keep-monthly 12"
        )
        raise NothingIsKept(message)
    door = repository or repository_of(policy, asset)
    held = own_snapshots(policy, door.snapshots())
    zone = ZoneInfo(asset.zone or asset.client.zone)
    kept = kept_by(policy, (one.made for one in held), zone)
    stays = tuple(one for one in held if utc(one.made) in kept)
    gone = tuple(one for one in held if utc(one.made) not in kept)
    archive = door.archive()
    return Removal(stays, gone, thinning(policy, archive, zone) if archive else ())


def remove(
    policy: BackupPolicy,
    asset: Asset,
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    repository: Repository | None = None,
) -> Removal:
    """This function will remove exactly what `planned_removal` says, and then verify what is left; owners only.

    A repository whose last check is missing or found damage is left as it is. Raises NothingIsKept, NotVerified,
    RepositoryUnusable, ThinnedByHand and NotAllowed.
    """
    require(actor)
    last = CheckRow.objects.filter(asset=asset, name=policy.name).order_by("-ended_at", "-pk")
    newest = last.first()
    if newest is None or not newest.to_core().all_read:
        message = (
            f"{policy.name} of {asset.code} was not verified wholly, or is damaged: removing snapshots could take "
            f"the last good one. Verify it first: groundrules backup verify {asset.code} {policy.name} --all"
        )
        raise NotVerified(message)
    door = repository or repository_of(policy, asset)
    plan = planned_removal(policy, asset, repository=door)
    if policy.is_archive and (plan.gone or plan.by_hand):
        raise ThinnedByHand(_by_hand(policy, plan))
    if plan.gone:
        with transaction.atomic():
            what = f"{asset.code}: {counted(len(plan.gone), 'snapshot')} of {policy.name} to be removed"
            said = f"{what}; kept are {keeping_words(policy)}"
            audit.record(
                audit.Entry("backups.remove", f"{asset.code}/{policy.name}", said, asset.client),
                actor=actor,
                at=utc(clock()),
            )
        door.forget(tuple(one.id for one in plan.gone))
        verify(policy, asset, actor=actor, clock=clock, repository=door, everything=True)
    return plan


def _by_hand(policy: BackupPolicy, plan: Removal) -> str:
    if not plan.by_hand:
        return f"the newest base backup in {policy.place} cannot be restored, so nothing of it should go"
    commands = " && ".join(plan.by_hand)
    return f"the log goes with the base backups that need it, so thin {policy.place} yourself: {commands}"

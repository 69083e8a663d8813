"""Taking in what was done: a product's report as handed in, or a restic repository as it stands. Both are evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.backups import (
    NOT_NOTED,
    OURS,
    BackupPolicy,
    BackupResult,
    Origin,
    OriginKind,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.evidence import Damage
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import utc
from groundrules.gateways.postgresql_archive import PostgresqlArchive
from groundrules.gateways.repositories import Repository, RepositoryUnusable, StoredSnapshot
from groundrules.gateways.restic import ResticRepository
from groundrules.readers.backups import BackupReport, read_report
from groundrules.readers.context import ReadingContext
from groundrules.records.models import Asset, RawEvidence, Role
from groundrules.records.models import BackupResult as ResultRow
from groundrules.services.actor import Actor, require
from groundrules.services.backups.passwords import password_of
from groundrules.services.evidence import Handed, receive
from groundrules.services.filing import Filing, file_facts
from groundrules.services.shelf import reference

FORMAT = "backups"
_RESTIC, _POSTGRESQL = "restic", "postgresql"


class NotABackupReport(ValueError):
    """What was handed in is no report of backups, or holds nothing that can be read."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a report: the file kept as evidence, how many entries are new, and what of it was damaged.

    `differing` of the known ones say otherwise than what is on record, which stays.
    """

    evidence: RawEvidence | None
    new: int
    known: int
    damaged: tuple[Damage, ...] = ()
    differing: int = 0


def take(
    raw: bytes,
    name: str,
    asset: Asset,
    *,
    actor: Actor,
    at: datetime,
    origin: Origin | None = None,
) -> Taken:
    """This function will keep a report as evidence and file what it says; raises NotABackupReport before writing.

    Each entry says where it came from: `origin`, else that the actor (or a program with their token) handed it in.
    """
    require(actor, Role.TECHNICIAN)
    before = _read(raw, asset, at, "")
    _refuse_unfit(before, name, asset)
    known_from = replace(origin or _handed_in(actor), product=before.product)
    with transaction.atomic():
        handed = Handed(raw, name, FORMAT, asset.code, asset.client.code)
        kept = receive(handed, actor=actor, at=at).evidence
        found = _read(raw, asset, at, kept.digest)
        filed = file_facts(
            (replace(one, origin=known_from) for one in found.entries),
            Filing(asset.client, actor, at),
        )
    new = sum(one.new for one in filed)
    differing = sum(not one.new and _bare(one.value) != _bare(one.row.to_core()) for one in filed)
    return Taken(kept, new, len(filed) - new, tuple(found.damaged), differing)


def _bare(value: BackupResult | RestoreDrill | RepositoryCheck) -> object:
    """What a value says, whatever brought it."""
    return replace(value, origin=NOT_NOTED, citation=None)


def read_unfiled(raw: bytes, asset: Asset, at: datetime) -> BackupReport:
    """This function will read what a report says, and put nothing into the books."""
    return _read(raw, asset, at, "")


def _refuse_unfit(found: BackupReport, name: str, asset: Asset) -> None:
    if not found.entries:
        why = "; ".join(f"{one.where}: {one.problem}" for one in found.damaged) or "it is empty"
        message = f"{name} is no report of backups: {why}"
        raise NotABackupReport(message)
    if found.server not in {"", asset.code} or found.client not in {"", asset.client.code}:
        about = "/".join(one for one in (found.client, found.server) if one)
        message = f"{name} is about {about}, not about {asset.client.code}/{asset.code}; nothing was taken"
        raise NotABackupReport(message)


def _handed_in(actor: Actor) -> Origin:
    return Origin(OriginKind.TOKEN if actor.token else OriginKind.PERSON, actor.signature)


def read_repository(
    policy: BackupPolicy,
    asset: Asset,
    *,
    actor: Actor,
    at: datetime,
    repository: Repository | None = None,
) -> Taken:
    """This function will list a repository and take in its snapshots of this backup that are not known yet.

    Raises RepositoryUnusable; nothing is on record then, so the age of the last known backup goes on growing.
    """
    require(actor, Role.TECHNICIAN)
    door = repository or repository_of(policy, asset)
    known = _known(policy, asset)
    fresh = [
        one for one in own_snapshots(policy, door.snapshots()) if _ref(policy, one) not in known
    ]
    if not fresh:
        return Taken(None, 0, 0)
    told = {
        "backups": 1,
        "product": policy.product,
        "place": policy.place,
        "results": [_entry(policy, one) for one in fresh],
    }
    raw = json.dumps(told, sort_keys=True, indent=1).encode()
    name = f"{policy.product}-{asset.code}-{policy.name}.json"
    return take(raw, name, asset, actor=actor, at=at, origin=OURS)


def repository_of(policy: BackupPolicy, asset: Asset) -> Repository:
    """This function will return the door to a policy's repository; raises RepositoryUnusable when it has none.

    A file named for its password goes before one that is kept sealed.
    """
    if policy.product == _RESTIC and policy.place:
        password = "" if policy.password_file else password_of(policy, asset)
        if policy.password_file or password:
            return ResticRepository(policy.place, policy.password_file, password)
    if policy.product == _POSTGRESQL and policy.place:
        return PostgresqlArchive(policy.place)
    message = (
        f"{policy.name} of {policy.asset} has no repository that can be read here (--product restic with --place and "
        f"--password-file or groundrules backup password {policy.asset} {policy.name}, or --product postgresql with "
        "--place); hand its product's report in instead: groundrules backup take"
    )
    raise RepositoryUnusable(message)


def own_snapshots(
    policy: BackupPolicy, found: tuple[StoredSnapshot, ...]
) -> tuple[StoredSnapshot, ...]:
    """This function will choose a shared repository's snapshots that are of this backup."""
    return tuple(
        one
        for one in found
        if policy.host in {"", one.host}
        and (not policy.paths or set(policy.paths) <= set(one.paths))
    )


def _known(policy: BackupPolicy, asset: Asset) -> set[str]:
    """The references of what is on record of this backup, asked for at once: a repository may hold thousands.

    What was only reported is not known yet: we have not seen it.
    """
    rows = ResultRow.objects.filter(asset=asset, name=policy.name).counted()
    return set(rows.values_list("ref", flat=True))


def _ref(policy: BackupPolicy, one: StoredSnapshot) -> str:
    return reference("BAK", policy.asset, policy.name, one.id)


def _entry(policy: BackupPolicy, one: StoredSnapshot) -> dict[str, object]:
    """The instant its data are of is all that is told; that it is there says that it ended well."""
    taken = utc(one.taken_at).isoformat()
    return {
        "name": policy.name,
        "began": taken,
        "ended": taken,
        "succeeded": True,
        "snapshot": one.id,
        "says": ", ".join(one.paths) + (f" of {one.host}" if one.host else ""),
    }


def _read(raw: bytes, asset: Asset, at: datetime, digest: str) -> BackupReport:
    zone = asset.zone or asset.client.zone
    context = ReadingContext(AssetId(asset.code), EvidenceId(digest), zone, at, host=asset.name)
    return read_report(raw, context)

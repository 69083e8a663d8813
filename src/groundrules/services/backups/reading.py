"""Taking in what was done: a product's report as handed in, or a restic repository as it stands. Both are evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from groundrules.core.backups import (
    NOT_NOTED,
    OURS,
    ArchiveLook,
    BackupPolicy,
    BackupResult,
    Origin,
    OriginKind,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.backups.archive_looks import look
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
    `look` is the look at a PostgreSQL archive, which is neither new nor known: each is one of its own.
    """

    evidence: RawEvidence | None
    new: int
    known: int
    damaged: tuple[Damage, ...] = ()
    differing: int = 0
    look: ArchiveLook | None = None


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
    known_from = origin or _handed_in(actor)
    before = _with_own_looks(_read(raw, asset, at, ""), known_from)
    _refuse_unfit(before, name, asset)
    known_from = replace(known_from, product=before.product)
    with transaction.atomic():
        handed = Handed(raw, name, FORMAT, asset.code, asset.client.code)
        kept = receive(handed, actor=actor, at=at).evidence
        found = _with_own_looks(_read(raw, asset, at, kept.digest), known_from)
        filing = Filing(asset.client, actor, at)
        filed = file_facts((replace(one, origin=known_from) for one in found.entries), filing)
        file_facts(found.looks, filing)
    new = sum(one.new for one in filed)
    differing = sum(not one.new and _bare(one.value) != _bare(one.row.to_core()) for one in filed)
    look = found.looks[0] if found.looks else None
    return Taken(kept, new, len(filed) - new, tuple(found.damaged), differing, look)


def _bare(value: BackupResult | RestoreDrill | RepositoryCheck) -> object:
    """What a value says, whatever brought it."""
    return replace(value, origin=NOT_NOTED, citation=None)


def _with_own_looks(found: BackupReport, origin: Origin) -> BackupReport:
    """How an archive stands is what we saw ourselves: a look that somebody hands in is named, and not taken."""
    if origin.kind is OriginKind.OURS or not found.looks:
        return found
    problem = "a look at an archive is only taken where Groundrules made it"
    return replace(found, looks=[], damaged=[*found.damaged, Damage("the archive", problem)])


def read_unfiled(raw: bytes, asset: Asset, at: datetime) -> BackupReport:
    """This function will read what a report says, and put nothing into the books."""
    return _read(raw, asset, at, "")


def _refuse_unfit(found: BackupReport, name: str, asset: Asset) -> None:
    if not found.entries and not found.looks:
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

    An archive of PostgreSQL is looked at too, each time: its log goes on between base backups.
    Raises RepositoryUnusable; nothing is on record then, so the age of the last known backup goes on growing.
    """
    require(actor, Role.TECHNICIAN)
    door = repository or repository_of(policy, asset)
    known = _known(policy, asset)
    there = own_snapshots(policy, door.snapshots())
    fresh = [one for one in there if _ref(policy, one) not in known]
    archive = _archive(policy, door, at)
    if not fresh and not archive:
        return Taken(None, 0, 0)
    told = {
        "backups": 1,
        "product": policy.product,
        "place": policy.place,
        "results": [_entry(policy, one) for one in fresh],
        **archive,
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
    taken = utc(one.made).isoformat()
    return {
        "name": policy.name,
        "began": taken,
        "ended": taken,
        "succeeded": True,
        "snapshot": one.id,
        "says": ", ".join(one.paths) + (f" of {one.host}" if one.host else ""),
    }


def _archive(policy: BackupPolicy, door: Repository, at: datetime) -> dict[str, object]:
    """The look at an archive in the words the reader knows; nothing of other repositories."""
    held = door.archive()
    if held is None:
        return {}
    seen = look(held, policy.asset, policy.name, policy.place, utc(at))
    bases = [
        {
            "name": one.name,
            "made": utc(one.made).isoformat(),
            "until": utc(one.until).isoformat() if one.until else None,
            "first": one.first,
        }
        for one in seen.bases
    ]
    spare = seen.needless
    needless = spare and {
        "segments": spare.segments,
        "bytes": spare.size,
        "oldest": utc(spare.oldest).isoformat(),
    }
    unfinished = [
        {"name": one.name, "since": utc(one.since).isoformat()} for one in seen.unfinished
    ]
    told = {"name": seen.name, "looked": seen.looked.isoformat(), "place": seen.place}
    broken = {"broken": seen.broken, "newest_whole": seen.newest_whole}
    lists = {"bases": bases, "unfinished": unfinished}
    return {"archive": {**told, **lists, **broken, "needless": needless}}


def _read(raw: bytes, asset: Asset, at: datetime, digest: str) -> BackupReport:
    zone = asset.zone or asset.client.zone
    context = ReadingContext(AssetId(asset.code), EvidenceId(digest), zone, at, host=asset.name)
    return read_report(raw, context)

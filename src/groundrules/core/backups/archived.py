"""What the newest look at a PostgreSQL archive says of a backup: gaps, how far the log reached, what is kept.

What nobody looked at is not known, and never good.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import timedelta, tzinfo

from groundrules.core.backups.answers import BackupPolicy, BackupResult, RepositoryCheck
from groundrules.core.backups.archive import Holdings, needless_pieces
from groundrules.core.backups.archive_looks import ArchiveLook, KeptBase, kept_bases
from groundrules.core.backups.archive_words import second
from groundrules.core.backups.checked import GRACE, kept_remarks
from groundrules.core.backups.keeping import kept_by
from groundrules.core.backups.remarks import Remark, by_words, spoken
from groundrules.core.backups.resting import Moment
from groundrules.core.health import Level
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

# Archives are looked at every hour; a look that is missing, and one more, and it is not known any more.
_LOOKED_EVERY = timedelta(hours=1)
_STALE = 2.5
_LATE = 1.5
# Two machines' clocks differ a little; more, and the instants of the files say nothing.
_AHEAD = timedelta(minutes=5)
_BEGUN = timedelta(days=1)
_MEGABYTE = 1_000_000
_QUIET = "Where nothing was written meanwhile, a heartbeat in the database would show it."


def archive_remarks(
    policy: BackupPolicy,
    look: ArchiveLook | None,
    good: Sequence[BackupResult],
    now: Moment,
    zone: tzinfo,
    *,
    check: RepositoryCheck | None = None,
) -> list[Remark]:
    """This function will say how the newest look at an archive stands now.

    What its newest verification, `check`, has said already is not said again.
    """
    if look is None:
        how = f"groundrules backup read {policy.asset} {policy.name}"
        said = f"Nobody has looked at the log of backup {policy.name} yet: {how}"
        return [Remark(Level.UNKNOWN, said)]
    told = [] if check and look.broken and look.broken in check.says else _broken(policy, look)
    reached = _reached(policy, look, now)
    if check and not check.whole:
        reached = [_doubted(remark) for remark in reached]
    remarks = [*told, *reached]
    held = {base.name: base.made for base in look.bases}
    # One that is still there was made when its own manifest says, whatever was known when it was first seen.
    until = utc(look.looked)
    made = [held.get(one.snapshot, one.began) for one in good if utc(one.ended) <= until]
    return [
        *remarks,
        *kept_remarks(policy, until, list(held.values()), made, zone),
        *_needless(policy, look),
        *_unfinished(policy, look),
    ]


def thinning(policy: BackupPolicy, held: Holdings, zone: tzinfo) -> tuple[str, ...]:
    """This function will write the commands that leave an archive with what the policy keeps, and the log it needs.

    They are for a person: Groundrules removes nothing of an archive. Nothing where nothing would go, and where the
    newest base backup cannot be restored: then the older ones may be all there is.
    """
    bases = kept_bases(held)
    kept = kept_by(policy, (base.made for base in bases), zone)
    gone = [base for base in bases if utc(base.made) not in kept]
    stays = [base for base in bases if utc(base.made) in kept]
    if not stays or stays[-1].until is None or not (gone or needless_pieces(held)):
        return ()
    removed = [f"rm -r {shlex.quote(f'{policy.place}/base/{base.name}')}" for base in gone]
    return (*removed, _cleanup(policy.place, stays))


def _cleanup(place: str, stays: Sequence[KeptBase]) -> str:
    """Segments are compared by their place in the log, whatever their timeline, as the program does."""
    first = min((base.first for base in stays), key=lambda name: name[8:])
    return f"pg_archivecleanup {shlex.quote(f'{place}/wal')} {first}"


def _broken(policy: BackupPolicy, look: ArchiveLook) -> list[Remark]:
    when = second(look.looked)
    if not look.bases:
        said = f"The archive of backup {policy.name} held no base backup at {when}, so nothing can be restored of it."
        return [Remark(Level.CRITICAL, said)]
    if look.broken:
        level = Level.WARNING if look.newest_whole else Level.CRITICAL
        return [Remark(level, f"Backup {policy.name}, looked at {when}: {look.broken}")]
    return []


def _reached(policy: BackupPolicy, look: ArchiveLook, now: Moment) -> list[Remark]:
    """Until when the newest base backup could be brought, against what may be lost; as of the look, no later."""
    if look.reached is None or now.backups_rest_since is not None:
        return []
    looked, reached = utc(look.looked), utc(look.reached)
    lost = looked - reached
    to = f"The log of backup {policy.name} reached to {second(reached)}"
    if now.at - looked > _LOOKED_EVERY * _STALE:
        said = f"{to} when it was looked at {second(looked)}; how far it reaches now is not known."
        return [Remark(Level.UNKNOWN, said)]
    if lost < -_AHEAD:
        said = f"{to} and was looked at {second(looked)}: the instants of its files are ahead of the clock."
        return [Remark(Level.UNKNOWN, said)]
    said = f"{to}, {spoken(lost)} before it was looked at"
    hint = f" {_QUIET}" if look.newest_whole else ""
    owed = now.resting.age(reached, looked) if lost > timedelta() else lost
    if policy.loses_at_most and owed > timedelta(minutes=policy.loses_at_most):
        most = spoken(timedelta(minutes=policy.loses_at_most))
        why = f"at most {most} of work may be lost by {by_words(policy)}"
        return [Remark(Level.CRITICAL, f"{said}: {why}.{hint}")]
    if not policy.loses_at_most and owed > timedelta(hours=policy.every) * _LATE:
        return [Remark(Level.WARNING, f"{said}.{hint}")]
    return [Remark(Level.GOOD, f"{said}.")]


def _doubted(remark: Remark) -> Remark:
    """A look sees names and headers: beside a verification that found damage what it says is not green."""
    if remark.level is not Level.GOOD:
        return remark
    said = remark.sentence.removesuffix(".")
    return Remark(
        Level.UNKNOWN, f"{said}, by its names alone: what was found damaged is not counted."
    )


def _needless(policy: BackupPolicy, look: ArchiveLook) -> list[Remark]:
    """Log before the oldest base backup piles up; a week's worth is nobody's mistake."""
    spare = look.needless
    if spare is None or utc(look.looked) - utc(spare.oldest) <= GRACE:
        return []
    said = (
        f"{counted(spare.segments, 'segment')} of the log of backup {policy.name} "
        f"({spare.size // _MEGABYTE} MB, the oldest of {utc(spare.oldest):%Y-%m-%d}) lie before the first that any "
        f"base backup needs, and may be thinned: {_cleanup(look.place, look.bases)}"
    )
    return [Remark(Level.WARNING, said)]


def _unfinished(policy: BackupPolicy, look: ArchiveLook) -> list[Remark]:
    """One that is being made has none yet; a day later it was broken off."""
    old = [one for one in look.unfinished if utc(look.looked) - utc(one.since) > _BEGUN]
    return [
        Remark(
            Level.WARNING,
            f"Base backup {one.name} of backup {policy.name} has no manifest that can be read since "
            f"{utc(one.since):%Y-%m-%d}: it was broken off or damaged, and is counted nowhere.",
        )
        for one in old
    ]

"""What a check of a repository says of a backup: whether it is whole, was looked at lately, and holds what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from groundrules.core.backups.answers import BackupPolicy, BackupResult, RepositoryCheck
from groundrules.core.backups.keeping import retention
from groundrules.core.backups.remarks import Remark
from groundrules.core.backups.resting import Moment
from groundrules.core.health import Level
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

# A check that ends a little later than asked is no failure, and what was kept needlessly for a week is no mistake yet.
_LATE = 1.5
GRACE = timedelta(days=7)


def check_remarks(
    policy: BackupPolicy,
    check: RepositoryCheck | None,
    good: Sequence[BackupResult],
    now: Moment,
    zone: tzinfo,
) -> list[Remark]:
    """This function will say how the newest check stands now; nothing where none is asked for or made."""
    if check is None:
        return _never(policy, good, now)
    when = f"{utc(check.ended):%Y-%m-%d %H:%M} UTC"
    if not check.whole:
        why = check.says.rstrip(".") or "its check did not say how"
        of = f", part {check.part} of {check.parts}" if check.parts > 1 else ""
        said = f"The repository of backup {policy.name} was damaged when verified at {when}{of}: {why}."
        return [Remark(Level.CRITICAL, said)]
    late = _is_late(policy, now, check.ended)
    asked = f"; that is due every {counted(policy.verify_every, 'day')}" if late else ""
    calm = Level.GOOD if check.all_read else Level.UNKNOWN
    found = [Remark(Level.WARNING if late else calm, f"{_read(policy, check)}{asked}.")]
    if policy.is_archive:
        # What it had to say of an archive whose newest base backup is whole.
        told = [Remark(Level.WARNING, f"Backup {policy.name}: {check.says}")]
        return [*found, *(told if check.says else [])]
    looked = utc(check.began)
    made = [utc(one.began) for one in good if utc(one.ended) <= looked]
    return found + kept_remarks(policy, looked, check.held, made, zone)


def _read(policy: BackupPolicy, check: RepositoryCheck) -> str:
    when = f"{utc(check.ended):%Y-%m-%d %H:%M} UTC"
    if check.parts == 1:
        return f"Every byte of backup {policy.name} was verified at {when}"
    return f"Backup {policy.name}: part {check.part} of {check.parts} was verified at {when}, {all_words(check)}"


def all_words(check: RepositoryCheck) -> str:
    """This function will say since when all parts were read, or that they were not yet."""
    if check.all_since is None:
        return "not all read yet"
    return f"all read since {utc(check.all_since):%Y-%m-%d %H:%M} UTC"


def _is_late(policy: BackupPolicy, now: Moment, since: datetime) -> bool:
    """While backups rest, so does what looks after their repository."""
    rests = now.backups_rest_since is not None
    owed = bool(policy.verify_every) and not rests
    return owed and now.age(since) > _days(policy.verify_every * _LATE)


def _never(policy: BackupPolicy, good: Sequence[BackupResult], now: Moment) -> list[Remark]:
    if not policy.verify_every or not good:
        return []
    late = _is_late(policy, now, policy.since)
    said = f"The repository of backup {policy.name} was never verified."
    return [Remark(Level.WARNING if late else Level.UNKNOWN, said)]


def kept_remarks(
    policy: BackupPolicy,
    looked: datetime,
    held: Sequence[datetime],
    made: Sequence[datetime],
    zone: tzinfo,
) -> list[Remark]:
    """This function will compare what was `held` at a look with what is owed of all that was `made` until then."""
    if not any(policy.keeps):
        return []
    kept = retention(policy, made, held, zone)
    found: list[Remark] = []
    if kept.missing:
        kind, day = kept.missing[0]
        more = f" and {counted(len(kept.missing) - 1, 'other')}" if len(kept.missing) > 1 else ""
        said = (
            f"Backup {policy.name} keeps {keeping_words(policy)}; its repository held none for the {kind} "
            f"of {day}{more} at {utc(looked):%Y-%m-%d %H:%M} UTC."
        )
        found.append(Remark(Level.CRITICAL, said))
    then = [one for one in held if utc(looked) - utc(one) > GRACE]
    old = retention(policy, [], then, zone).needless
    if old:
        what = "base backup" if policy.is_archive else "snapshot"
        said = (
            f"{counted(len(old), what)} of backup {policy.name}, the oldest of {old[0]:%Y-%m-%d}, "
            f"would be gone if only {keeping_words(policy)} were kept; nobody removed them."
        )
        found.append(Remark(Level.WARNING, said))
    return found


def keeping_words(policy: BackupPolicy) -> str:
    """This function will say what a policy keeps, such as "7 days and 4 weeks"."""
    kinds = zip(("day", "week", "month"), policy.keeps, strict=True)
    said = [counted(number, kind) for kind, number in kinds if number]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said) or "everything"


def _days(number: float) -> timedelta:
    return timedelta(days=number)

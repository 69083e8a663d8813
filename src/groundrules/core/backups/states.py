"""How each backup stands: is it fresh enough, was a restore of it ever proven, is what was promised kept.

A backup nobody restored is a hope, so "never restored" is said wherever a drill is asked for. No result on record is
not a success: it is not known, and once one is overdue it is critical. What rests by the agreement is not owed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from groundrules.core.backups.answers import (
    BackupPolicy,
    BackupResult,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.backups.archive_looks import ArchiveLook
from groundrules.core.backups.archived import archive_remarks
from groundrules.core.backups.checked import check_remarks
from groundrules.core.backups.origins import counted_only, reported_only
from groundrules.core.backups.remarks import Remark, by_words, spoken
from groundrules.core.backups.reported import reported_promise, reported_remarks
from groundrules.core.backups.resting import Moment, Resting, rest_words
from groundrules.core.health import Level, worst
from groundrules.core.periods import instant_after, utc
from groundrules.core.reasons import counted

# A backup that ends a little later than the day before is no failure; two that are missing are.
_LATE = 1.5
_MISSED = 2.5
_DAY = timedelta(days=1)
_OWED = Resting()


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """The zone whose days are kept, when nothing of the server's backups is owed, and the looks at its archives."""

    zone: tzinfo = UTC
    resting: Resting = _OWED
    archives: tuple[ArchiveLook, ...] = ()


_PLAIN = ServerFacts()


@dataclass(frozen=True, slots=True)
class _Looked:
    """The checks of repositories, and what is known of the server."""

    checks: tuple[RepositoryCheck, ...]
    server: ServerFacts

    def of(self, policy: BackupPolicy, at: datetime) -> list[RepositoryCheck]:
        """The checks of a backup's repository until then."""
        key = (policy.asset, policy.name)
        return [c for c in self.checks if (c.asset, c.name) == key and utc(c.ended) <= at]

    def archive(self, policy: BackupPolicy, at: datetime) -> ArchiveLook | None:
        """The newest look at a backup's archive then."""
        key = (policy.asset, policy.name)
        own = [a for a in self.server.archives if (a.asset, a.name) == key and utc(a.looked) <= at]
        return max(own, key=lambda a: utc(a.looked), default=None)


@dataclass(frozen=True, slots=True)
class BackupState:
    """How one backup stands: its remarks (the worst first), its last good run, last drill and last proven restore.

    A drill or a check that is only reported is neither of these; the newest passed one is `reported`.
    """

    policy: BackupPolicy
    level: Level
    remarks: tuple[Remark, ...]
    last_good: BackupResult | None = None
    last_drill: RestoreDrill | None = None
    proven: RestoreDrill | None = None
    last_check: RepositoryCheck | None = None
    reported: RestoreDrill | None = None
    resting: Resting = _OWED
    archive: ArchiveLook | None = None


def backup_states(
    policies: Iterable[BackupPolicy],
    results: Iterable[BackupResult],
    drills: Iterable[RestoreDrill],
    at: datetime,
    *,
    checks: Iterable[RepositoryCheck] = (),
    server: ServerFacts = _PLAIN,
) -> tuple[BackupState, ...]:
    """This function will say how every backup that is not retired stands at `at` (UTC), in their order.

    `checks` are those of their repositories.
    """
    done, tried, looked = tuple(results), tuple(drills), _Looked(tuple(checks), server)
    return tuple(_state(p, done, tried, looked, at) for p in policies if not p.retired)


def verify_is_due(state: BackupState, at: datetime) -> bool:
    """This function will say whether the repository is to be read and verified, and was not for so long."""
    if not state.policy.verify_every or state.last_good is None:
        return False
    if state.resting.backups_since(at) is not None:
        return False
    last = state.last_check
    return last is None or state.resting.age(last.ended, at) >= timedelta(
        days=state.policy.verify_every if last.whole else 1
    )


def drill_is_due(state: BackupState, at: datetime) -> bool:
    """This function will say whether a drill is asked for and none was tried for so long; a failed one daily.

    While drills rest none is due.
    """
    if not state.policy.drill_every or state.last_good is None:
        return False
    if state.resting.drills_since(at) is not None:
        return False
    last = state.last_drill
    if last is None:
        return True
    wait = timedelta(days=state.policy.drill_every) if last.passed else _DAY
    return state.resting.drill_age(last.ended, at) >= wait


def drill_due_at(state: BackupState) -> datetime | None:
    """This function will return when the next drill is due; None where none is asked for, or drills rest until then."""
    if not state.policy.drill_every:
        return None
    last = state.last_drill.ended if state.last_drill else state.policy.since
    wait = timedelta(days=state.policy.drill_every)
    return instant_after(last, wait, state.resting.drills)


def _state(
    policy: BackupPolicy,
    results: Sequence[BackupResult],
    drills: Sequence[RestoreDrill],
    looked: _Looked,
    at: datetime,
) -> BackupState:
    key = (policy.asset, policy.name)
    done = sorted(
        (r for r in results if (r.asset, r.name) == key and utc(r.ended) <= at),
        key=lambda r: utc(r.ended),
    )
    told = sorted(
        (d for d in drills if (d.asset, d.name) == key and utc(d.ended) <= at),
        key=lambda d: utc(d.ended),
    )
    tried, checks = counted_only(told), looked.of(policy, at)
    good = next((r for r in reversed(done) if r.succeeded), None)
    measured = [r for r in counted_only(done) if r.succeeded]
    proven = next((d for d in reversed(tried) if d.passed), None)
    reported = next((d for d in reversed(reported_only(told)) if d.passed), None)
    last = tried[-1] if tried else None
    check = max(counted_only(checks), key=lambda c: utc(c.ended), default=None)
    archive = looked.archive(policy, at)
    now = Moment(at, looked.server.resting)
    remarks = [
        _freshness(policy, good, now),
        *_last_failed(done, good),
        *_drilled(policy, last, proven, good, now),
        *_promised(policy, proven, good, now),
        *reported_promise(policy, good, measured[-1] if measured else None, now),
        *check_remarks(policy, check, measured, now, looked.server.zone),
        *reported_remarks(told, checks, proven, check),
        *_archived(policy, archive, check, measured, now, looked.server.zone),
    ]
    order = tuple(Level)
    remarks.sort(key=lambda r: -order.index(r.level))
    level = worst(r.level for r in remarks)
    return BackupState(
        policy, level, tuple(remarks), good, last, proven, check, reported, now.resting, archive
    )


def _archived(
    policy: BackupPolicy,
    archive: ArchiveLook | None,
    check: RepositoryCheck | None,
    good: Sequence[BackupResult],
    now: Moment,
    zone: tzinfo,
) -> list[Remark]:
    if not policy.is_archive:
        return []
    return archive_remarks(policy, archive, good, now, zone, check=check)


def _freshness(policy: BackupPolicy, good: BackupResult | None, now: Moment) -> Remark:
    since = utc(good.ended) if good else utc(policy.since)
    age, every = now.age(since), timedelta(hours=policy.every)
    what = f"Backup {policy.name}"
    if now.backups_rest_since is not None:
        ended = f"{since:%Y-%m-%d %H:%M} UTC"
        last = f"the last good one ended at {ended}" if good else "none is on record"
        said = f"{what} is {rest_words(now.backups_rest_since)}; {last}."
        return Remark(Level.UNKNOWN, said)
    if good is None:
        said = (
            f"{what}: no backup is on record since {since:%Y-%m-%d %H:%M} UTC{_unreported(policy)}."
        )
        return Remark(Level.CRITICAL if age > every * _LATE else Level.UNKNOWN, said)
    last = "last good base backup" if policy.is_archive else "last good one"
    said = f"{what}: the {last} ended {spoken(now.at - since)} ago, at {since:%Y-%m-%d %H:%M} UTC"
    said += f", {good.origin.words}" if good.origin.is_reported else ""
    if age > every * _LATE:
        bad = Level.CRITICAL if age > every * _MISSED else Level.WARNING
        due = f"it is due every {counted(policy.every, 'hour')}{_unreported(policy)}"
        return Remark(bad, f"{said}; {due}.")
    return Remark(Level.GOOD, f"{said}.")


def _unreported(policy: BackupPolicy) -> str:
    """A report that did not come is a gap: nobody knows whether the backup was made."""
    return f", and no report from {policy.reports_from} says more" if policy.reports_from else ""


def _last_failed(done: Sequence[BackupResult], good: BackupResult | None) -> list[Remark]:
    last = done[-1] if done else None
    if last is None or last is good:
        return []
    why = f": {last.says}" if last.says else ""
    by = f", {last.origin.words}" if last.origin.is_reported else ""
    when = f"{utc(last.ended):%Y-%m-%d %H:%M} UTC"
    return [
        Remark(Level.WARNING, f"The newest run of backup {last.name} failed at {when}{by}{why}.")
    ]


def _drilled(
    policy: BackupPolicy,
    last: RestoreDrill | None,
    proven: RestoreDrill | None,
    good: BackupResult | None,
    now: Moment,
) -> list[Remark]:
    if last is not None and not last.passed:
        when = f"{utc(last.ended):%Y-%m-%d %H:%M} UTC"
        before = f" The last proven one was of {_day(proven)}." if proven else ""
        said = f"The restore of backup {policy.name} failed at {when}: {last.says.rstrip('.')}.{before}"
        return [Remark(Level.CRITICAL, said)]
    if proven is not None:
        kept = _measured(proven)
        asked, overdue = _drill_asked(policy, now, proven.ended)
        said = f"Last proven restore of backup {policy.name}: {_day(proven)}, {kept}, {proven.origin.words}{asked}."
        return [Remark(Level.WARNING if overdue else Level.GOOD, said)]
    if policy.drill_every and good is not None:
        asked, late = _drill_asked(policy, now, policy.since)
        rests = asked if now.drills_rest_since else ""
        said = f"Backup {policy.name} was never restored to see whether that works{rests}."
        return [Remark(Level.WARNING if late else Level.UNKNOWN, said)]
    return []


def _drill_asked(policy: BackupPolicy, now: Moment, since: datetime) -> tuple[str, bool]:
    """What is said of the drill that is owed next, and whether it is overdue."""
    if not policy.drill_every:
        return "", False
    if now.drills_rest_since is not None:
        return f"; a drill is {rest_words(now.drills_rest_since)}", False
    if now.drill_age(since) > _DAY * policy.drill_every * _LATE:
        return f"; a drill is due every {counted(policy.drill_every, 'day')}", True
    return "", False


def _promised(
    policy: BackupPolicy, proven: RestoreDrill | None, good: BackupResult | None, now: Moment
) -> list[Remark]:
    """What is promised and not kept: now, by the age of the last good backup, and as the last restore measured it."""
    found: list[Remark] = []
    if now.backups_rest_since is not None:
        return found
    # How far an archive's log reached is said of its newest look: between base backups nothing else grows old.
    if policy.loses_at_most and good is not None and not policy.is_archive:
        most, age = timedelta(minutes=policy.loses_at_most), now.at - utc(good.began)
        if now.age(good.began) > most:
            said = (
                f"At most {spoken(most)} of work may be lost by {by_words(policy)}; "
                f"if {policy.asset} failed now, it would be {spoken(age)}."
            )
            found.append(Remark(Level.CRITICAL, said))
    if (
        policy.back_within
        and proven is not None
        and proven.took > timedelta(minutes=policy.back_within)
    ):
        said = (
            f"{policy.asset} must be back within {spoken(timedelta(minutes=policy.back_within))} by "
            f"{by_words(policy)}; the last restore of backup {policy.name} took {spoken(proven.took)}."
        )
        found.append(Remark(Level.CRITICAL, said))
    return found


def _measured(drill: RestoreDrill) -> str:
    parts = [f"back after {spoken(drill.took)}"]
    if drill.loss is not None:
        parts.append(f"{spoken(drill.loss)} of work would have been lost")
    if drill.records_lost is not None:
        parts.append(f"{counted(drill.records_lost, 'record')} lost by the check's count")
    return ", ".join(parts)


def _day(drill: RestoreDrill) -> str:
    return f"{utc(drill.ended):%Y-%m-%d %H:%M} UTC"

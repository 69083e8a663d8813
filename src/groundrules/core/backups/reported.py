"""What is only reported of a backup, by mail: said with its origin, never green, and bad news is believed.

A claim that all is well may be forged, so it proves nothing. A claim that something failed costs a look, so it counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from groundrules.core.backups.answers import (
    BackupPolicy,
    BackupResult,
    RepositoryCheck,
    RestoreDrill,
)
from groundrules.core.backups.origins import reported_only
from groundrules.core.backups.remarks import Remark
from groundrules.core.backups.resting import Moment, Resting
from groundrules.core.health import Level
from groundrules.core.periods import Period, instant_after, outside, time_between, utc

# As for backups themselves: a report a little later than the day before is no gap.
_LATE = 1.5


def reported_remarks(
    drills: Sequence[RestoreDrill],
    checks: Sequence[RepositoryCheck],
    proven: RestoreDrill | None,
    checked: RepositoryCheck | None,
) -> list[Remark]:
    """This function will say the newest reported drill and check that are newer than what we know ourselves.

    `drills` and `checks` are one backup's, in any order; `proven` and `checked` are the newest that count.
    """
    found: list[Remark] = []
    drill = max(reported_only(drills), key=lambda d: utc(d.ended), default=None)
    if drill is not None and (proven is None or utc(drill.ended) > utc(proven.ended)):
        found.append(_drill(drill))
    check = max(reported_only(checks), key=lambda c: utc(c.ended), default=None)
    if check is not None and (checked is None or utc(check.ended) > utc(checked.ended)):
        found.append(_check(check))
    return found


def reported_promise(
    policy: BackupPolicy, good: BackupResult | None, counted: BackupResult | None, now: Moment
) -> list[Remark]:
    """This function will say where a promised recovery point is kept by nothing but a report."""
    most = timedelta(minutes=policy.loses_at_most)
    if not most or good is None or not good.origin.is_reported or now.age(good.began) > most:
        return []
    if now.backups_rest_since is not None:
        return []
    if counted is not None and now.age(counted.began) <= most:
        return []
    by = f"clause {policy.clause}" if policy.clause else "the agreement"
    said = (
        f"Whether no more work of {policy.asset} is lost than {by} promises is known only as "
        f"{good.origin.words}; we did not measure it."
    )
    return [Remark(Level.UNKNOWN, said)]


def report_gaps(
    policy: BackupPolicy,
    results: Sequence[BackupResult],
    period: Period,
    at: datetime,
    resting: Resting | None = None,
) -> tuple[Period, ...]:
    """This function will list the times within a period in which a report of a backup was due and none came.

    Only where somebody reports it; a report that a run failed is a report. While backups rest no report is due, and
    the time for the next one runs on afterwards.
    """
    if not policy.reports_from or policy.retired:
        return ()
    rests = (resting or Resting()).backups
    until = min(utc(at), utc(period.end or at))
    ends = sorted({utc(policy.since), *(utc(r.ended) for r in results if utc(r.ended) <= until)})
    ends = [one for one in ends if one >= utc(policy.since)]
    return tuple(
        piece
        for last, following in zip(ends, [*ends[1:], until], strict=True)
        if following > utc(period.start)
        for piece in _unreported(policy, Period(last, following), rests, utc(period.start))
    )


def _unreported(
    policy: BackupPolicy, between: Period, rests: tuple[Period, ...], start: datetime
) -> tuple[Period, ...]:
    """What of the time between two reports, from `start` on, went by without one that was due."""
    last, following = between.start, between.end or between.start
    every = timedelta(hours=policy.every)
    due = instant_after(last, every, rests)
    if due is None or time_between(last, following, rests) <= every * _LATE:
        return ()
    begins = max(due, start)
    return outside(Period(begins, following), rests) if begins < following else ()


def _drill(one: RestoreDrill) -> Remark:
    when = f"{utc(one.ended):%Y-%m-%d %H:%M} UTC"
    if one.passed:
        said = f"A restore of backup {one.name} at {when} is {one.origin.words}; we did not see it, so it is no proof."
        return Remark(Level.UNKNOWN, said)
    why = one.says.rstrip(".") or "it does not say why"
    said = f"The restore of backup {one.name} failed at {when}, {one.origin.words}: {why}."
    return Remark(Level.CRITICAL, said)


def _check(one: RepositoryCheck) -> Remark:
    when = f"{utc(one.ended):%Y-%m-%d %H:%M} UTC"
    if one.whole:
        what = f"That the repository of backup {one.name} was whole at {when}"
        said = f"{what} is {one.origin.words}; we did not verify it."
        return Remark(Level.UNKNOWN, said)
    why = one.says.rstrip(".") or "it does not say how"
    said = f"The repository of backup {one.name} was damaged at {when}, {one.origin.words}: {why}."
    return Remark(Level.CRITICAL, said)

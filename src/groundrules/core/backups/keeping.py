"""Retention: which snapshots a policy keeps, which are owed and gone, and which nobody needs any more.

The rule is restic's own (its manual, "Removing snapshots according to a policy"): of each of the last so many days,
weeks or months that have a backup, the last backup is kept. Days are those of the server's own zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from groundrules.core.backups.answers import BackupPolicy
from groundrules.core.periods import utc

_KINDS: tuple[tuple[str, Callable[[datetime], tuple[int, ...]]], ...] = (
    ("day", lambda at: (at.year, at.month, at.day)),
    ("week", lambda at: at.isocalendar()[:2]),
    ("month", lambda at: (at.year, at.month)),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What retention comes to: days, weeks and months that are owed and gone, and snapshots kept for nothing."""

    missing: tuple[tuple[str, str], ...]
    needless: tuple[datetime, ...]


def kept_by(
    policy: BackupPolicy, held: Iterable[datetime], zone: tzinfo = UTC
) -> frozenset[datetime]:
    """This function will choose what the policy keeps of the snapshots held: the newest, all if it says nothing."""
    found = sorted({utc(one) for one in held})
    if not any(policy.keeps) or not found:
        return frozenset(found)
    kept = {found[-1]}
    for (_, bucket), number in zip(_KINDS, policy.keeps, strict=True):
        last = {bucket(one.astimezone(zone)): one for one in found}
        kept |= {last[one] for one in _newest(last, number)}
    return frozenset(kept)


def retention(
    policy: BackupPolicy,
    made: Sequence[datetime],
    held: Sequence[datetime],
    zone: tzinfo = UTC,
) -> Kept:
    """This function will compare what the repository holds with what the policy keeps of all backups that were `made`.

    `made` are the instants of the good backups on record up to the look at the repository. One made on a day proves
    that the day had a backup; a day nobody made one is not missing.
    """
    missing: list[tuple[str, str]] = []
    for (kind, bucket), number in zip(_KINDS, policy.keeps, strict=True):
        owed = {bucket(utc(one).astimezone(zone)): one for one in sorted(made)}
        there = {bucket(utc(one).astimezone(zone)) for one in held}
        gone = [one for one in _newest(owed, number) if one not in there]
        missing += [(kind, f"{utc(owed[one]).astimezone(zone):%Y-%m-%d}") for one in gone]
    needless = sorted({utc(one) for one in held} - kept_by(policy, held, zone))
    return Kept(tuple(missing), tuple(needless))


def _newest(of: Iterable[tuple[int, ...]], number: int) -> list[tuple[int, ...]]:
    return sorted(of, reverse=True)[:number]

"""What is said of a PostgreSQL archive's log: which segments are missing, how far each backup reaches, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from groundrules.core.backups.archive import Fault, Gap, Reach
from groundrules.core.periods import utc
from groundrules.core.reasons import counted

_MOST = 3


def gap_words(gap: Gap) -> str:
    """This function will say one gap, such as "0000…04 to 0000…06 (3 segments) are missing"."""
    why = f" ({gap.why})" if gap.why else ""
    if gap.count == 1:
        return f"{gap.first} is {gap.fault}{why}"
    return f"{gap.first} to {gap.last} ({counted(gap.count, 'segment')}) are {gap.fault}{why}"


def reach_words(reach: Reach) -> str:
    """This function will say how far a base backup can be brought that the log does not bring to its end."""
    name = f"Base backup {reach.base.name}"
    if reach.forked:
        return (
            f"{name} cannot be brought on: timeline {reach.forked}, which the log goes on along, left its timeline "
            f"{reach.base.timeline} before it ended."
        )
    if reach.until is None:
        return f"{name} cannot be restored: its log does not reach the backup's own end (yet, if it is still received)."
    return f"{name} can be brought to {second(reach.until)} at most."


def broken_words(reaches: Sequence[Reach], lost: Sequence[int], place: str) -> str:
    """This function will say what of an archive's log is missing, what follows, and what to do; empty when whole.

    `lost` are the timelines without a history.
    """
    broken = [one for one in reaches if is_broken(one)]
    if lost:
        return lost_words(lost, place)
    if not broken:
        return ""
    told = _several([gap_words(gap) for gap in gaps_of(broken)])
    what = [f"The log in {place}/wal is broken: {told}."] if told else []
    what += [_several([reach_words(one) for one in broken], " ")]
    return " ".join([*what, advice(reaches, place)])


def lost_words(lost: Sequence[int], place: str) -> str:
    """This function will say which histories of timelines are missing."""
    names = " and ".join(f"{one:08X}.history" for one in lost)
    return (
        f"The log in {place}/wal goes on along another timeline, and {names} is missing or cannot be read: "
        "no restore follows it. Copy it from the server's pg_wal."
    )


def advice(reaches: Sequence[Reach], place: str) -> str:
    """This function will say what to do about a broken log."""
    packed = any(gap.fault is Fault.PACKED for one in reaches for gap in one.gaps)
    if packed:
        return "Unpack what is compressed, and receive without compression: neither PostgreSQL nor a drill reads it."
    if reaches and not is_broken(reaches[-1]):
        return "The newest base backup is not affected; nothing brings the older ones further."
    return (
        f"Take a new base backup now (pg_basebackup --pgdata={place}/base/NAME --wal-method=none --checkpoint=fast), "
        "or copy what the server still has of it in its pg_wal."
    )


def gaps_of(reaches: Iterable[Reach]) -> tuple[Gap, ...]:
    """This function will list the gaps of several base backups, each once and in the log's order.

    What a later base backup misses of a gap that began before it is part of that gap.
    """
    found: list[Gap] = []
    every = (gap for one in reaches for gap in one.gaps)
    for gap in sorted(every, key=lambda gap: (gap.first, -gap.count)):
        if not found or gap.last > found[-1].last:
            found.append(gap)
    return tuple(found)


def is_newest_whole(reaches: Sequence[Reach], lost: Sequence[int]) -> bool:
    """This function will say whether the newest base backup can be brought to the log's end, whatever others miss."""
    return bool(reaches) and not lost and not is_broken(reaches[-1])


def is_broken(reach: Reach) -> bool:
    """This function will say whether something keeps a base backup from reaching the log's end."""
    return bool(reach.gaps) or bool(reach.forked) or reach.until is None


def second(at: datetime) -> str:
    """This function will write an instant to the second, with its zone: archives are kept for the sake of seconds."""
    return f"{utc(at):%Y-%m-%d %H:%M:%S} UTC"


def _several(told: Sequence[str], between: str = "; ") -> str:
    more = f"{between}and {len(told) - _MOST} more" if len(told) > _MOST else ""
    return between.join(told[:_MOST]) + more

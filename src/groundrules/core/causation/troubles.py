"""What fails without anybody's act: a disk, a certificate that ran out, the line to a provider.

Recorded as changes of state. They explain a failure beside the recorded changes and are never candidates themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.causation.deeds import STOPPED
from groundrules.core.changes import Change
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.periods import Interval, Order

_DISKS = frozenset({ItemKind.DISK, ItemKind.DISK_HEALTH, ItemKind.DISK_ARRAY})
_SOUND = frozenset(
    {"ok", "healthy", "online", "clean", "passed", "optimal", "active", "running", "live"}
)
# What a look at a disk or an array tells of its state; the rest of it says which disk it is, or what is done to it.
_STATES = frozenset({"health", "state", "pool"})
_IDENTITY = frozenset({"model", "serial", "size", "firmware", "level"})
_COUNTERS = frozenset({"reallocated", "pending", "uncorrectable", "media_errors"})
_REST = frozenset(
    {"in_place", "members", "task", "worn", "critical_warning", "errors", "interface"}
)
_LOOKED_AT = _STATES | _IDENTITY | _COUNTERS | _REST
_RAN_OUT = ("expired", "ran out", "no longer valid")
_LOST = ("down", "lost", "unreachable", "offline", "out of service", "no carrier")


def is_trouble(change: Change) -> bool:
    """This function will say whether a change of state is a failure by itself.

    What the record names somebody for is their act, and a disk that came, went or was put in another's place is no
    failure of its own, whoever did that.
    """
    after = (change.after or "").casefold()
    if change.kind in _DISKS:
        return not _is_somebodys(change) and change.action is Action.ALTERED and _is_failing(change)
    if change.kind is ItemKind.CERTIFICATE:
        return any(word in after for word in _RAN_OUT)
    return change.kind is ItemKind.CONNECTION and any(word in after for word in _LOST)


def is_symptom(change: Change) -> bool:
    """This function will say whether what is on record can be what failed rather than why.

    A service that crashed is found stopped, and its port closed; that somebody brought it about takes a record of them.
    """
    if _is_somebodys(change):
        return False
    if change.kind is ItemKind.PORT:
        return change.action is Action.REMOVED
    stopped = (change.after or "").casefold() in STOPPED
    return change.kind is ItemKind.SERVICE and change.action is Action.ALTERED and stopped


def _is_somebodys(change: Change) -> bool:
    """What only two looks show has no maker on record, whose ever the thing itself is."""
    actor = change.actor
    named = bool(actor.account or actor.identifier or actor.session_key)
    return bool(change.run) or (named and not change.snapshot_only)


def _is_failing(change: Change) -> bool:
    """A log says it in words; two looks say it by the attributes that differ."""
    told = _told(change.after)
    if not told.keys() & _LOOKED_AT:
        return (change.after or "").casefold() not in _SOUND
    if told.keys() & _IDENTITY:
        return False
    before = _told(change.before)
    return (
        any(_word(told[name]) not in _SOUND for name in told.keys() & _STATES)
        or "_" in told.get("in_place", "")
        or "(f)" in told.get("members", "")
        or _count(told.get("critical_warning")) > 0
        or any(_count(told[name]) > _count(before.get(name)) for name in told.keys() & _COUNTERS)
    )


def _told(text: str | None) -> dict[str, str]:
    """The attributes of `health: failed; worn: 10 %`; none where a log's own words stand."""
    pieces = (piece.split(": ", 1) for piece in (text or "").casefold().split("; "))
    return {piece[0]: piece[1] for piece in pieces if len(piece) > 1}


def _word(state: str) -> str:
    """An array is `active (auto-read-only)`."""
    return state.split(" ", maxsplit=1)[0]


def _count(number: str | None) -> int:
    return int(number) if number and number.isascii() and number.isdecimal() else 0


def troubles(changes: Iterable[Change], onset: Interval) -> tuple[Change, ...]:
    """This function will list what failed by itself in the time the failure began, earliest first."""
    found = [
        c for c in changes if is_trouble(c) and c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
    ]
    return tuple(sorted(found, key=lambda c: (c.interval.not_before, c.component, c.id)))

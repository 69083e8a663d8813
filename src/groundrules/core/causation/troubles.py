"""What fails without anybody's act: a disk, a certificate that ran out, the line to a provider.

Recorded as changes of state. They explain a failure beside the recorded changes and are never candidates themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from groundrules.core.changes import Change
from groundrules.core.evidence import ItemKind
from groundrules.core.periods import Interval, Order

_DISKS = frozenset({ItemKind.DISK, ItemKind.DISK_HEALTH, ItemKind.DISK_ARRAY})
_SOUND = frozenset({"ok", "healthy", "online", "clean", "passed", "optimal", "active"})
_RAN_OUT = ("expired", "ran out", "no longer valid")
_LOST = ("down", "lost", "unreachable", "offline", "out of service", "no carrier")


def is_trouble(change: Change) -> bool:
    """This function will say whether a change of state is a failure by itself, whoever is or is not on record."""
    after = (change.after or "").casefold()
    if change.kind in _DISKS:
        return after not in _SOUND
    if change.kind is ItemKind.CERTIFICATE:
        return any(word in after for word in _RAN_OUT)
    return change.kind is ItemKind.CONNECTION and any(word in after for word in _LOST)


def troubles(changes: Iterable[Change], onset: Interval) -> tuple[Change, ...]:
    """This function will list what failed by itself in the time the failure began, earliest first."""
    found = [
        c for c in changes if is_trouble(c) and c.interval.order_to(onset) is Order.POSSIBLY_BEFORE
    ]
    return tuple(sorted(found, key=lambda c: (c.interval.not_before, c.component, c.id)))

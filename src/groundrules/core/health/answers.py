"""What is said of one part: its level, one sentence, when it was looked at, and the evidence; and of one check."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from groundrules.core.evidence import Citation, ItemKind, Snapshot
from groundrules.core.ids import AssetId


class Level(StrEnum):
    """How a part stands. UNKNOWN is never shown as good: nobody looked, or not lately enough."""

    GOOD = "good"
    UNKNOWN = "not known"
    WARNING = "warning"
    CRITICAL = "critical"


_ORDER = tuple(Level)


def worst(levels: Iterable[Level]) -> Level:
    """This function will return the worst of some levels; of none, UNKNOWN, because then nobody looked."""
    return max(levels, key=_ORDER.index, default=Level.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Looked:
    """A snapshot and until when it is known to have held: a collector does not repeat what has not changed."""

    snapshot: Snapshot
    until: datetime


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a server: a disk, array, file system, certificate or service.

    `looked_at` is when it was last seen (UTC), None when never. `key` is empty where a whole kind was not looked at.
    """

    asset: AssetId
    kind: ItemKind
    key: str
    level: Level
    sentence: str
    looked_at: datetime | None = None
    citations: tuple[Citation, ...] = ()


def seen_then(at: datetime) -> str:
    """This function will say of what was seen too long ago (UTC) when that was, and that now is not known."""
    return f"That was seen at {at:%Y-%m-%d %H:%M} UTC; how it is now is not known."


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: passed, failed with the failure's own words, or None when it could not be asked.

    `note` is worth knowing and makes nothing unwell.
    """

    says: str
    passed: bool | None = None
    note: str = ""

"""What the client has ordered, as dated facts: how many users and devices there are, and blocks of prepaid hours.

A count holds from its day until the next one. Facts are written down once; a wrong one is superseded, never edited.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from groundrules.core.ids import BlockId
from groundrules.core.money import Money

_MOST_COUNTED = 1_000_000


class CountedUnit(StrEnum):
    """What a fee is counted by. A flat fee is due once, whatever there is to count."""

    USER = "user"
    DEVICE = "device"
    FLAT = "flat"


class ImpossibleCount(ValueError):
    """A count is below zero or beyond what can be, or counts what is not counted."""


@dataclass(frozen=True, slots=True)
class HeadCount:
    """So many users or devices from a local day on; `says` is who said so, or how they were counted."""

    unit: CountedUnit
    count: int
    day: date
    recorded_at: datetime | None = None
    says: str = ""

    @property
    def known_at(self) -> datetime:
        """When the count was written down; without that, as its day began."""
        return self.recorded_at or datetime.combine(self.day, time(), UTC)

    def __post_init__(self) -> None:
        if not 0 <= self.count <= _MOST_COUNTED:
            message = (
                f"{self.count} {self.unit.value}s can't be; count from zero to {_MOST_COUNTED}"
            )
            raise ImpossibleCount(message)
        if self.unit is CountedUnit.FLAT:
            message = "a flat fee has nothing to count; count users or devices"
            raise ImpossibleCount(message)


@dataclass(frozen=True, slots=True)
class BlockPurchase:
    """A block of prepaid hours, bought on a local day and usable from its first instant."""

    id: BlockId
    day: date
    minutes: int
    price: Money
    recorded_at: datetime | None = None
    says: str = ""

    @property
    def known_at(self) -> datetime:
        """When the purchase was written down; without that, as its day began."""
        return self.recorded_at or datetime.combine(self.day, time(), UTC)

    def __post_init__(self) -> None:
        if self.minutes < 1:
            message = (
                f"block {self.id} of {self.minutes} minutes can't be; sell at least one minute"
            )
            raise ImpossibleCount(message)


def count_on(counts: Iterable[HeadCount], unit: CountedUnit, day: date) -> int:
    """This function will return how many there were at the end of a local day; none before the first count.

    Of two counts of one day the one written down later holds.
    """
    if unit is CountedUnit.FLAT:
        return 1
    known = [c for c in counts if c.unit is unit and c.day <= day]
    newest = max(known, key=lambda c: (c.day, c.known_at, c.count), default=None)
    return newest.count if newest else 0

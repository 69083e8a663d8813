"""How often a program may ask: so many requests a minute, after a burst of as many; the next one is told when to come.

Each serving process counts for itself and in memory: a count in the database would cost more than most requests do.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_MINUTE = timedelta(minutes=1)
_MOST_KEYS = 20_000


@dataclass(slots=True)
class _Counted:
    """By key, the instant at which everything it asked so far would be paid off at the steady pace."""

    paid_at: dict[str, datetime] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_COUNTED = _Counted()


class TooManyRequests(RuntimeError):
    """A token, or an address, asks more often than it may; `retry_after` says in seconds when it may again."""

    def __init__(self, whose: str, per_minute: int, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(
            f"{whose} asked more than {per_minute} times a minute; ask again in {retry_after} s"
        )


def count(key: str, whose: str, per_minute: int, at: datetime) -> None:
    """This function will count a request of a key; raises TooManyRequests, which is not counted, beyond its rate."""
    step = _MINUTE / per_minute
    with _COUNTED.lock:
        if len(_COUNTED.paid_at) >= _MOST_KEYS:
            _forget_paid(at)
        paid = max(_COUNTED.paid_at.get(key, at), at)
        wait = paid + step - at - _MINUTE
        if wait <= timedelta(0):
            _COUNTED.paid_at[key] = paid + step
            return
    raise TooManyRequests(whose, per_minute, math.ceil(wait.total_seconds()))


def forget_all() -> None:
    """This function will begin to count anew."""
    with _COUNTED.lock:
        _COUNTED.paid_at.clear()


def _forget_paid(at: datetime) -> None:
    """Keys that owe nothing are forgotten, and where all owe the oldest: no change of address fills the memory."""
    for key in list(_owing_nothing(at)) or list(_COUNTED.paid_at)[: _MOST_KEYS // 2]:
        del _COUNTED.paid_at[key]


def _owing_nothing(at: datetime) -> Iterator[str]:
    return (key for key, paid in _COUNTED.paid_at.items() if paid <= at)

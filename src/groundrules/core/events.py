"""Raw events: every record a reader saw, with its time and type, before anybody has decided what it means.

An observation is what a reader understood; an event is only what was written. Times are whole microseconds since 1970
(UTC), because millions of them are sorted and compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR


class Event(NamedTuple):
    """One record as it was written. A tuple, not a dataclass: it is made for every record of every log.

    `at` is microseconds since 1970; `type` reads like `Provider/4624` or `syslog/sshd`; `record` is the log's own
    number (0 when it has none) and `position` the place in the evidence, counted from 1; `evidence` is its SHA-256 in
    hexadecimal; `payload` is the record's text, or empty when it is too long to repeat (the evidence has it).
    """

    asset: str
    at: int
    type: str
    channel: str
    record: int
    position: int
    evidence: str
    payload: str


class EmptySpan(ValueError):
    """A span of time that ends before it begins."""


@dataclass(frozen=True, slots=True)
class Span:
    """One client's time from `start` to before `end`, in microseconds since 1970; raises EmptySpan."""

    client: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            message = f"the span ends ({instant(self.end)}) before it begins ({instant(self.start)}); swap the two"
            raise EmptySpan(message)


class EventIndex(Protocol):
    """What can be asked about events, of whichever engine holds them; every engine gives the same answers."""

    def timeline(
        self, span: Span, asset: str, types: Iterable[str] = (), limit: int = 1000
    ) -> tuple[Event, ...]:
        """This function will return one asset's events in time order, at most `limit`; no types means all."""

    def count(self, span: Span, asset: str = "") -> tuple[tuple[str, int], ...]:
        """This function will count events by type, most frequent first, of one asset or of all."""

    def fleet(self, span: Span, kind: str) -> tuple[tuple[str, int], ...]:
        """This function will count one type by asset, most frequent first."""

    def histogram(
        self, span: Span, bucket: int, types: Iterable[str] = ()
    ) -> tuple[tuple[int, int], ...]:
        """This function will count events by buckets of `bucket` microseconds, each named by its beginning."""


def microseconds(moment: datetime) -> int:
    """This function will return an aware instant as microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """This function will return microseconds since 1970 as an instant in UTC."""
    return EPOCH + timedelta(microseconds=at)

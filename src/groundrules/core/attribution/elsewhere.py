"""What was open on other servers at a time: the few that began last before it, and a count of the rest.

A client's thousand servers may each have a login open at once. None of a thousand changes may then look at all of them,
nor list them; so they stand in order of their beginning, under a tree of their ends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Generic, TypeVar

from groundrules.core.evidence import Session
from groundrules.core.ids import AssetId
from groundrules.core.periods import Interval, Period
from groundrules.core.work import OwnRun

Opened = TypeVar("Opened", Session, OwnRun)
_NEVER = datetime.max.replace(tzinfo=UTC)
_NOTHING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Openings(Generic[Opened]):
    """Logins or runs of every server with the period each was open, by beginning.

    `by_host` has the same ones by server, as given; `ends` are their ends in order. `latest` is a binary tree in an
    array: node `n` is the later of nodes `2n` and `2n + 1`, and the array's second half are the ends as listed.
    """

    listed: tuple[tuple[Period, Opened], ...]
    by_host: dict[AssetId, list[tuple[Period, Opened]]]
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    latest: tuple[datetime, ...]

    def on(self, asset: AssetId) -> list[tuple[Period, Opened]]:
        """This method will return what was ever open on a server."""
        return self.by_host.get(asset, [])

    def beside(
        self, asset: AssetId, time: Interval, most: int
    ) -> tuple[list[tuple[Period, Opened]], int]:
        """This method will return the `most` that began last of those open elsewhere then, and how many more were."""
        begun = bisect_right(self.starts, time.not_after)
        here = sum(time.touches(period) for period, _ in self.on(asset))
        elsewhere = begun - bisect_right(self.ends, time.not_before) - here
        if not elsewhere:
            return [], 0
        places = self._open(1, 0, begun, time.not_before)
        others = (self.listed[place] for place in places if self.listed[place][1].asset != asset)
        nearest = list(islice(others, most))
        return nearest, elsewhere - len(nearest)

    def _open(self, node: int, first: int, begun: int, after: datetime) -> Iterator[int]:
        """The places before `begun` with an end after an instant, the last first; `first` is the node's first place."""
        leaves = len(self.latest) // 2
        if first >= begun or self.latest[node] <= after:
            return
        if node >= leaves:
            yield first
            return
        half = leaves >> node.bit_length()
        yield from self._open(2 * node + 1, first + half, begun, after)
        yield from self._open(2 * node, first, begun, after)


def openings(given: Iterable[tuple[Period, Opened]]) -> Openings[Opened]:
    """This function will put logins or runs in order for many questions; their order does not depend on the input's."""
    by_host: dict[AssetId, list[tuple[Period, Opened]]] = {}
    for period, opened in given:
        by_host.setdefault(opened.asset, []).append((period, opened))
    every = chain.from_iterable(by_host.values())
    listed = sorted(every, key=lambda one: (one[0].start, one[1].asset, one[1].id))
    ends = tuple(period.end or _NEVER for period, _ in listed)
    return Openings(
        listed=tuple(listed),
        by_host=by_host,
        starts=tuple(period.start for period, _ in listed),
        ends=tuple(sorted(ends)),
        latest=_tree(ends),
    )


def _tree(ends: tuple[datetime, ...]) -> tuple[datetime, ...]:
    leaves = 1 << max(len(ends) - 1, 0).bit_length()
    latest = [_NOTHING] * leaves + [*ends] + [_NOTHING] * (leaves - len(ends))
    for node in range(leaves - 1, 0, -1):
        latest[node] = max(latest[2 * node], latest[2 * node + 1])
    return tuple(latest)

"""Every engine that holds events gives the same answers: SQLite or PostgreSQL, files of this machine, S3 storage.

The answers are worked out here a second way, in plain Python, so that two engines can't be wrong together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundrules.core.events import HOUR, SECOND, EmptySpan, Event, EventIndex, Span
from groundrules.services import hot_events
from groundrules.store.segments.layout import pack, table_of
from groundrules.store.segments.places import SegmentMissing, SegmentStore, segment_store
from groundrules.store.segments.query import SegmentIndex
from tests.store.events import BEGIN, LOGON, WHOLE, hours_of_events

pytestmark = pytest.mark.django_db
EVENTS = hours_of_events()
OTHERS = hours_of_events(200, seed=8)
MINUTE = 60 * SECOND


def _filled(store: SegmentStore) -> SegmentIndex:
    """This function will put the events into three segments, as three runs would."""
    thirds = [pack([table_of(EVENTS[number::3])]) for number in range(3)]
    for packed in thirds:
        store.put("harbor", packed.content)
    store.put("dock", pack([table_of(OTHERS)]).content)
    return SegmentIndex(store, lambda *_: [one.digest for one in thirds])


@pytest.fixture(params=["database", "files", "s3"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> EventIndex:
    """This fixture will give each engine in turn, holding the same events."""
    if request.param == "database":
        hot_events.add("harbor", EVENTS)
        hot_events.add("dock", OTHERS)
        return hot_events.hot_index()
    url = request.getfixturevalue("bucket") if request.param == "s3" else ""
    return _filled(segment_store(url, tmp_path))


def _expected(span: Span, asset: str = "", types: tuple[str, ...] = ()) -> list[Event]:
    """This function will work out in plain Python what an engine should find, in time order."""
    found = [
        event
        for event in EVENTS
        if span.start <= event.at < span.end
        and (not asset or event.asset == asset)
        and (not types or event.type in types)
    ]
    return sorted(found, key=lambda e: (e.at, e.channel, e.record, e.position, e.evidence))


def _most_first(names: Iterator[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(names).items(), key=lambda one: (-one[1], one[0])))


SPANS = {
    "everything": WHOLE,
    "one hour": Span("harbor", BEGIN, BEGIN + HOUR),
    "half-open": Span("harbor", EVENTS[0].at, EVENTS[0].at + 1),
    "nothing": Span("harbor", BEGIN - HOUR, BEGIN),
    "no time at all": Span("harbor", BEGIN, BEGIN),
}
EVERY_SPAN = pytest.mark.parametrize("span", SPANS.values(), ids=SPANS)


class TestEveryEngine:
    @EVERY_SPAN
    def test_lists_one_assets_events_in_time_order(self, index: EventIndex, span: Span) -> None:
        """Every column is given back as it went in, the end of the span left out."""
        found = index.timeline(span, "SRV2")

        assert list(found) == _expected(span, "SRV2")

    def test_lists_only_the_types_asked_for(self, index: EventIndex) -> None:
        """One type, several, or one that never happened."""
        two = (LOGON, "syslog/sshd")

        found = index.timeline(WHOLE, "SRV1", two)

        assert list(found) == _expected(WHOLE, "SRV1", two)
        assert index.timeline(WHOLE, "SRV1", ["it's none"]) == ()

    def test_stops_at_the_limit(self, index: EventIndex) -> None:
        """The first ones in time are given."""
        found = index.timeline(WHOLE, "SRV1", limit=7)

        assert list(found) == _expected(WHOLE, "SRV1")[:7]

    @EVERY_SPAN
    def test_counts_types(self, index: EventIndex, span: Span) -> None:
        """Of one asset and of all, most frequent first."""
        of_all, of_one = index.count(span), index.count(span, "SRV3")

        assert of_all == _most_first(event.type for event in _expected(span))
        assert of_one == _most_first(event.type for event in _expected(span, "SRV3"))

    @EVERY_SPAN
    def test_counts_one_type_by_asset(self, index: EventIndex, span: Span) -> None:
        """The fleet question."""
        found = index.fleet(span, LOGON)

        assert found == _most_first(event.asset for event in _expected(span, "", (LOGON,)))

    def test_counts_by_stretches_of_time(self, index: EventIndex) -> None:
        """Each stretch is named by its beginning; empty ones are left out."""
        found = index.histogram(WHOLE, 10 * MINUTE, [LOGON])

        begins = (
            event.at // (10 * MINUTE) * 10 * MINUTE for event in _expected(WHOLE, "", (LOGON,))
        )
        assert found == tuple(sorted(Counter(begins).items()))

    def test_knows_only_its_own_client(self, index: EventIndex) -> None:
        """The events of another client are never among them."""
        counted = sum(number for _, number in index.count(WHOLE))

        assert counted == len(EVENTS)


class TestSpan:
    def test_refuses_an_end_before_its_beginning(self) -> None:
        """And says so in times a person can read."""
        with pytest.raises(EmptySpan, match=r"2007-02-22"):
            Span("harbor", BEGIN, BEGIN - 1)


class TestMissingSegment:
    @pytest.mark.parametrize("place", ["files", "s3"])
    def test_is_said_not_left_out(
        self, place: str, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        """An answer without a segment of the catalogue would be a wrong one."""
        url = request.getfixturevalue("bucket") if place == "s3" else ""
        index = SegmentIndex(segment_store(url, tmp_path), lambda *_: ["ab" * 32])

        with pytest.raises(SegmentMissing, match="events check"):
            index.count(WHOLE)

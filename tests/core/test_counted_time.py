"""Time that counts and time that is left out: every term is exact to the microsecond, whatever is cut out of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.periods import Period, instant_after, merged, time_between

START = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
NONE = timedelta()
spans = st.timedeltas(NONE, timedelta(days=90))
instants = spans.map(lambda after: START + after)
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=40))
closed = st.builds(lambda start, length: Period(start, start + length), instants, lengths)
left_out = st.lists(closed, max_size=4)


class TestTimeBetween:
    """time_between()."""

    @given(instants, instants, instants, left_out)
    def test_is_the_sum_of_its_parts(
        self, one: datetime, two: datetime, three: datetime, without: list[Period]
    ) -> None:
        """Nothing is lost or counted twice where a span is cut."""
        first, middle, last = sorted((one, two, three))

        parts = time_between(first, middle, without) + time_between(middle, last, without)

        assert parts == time_between(first, last, without)
        assert NONE <= parts <= last - first

    @given(instants, instants, closed)
    def test_leaves_out_exactly_what_is_shared(
        self, one: datetime, two: datetime, rest: Period
    ) -> None:
        """What counts and what is left out make up the whole."""
        first, last = sorted((one, two))
        shared = rest.intersection(Period(first, last)) if first < last else None

        left = shared.end - shared.start if shared and shared.end else NONE

        assert time_between(first, last, [rest]) + left == last - first

    @given(instants, instants, left_out)
    def test_does_not_mind_order_and_overlap(
        self, one: datetime, two: datetime, without: list[Period]
    ) -> None:
        """Periods that overlap are left out once."""
        first, last = sorted((one, two))

        assert time_between(first, last, without) == time_between(
            first, last, [*reversed(without), *merged(without)]
        )


class TestInstantAfter:
    """instant_after()."""

    @given(instants, spans, left_out)
    def test_is_the_first_instant_by_which_the_span_has_gone_by(
        self, start: datetime, span: timedelta, without: list[Period]
    ) -> None:
        """By then exactly the span has counted, and a moment before less has."""
        due = instant_after(start, span, without)

        assert due is not None
        assert time_between(start, due, without) == span
        if span:
            assert time_between(start, due - timedelta(microseconds=1), without) < span

    @given(instants, spans, instants)
    def test_never_comes_through_what_is_open(
        self, start: datetime, span: timedelta, since: datetime
    ) -> None:
        """A span that is over by the time an open period begins is not held up by it; another waits."""
        due = instant_after(start, span, [Period(since)])

        assert due == (
            start + span if start + span <= max(since, start) and start <= since else None
        )

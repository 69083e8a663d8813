"""The drawing of a night: everything lands inside the axis, in time order, and close marks fold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.periods import Interval, Period
from groundrules.web.timeline.lanes import LEFT, RIGHT, Bar, Lane, Mark, draw

EVENING = datetime(2007, 2, 22, 2, 0, tzinfo=UTC)
NIGHT = Period(EVENING, EVENING + timedelta(hours=14))


def at(minutes: float) -> datetime:
    """An instant some minutes into the night."""
    return EVENING + timedelta(minutes=minutes)


class TestDraw:
    def test_places_a_change_at_its_share_of_the_night(self) -> None:
        """Half way through the night is half way along the axis."""
        drawing = draw(
            NIGHT,
            "America/Los_Angeles",
            [Lane("Changes", marks=(Mark(Interval.exactly(at(420)), "x", "change"),))],
            "",
        )

        assert drawing.lanes[0].marks[0].x == round((LEFT + RIGHT) / 2, 1)

    def test_labels_the_axis_in_the_servers_zone(self) -> None:
        """The first tick of a night that starts 18:00 in California says 18:00."""
        drawing = draw(NIGHT, "America/Los_Angeles", [], "")

        assert drawing.ticks[0].label == "18:00"

    def test_folds_marks_that_would_overlap_and_counts_them(self) -> None:
        """Twelve patches in one minute are one mark that says twelve."""
        marks = tuple(Mark(Interval.exactly(at(10 + i / 60)), f"p{i}", "change") for i in range(12))

        drawn = draw(NIGHT, "UTC", [Lane("Changes", marks=marks)], "").lanes[0].marks

        assert [m.count for m in drawn] == [12]

    @given(st.lists(st.tuples(st.integers(-600, 1500), st.integers(1, 900)), max_size=30))
    def test_keeps_every_bar_on_the_axis(self, spans: list[tuple[int, int]]) -> None:
        """Sessions that began before the night or outlast it are cut at its edges."""
        bars = tuple(
            Bar(Period(at(start), at(start + length)), "s", "session") for start, length in spans
        )

        drawn = draw(NIGHT, "UTC", [Lane("Logins", bars)], "").lanes[0].bars

        assert len(drawn) == len(spans)
        assert all(LEFT <= bar.x <= RIGHT and bar.width >= 3 for bar in drawn)

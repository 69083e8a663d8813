"""Business hours on days whose clock skips the very time the agreement names."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from groundrules.core.calendars import Calendar, HoursBand, OpeningHours, at_local, span_label
from groundrules.core.periods import Period, first_instant

_CAIRO = "Africa/Cairo"
_ALWAYS = Calendar(_CAIRO, tuple(OpeningHours(day, time(0), time(0)) for day in range(7)))


class TestSkippedTimes:
    """On 24 April 2026 the clocks of Cairo jump from midnight to 01:00, so that day has 23 hours."""

    def test_leave_business_open_round_the_clock(self) -> None:
        """Two hours on the clock over that midnight are one hour of business time."""
        worked = Period(
            datetime(2026, 4, 23, 21, 30, tzinfo=UTC), datetime(2026, 4, 23, 22, 30, tzinfo=UTC)
        )

        assert _ALWAYS.business_seconds(worked) == 3600
        assert _ALWAYS.band_at(datetime(2026, 4, 23, 22, 0, tzinfo=UTC)) is HoursBand.BUSINESS

    def test_open_when_the_clocks_have_jumped(self) -> None:
        """A day that should open at 00:00 opens with its first instant, 01:00."""
        assert _ALWAYS.opening_on(date(2026, 4, 24)) == datetime(2026, 4, 23, 22, tzinfo=UTC)

    def test_have_no_hours_that_lie_wholly_in_the_jump(self) -> None:
        """Open from 02:10 to 02:50 in New York, where 02:00 to 03:00 does not exist that Sunday."""
        brief = Calendar("America/New_York", (OpeningHours(6, time(2, 10), time(2, 50)),))

        assert brief.open_periods(date(2026, 3, 8)) == ()

    @pytest.mark.parametrize(
        ("zone", "wall", "expected"),
        [
            ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03T15:30Z"),
            ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),
            ("Asia/Kolkata", "2026-03-08T02:30", "2026-03-07T21:00Z"),
        ],
    )
    def test_mean_the_instant_of_the_jump(self, zone: str, wall: str, expected: str) -> None:
        """A skipped time means when the clocks jump, a repeated one the first time, any other itself."""
        found = first_instant(zone, datetime.fromisoformat(wall))

        assert found == datetime.fromisoformat(expected)

    def test_put_a_deadline_at_the_jump(self) -> None:
        """A deadline at a skipped midnight passes when the clocks jump over it."""
        assert at_local(_ALWAYS, date(2026, 4, 24), time(0)) == datetime(
            2026, 4, 23, 22, tzinfo=UTC
        )


class TestSpanLabel:
    """A time from one instant to another, as people read it."""

    def test_says_day_and_zone_once_where_they_are_one(self) -> None:
        """Across midnight, or across a change of the clocks, both ends stand in full."""

        def label(start: datetime, end: datetime | None) -> str:
            return span_label(start, end, "America/New_York")

        evening = datetime(2026, 3, 5, 23, tzinfo=UTC)

        assert label(evening, evening + timedelta(hours=2)) == "Thu 2026-03-05 18:00 to 20:00 EST"
        midnight = label(evening, evening + timedelta(hours=7))
        assert midnight == "Thu 2026-03-05 18:00 EST to Fri 2026-03-06 01:00 EST"
        change = datetime(2026, 3, 8, 6, 30, tzinfo=UTC)
        assert (
            label(change, change + timedelta(hours=1))
            == "Sun 2026-03-08 01:30 EST to Sun 2026-03-08 03:30 EDT"
        )
        assert label(evening, None) == "Thu 2026-03-05 18:00 EST, without an end"

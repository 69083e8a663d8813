"""Wall times as browsers send them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from groundrules.core.periods import ImpossibleLocalTime, days_label, local_instant, wall_time


class TestWallTime:
    """A wall time read from a form."""

    @pytest.mark.parametrize(
        ("text", "second"), [("2026-03-05T18:00", 0), ("2026-03-05T18:00:07", 7)]
    )
    def test_takes_seconds_where_a_browser_sends_them(self, text: str, second: int) -> None:
        """A field whose value has seconds sends them."""
        wall = datetime.fromisoformat("2026-03-05T18:00:00").replace(second=second)
        assert wall_time(text) == wall

    @pytest.mark.parametrize("text", ["", "2026-03-05", "2026-03-05T18:00Z", "20260305T1800"])
    def test_refuses_what_is_none(self, text: str) -> None:
        """A day, an offset, another form: nothing is guessed."""
        with pytest.raises(ValueError, match="no wall time"):
            wall_time(text)


class TestLocalInstant:
    """A wall time in a zone."""

    @pytest.mark.parametrize("year", [1, 9999])
    def test_refuses_the_ends_of_the_calendar(self, year: int) -> None:
        """A zone may lead out of the first and the last year; that is no accident of the program's."""
        with pytest.raises(ImpossibleLocalTime, match="write a year such as"):
            local_instant("America/Los_Angeles", datetime.fromisoformat(f"{year:04}-06-01T00:00"))


class TestDaysLabel:
    def test_names_the_last_day(self) -> None:
        """A month that ends where the next begins is read by its own last day; one day by itself."""
        assert days_label(date(2007, 3, 1), date(2007, 4, 1)) == "2007-03-01 to 2007-03-31"
        assert days_label(date(2007, 3, 1), date(2007, 3, 2)) == "2007-03-01"

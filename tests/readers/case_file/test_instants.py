from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundrules.readers.case_file.instants import read_instant, read_wall_time
from groundrules.readers.case_file.places import BadValue, Place, Scalar

_HERE = Place("t.yaml", 3, 9)


def instant(text: str, zone: str = "America/Los_Angeles") -> datetime:
    """This function will read a time as if it stood in a file with a zone."""
    return read_instant(Scalar(_HERE, text), zone)


class TestReadInstant:
    """Times as people write them."""

    @pytest.mark.parametrize(
        "text",
        [
            "2007-02-20 13:10",
            "2007-02-20T13:10:00",
            "2007-02-20 13:10 -08:00",
            "2007-02-20T13:10-0800",
            "2007-02-20 21:10Z",
            "2007-02-20 13:10 PST",
            "2007-02-20 16:10 America/New_York",
        ],
    )
    def test_reads_every_way_to_write_one_instant(self, text: str) -> None:
        """Offset, Z, abbreviation, another zone, or the file's own zone."""
        assert instant(text) == datetime(2007, 2, 20, 21, 10, tzinfo=UTC)

    def test_refuses_a_time_without_any_zone(self) -> None:
        """Without an offset and without a file zone nobody knows when it was."""
        with pytest.raises(BadValue, match="has no time zone; write 2007-02-20 13:10 -08:00"):
            instant("2007-02-20 13:10", zone="")

    def test_refuses_a_wall_time_that_happens_twice(self) -> None:
        """In the autumn hour both meanings are offered, and neither is guessed."""
        with pytest.raises(BadValue, match="happens twice") as refused:
            instant("2026-11-01 01:30")

        assert "write 2026-11-01 01:30 PDT or 2026-11-01 01:30 PST" in str(refused.value)

    def test_tells_the_two_autumn_hours_apart(self) -> None:
        """The abbreviation chooses."""
        first, second = instant("2026-11-01 01:30 PDT"), instant("2026-11-01 01:30 PST")

        assert (second - first).total_seconds() == 3600

    def test_refuses_a_wall_time_that_never_happens(self) -> None:
        """In the spring gap the neighbours are offered."""
        with pytest.raises(BadValue, match="the clocks jump over it") as refused:
            instant("2026-03-08 02:30")

        assert "write 2026-03-08 01:30 PST or 2026-03-08 03:30 PDT" in str(refused.value)

    def test_refuses_an_abbreviation_that_is_wrong_on_that_day(self) -> None:
        """PDT in February is somebody's mistake."""
        with pytest.raises(BadValue, match="is on PST then, not PDT"):
            instant("2007-02-20 13:10 PDT")

    def test_begins_a_day_at_its_first_instant_where_midnight_is_skipped(self) -> None:
        """In Beirut the clocks once jumped from 00:00 to 01:00."""
        assert instant("2022-03-27", zone="Asia/Beirut") == datetime(2022, 3, 26, 22, tzinfo=UTC)

    @pytest.mark.parametrize("text", ["yesterday", "2007-02-30 10:00", "2007-02-20 25:00", "13:10"])
    def test_refuses_what_is_no_time(self, text: str) -> None:
        """The message names the text and a right way to write it."""
        with pytest.raises(BadValue, match="is not a time"):
            instant(text)


class TestReadWallTime:
    """Times of day."""

    def test_reads_one_digit_hours(self) -> None:
        """8:00 is 08:00."""
        assert read_wall_time(Scalar(_HERE, "8:00")).hour == 8

    def test_refuses_a_number(self) -> None:
        """What YAML 1.1 would make of 17:00 is not a time."""
        with pytest.raises(BadValue, match="write it as 17:00"):
            read_wall_time(Scalar(_HERE, "1020"))

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.ids import AssetId, ClientId, IncidentId, RequestId
from groundrules.core.typed_time import (
    AmbiguousTime,
    Names,
    Place,
    TypedLine,
    UnreadableTime,
    period_of,
    read_line,
)
from groundrules.core.work import WorkPlace, WorkType

HARBOR, ORCHARD = ClientId("HARBOR"), ClientId("ORCHARD")
SRV1 = Place(HARBOR, AssetId("SRV1"))
NAMES = Names(
    {
        "srv1": (SRV1,),
        "sql": (Place(HARBOR, AssetId("SQL")), Place(ORCHARD, AssetId("SQL"))),
        "@orchard": (Place(ORCHARD),),
        "inc-12": (Place(HARBOR, AssetId("SRV1"), IncidentId("INC-12")),),
        "req-3": (Place(HARBOR, request=RequestId("REQ-3")),),
    }
)
PACIFIC = "America/Los_Angeles"
# Wednesday 21 February 2007, 19:05 at the client's.
AT = datetime(2007, 2, 22, 3, 5, 40, tzinfo=UTC)


def local(line: str, at: datetime = AT) -> tuple[str, str]:
    """When a line says work was done, as UTC wall times."""
    period = period_of(read_line(line, NAMES), PACIFIC, at)
    assert period.end is not None
    return f"{period.start:%d %H:%M}", f"{period.end:%d %H:%M}"


class TestReadLine:
    @pytest.mark.parametrize(
        ("word", "minutes"),
        [
            *(("15", 15), ("90", 90), ("1h30", 90), ("1h30m", 90), ("1h", 60), ("1,5", 90)),
            *((".25", 15), ("0:10", 10), ("1:30", 90), ("11m", 11), ("45min", 45), ("0.5h", 30)),
            *(("2H", 120), ("100", 100)),
        ],
    )
    def test_knows_the_ways_people_write_a_length(self, word: str, minutes: int) -> None:
        """Every spelling people use is a length in whole minutes."""
        assert read_line(f"{word} restart", NAMES) == TypedLine(minutes=minutes, note="restart")

    @pytest.mark.parametrize("word", ["1", "8", "9"])
    def test_asks_where_it_would_guess(self, word: str) -> None:
        """A bare digit is minutes or hours; both readings are offered, neither is taken."""
        with pytest.raises(AmbiguousTime) as asked:
            read_line(f"{word} restart sp", NAMES)

        assert asked.value.choices == (f"{word}m restart sp", f"{word}h restart sp")

    def test_reads_the_whole_line(self) -> None:
        """Length, server, incident, day and clock may stand in any order; the rest is the note."""
        said = read_line("45m SRV1 patching for INC-12 yesterday 18:10", NAMES)

        assert (said.minutes, said.day, f"{said.begins:%H:%M}") == (45, "yesterday", "18:10")
        assert (said.client, said.asset, said.incident) == (HARBOR, "SRV1", "INC-12")
        assert (said.issue, said.note) == ("INC-12", "patching")

    def test_takes_a_ticket_a_request_and_a_kind_of_work(self) -> None:
        """`#212` is the issue, a request's reference the request, and `as project` the kind."""
        said = read_line("30 move mail for #212 srv1 REQ-3 as project", NAMES)

        assert (said.issue, said.request, said.work_type) == ("#212", "REQ-3", WorkType.PROJECT)
        assert said.note == "move mail"

    @pytest.mark.parametrize(
        ("line", "where", "note"),
        [
            ("45m SRV1 on site switch", WorkPlace.ON_SITE, "switch"),
            ("45m SRV1 onsite", WorkPlace.ON_SITE, ""),
            ("1h as travel SRV1", WorkPlace.TRAVEL, ""),
            ("45m SRV1 remote desktop", None, "remote desktop"),
            ("45m SRV1 travel plans on siteground", None, "travel plans on siteground"),
        ],
    )
    def test_knows_where_work_was_done(self, line: str, where: WorkPlace | None, note: str) -> None:
        """On site and travel are said in words that are no note by chance."""
        said = read_line(line, NAMES)

        assert (said.where, said.note) == (where, note)

    def test_needs_the_client_where_a_name_is_used_twice(self) -> None:
        """Two clients have a server called SQL: the line says so, and an @ settles it."""
        with pytest.raises(UnreadableTime, match="add one of @harbor, @orchard"):
            read_line("1h sql restart", NAMES)

        assert read_line("1h sql @orchard restart", NAMES).client == ORCHARD

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("1h @nobody x", "no client is called nobody"),
            ("1h inc-12 @orchard", "different clients"),
            ("25h x", "at most 24 hours"),
            ("0m x", "at least 1 minute"),
            (".33 x", "no whole number of minutes"),
            ("1h 2007-02-30 18:00", "no day 2007-02-30"),
        ],
    )
    def test_says_what_is_wrong(self, line: str, says: str) -> None:
        """Each refusal names the word and what to write instead."""
        with pytest.raises(UnreadableTime, match=says):
            read_line(line, NAMES)

    @given(st.text(max_size=60))
    def test_never_breaks(self, line: str) -> None:
        """Whatever is typed is read or refused in words."""
        with contextlib.suppress(UnreadableTime):
            period_of(read_line(line, NAMES), PACIFIC, AT)


class TestPeriodOf:
    @pytest.mark.parametrize(
        ("line", "period"),
        [
            ("45m srv1", ("22 02:20", "22 03:05")),
            ("45m srv1 yesterday 18:10", ("21 02:10", "21 02:55")),
            ("45m srv1 18:10", ("22 02:10", "22 02:55")),
            ("45m srv1 from 18:30", ("21 02:30", "21 03:15")),
            ("17:58-18:46 srv1", ("22 01:58", "22 02:46")),
            ("23:30-00:30 srv1", ("21 07:30", "21 08:30")),
            ("1h srv1 mon 09:00", ("19 17:00", "19 18:00")),
            ("1h srv1 2007-01-02 09:00", ("02 17:00", "02 18:00")),
        ],
    )
    def test_is_the_latest_that_is_over(self, line: str, period: tuple[str, str]) -> None:
        """A length ends now; a clock time is today's if that is over, otherwise yesterday's."""
        assert local(line) == period

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("srv1 patching", "say how long"),
            ("45m srv1 yesterday", "say when it began"),
            ("45m srv1 today 18:30", "not over yet"),
            ("1h srv1 2007-03-01 09:00", "not over yet"),
        ],
    )
    def test_asks_for_what_is_missing(self, line: str, says: str) -> None:
        """Nothing is filled in that would change what is charged."""
        with pytest.raises(UnreadableTime, match=says):
            local(line)

    def test_knows_the_hour_that_comes_twice_and_the_one_that_never_comes(self) -> None:
        """Over the end of summer time three wall hours are four real ones."""
        morning = datetime(2007, 11, 4, 20, 0, tzinfo=UTC)

        assert local("00:30-03:30 srv1", morning) == ("04 07:30", "04 11:30")

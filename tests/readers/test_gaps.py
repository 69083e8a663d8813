"""What is missing between files: every hole, reset, clock step and silence ends as a gap from..to."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import (
    Citation,
    Gap,
    GapKind,
    ItemKind,
    Reading,
    Snapshot,
    Stretch,
)
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import Interval
from groundrules.readers.envelope import READERS, combine
from groundrules.readers.gaps import Cadence, between, numbering_gaps, silences
from tests.readers.linux.reading import SRV1, at, context

SIX = at("2026-03-05 18:00:00")


def hours(count: float) -> datetime:
    """This function will return an instant so many hours after six."""
    return SIX + timedelta(hours=count)


def stretch(first: int, last: int, began: float, ended: float, **more: object) -> Stretch:
    """This function will say which records a file of the Security log covers, its times in hours after six."""
    cited = Citation(EvidenceId(f"{first:064d}"), str(first), "evtx/1")
    told = Stretch(SRV1, "Security", first, last, hours(began), hours(ended), cited)
    era, sparse = more.get("era", ""), more.get("sparse", False)
    return Stretch(
        told.asset,
        str(more.get("source", told.source)),
        told.first,
        told.last,
        told.began,
        told.ended,
        told.citation,
        str(era),
        sparse=bool(sparse),
    )


def snapshot(hour: float, probe: str = "packages", reader: str = "snapshot/1") -> Snapshot:
    cited = Citation(EvidenceId(f"{hour}"), probe, reader)
    return Snapshot(SRV1, hours(hour), frozenset({ItemKind.PACKAGE}), (), cited)


def told(gaps: tuple[Gap, ...]) -> list[tuple[GapKind, Interval]]:
    """This function will return what gaps say, without words."""
    return [(gap.kind, gap.interval) for gap in gaps]


class TestNumbers:
    def test_that_go_on_leave_no_gap(self) -> None:
        """One file ends where the next begins, in whatever order they are handed in."""
        files = [stretch(1, 10, 0, 1), stretch(11, 20, 1, 2), stretch(21, 30, 2, 3)]

        assert numbering_gaps(files) == numbering_gaps(reversed(files)) == ()

    def test_that_leap_leave_a_hole(self) -> None:
        """Records between two files are missing from the last record of one to the first of the next."""
        (gap,) = numbering_gaps([stretch(1, 10, 0, 1), stretch(14, 20, 2, 3)])

        assert told((gap,)) == [(GapKind.RECORDS_MISSING, Interval(hours(1), hours(2)))]
        assert gap.says == "records 11 to 13 of Security are in no file handed in"
        assert gap.citation is not None
        assert gap.citation.record == "14"

    def test_collected_twice_leave_no_gap(self) -> None:
        """A log collected again holds what an earlier file held, and more."""
        files = [stretch(1, 10, 0, 1), stretch(1, 15, 0, 2), stretch(5, 12, 0.5, 1.2)]

        assert numbering_gaps(files) == ()

    def test_within_an_overlapping_file_hide_no_hole(self) -> None:
        """What counts is how far the files before had come, not only the one before."""
        files = [stretch(1, 30, 0, 3), stretch(5, 10, 0.5, 3.1), stretch(31, 40, 3.5, 4)]

        assert numbering_gaps(files) == ()

    def test_that_begin_anew_say_the_log_was_cleared(self) -> None:
        """Later files with lower numbers: the log was cleared in between."""
        files = [stretch(500, 900, 0, 1), stretch(1, 20, 2, 3), stretch(21, 30, 3, 4)]

        assert told(numbering_gaps(files)) == [(GapKind.LOG_CLEARED, Interval(hours(1), hours(2)))]

    def test_that_begin_anew_inside_what_was_there_are_found(self) -> None:
        """A log cleared soon after it was begun counts through numbers that were there before."""
        files = [stretch(1, 50, 0, 1), stretch(1, 20, 2, 3)]

        assert [gap.kind for gap in numbering_gaps(files)] == [GapKind.LOG_CLEARED]

    def test_of_another_era_begin_anew(self) -> None:
        """An osquery epoch: what changed between the two is told by no difference."""
        files = [
            stretch(0, 50, 0, 1, era="0", sparse=True),
            stretch(51, 60, 2, 3, era="1", sparse=True),
        ]

        assert told(numbering_gaps(files)) == [
            (GapKind.RECORDS_MISSING, Interval(hours(1), hours(2)))
        ]

    def test_of_a_sparse_source_may_leap(self) -> None:
        """Runs in which nothing differed write nothing."""
        files = [stretch(0, 5, 0, 1, sparse=True), stretch(90, 91, 2, 3, sparse=True)]

        assert numbering_gaps(files) == ()

    def test_that_go_on_at_an_earlier_time_tell_of_the_clock(self) -> None:
        """A later record with an earlier time: the clock was set back between the files."""
        files = [stretch(1, 10, 0, 5), stretch(11, 20, 4, 6)]

        assert told(numbering_gaps(files)) == [(GapKind.CLOCK_STEP, Interval(hours(4), hours(5)))]

    def test_of_two_logs_are_not_mixed(self) -> None:
        """Each log counts for itself."""
        files = [stretch(1, 10, 0, 1), stretch(50, 60, 1, 2, source="System")]

        assert numbering_gaps(files) == ()

    @given(
        cuts=st.lists(st.integers(1, 99), max_size=6, unique=True),
        left_out=st.sets(st.integers(0, 6), max_size=3),
    )
    def test_account_for_every_record(self, cuts: list[int], left_out: set[int]) -> None:
        """A log of 100 records cut into files, some not handed in: files and gaps together are the whole log."""
        edges = [0, *sorted(cuts), 100]
        files = [
            stretch(low + 1, high, low, high - 0.5)
            for number, (low, high) in enumerate(pairwise(edges))
            if number not in left_out or low == 0 or high == 100
        ]

        gaps = numbering_gaps(files)

        missing = sum(_count(gap) for gap in gaps)
        assert sum(one.last - one.first + 1 for one in files) + missing == 100
        assert {gap.kind for gap in gaps} <= {GapKind.RECORDS_MISSING}


def _count(gap: Gap) -> int:
    words = gap.says.split()
    return 1 if words[0] == "record" else int(words[3]) - int(words[1]) + 1


class TestSilence:
    def test_longer_than_the_cadence_allows_is_a_gap(self) -> None:
        """Snapshots every hour, then none for a day."""
        taken = [snapshot(hour) for hour in (0, 1, 2, 3, 27, 28)]

        (gap,) = silences(taken, Cadence())

        assert told((gap,)) == [(GapKind.COLLECTOR_SILENT, Interval(hours(3), hours(27)))]
        assert "changed back" in gap.says

    def test_is_not_told_from_two_snapshots(self) -> None:
        """Two alone tell no cadence; with a rule they do."""
        taken = [snapshot(0), snapshot(24)]

        assert silences(taken, Cadence()) == ()
        assert len(silences(taken, Cadence(every=timedelta(hours=1)))) == 1

    def test_of_one_source_is_not_broken_by_another(self) -> None:
        """Each reader and each probe keeps its own time."""
        taken = [snapshot(hour) for hour in (0, 1, 2, 20)]
        others = [snapshot(hour, "services") for hour in (5, 10, 15, 20)]

        assert len(silences([*taken, *others], Cadence())) == 1

    def test_that_is_one_late_run_is_none(self) -> None:
        """Twice the usual distance is a late run."""
        assert silences([snapshot(hour) for hour in (0, 1, 2, 4, 5)], Cadence()) == ()


def windows_event(number: int, hour: float) -> bytes:
    """This function will write one record of the Security log as a JSON line."""
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
        "EventID": 4648,
        "EventRecordID": number,
        "Channel": "Security",
        "Computer": "SRV1",
        "TimeCreated": {"#attributes": {"SystemTime": hours(hour).isoformat()}},
    }
    return json.dumps({"Event": {"System": system}}).encode() + b"\n"


def osquery_run(counter: int, hour: float, epoch: int) -> bytes:
    """This function will write one run of a query."""
    row = {"name": "Sage", "version": str(counter), "publisher": "Example"}
    fields = {
        "name": "installed",
        "hostIdentifier": "srv1",
        "unixTime": int(hours(hour).timestamp()),
        "epoch": epoch,
        "counter": counter,
        "columns": row,
        "action": "added",
    }
    return json.dumps(fields).encode() + b"\n"


def reading(form: str, raw: bytes) -> Reading:
    return READERS[form].read(raw, context())


class TestReadings:
    def test_of_one_channel_are_held_against_each_other(self) -> None:
        """Two exports of the Security log with records in neither."""
        first = reading("windows-events-json", windows_event(7, 0) + windows_event(8, 1))
        second = reading("windows-events-json", windows_event(12, 3))

        assert told(between([second, first])) == [
            (GapKind.RECORDS_MISSING, Interval(hours(1), hours(3)))
        ]
        assert between([first, second])[0] in combine([first, second]).gaps

    def test_of_osquery_tell_a_reset_between_files(self) -> None:
        """The second file begins in another epoch."""
        first = reading("osquery", osquery_run(4, 0, 0))
        second = reading("osquery", osquery_run(1, 5, 7))

        assert told(between([first, second])) == [
            (GapKind.RECORDS_MISSING, Interval(hours(0), hours(5)))
        ]

    @pytest.mark.parametrize("form", ["osquery", "windows-events-json"])
    def test_that_are_the_same_leave_no_gap(self, form: str) -> None:
        """A file handed in twice."""
        raw = osquery_run(4, 0, 0) if form == "osquery" else windows_event(7, 0)

        assert between([reading(form, raw), reading(form, raw)]) == ()

    def test_name_a_gap_alike_every_time(self) -> None:
        """The same facts give the same identifier, so a gap is filed once."""
        files = [stretch(1, 10, 0, 1), stretch(14, 20, 2, 3)]

        assert numbering_gaps(files)[0].id == numbering_gaps(files)[0].id
        assert numbering_gaps(files)[0].asset == AssetId("SRV1")

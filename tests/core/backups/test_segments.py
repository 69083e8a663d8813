"""Names, positions and timelines of PostgreSQL's log, against its own examples and for every size of segment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.backups.segments import (
    NotOfALog,
    Span,
    descent,
    is_segment_size,
    position_words,
    read_history,
    read_position,
    read_segment,
    segment_name,
)

MB = 1024 * 1024
sizes = st.integers(0, 10).map(lambda power: MB << power)


class TestNames:
    """A segment's name and its place in the log say the same."""

    def test_as_postgresql_counts(self) -> None:
        """The same byte of the log is in other segments, where segments have another size."""
        position = read_position("2/FF000028")
        assert segment_name(1, position // (16 * MB), 16 * MB) == "0000000100000002000000FF"
        assert segment_name(1, position // MB, MB) == "000000010000000200000FF0"
        assert segment_name(7, position // (1024 * MB), 1024 * MB) == "000000070000000200000003"

    @given(timeline=st.integers(1, 2**32 - 1), position=st.integers(0, 2**63 - 1), size=sizes)
    def test_there_and_back(self, timeline: int, position: int, size: int) -> None:
        """Every place has one name, in the order of the log."""
        number = position // size
        name = segment_name(timeline, number, size)
        assert read_segment(name, size) == (timeline, number)
        assert read_position(position_words(position)) == position
        assert name < segment_name(timeline, number + 1, size)

    @given(size=sizes)
    def test_the_border_of_two_halves(self, size: int) -> None:
        """The last segment below 4 GiB is followed by the first above it, and no name lies between."""
        last = 2**32 // size - 1
        assert read_segment(segment_name(1, last + 1, size), size) == (1, last + 1)
        assert segment_name(1, last + 1, size) == "000000010000000100000000"
        with pytest.raises(NotOfALog, match="no segment"):
            read_segment(f"0000000100000000{last + 1:08X}", size)

    def test_what_is_none(self) -> None:
        """Timeline 0, other letters, sizes that are no power of two."""
        for name in ("000000000000000000000001", "00000001000000000000000g", "1", "0" * 25):
            with pytest.raises(NotOfALog):
                read_segment(name, 16 * MB)
        for text in ("", "0/", "3000028", "0/123456789"):
            with pytest.raises(NotOfALog):
                read_position(text)
        assert [n for n in (MB // 2, MB, 3 * MB, 1024 * MB, 2048 * MB) if is_segment_size(n)] == [
            MB,
            1024 * MB,
        ]


class TestTimelines:
    """A restore follows the newest timeline whose history it can find, one number after the other."""

    TOLD = (
        "1\t0/1765020\tno recovery target specified\n\n# a note\n3\t1/2000000\tbefore 2026-11-28\n"
    )

    def test_history(self) -> None:
        """Each timeline before it and where it was left; comments are none."""
        assert read_history(self.TOLD) == ((1, 0x1765020), (3, 0x102000000))
        assert read_history("") == ()
        for damaged in ("hello", "1\t17", "2 0/1\n1 0/2", "1 0/2\n2 0/1"):
            with pytest.raises(NotOfALog):
                read_history(damaged)

    def test_line_of_descent(self) -> None:
        """Number 3 left 1 directly: 2 was abandoned. Without number 2's history the search ends before it."""
        histories = {2: ((1, 100),), 3: ((1, 50),)}
        assert descent(1, histories) == (Span(1, 0, 50), Span(3, 50))
        assert descent(2, histories) == (Span(1, 0, 50), Span(3, 50))
        assert descent(1, {3: ((1, 50),)}) == (Span(1, 0),)
        assert descent(2, {2: ((1, 100),)}) == (Span(1, 0, 100), Span(2, 100))
        assert descent(5, {}) == (Span(5, 0),)

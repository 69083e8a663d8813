"""How far the log brings a base backup: gaps, timelines, pieces that are of no use, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.backups.archive import (
    Fault,
    HeldBase,
    HeldPiece,
    Holdings,
    lost_histories,
    needed_from,
    needless_pieces,
    reach_of,
)
from groundrules.core.backups.archive_words import broken_words, gap_words
from groundrules.core.backups.segments import segment_name

MB = 1024 * 1024
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PLACE = "/srv/archive/ledger"


def minute(number: int) -> datetime:
    """When the segment of that number was written: one a minute."""
    return NOON + timedelta(minutes=number)


def pieces(*numbers: int, timeline: int = 1, **told: Any) -> tuple[HeldPiece, ...]:  # noqa: ANN401 - any field
    """Segments as they were received."""
    return tuple(HeldPiece(timeline, n, minute(n), MB, **told) for n in numbers)


def base(name: str, start: int, end: int = 0, **told: Any) -> HeldBase:  # noqa: ANN401 - any field
    """One that begins in the middle of segment `start` and ends in that of `end`."""
    known: dict[str, Any] = {"timeline": 1, **told}
    return HeldBase(
        name,
        minute(end or start),
        start=start * MB + 40,
        end=(end or start) * MB + 300,
        **known,
    )


def held(*there: HeldPiece, bases: tuple[HeldBase, ...] = (), **histories: Any) -> Holdings:  # noqa: ANN401
    """An archive with segments of 1 MiB; `t2=...` is timeline 2's history."""
    known = {int(name[1:]): told for name, told in histories.items()}
    return Holdings(bases, there, MB, MappingProxyType(known))


FIRST, SECOND = base("first", 3, 4), base("second", 8)


class TestReach:
    """From its own start, without a break, as far as it goes."""

    def test_whole(self) -> None:
        """To the newest piece, also one that is still being written; what is before it does not matter."""
        found = reach_of(FIRST, held(*pieces(1, 3, 4, 5, 6), *pieces(7, whole=False)))
        assert (found.gaps, found.until) == ((), minute(7))
        assert [(run.first, run.last, run.open) for run in found.runs] == [(3, 7, True)]

    def test_gap_before_its_end_and_after(self) -> None:
        """Before its own end it is worth nothing; after it, it goes as far as the gap."""
        before = reach_of(FIRST, held(*pieces(3, 5, 6)))
        assert before.until is None
        after = reach_of(FIRST, held(*pieces(3, 4, 5, 8, 9, 11)))
        assert after.until == minute(5)
        assert [(gap.first[-2:], gap.last[-2:], gap.count) for gap in after.gaps] == [
            ("06", "07", 2),
            ("0A", "0A", 1),
        ]
        assert [(run.first, run.last) for run in after.runs] == [(3, 5), (8, 9), (11, 11)]

    def test_log_that_ends_before_the_backup_does(self) -> None:
        """All of its log that is there is unbroken, and its last byte is not in it."""
        found = reach_of(FIRST, held(*pieces(2, 3)))
        assert found.until is None
        assert [gap_words(gap) for gap in found.gaps] == ["000000010000000000000004 is missing"]
        assert reach_of(FIRST, held()).gaps[0].count == 2

    def test_end_on_the_border(self) -> None:
        """A backup whose last byte is a segment's last needs nothing of the next one."""
        found = reach_of(replace(FIRST, end=5 * MB), held(*pieces(3, 4)))
        assert (found.gaps, found.until) == ((), minute(4))

    def test_what_is_of_no_use(self) -> None:
        """Compressed, damaged, of another cluster, or broken off in the middle: each is a gap with its reason."""
        packed = pieces(5, 6, fault=Fault.PACKED, why=".gz")
        torn = pieces(7, whole=False)
        foreign = pieces(8, cluster="other")
        own = replace(FIRST, cluster="own")
        found = reach_of(own, held(*pieces(3, 4, 9), *packed, *torn, *foreign))
        assert [gap_words(gap) for gap in found.gaps] == [
            "000000010000000000000005 to 000000010000000000000006 (2 segments) are compressed (.gz)",
            "000000010000000000000007 is only partly there",
            "000000010000000000000008 is of another cluster",
        ]
        assert found.until == minute(4)

    def test_damaged_newest_is_told_and_a_stray_name_is_not(self) -> None:
        """What follows at once is part of the log; a name years ahead opens no gap of years."""
        damaged = pieces(5, 4_000_000, fault=Fault.DAMAGED, why="torn")
        found = reach_of(FIRST, held(*pieces(3, 4), *damaged))
        assert [gap.first[-2:] for gap in found.gaps] == ["05"]
        assert found.until == minute(4)

    def test_carries_its_own_log(self) -> None:
        """A base backup made with its log is restored though the archive begins after it."""
        own = replace(FIRST, own=(3, 4))
        found = reach_of(own, held(*pieces(5, 6)))
        assert (found.gaps, found.until) == ((), minute(6))
        assert reach_of(own, held()).until == own.made


class TestTimelines:
    """After a restored cluster went on along a timeline of its own."""

    LEFT = ((1, 6 * MB + 500),)

    def test_goes_on_where_it_was_left(self) -> None:
        """The segment it was left in is there twice; the newer copy is the one that is used."""
        log = held(
            *pieces(3, 4, 5), *pieces(6, whole=False), *pieces(6, 7, timeline=2), t2=self.LEFT
        )
        found = reach_of(FIRST, log)
        assert (found.gaps, found.until) == ((), minute(7))
        assert [(run.timeline, run.first, run.last) for run in found.runs] == [(1, 3, 5), (2, 6, 7)]

    def test_newer_copy_is_missing(self) -> None:
        """The older one ends where the timeline was left, so nothing behind it can be reached."""
        found = reach_of(FIRST, held(*pieces(3, 4, 5, 6), *pieces(7, timeline=2), t2=self.LEFT))
        assert [gap.first for gap in found.gaps] == [segment_name(2, 6, MB)]
        assert found.until == minute(5)

    def test_has_just_begun(self) -> None:
        """Nothing of it is kept yet: the one before it is taken to its end, and that is no gap."""
        found = reach_of(FIRST, held(*pieces(3, 4, 5), *pieces(6, whole=False), t2=self.LEFT))
        assert (found.gaps, found.until) == ((), minute(6))

    def test_left_before_the_backup_ended(self) -> None:
        """PostgreSQL refuses it: it is no child of the history the log goes on with."""
        found = reach_of(
            SECOND, held(*pieces(3, 4, 5, 6, 7, 8), *pieces(6, timeline=2), t2=self.LEFT)
        )
        assert (found.until, found.forked) == (None, 2)
        assert "timeline 2" in broken_words([found], (), PLACE)

    def test_history_is_missing(self) -> None:
        """Log of a timeline that no restore can find is said with the file's name."""
        log = held(*pieces(3, 4, 5), *pieces(6, timeline=2), bases=(FIRST,))
        assert lost_histories(log) == (2,)
        assert "00000002.history is missing" in broken_words([reach_of(FIRST, log)], (2,), PLACE)
        assert lost_histories(held(*log.pieces, bases=(FIRST,), t2=self.LEFT)) == ()


class TestProperties:
    """Whatever is missing."""

    @given(st.sets(st.integers(0, 30)), st.integers(1, 20), st.integers(0, 4))
    def test_reach_and_gaps_are_one_another(self, there: set[int], start: int, more: int) -> None:
        """Every number from the start to the newest is in one gap or one run; the reach ends at the first gap."""
        one = base("one", start, start + more)
        found = reach_of(one, held(*pieces(*sorted(there))))
        newest = max([start + more, *(n for n in there if n >= start)])
        used = {n for run in found.runs for n in range(run.first, run.last + 1)}
        assert used == {n for n in there if start <= n <= newest}
        assert sum(gap.count for gap in found.gaps) == newest - start + 1 - len(used)
        unbroken = start - 1
        while unbroken + 1 in there:
            unbroken += 1
        assert found.until == (minute(unbroken) if unbroken >= start + more else None)

    @given(st.sets(st.integers(0, 30)), st.lists(st.integers(1, 20), min_size=1, max_size=3))
    def test_nobody_needs_what_is_needless(self, there: set[int], starts: list[int]) -> None:
        """Without the segments before the first needed one every base backup reaches as far as with them."""
        bases = tuple(base(f"from {start}", start) for start in starts)
        log = held(*pieces(*sorted(there)), bases=bases)
        gone = needless_pieces(log)
        thinned = replace(log, pieces=tuple(p for p in log.pieces if p not in gone))
        assert [reach_of(one, log) for one in bases] == [reach_of(one, thinned) for one in bases]
        assert all(piece.number < min(starts) for piece in gone)
        assert {needed_from(log, one) for one in bases} == {segment_name(1, n, MB) for n in starts}


class TestWords:
    """What is missing, what follows, and what to do."""

    def said(self, *numbers: int) -> str:
        """Of two base backups, with these segments."""
        log = held(*pieces(*numbers), bases=(FIRST, SECOND))
        return broken_words([reach_of(one, log) for one in log.bases], (), PLACE)

    def test_only_the_older_one(self) -> None:
        """A gap that the newest base backup lies behind costs the time between, and nothing is to be done."""
        assert self.said(3, 4, 5, 8, 9) == (
            "The log in /srv/archive/ledger/wal is broken: 000000010000000000000006 to 000000010000000000000007 "
            "(2 segments) are missing. Base backup first can be brought to 2026-11-28 12:05:00 UTC at most. "
            "The newest base backup is not affected; nothing brings the older ones further."
        )

    def test_the_newest_one(self) -> None:
        """Then the remedy is a new base backup, and how it is made is said."""
        said = self.said(3, 4, 5, 6, 7, 8, 10)
        assert "000000010000000000000009 is missing" in said
        assert said.count("12:08:00 UTC at most") == 2
        assert "pg_basebackup --pgdata=/srv/archive/ledger/base/NAME --wal-method=none" in said
        assert "second cannot be restored" in self.said(3, 4, 5, 6, 7)
        assert self.said(3, 4, 5, 6, 7, 8, 9) == ""

    def test_many(self) -> None:
        """Three are named, the others counted."""
        assert "missing; 000000010000000000000008 is" in self.said()
        assert self.said(3, 4, 5, 11).count("0A (5 segments)") == 1
        assert "and 2 more" in self.said(3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18)

"""A stream is judged by its chain, and what it does not cover is a gap with a beginning and an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.evidence import GapKind
from groundrules.core.ids import AssetId
from groundrules.core.streams import (
    Link,
    Offered,
    Position,
    Told,
    Verdict,
    began_anew,
    clock_steps,
    damaged,
    end_of_silence,
    has_grown,
    judge,
    never_delivered,
    nothing_missed,
    silence,
    silence_id,
    told_gaps,
)

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
ALLOWED = timedelta(minutes=5)


def _link(sequence: int, minutes: int, late: int = 0, boot: str = "") -> Link:
    collected = NOON + timedelta(minutes=minutes)
    received = collected + timedelta(minutes=late)
    return Link(AssetId("SRV1"), "stream-1", sequence, "d" * 64, collected, received, boot)


class TestJudge:
    STANDS = Position(3, "c3")

    @pytest.mark.parametrize(
        ("offered", "kept", "verdict"),
        [
            (Offered(4, "c3", "c4"), "", Verdict.NEXT),
            (Offered(4, "x3", "x4"), "", Verdict.FORK),
            (Offered(5, "c4", "c5"), "", Verdict.GAP),
            (Offered(3, "c2", "c3"), "c3", Verdict.KNOWN),
            (Offered(2, "c1", "x2"), "c2", Verdict.FORK),
        ],
    )
    def test_names_each_ending(self, offered: Offered, kept: str, verdict: Verdict) -> None:
        """Next, another chain, too early, here already, and another body under a taken number."""
        assert judge(self.STANDS, offered, kept) is verdict

    def test_begins_with_nothing_before(self) -> None:
        """The first batch follows nothing; one that follows something is of another chain."""
        assert judge(Position(), Offered(1, "", "a"), "") is Verdict.NEXT
        assert judge(Position(), Offered(1, "z", "a"), "") is Verdict.FORK

    @given(order=st.permutations(range(1, 7)))
    def test_builds_one_chain_from_any_order(self, order: list[int]) -> None:
        """Offered in any order and again until all are in, batches end as the one unbroken chain."""
        kept: dict[int, str] = {}
        while len(kept) < len(order):
            for number in order:
                offered = Offered(number, f"d{number - 1}" if number > 1 else "", f"d{number}")
                stands = Position(len(kept), kept.get(len(kept), ""))
                if judge(stands, offered, kept.get(number, "")) is Verdict.NEXT:
                    kept[number] = offered.digest

        assert list(kept) == sorted(order)


class TestSilence:
    def test_begins_when_more_than_allowed_has_passed(self) -> None:
        """At exactly the allowed time nothing is said; a second later the gap begins with the last batch."""
        last = _link(7, 0, late=1)

        gap = silence(last, last.received_at + ALLOWED + timedelta(seconds=1), ALLOWED)

        assert silence(last, last.received_at + ALLOWED, ALLOWED) is None
        assert gap is not None
        assert (gap.kind, gap.interval.not_before) == (GapKind.COLLECTOR_SILENT, NOON)
        assert gap.interval.not_after == last.received_at + ALLOWED + timedelta(seconds=1)

    def test_ends_with_the_batch_that_came(self) -> None:
        """The closed gap has the open one's name and runs from batch to batch by the host's clock."""
        before, after = _link(7, 0, boot="one"), _link(8, 30, boot="two")

        gap = end_of_silence(before, after, ALLOWED)

        assert gap is not None
        assert gap.id == silence_id(before)
        assert gap.interval.width == timedelta(minutes=30)
        assert "restarted" in gap.says

    def test_was_none_when_batches_were_only_late(self) -> None:
        """Batches collected in time and delivered late leave nothing out."""
        before, after = _link(7, 0), _link(8, 1, late=60)

        closing = nothing_missed(before, after)

        assert end_of_silence(before, after, ALLOWED) is None
        assert closing.id == silence_id(before)
        assert closing.interval.is_exact

    def test_is_written_down_again_only_when_it_grew(self) -> None:
        """An open gap is worth a new row when it has grown by the given time."""
        last = _link(7, 0)
        short = silence(last, NOON + timedelta(minutes=10), ALLOWED)
        long = silence(last, NOON + timedelta(minutes=70), ALLOWED)

        assert short is not None
        assert long is not None
        assert has_grown(short, long, timedelta(hours=1))
        assert not has_grown(short, short, timedelta(hours=1))


class TestNeverDelivered:
    def test_is_found_when_the_collector_gave_up_what_it_had_offered(self) -> None:
        """Number 9 was offered; then a younger batch came as number 6: 6 to 8 of the old numbering never came."""
        gap = never_delivered(_link(5, 0), _link(6, 30), _link(9, 20))

        assert gap is not None
        assert gap.kind is GapKind.RECORDS_MISSING
        assert (gap.interval.not_before, gap.interval.not_after) == (
            NOON,
            NOON + timedelta(minutes=30),
        )
        assert "6 to 8" in gap.says

    def test_is_not_said_while_the_missing_ones_come(self) -> None:
        """Number 9 was offered; an older batch as number 6 is the missing one itself."""
        assert never_delivered(_link(5, 0), _link(6, 5), _link(9, 20)) is None


class TestOtherGaps:
    def test_finds_a_clock_set_back(self) -> None:
        """A batch collected before the one before it: the clock was set back between them."""
        (gap,) = clock_steps(_link(1, 10), _link(2, 5))

        assert gap.kind is GapKind.CLOCK_STEP
        assert gap.interval.width == timedelta(minutes=5)

    def test_finds_a_clock_that_runs_ahead_once(self) -> None:
        """A clock ahead of ours is said with the first batch that shows it, not with each."""
        first, second = _link(1, 60, late=-30), _link(2, 61, late=-30)

        assert len(clock_steps(None, first)) == 1
        assert clock_steps(first, second) == ()

    def test_says_nothing_of_clocks_that_agree(self) -> None:
        """Seconds and delays are no clock step."""
        assert clock_steps(_link(1, 0), _link(2, 1, late=90)) == ()

    def test_joins_a_former_stream_to_a_new_one(self) -> None:
        """A stream begun anew leaves a gap from the old one's last batch to its own first."""
        first = replace(_link(1, 45), stream="stream-2")

        gap = began_anew(_link(8, 0), first)

        assert gap.kind is GapKind.RECORDS_MISSING
        assert gap.interval.width == timedelta(minutes=45)

    def test_turns_what_collectors_tell_into_gaps(self) -> None:
        """Each becomes a gap of its kind, over the span told, whichever way round the clock went."""
        told = Told(
            GapKind.CLOCK_STEP, "clock-jump", NOON + timedelta(hours=1), NOON, {"by": "-3600 s"}
        )

        (gap,) = told_gaps(_link(2, 61), (told,))

        assert (gap.kind, gap.interval.width) == (GapKind.CLOCK_STEP, timedelta(hours=1))
        assert "by -3600 s" in gap.says

    def test_marks_a_batch_that_cannot_be_opened(self) -> None:
        """What a broken batch should have said is missing since the batch before it."""
        gap = damaged(_link(1, 0), _link(2, 1), "bytes were altered")

        assert gap.kind is GapKind.RECORDS_DAMAGED
        assert gap.interval.width == timedelta(minutes=1)

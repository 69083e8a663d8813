import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import CoverageState
from groundrules.core.ids import AssetId
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import (
    BEGINNING,
    STATE_AFTER,
    state_at,
    state_spans,
    voided_suspensions,
)
from groundrules.core.lifecycle.transitions import (
    AssetAlreadySuspended,
    AssetNotInAgreement,
    NoNoticeRunning,
    NoticeAlreadyRunning,
    NotSuspended,
    ReasonMissing,
    Step,
    take_step,
)
from tests.core.harbor import SRV1, SRV2
from tests.core.harbor_work import AGREEMENT, LATER, site

NOTICE = LifecycleEntry(
    SRV1, EntryKind.NOTICE_GIVEN, site("2007-03-02 08:00"), site("2007-03-01 17:20")
)
SUSPENDED = LifecycleEntry(
    SRV1, EntryKind.SUSPENDED, site("2007-03-12 08:00"), site("2007-03-12 08:00")
)
BEGUN = LifecycleEntry(
    SRV1, EntryKind.REINSTATEMENT_BEGUN, site("2007-04-01 10:00"), site("2007-04-01 10:00")
)
BACK = LifecycleEntry(
    SRV1, EntryKind.REINSTATED, site("2007-04-05 00:00"), site("2007-04-04 16:00")
)
VOIDED = LifecycleEntry(
    SRV1,
    EntryKind.SUSPENSION_VOIDED,
    site("2007-03-12 08:00"),
    site("2007-04-20 09:00"),
    by="Dana",
    reason="The removal was ours",
)
STORY = (BACK, NOTICE, SUSPENDED, BEGUN)


def state(
    at: str, entries: tuple[LifecycleEntry, ...], known_at: datetime = LATER
) -> CoverageState:
    """This function will return SRV1's state at a wall time of the site."""
    return state_at(state_spans(SRV1, entries, AGREEMENT, known_at), site(at)).state


class TestStateSpans:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2006-12-31 23:59", CoverageState.NOT_IN_AGREEMENT),
            ("2007-01-01 00:00", CoverageState.COVERED),
            ("2007-03-02 08:00", CoverageState.NOTICE),
            ("2007-03-12 07:59", CoverageState.NOTICE),
            ("2007-03-12 08:00", CoverageState.SUSPENDED),
            ("2007-04-01 10:00", CoverageState.REINSTATING),
            ("2007-04-04 23:59", CoverageState.REINSTATING),
            ("2007-04-05 00:00", CoverageState.COVERED),
        ],
    )
    def test_follows_the_dated_entries(self, at: str, expected: CoverageState) -> None:
        """The whole story of SRV1, entries in any order."""
        assert state(at, STORY) is expected

    def test_leaves_other_servers_alone(self) -> None:
        """SRV2 is covered throughout."""
        spans = state_spans(SRV2, STORY, AGREEMENT, LATER)

        assert [s.state for s in spans] == [CoverageState.NOT_IN_AGREEMENT, CoverageState.COVERED]

    def test_knows_only_what_was_recorded(self) -> None:
        """Asked as of 10 March, the suspension of the 12th is not yet in the book."""
        known_at = site("2007-03-10 12:00")

        assert state("2007-03-13 10:00", STORY, known_at) is CoverageState.NOTICE

    def test_treats_a_voided_suspension_as_never_made(self) -> None:
        """Once found wrong, coverage runs unbroken; asked as of before, it was suspended."""
        entries = (*STORY, VOIDED)

        assert state("2007-03-13 10:00", entries) is CoverageState.COVERED
        assert state("2007-04-02 10:00", entries) is CoverageState.COVERED
        assert (
            state("2007-03-13 10:00", entries, site("2007-04-19 09:00")) is CoverageState.SUSPENDED
        )

    def test_keeps_a_voided_suspension_visible(self) -> None:
        """The sentence says what happened, and both entries can be listed."""
        entries = (*STORY, VOIDED)

        span = state_at(state_spans(SRV1, entries, AGREEMENT, LATER), site("2007-03-13 10:00"))

        assert "found wrong" in span.sentence
        assert "The removal was ours." in span.sentence
        assert voided_suspensions(SRV1, entries, LATER) == ((SUSPENDED, VOIDED),)

    def test_voids_only_the_suspension_it_means(self) -> None:
        """A second suspension after the return still stands."""
        again = LifecycleEntry(
            SRV1, EntryKind.SUSPENDED, site("2007-05-07 08:00"), site("2007-05-07 08:00")
        )

        assert state("2007-05-08 10:00", (*STORY, again, VOIDED)) is CoverageState.SUSPENDED

    def test_ends_with_termination(self) -> None:
        """Nothing recorded after a termination brings the server back."""
        ended = LifecycleEntry(
            SRV1, EntryKind.TERMINATED, site("2007-03-20 00:00"), site("2007-03-19 09:00")
        )

        assert state("2007-05-08 10:00", (*STORY, ended)) is CoverageState.TERMINATED

    def test_refuses_to_guess_outside_the_spans(self) -> None:
        """Spans that do not reach an instant give no answer for it."""
        with pytest.raises(LookupError, match="compute the spans"):
            state_at((), LATER)


ENTRIES = st.lists(
    st.builds(
        lambda kind, effective, recorded: LifecycleEntry(
            SRV1,
            kind,
            datetime(2007, 1, 1, tzinfo=UTC) + timedelta(hours=effective),
            datetime(2007, 1, 1, tzinfo=UTC) + timedelta(hours=recorded),
        ),
        st.sampled_from(EntryKind),
        st.integers(-500, 5000),
        st.integers(0, 6000),
    ),
    max_size=8,
)


class TestTiling:
    @settings(max_examples=100, deadline=None)
    @given(entries=ENTRIES, known=st.integers(0, 7000))
    def test_spans_touch_and_cover_all_time(
        self, entries: list[LifecycleEntry], known: int
    ) -> None:
        """Whatever was entered, every instant has exactly one state."""
        known_at = datetime(2007, 1, 1, tzinfo=UTC) + timedelta(hours=known)

        spans = state_spans(SRV1, entries, AGREEMENT, known_at)

        assert spans[0].period.start == BEGINNING
        assert spans[-1].period.end is None
        assert all(a.period.end == b.period.start for a, b in itertools.pairwise(spans))
        assert set(STATE_AFTER) == set(EntryKind)

    @settings(max_examples=50, deadline=None)
    @given(entries=ENTRIES, data=st.data())
    def test_order_of_recording_rows_means_nothing(
        self, entries: list[LifecycleEntry], data: st.DataObject
    ) -> None:
        """Entries are ordered by their dates; only exact duplicates in time could ever differ."""
        dates = [(e.effective_at, e.recorded_at) for e in entries]
        shuffled = data.draw(st.permutations(entries))

        if len(set(dates)) == len(dates):
            assert state_spans(SRV1, shuffled, AGREEMENT, LATER) == state_spans(
                SRV1, entries, AGREEMENT, LATER
            )


def step(at: str, asset: AssetId = SRV1, reason: str = "clause 6.1") -> Step:
    """This function will build a step taken and recorded at a wall time of the site."""
    return Step(asset, site(at), site(at), by="Dana", reason=reason)


class TestTakeStep:
    def test_suspends_after_notice(self) -> None:
        """A running notice may be followed by a suspension."""
        entry = take_step(EntryKind.SUSPENDED, step("2007-03-12 08:00"), (NOTICE,), AGREEMENT)

        assert (entry.kind, entry.by) == (EntryKind.SUSPENDED, "Dana")

    @pytest.mark.parametrize(
        ("kind", "at", "entries", "refusal"),
        [
            (EntryKind.SUSPENDED, "2007-03-13 08:00", (NOTICE, SUSPENDED), AssetAlreadySuspended),
            (EntryKind.SUSPENDED, "2007-03-12 08:00", (), NoNoticeRunning),
            (EntryKind.NOTICE_GIVEN, "2007-03-05 08:00", (NOTICE,), NoticeAlreadyRunning),
            (
                EntryKind.NOTICE_GIVEN,
                "2007-03-13 08:00",
                (NOTICE, SUSPENDED),
                AssetAlreadySuspended,
            ),
            (EntryKind.NOTICE_CURED, "2007-03-05 08:00", (), NoNoticeRunning),
            (EntryKind.REINSTATED, "2007-03-05 08:00", (NOTICE,), NotSuspended),
            (EntryKind.REINSTATEMENT_BEGUN, "2007-03-05 08:00", (), NotSuspended),
            (EntryKind.SUSPENSION_VOIDED, "2007-03-05 08:00", (NOTICE,), NotSuspended),
            (EntryKind.NOTICE_GIVEN, "2006-03-05 08:00", (), AssetNotInAgreement),
        ],
    )
    def test_refuses_by_name(
        self,
        kind: EntryKind,
        at: str,
        entries: tuple[LifecycleEntry, ...],
        refusal: type[Exception],
    ) -> None:
        """Each step that the state does not allow has a refusal of its own."""
        with pytest.raises(refusal, match="SRV1"):
            take_step(kind, step(at), entries, AGREEMENT)

    def test_voids_a_suspension_found_wrong(self) -> None:
        """The void takes effect from the suspension's own beginning."""
        wrong = Step(
            SRV1, site("2007-03-12 08:00"), site("2007-04-20 09:00"), "Dana", "it was ours"
        )

        entry = take_step(EntryKind.SUSPENSION_VOIDED, wrong, STORY, AGREEMENT)

        assert state("2007-03-20 10:00", (*STORY, entry)) is CoverageState.COVERED

    def test_refuses_a_step_without_a_reason(self) -> None:
        """Nothing changes the state of a server without a name and a reason."""
        with pytest.raises(ReasonMissing, match="a name and a reason"):
            take_step(EntryKind.NOTICE_GIVEN, step("2007-03-05 08:00", reason=""), (), AGREEMENT)

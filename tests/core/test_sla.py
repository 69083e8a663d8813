from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.causation.answers import Incident
from groundrules.core.ids import IncidentId
from groundrules.core.periods import Period
from groundrules.core.sla import Clock, ClockFacts, NoTarget, clock, target_for
from groundrules.core.work import ThirdPartyAttempt
from tests.core.harbor import SRV1, harbor_calendar
from tests.core.harbor_work import VERSION_1, site

RAISED = Incident(
    IncidentId("INC-1"),
    "Server down",
    SRV1,
    site("2007-02-26 16:30"),
    resolved_at=site("2007-02-27 12:00"),
    priority="P1",
)
DELL = ThirdPartyAttempt(
    "Dell", site("2007-02-26 16:45"), "no fault found", site("2007-02-27 09:30")
)
TARGET = VERSION_1.targets[0]
LATER = site("2007-03-01 08:00")


def measured(*attempts: ThirdPartyAttempt, incident: Incident = RAISED) -> Clock:
    """This function will measure an incident with third parties, on a server that is covered."""
    return clock(incident, TARGET, harbor_calendar(), ClockFacts(attempts), LATER)


class TestScenarioEighteen:
    def test_pauses_while_a_third_party_has_the_case(self) -> None:
        """15 min on Monday and 2 h 30 on Tuesday: 2 h 45, met."""
        found = measured(DELL)

        assert found.counted_seconds == 165 * 60
        assert found.met is True
        assert found.sentence == "2 h 45 min of 4 h of business time promised (clause 3.3): met."
        assert "Mon 2007-02-26 16:30 PST to Mon 2007-02-26 16:45 PST: 15 min" in found.working
        assert "2 h 30 min" in found.working

    def test_counts_everything_without_the_pause(self) -> None:
        """Without Dell it would be 4 h 30, missed."""
        assert measured(DELL).without_pause_seconds == 270 * 60
        assert measured().met is False

    def test_runs_no_clock_while_suspended(self) -> None:
        """A suspended server has no promise to keep."""
        off = StateSpan(
            SRV1,
            CoverageState.SUSPENDED,
            Period(site("2007-02-01 08:00"), site("2007-03-01 00:00")),
        )

        found = clock(RAISED, TARGET, harbor_calendar(), ClockFacts((DELL,), (off,)), LATER)

        assert (found.counted_seconds, found.runs) == (0, False)
        assert (
            found.sentence == "No clock ran for Server down: the server was not under management."
        )

    def test_counts_only_the_covered_part(self) -> None:
        """Suspended from Tuesday 08:00, only Monday counts."""
        off = StateSpan(SRV1, CoverageState.SUSPENDED, Period(site("2007-02-27 08:00")))

        found = clock(RAISED, TARGET, harbor_calendar(), ClockFacts((), (off,)), LATER)

        assert found.counted_seconds == 30 * 60


class TestClock:
    def test_counts_overlapping_pauses_once(self) -> None:
        """Dell and Microsoft at the same time are one pause."""
        microsoft = ThirdPartyAttempt(
            "Microsoft", site("2007-02-26 16:50"), "no help", site("2007-02-27 09:00")
        )

        assert measured(DELL, microsoft).counted_seconds == 165 * 60

    def test_waits_for_a_party_that_has_not_answered(self) -> None:
        """A case that never came back stays with the third party."""
        silent = replace(DELL, returned_at=None)

        assert measured(silent).counted_seconds == 15 * 60

    def test_is_open_while_time_remains(self) -> None:
        """Unresolved and within time is neither met nor missed."""
        open_still = replace(RAISED, resolved_at=None)

        found = clock(open_still, TARGET, harbor_calendar(), ClockFacts(), site("2007-02-27 09:00"))

        assert (found.met, found.runs) == (None, True)
        assert "still within time" in found.sentence

    def test_is_missed_as_soon_as_the_time_is_over(self) -> None:
        """Nobody has to wait for the end to know."""
        open_still = replace(RAISED, resolved_at=None)

        found = clock(open_still, TARGET, harbor_calendar(), ClockFacts(), site("2007-02-27 16:00"))

        assert (found.met, found.runs) == (False, True)

    def test_begins_at_nothing(self) -> None:
        """At the very instant nothing has been counted."""
        found = clock(RAISED, TARGET, harbor_calendar(), ClockFacts(), RAISED.opened_at)

        assert (found.counted_seconds, found.met) == (0, None)

    def test_refuses_a_priority_without_a_promise(self) -> None:
        """No target, no clock."""
        with pytest.raises(NoTarget, match="P9"):
            target_for(replace(RAISED, priority="P9"), VERSION_1)

    def test_finds_the_promise_of_the_priority(self) -> None:
        """P1 is four business hours under 3.3."""
        assert target_for(RAISED, VERSION_1) == TARGET

    @settings(max_examples=40, deadline=None)
    @given(
        pauses=st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 2000)), max_size=4),
        length=st.integers(1, 5000),
    )
    def test_pauses_only_ever_shorten_the_count(
        self, pauses: list[tuple[int, int]], length: int
    ) -> None:
        """However third parties came and went, the paused count never exceeds the plain one."""
        opened = RAISED.opened_at
        incident = replace(RAISED, resolved_at=opened + timedelta(minutes=length))
        attempts = [
            ThirdPartyAttempt(
                "X",
                opened + timedelta(minutes=start),
                "",
                opened + timedelta(minutes=start + long),
            )
            for start, long in pauses
        ]

        found = measured(*attempts, incident=incident)

        assert 0 <= found.counted_seconds <= found.without_pause_seconds

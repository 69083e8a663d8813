from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome, WorkCause
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.coverage.decide import WorkNotAllocated
from groundrules.core.coverage.facts_of_work import CauseFact
from groundrules.core.ids import AssetId, ChangeId
from groundrules.core.money import Money
from groundrules.core.work import WorkType
from tests.core.coverage.working import (
    FALLOUT,
    HARDWARE,
    ROGUE,
    Job,
    asks,
    decided,
    facts,
    in_state,
    minutes,
    ratified,
    span,
    worth,
)
from tests.core.harbor import (
    SRV2,
    V1,
    HarborTerms,
    harbor_agreement,
    number,
    site,
)

NIGHT = Job("2007-02-20 13:10", "2007-02-20 23:35")
PATCHES = Job("2007-02-21 19:00", "2007-02-21 20:30", WorkType.MAINTENANCE)
DESK_JOB = Job("2007-02-21 18:10", "2007-02-21 18:55")
FALLOUT_JOB = Job("2007-02-22 08:00", "2007-02-22 14:30")


def _usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def _only(decision: CoverageDecision) -> Segment:
    (segment,) = decision.segments
    return segment


def _said(segment: Segment) -> str:
    return " ".join(reason.sentence for reason in segment.reasons)


def _refs(segment: Segment) -> set[tuple[str, str]]:
    return {(fact.kind, fact.ref) for reason in segment.reasons for fact in reason.facts}


class TestDriveArrayRecovery:
    """Scenario 1."""

    def test_covers_the_afternoon_under_3_2_at_its_value(self) -> None:
        """13:10-17:00 is covered: 3 h 50 min, value $575.00."""
        decision = decided(facts(NIGHT, asks("pat", "2007-02-20 16:40"), HARDWARE))

        covered = decision.of(Outcome.COVERED)
        assert {segment.clause for segment in covered} == {"3.2"}
        assert minutes(covered) == 230
        assert worth(covered) == _usd("575.00")

    def test_bills_the_evening_under_4_2_citing_pats_message(self) -> None:
        """17:00-23:35 is 6 h 35 min at $300 and cites the message Pat sent."""
        decision = decided(facts(NIGHT, asks("pat", "2007-02-20 16:40"), HARDWARE))

        (evening,) = decision.of(Outcome.BILLABLE)
        assert (evening.clause, minutes((evening,)), evening.hourly) == ("4.2", 395, _usd("300.00"))
        assert evening.value == _usd("1975.00")
        assert ("message", "MSG-1") in _refs(evening)
        assert evening.band is HoursBand.AFTER_HOURS
        assert evening.reasons[0].sentence == (
            "6 h 35 min of remediation on SRV1, Tue 2007-02-20 17:00 to 23:35 PST, is billable "
            "under clause 4.2 (After-hours work you ask for)."
        )

    def test_cuts_at_the_request_and_at_closing_time(self) -> None:
        """The facts change at 16:40 and at 17:00, so the entry has three segments."""
        decision = decided(facts(NIGHT, asks("pat", "2007-02-20 16:40"), HARDWARE))

        starts = [segment.period.start for segment in decision.segments]
        assert starts == [
            site("2007-02-20 13:10"),
            site("2007-02-20 16:40"),
            site("2007-02-20 17:00"),
        ]
        assert [s.cell.asked for s in decision.segments] == [
            Asked.NOBODY,
            Asked.AUTHORISED,
            Asked.AUTHORISED,
        ]

    def test_costs_actual_time_at_the_burdened_rate(self) -> None:
        """10 h 25 min at $55.00 is $572.92."""
        decision = decided(facts(NIGHT, asks("pat", "2007-02-20 16:40"), HARDWARE))

        assert decision.cost == _usd("572.92")


class TestAcrossMidnight:
    """Scenario 2."""

    def test_gives_each_local_day_its_own_segment(self) -> None:
        """22:35-01:50 is 85 minutes on Tuesday and 110 on Wednesday."""
        job = Job("2007-02-20 22:35", "2007-02-21 01:50")

        decision = decided(facts(job, asks("pat", "2007-02-20 16:40"), HARDWARE))

        days = [(segment.local_day, segment.seconds // 60) for segment in decision.segments]
        assert days == [(date(2007, 2, 20), 85), (date(2007, 2, 21), 110)]
        assert {(s.outcome, s.clause) for s in decision.segments} == {(Outcome.BILLABLE, "4.2")}


class TestWhoAsked:
    """Scenario 3."""

    def test_does_not_bill_patches_the_provider_chose_to_do(self) -> None:
        """Wednesday evening patches by our own choice fall under 4.3."""
        segment = _only(decided(facts(PATCHES)))

        assert (segment.outcome, segment.clause) == (Outcome.NOT_BILLABLE, "4.3")
        assert segment.value == _usd("450.00")
        assert "Nobody asked for this work." in _said(segment)

    def test_needs_authority_while_ratification_is_open(self) -> None:
        """The receptionist may not commit the client: nothing is billed, and the words say who can and until when."""
        at = site("2007-02-22 09:00")

        decision = decided(facts(DESK_JOB, asks("desk", "2007-02-21 18:10"), at=at), at=at)

        segment = _only(decision)
        assert (segment.outcome, segment.clause) == (Outcome.NEEDS_PERSON, "4.2")
        (missing,) = segment.missing
        assert missing == (
            "needs authority: R. Desk is not an authorised contact; "
            "Pat Owner can ratify until Thu 2007-02-22 17:00 PST"
        )
        assert not decision.counted_as_loss

    def test_bills_once_pat_has_ratified_in_time_citing_both(self) -> None:
        """A ratification on the next business day before 17:00 makes the request the client's own."""
        request = ratified(asks("desk", "2007-02-21 18:10"), "2007-02-22 16:59")

        segment = _only(decided(facts(DESK_JOB, request)))

        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "4.2")
        assert {("message", "MSG-1"), ("message", "MSG-2")} <= _refs(segment)

    def test_counts_as_a_loss_when_nobody_ratified(self) -> None:
        """After the deadline the work is not billable and the loss is counted."""
        decision = decided(facts(DESK_JOB, asks("desk", "2007-02-21 18:10")))

        assert (_only(decision).outcome, _only(decision).clause) == (Outcome.NOT_BILLABLE, "4.3")
        assert decision.counted_as_loss

    def test_does_not_count_a_late_ratification_and_says_so(self) -> None:
        """One minute after the deadline is too late."""
        request = ratified(asks("desk", "2007-02-21 18:10"), "2007-02-22 17:01")

        decision = decided(facts(DESK_JOB, request))

        assert _only(decision).outcome is Outcome.NOT_BILLABLE
        assert "after the deadline of Thu 2007-02-22 17:00 PST" in _said(_only(decision))
        assert decision.counted_as_loss

    def test_never_counts_covered_work_as_a_loss(self) -> None:
        """In business hours nobody needs to ask, so an unratified request loses nothing."""
        job = Job("2007-02-21 10:00", "2007-02-21 11:00")

        decision = decided(facts(job, asks("desk", "2007-02-21 09:00")))

        assert _only(decision).outcome is Outcome.COVERED
        assert not decision.counted_as_loss


class TestWastedTime:
    """Scenario 5."""

    def test_covers_fallout_before_the_cause_is_known_and_forgoes_nothing(self) -> None:
        """As long as nobody is established as the cause, no vendor has cost anything."""
        decision = decided(facts(FALLOUT_JOB, cause=FALLOUT))

        assert (_only(decision).outcome, _only(decision).clause) == (Outcome.COVERED, "3.2")
        assert _only(decision).forgone == _usd("0.00")
        assert decision.caused_by_vendor is None

    def test_version_1_covers_vendor_damage_and_counts_what_was_forgone(self) -> None:
        """Version 1 has no 6.2: charge nothing, forgone $975.00, cost $357.50."""
        decision = decided(facts(FALLOUT_JOB, cause=ROGUE))

        segment = _only(decision)
        assert (segment.outcome, segment.clause) == (Outcome.COVERED, "3.2")
        assert (segment.forgone, decision.cost) == (_usd("975.00"), _usd("357.50"))
        assert (decision.caused_by_vendor, decision.caused_by) == (V1, ("CHG-1",))

    def test_version_1_forgoes_nothing_on_an_allegation(self) -> None:
        """A vendor that is only suspected has cost nobody anything."""
        alleged = replace(ROGUE, established=False)

        decision = decided(facts(FALLOUT_JOB, cause=alleged))

        assert _only(decision).forgone == _usd("0.00")
        assert (decision.caused_by_vendor, decision.caused_by) == (None, ())

    def test_version_1_explains_why_6_2_does_not_apply(self) -> None:
        """The clause that came later is named with its date."""
        segment = _only(decided(facts(FALLOUT_JOB, cause=ROGUE)))

        sentences = {note.clause: note.sentence for note in segment.not_used}
        assert sentences[number("6.2")] == (
            "Clause 6.2 (Repair after an unapproved third-party change) of version 2 does not "
            "apply: it came into force on Tue 2007-03-20 00:00 PDT, after this work was done."
        )

    def test_does_not_know_version_2_before_it_is_signed(self) -> None:
        """A decision made in February cannot speak of a version signed in March."""
        segment = _only(decided(facts(FALLOUT_JOB, cause=ROGUE), at=site("2007-02-23 10:15")))

        assert "6.2" not in {note.clause for note in segment.not_used}

    def test_version_2_bills_vendor_damage_under_6_2(self) -> None:
        """The same facts on 2007-04-10 give $975.00 under 6.2, and nothing is forgone."""
        job = Job("2007-04-10 08:00", "2007-04-10 14:30")

        segment = _only(decided(facts(job, cause=ROGUE)))

        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "6.2")
        assert (segment.value, segment.forgone) == (_usd("975.00"), _usd("0.00"))
        assert segment.agreement_version == 2
        assert {note.clause for note in segment.not_used} >= {"3.2"}

    def test_version_2_needs_an_established_actor(self) -> None:
        """A vendor named without evidence is not billed: a person must look."""
        job = Job("2007-04-10 08:00", "2007-04-10 14:30")
        alleged = replace(ROGUE, established=False, sentence="Someone suspects Rogue.")

        segment = _only(decided(facts(job, cause=alleged)))

        assert (segment.outcome, segment.clause) == (Outcome.NEEDS_PERSON, "6.2")
        assert segment.missing == ("needs an established actor: Someone suspects Rogue",)
        assert ("evidence", Outcome.BILLABLE) in {(f.fact, f.outcome) for f in segment.flips}

    def test_a_cause_without_a_change_lacks_the_change(self) -> None:
        """Without a recorded change the clause is told so once, not twice."""
        job = Job("2007-04-10 08:00", "2007-04-10 14:30")
        rumour = CauseFact(WorkCause.VENDOR_UNAPPROVED_CHANGE, vendor=V1)

        segment = _only(decided(facts(job, cause=rumour)))

        assert segment.missing == (
            "needs a recorded change: no recorded change is linked to this work",
        )

    def test_uses_each_version_for_its_own_part_of_one_entry(self) -> None:
        """Work across the night of 19 to 20 March is cut where version 2 begins."""
        job = Job("2007-03-19 23:00", "2007-03-20 01:00")

        decision = decided(facts(job, asks("pat", "2007-03-19 20:00")))

        assert [s.agreement_version for s in decision.segments] == [1, 2]


class TestOurPatch:
    """Scenario 6."""

    def test_covers_the_repair_of_the_providers_own_change(self) -> None:
        """Our hotfix broke it: covered, no vendor named, nothing forgone."""
        job = Job("2007-03-01 09:30", "2007-03-01 11:00")
        ours = CauseFact(WorkCause.PROVIDER_CHANGE, (ChangeId("CHG-9"),), established=True)

        decision = decided(facts(job, cause=ours))

        assert (_only(decision).outcome, _only(decision).clause) == (Outcome.COVERED, "3.2")
        assert _only(decision).forgone == _usd("0.00")
        assert decision.caused_by_vendor is None


class TestWorkWhileSuspended:
    """Scenario 10."""

    def test_bills_the_suspended_server_at_the_business_rate(self) -> None:
        """SRV1 10:00-11:20 cites 6.3 at $150."""
        job = Job("2007-03-13 10:00", "2007-03-13 11:20")
        work = in_state(facts(job), span(CoverageState.SUSPENDED, "2007-03-12 08:00"))

        segment = _only(decided(work))

        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "6.3")
        assert (segment.hourly, segment.value) == (_usd("150.00"), _usd("200.00"))

    def test_covers_the_other_server(self) -> None:
        """SRV2 10:00-10:40 stays covered, worth $100.00."""
        job = Job("2007-03-13 10:00", "2007-03-13 10:40", asset=SRV2)

        segment = _only(decided(facts(job)))

        assert (segment.outcome, segment.value) == (Outcome.COVERED, _usd("100.00"))

    def test_refuses_a_ticket_with_no_server(self) -> None:
        """It must be allocated before pricing."""
        job = Job("2007-03-13 10:00", "2007-03-13 10:40", asset=None)

        with pytest.raises(
            WorkNotAllocated, match="A ticket with no server must be allocated before pricing"
        ):
            decided(facts(job))

    def test_cuts_where_the_suspension_begins(self) -> None:
        """Work over the effective instant is covered before and billed after."""
        job = Job("2007-03-12 07:30", "2007-03-12 08:30")
        work = in_state(
            facts(job, asks("pat", "2007-03-12 07:00")),
            span(CoverageState.NOTICE, "2007-03-02 00:00", "2007-03-12 08:00"),
            span(CoverageState.SUSPENDED, "2007-03-12 08:00"),
        )

        decision = decided(work)

        assert [(s.clause, s.seconds) for s in decision.segments] == [("4.2", 1800), ("6.3", 1800)]

    def test_never_bills_what_the_provider_chose_to_do_at_night(self) -> None:
        """4.3 takes precedence over 6.3 also on a suspended server."""
        job = Job("2007-03-13 20:00", "2007-03-13 21:00")
        work = in_state(facts(job), span(CoverageState.SUSPENDED, "2007-03-12 08:00"))

        segment = _only(decided(work))

        assert (segment.outcome, segment.clause) == (Outcome.NOT_BILLABLE, "4.3")
        assert "6.3" in {note.clause for note in segment.not_used}


class TestRoundingUnit:
    """Scenario 16: nothing is rounded before rating."""

    def test_keeps_short_work_exact(self) -> None:
        """Five minutes on an unlisted server are worth $12.50, not a quarter of an hour."""
        job = Job("2007-02-21 10:00", "2007-02-21 10:05", asset=AssetId("SRV9"))

        segment = _only(decided(facts(job)))

        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "3.1")
        assert (segment.seconds, segment.value) == (300, _usd("12.50"))


class TestClockTraps:
    """Scenario 17."""

    def test_counts_one_hour_over_the_spring_gap(self) -> None:
        """01:30 PST to 03:30 PDT is one true hour, $300.00."""
        job = Job("2026-03-08 01:30", "2026-03-08 03:30")

        decision = decided(facts(job, asks("pat", "2026-03-07 12:00")))

        assert sum(segment.seconds for segment in decision.segments) == 3600
        assert worth(decision.segments) == _usd("300.00")

    def test_counts_three_hours_over_the_autumn_fold(self) -> None:
        """00:30 PDT to 02:30 PST is three true hours, $900.00."""
        job = Job("2026-11-01 00:30", "2026-11-01 02:30")

        decision = decided(facts(job, asks("pat", "2026-10-31 12:00")))

        assert sum(segment.seconds for segment in decision.segments) == 10800
        assert worth(decision.segments) == _usd("900.00")

    def test_lets_the_clients_zone_decide_for_a_technician_elsewhere(self) -> None:
        """13:30-15:30 in California is 16:30-18:30 in New York: half an hour covered, 1.5 h billed."""
        terms = HarborTerms(zone="America/New_York")
        job = Job("2026-03-09 13:30", "2026-03-09 15:30")

        decision = decided(facts(job, asks("pat", "2026-03-09 13:00")), harbor_agreement(terms))

        assert [(s.outcome, s.value) for s in decision.segments] == [
            (Outcome.COVERED, _usd("75.00")),
            (Outcome.BILLABLE, _usd("450.00")),
        ]
        assert "16:30 to 17:00 EDT" in _said(decision.segments[0])

    def test_treats_a_holiday_as_after_hours(self) -> None:
        """Presidents' Day 2007 is no business day although it is a Monday."""
        segment = _only(decided(facts(Job("2007-02-19 10:00", "2007-02-19 11:00"))))

        assert (segment.band, segment.clause) == (HoursBand.AFTER_HOURS, "4.3")
        assert "2007-02-19 is a holiday of the agreement" in _said(segment)

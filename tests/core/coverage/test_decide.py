from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from groundrules.core.agreements.facts import Asked, CoverageState, Outcome
from groundrules.core.agreements.terms import DecidingClause, RateBasis
from groundrules.core.agreements.versions import UnknownVersion
from groundrules.core.coverage.answers import CoverageDecision, Segment
from groundrules.core.ids import AssetId
from groundrules.core.money import Money
from groundrules.core.parties import CostRate, Technician
from groundrules.core.periods import EmptyPeriod, Period
from groundrules.core.work import WorkType
from tests.core.coverage.working import (
    HARDWARE,
    Job,
    asked,
    asks,
    decided,
    facts,
    in_state,
    span,
    without_rates,
)
from tests.core.harbor import (
    SRV2,
    TECHNICIAN_A,
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


class TestOutsideTheAgreement:
    def test_bills_a_server_that_is_not_listed(self) -> None:
        """An unlisted server is time and materials under 3.1."""
        job = Job("2007-02-21 10:00", "2007-02-21 11:00", asset=AssetId("SRV9"))

        segment = _only(decided(facts(job)))

        assert segment.cell.state is CoverageState.NOT_IN_AGREEMENT
        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "3.1")
        assert "SRV9 is not on the list of servers in version 1." in _said(segment)

    def test_needs_a_person_before_any_version(self) -> None:
        """Nothing was agreed in 2006: no clause, no rate, and no silent bill."""
        segment = _only(decided(facts(Job("2006-12-20 10:00", "2006-12-20 11:00"))))

        assert (segment.outcome, segment.clause) == (Outcome.NEEDS_PERSON, None)
        assert segment.cell.state is CoverageState.NOT_IN_AGREEMENT
        assert (segment.value, segment.agreement_version) == (_usd("0.00"), 0)
        (missing,) = segment.missing
        assert missing == (
            "needs an agreement: no version was in force on Wed 2006-12-20 10:00 PST, "
            "so no rate or clause was agreed"
        )

    def test_cuts_where_the_agreement_begins(self) -> None:
        """The minute before New Year is not the agreement's."""
        job = Job("2006-12-31 23:00", "2007-01-01 01:00")

        decision = decided(facts(job))

        assert [s.agreement_version for s in decision.segments] == [0, 1]

    def test_refuses_an_agreement_without_versions(self) -> None:
        """There is nothing to decide by."""
        empty = replace(harbor_agreement(), versions=())

        with pytest.raises(UnknownVersion, match="has no version"):
            decided(facts(NIGHT), empty)

    def test_refuses_an_entry_that_is_still_running(self) -> None:
        """Open work has no length yet."""
        work = facts(PATCHES)
        running = replace(work.entry, period=Period(site("2007-02-21 19:00")))

        with pytest.raises(EmptyPeriod):
            decided(replace(work, entry=running))

    def test_knows_a_terminated_server_although_it_left_the_list(self) -> None:
        """Termination is on record, so it is said, and 6.5 decides."""
        terms = HarborTerms(assets=frozenset({SRV2}))
        work = in_state(
            facts(Job("2007-02-21 10:00", "2007-02-21 11:00")),
            span(CoverageState.TERMINATED, "2007-02-01 00:00"),
        )

        segment = _only(decided(work, harbor_agreement(terms)))

        assert (segment.cell.state, segment.clause) == (CoverageState.TERMINATED, "6.5")


class TestUnprovenAgreement:
    def test_hands_a_conflict_to_a_person_naming_both_clauses(self) -> None:
        """Two clauses without precedence never become a silent choice."""
        agreement = harbor_agreement()
        first = agreement.versions[0]
        rival = DecidingClause(number("9.1"), "Rival", Outcome.BILLABLE)
        broken = replace(agreement, versions=(replace(first, clauses=(*first.clauses[:2], rival)),))

        segment = _only(decided(facts(Job("2007-02-21 10:00", "2007-02-21 11:00")), broken))

        assert (segment.outcome, segment.clause) == (Outcome.NEEDS_PERSON, None)
        (missing,) = segment.missing
        assert missing == (
            "needs a decision between clauses 3.2 (Maintenance covered) and 9.1 (Rival): "
            "neither takes precedence over the other"
        )
        assert {note.clause for note in segment.not_used} >= {"3.2", "9.1"}

    def test_hands_a_gap_to_a_person(self) -> None:
        """No clause, no charge."""
        agreement = harbor_agreement()
        bare = replace(agreement, versions=(replace(agreement.versions[0], clauses=()),))

        segment = _only(decided(facts(Job("2007-02-21 10:00", "2007-02-21 11:00")), bare))

        assert segment.outcome is Outcome.NEEDS_PERSON
        assert segment.missing == (
            "needs a decision: no clause of the agreement says what happens to this work",
        )


class TestProjects:
    def test_needs_a_request_before_a_project_is_billed(self) -> None:
        """A project nobody asked for waits for a person, and the request is missing only once."""
        job = Job("2007-02-21 10:00", "2007-02-21 11:00", WorkType.PROJECT)

        segment = _only(decided(facts(job)))

        assert (segment.outcome, segment.clause) == (Outcome.NEEDS_PERSON, "5.1")
        assert segment.missing == ("needs a recorded request: Nobody asked for this work",)

    def test_bills_a_project_pat_asked_for(self) -> None:
        """With a request by an authorised contact 5.1 decides."""
        job = Job("2007-02-21 10:00", "2007-02-21 11:00", WorkType.PROJECT)

        segment = _only(decided(facts(job, asks("pat", "2007-02-20 10:00"))))

        assert (segment.outcome, segment.clause) == (Outcome.BILLABLE, "5.1")

    def test_can_charge_the_base_rate_in_every_band(self) -> None:
        """A clause on the base rate ignores the band's multiplier."""
        flat = DecidingClause(number("9.9"), "Flat", Outcome.BILLABLE, rate=RateBasis.BASE)
        agreement = harbor_agreement()
        only_flat = replace(agreement.versions[0], clauses=(flat,))

        segment = _only(decided(facts(PATCHES), replace(agreement, versions=(only_flat,))))

        assert (segment.hourly, segment.value) == (_usd("150.00"), _usd("225.00"))


class TestVariants:
    def test_prices_another_currency_and_multiplier(self) -> None:
        """90 minutes at 9,000 yen times 4/3 are 18,000 yen."""
        terms = HarborTerms(
            hourly="9000",
            monthly="20000",
            currency="JPY",
            zone="Asia/Tokyo",
            after_hours_multiplier=Fraction(4, 3),
        )
        job = Job("2007-02-21 19:00", "2007-02-21 20:30", zone="Asia/Tokyo")

        segment = _only(decided(facts(job), harbor_agreement(terms)))

        assert segment.value == Money(18000, "JPY")


class TestCost:
    def _cost(self, technician: Technician) -> Money | None:
        return decided(replace(facts(PATCHES), technician=technician)).cost

    def test_is_unknown_without_a_rate(self) -> None:
        """Uncosted time is listed, never free."""
        assert self._cost(without_rates(TECHNICIAN_A)) is None

    def test_is_unknown_when_part_of_the_work_has_no_rate(self) -> None:
        """Half a cost would look like a whole one."""
        late = CostRate(_usd("60.00"), Period(site("2007-02-21 20:00")))

        assert self._cost(replace(TECHNICIAN_A, cost_rates=(late,))) is None

    def test_uses_each_rate_for_its_own_time(self) -> None:
        """One hour at $55 and half an hour at $60 cost $85.00."""
        early = CostRate(_usd("55.00"), Period(site("2007-01-01 00:00")))
        late = CostRate(_usd("60.00"), Period(site("2007-02-21 20:00")))

        assert self._cost(replace(TECHNICIAN_A, cost_rates=(early, late))) == _usd("85.00")


class TestExplanation:
    def test_says_which_clause_gave_way(self) -> None:
        """The covered rule also applies to the evening and is named with why it did not decide."""
        segment = _only(decided(facts(PATCHES)))

        sentences = {note.clause: note.sentence for note in segment.not_used}
        assert sentences[number("3.2")] == (
            "Clause 3.2 (Maintenance covered) also applies, "
            "but clause 4.3 takes precedence over it."
        )
        assert sentences[number("4.2")] == (
            "Clause 4.2 (After-hours work you ask for) does not apply: it is for work asked for "
            "by an authorised contact or asked for and awaiting ratification; "
            "nobody asked for this."
        )

    def test_lists_what_would_have_changed_the_answer(self) -> None:
        """Had an authorised contact asked, or had it been business hours, the answer would differ."""
        segment = _only(decided(facts(PATCHES)))

        flips = {(f.fact, f.value): (f.outcome, f.clause) for f in segment.flips}
        assert flips["asked", "authorised"] == (Outcome.BILLABLE, "4.2")
        assert flips["band", "business"] == (Outcome.COVERED, "3.2")
        assert ("cause", "hardware") not in flips

    def test_a_flip_is_a_sentence(self) -> None:
        """People read it as it stands."""
        segment = _only(decided(facts(PATCHES)))

        (flip,) = (f for f in segment.flips if f.value == "authorised")
        assert flip.sentence == (
            "If an authorised contact had asked for the work, it would be billable under "
            "clause 4.2 (After-hours work you ask for)."
        )

    def test_points_at_every_record_once(self) -> None:
        """The decision lists the facts of all its reasons without repeating one."""
        decision = decided(facts(NIGHT, asks("pat", "2007-02-20 16:40"), HARDWARE))

        assert len(decision.facts) == len(set(decision.facts))
        assert {fact.kind for fact in decision.facts} >= {
            "time_entry",
            "clause",
            "version",
            "asset",
            "request",
            "message",
        }

    def test_carries_the_engine_it_was_made_by(self) -> None:
        """The rule digest and the tzdata version are inputs of the decision."""
        decision = decided(facts(PATCHES))

        assert (decision.engine.rules, decision.engine.tzdata) == ("rules", "2026f")


class TestAskedByLaterRequest:
    def test_work_before_the_request_is_the_providers_own_choice(self) -> None:
        """Pat asks at 20:00 for work that began at 19:00: the first hour is free."""
        decision = decided(facts(PATCHES, asks("pat", "2007-02-21 20:00")))

        assert [(s.clause, s.seconds) for s in decision.segments] == [("4.3", 3600), ("4.2", 1800)]
        assert asked(PATCHES, None)[0].asked is Asked.NOBODY

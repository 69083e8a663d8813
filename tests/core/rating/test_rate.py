from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.terms import Agreement, Rounding, RoundingDirection, RoundingUnit
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.facts_of_work import ROUTINE
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.rating.answers import Charge
from groundrules.core.rating.other_rules import NothingCharged, trace, what_other_rules_would_give
from groundrules.core.rating.rate import (
    AmbiguousDecision,
    UnknownAgreementVersion,
    open_lines,
    rate,
    uncharged_lines,
)
from groundrules.core.rating.rounding import ImpossibleIncrement, rounded_minutes
from groundrules.core.work import WorkType
from tests.core.harbor import DESK, PAT, SRV2, TECHNICIAN_B, HarborTerms, harbor_agreement
from tests.core.harbor_work import AGREEMENT, V1_BROKE_IT, Job, decided, pat_asks, site


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def rounded_by(rounding: Rounding) -> Agreement:
    """This function will build Harbor's agreement with another rounding rule."""
    versions = tuple(replace(v, rounding=rounding) for v in AGREEMENT.versions)
    return replace(AGREEMENT, versions=versions)


class TestDriveArrayRecovery:
    """Scenario 1: the array fails at 13:10, Pat writes at 16:40, technician A works until 23:35."""

    def job(self) -> Job:
        """Technician A's day."""
        return Job(
            site("2007-02-20 13:10"), site("2007-02-20 23:35"), asked_at=site("2007-02-20 16:40")
        )

    def test_covers_the_afternoon_exactly(self) -> None:
        """3 h 50 min are shown at $575.00 and charged nothing."""
        lines = [line for line in uncharged_lines([decided(self.job())]) if line.covered]

        assert [(line.seconds, line.value) for line in lines] == [(230 * 60, usd("575.00"))]
        assert lines[0].clause == "3.2"

    def test_charges_the_evening_pat_asked_for(self) -> None:
        """6 h 35 min become 6.75 h at $300.00, citing 4.2 and Pat's message."""
        (charge,) = rate([decided(self.job())], AGREEMENT)

        assert charge.minutes_charged == 405
        assert charge.amount == usd("2025.00")
        assert charge.clauses == ("4.2",)
        assert charge.request == "MSG-1640"
        assert (
            "Tue 2007-02-20 17:00-23:35 PST: 395 min -> 6.75 h x $300.00 = $2,025.00"
            in charge.working
        )
        assert "(clause 4.4)" in charge.working


class TestAcrossMidnight:
    """Scenario 2: technician B works 22:35-01:50."""

    def test_splits_at_local_midnight(self) -> None:
        """85 min and 110 min are two local days: 1.50 h and 2.00 h."""
        decision = decided(pat_asks("2007-02-20 22:35", "2007-02-21 01:50"))

        charges = rate([decision], AGREEMENT)

        assert [c.minutes_charged for c in charges] == [90, 120]
        assert [c.service_day for c in charges] == [date(2007, 2, 20), date(2007, 2, 21)]
        assert sum((c.amount for c in charges), usd("0")) == usd("1050.00")

    def test_says_the_arithmetic_in_one_line(self) -> None:
        """The trace explains why the minutes were not added first, and names the rule."""
        decision = decided(pat_asks("2007-02-20 22:35", "2007-02-21 01:50"))

        answer = trace([decision], AGREEMENT)

        assert answer.sentence == (
            "22:35-24:00 PST Tue and 00:00-01:50 PST Wed are different local days: 85 min -> 1.50 h, "
            "110 min -> 2.00 h at $300.00 = $1,050.00; rounding up to 15 min per issue, person, local day "
            "and rate band (clause 4.4)"
        )

    def test_names_what_a_per_entry_rule_would_give(self) -> None:
        """One entry of 195 min would be 3.25 h, $975.00."""
        decision = decided(pat_asks("2007-02-20 22:35", "2007-02-21 01:50"))

        others = {rule.name: rule for rule in trace([decision], AGREEMENT).others}

        assert others["each time entry rounded alone"].minutes == 195
        assert others["each time entry rounded alone"].amount == usd("975.00")

    def test_shows_each_price_where_they_differ(self) -> None:
        """Hours at $150.00 and at $300.00 each show their own price."""
        day = pat_asks("2007-02-21 16:00", "2007-02-21 17:30", work_type=WorkType.PROJECT)

        sentence = trace([decided(day)], AGREEMENT).sentence

        assert "are different rate bands and prices" in sentence
        assert "60 min -> 1.00 h x $150.00, 30 min -> 1.00 h x $300.00 = $450.00" in sentence

    def test_totals_both_technicians(self) -> None:
        """Scenarios 1 and 2 together charge $3,075.00."""
        a = decided(TestDriveArrayRecovery().job())
        b = decided(
            pat_asks("2007-02-20 22:35", "2007-02-21 01:50", id="TE-2", technician=TECHNICIAN_B)
        )

        charges = rate([a, b], AGREEMENT)

        assert sum((c.amount for c in charges), usd("0")) == usd("3075.00")


class TestWhoAsked:
    """Scenario 3: nobody, the receptionist, or Pat afterwards."""

    def test_charges_nothing_for_provider_elected_work(self) -> None:
        """Patching on Wednesday evening by our own choice is free under 4.3 but shown at its value."""
        decision = decided(Job(site("2007-02-21 19:00"), site("2007-02-21 20:30")))

        assert rate([decision], AGREEMENT) == ()
        (line,) = uncharged_lines([decision])
        assert (line.covered, line.clause, line.value) == (False, "4.3", usd("450.00"))

    def test_keeps_unauthorised_work_open(self) -> None:
        """The receptionist's 45 min are neither charged nor shown as free before the deadline."""
        asked = site("2007-02-21 18:10")
        job = Job(asked, asked + timedelta(minutes=45), asked_at=asked, asked_by=DESK)
        decision = decided(job, at=site("2007-02-21 19:30"))

        assert rate([decision], AGREEMENT) == ()
        assert uncharged_lines([decision]) == ()
        (line,) = open_lines([decision])
        assert line.seconds == 45 * 60
        assert line.at_stake == usd("225.00")
        assert line.missing

    def test_applies_the_minimum_once_pat_asks(self) -> None:
        """45 min after hours are charged as the agreed 1.0 h."""
        (charge,) = rate([decided(pat_asks("2007-02-21 18:10", "2007-02-21 18:55"))], AGREEMENT)

        assert charge.amount == usd("300.00")
        assert "45 min -> 1.00 h (the agreed minimum)" in charge.working

    def test_counts_unratified_work_as_loss(self) -> None:
        """After the deadline it is not billable, and marked as the provider's loss."""
        asked = site("2007-02-21 18:10")
        job = Job(asked, asked + timedelta(minutes=45), asked_at=asked, asked_by=DESK)

        (line,) = uncharged_lines([decided(job)])

        assert (line.covered, line.loss) == (False, True)


class TestWastedTime:
    """Scenario 5: 6.5 h of repair after Rogue's change, under the version of the day."""

    def repair(self, day: str) -> Job:
        """The repair of Rogue's change on a day."""
        return Job(
            site(f"{day} 08:00"),
            site(f"{day} 14:30"),
            work_type=WorkType.REMEDIATION,
            cause=V1_BROKE_IT,
        )

    def test_charges_nothing_under_version_one(self) -> None:
        """Version 1 has no 6.2: $0.00, worth $975.00."""
        decision = decided(self.repair("2007-02-22"))

        assert rate([decision], AGREEMENT) == ()
        assert uncharged_lines([decision])[0].value == usd("975.00")

    def test_charges_under_version_two(self) -> None:
        """The same facts on 2007-04-10 give $975.00 under 6.2."""
        (charge,) = rate([decided(self.repair("2007-04-10"))], AGREEMENT)

        assert (charge.amount, charge.clauses) == (usd("975.00"), ("6.2",))

    def test_follows_the_superseding_decision(self) -> None:
        """Only the last decision on an entry counts; the first stays a value of its own."""
        fallout = replace(self.repair("2007-04-10"), cause=ROUTINE)
        first = decided(fallout, at=site("2007-04-10 15:00"))
        second = decided(self.repair("2007-04-10"), at=site("2007-04-11 09:00"))

        assert rate([second, first], AGREEMENT) == rate([second], AGREEMENT)

    def test_refuses_two_decisions_of_one_instant(self) -> None:
        """Neither supersedes the other, so rating will not choose."""
        one = decided(self.repair("2007-04-10"))
        other = replace(one, issue="something else")

        with pytest.raises(AmbiguousDecision, match="decide it again"):
            rate([one, other], AGREEMENT)


def project(start: str, minutes: int, **changes: object) -> Job:
    """This function will build project work in business hours that Pat asked for."""
    job = pat_asks(start, "2007-02-21 23:59", work_type=WorkType.PROJECT, **changes)
    return replace(job, end=job.start + timedelta(minutes=minutes))


class TestRoundingUnit:
    """Scenario 16: 5 + 8 + 20 min of one technician, issue and day at $150."""

    def three(self) -> list[Job]:
        """Three short jobs of one issue."""
        return [
            project("2007-02-21 09:00", 5, id="TE-1"),
            project("2007-02-21 10:00", 8, id="TE-2"),
            project("2007-02-21 11:00", 20, id="TE-3"),
        ]

    def test_adds_before_rounding(self) -> None:
        """33 min become 0.75 h, $112.50."""
        (charge,) = rate([decided(job) for job in self.three()], AGREEMENT)

        assert (charge.minutes_charged, charge.amount) == (45, usd("112.50"))
        assert charge.entries == ("TE-1", "TE-2", "TE-3")
        assert "5 min + 8 min + 20 min = 33 min -> 0.75 h x $150.00 = $112.50" in charge.working

    def test_names_the_other_rules(self) -> None:
        """Per entry would be 1.00 h, to the nearest quarter 0.50 h."""
        others = what_other_rules_would_give([decided(job) for job in self.three()], AGREEMENT)

        assert [(rule.minutes, rule.amount) for rule in others] == [
            (60, usd("150.00")),
            (30, usd("75.00")),
            (33, usd("82.50")),
        ]

    def test_keeps_people_apart(self) -> None:
        """Two technicians with 5 min each are charged 0.25 h each."""
        a = project("2007-02-21 09:00", 5)
        b = project("2007-02-21 09:00", 5, id="TE-2", technician=TECHNICIAN_B)

        charges = rate([decided(a), decided(b)], AGREEMENT)

        assert [(c.key.technician, c.minutes_charged) for c in charges] == [("A", 15), ("B", 15)]

    def test_adds_people_where_the_agreement_does(self) -> None:
        """Without the person in the unit, the ten minutes are one quarter of an hour."""
        unit = frozenset({RoundingUnit.ISSUE, RoundingUnit.LOCAL_DAY})
        a = project("2007-02-21 09:00", 5)
        b = project("2007-02-21 09:00", 5, id="TE-2", technician=TECHNICIAN_B)

        (charge,) = rate([decided(a), decided(b)], rounded_by(Rounding(unit=unit)))

        assert charge.minutes_charged == 15
        assert charge.key.technician is None

    def test_keeps_prices_apart_whatever_the_unit(self) -> None:
        """With an empty unit, hours at $150 and at $300 are still two charges."""
        day = project("2007-02-21 16:50", 10)
        evening = pat_asks("2007-02-21 17:00", "2007-02-21 17:10", id="TE-2")

        charges = rate([decided(day), decided(evening)], rounded_by(Rounding(unit=frozenset())))

        assert [c.hourly for c in charges] == [usd("150.00"), usd("300.00")]

    @pytest.mark.parametrize(
        ("direction", "minutes"),
        [(RoundingDirection.UP, 36), (RoundingDirection.NEAREST, 36), (RoundingDirection.DOWN, 30)],
    )
    def test_applies_other_increments(self, direction: RoundingDirection, minutes: int) -> None:
        """33 min in steps of six minutes; an exact half step goes up when rounding to the nearest."""
        rounding = Rounding(direction, 6)

        (charge,) = rate([decided(job) for job in self.three()], rounded_by(rounding))

        assert charge.minutes_charged == minutes

    def test_refuses_an_increment_of_nothing(self) -> None:
        """Zero minutes cannot be rounded to."""
        with pytest.raises(ImpossibleIncrement, match="one minute or more"):
            rate([decided(self.three()[0])], rounded_by(Rounding(increment_minutes=0)))


class TestClockTraps:
    """Scenario 17: clock changes and two zones."""

    def test_charges_elapsed_time_in_spring(self) -> None:
        """01:30 PST to 03:30 PDT is one hour: $300.00."""
        (charge,) = rate([decided(pat_asks("2026-03-08 01:30", "2026-03-08 03:30"))], AGREEMENT)

        assert charge.amount == usd("300.00")
        assert "01:30 PST-03:30 PDT" in charge.working

    def test_charges_elapsed_time_in_autumn(self) -> None:
        """00:30 PDT to 02:30 PST is three hours: $900.00."""
        (charge,) = rate([decided(pat_asks("2026-11-01 00:30", "2026-11-01 02:30"))], AGREEMENT)

        assert charge.amount == usd("900.00")

    def test_uses_the_clients_zone(self) -> None:
        """A New York client, a Californian technician: 16:30-17:00 ET covered, 17:00-18:30 ET charged."""
        agreement = harbor_agreement(HarborTerms(zone="America/New_York"))
        decision = decided(pat_asks("2026-03-09 13:30", "2026-03-09 15:30"), agreement)

        (charge,) = rate([decision], agreement)
        (line,) = uncharged_lines([decision])

        assert line.value == usd("75.00")
        assert charge.amount == usd("450.00")
        assert "17:00-18:30 EDT" in charge.working


class TestVariants:
    def test_prices_yen_without_decimals(self) -> None:
        """Yen have no smaller unit: 6.75 h at 30,001 JPY are rounded once."""
        terms = HarborTerms(
            hourly="15001",
            after_hours_multiplier=Fraction(2),
            monthly="35000",
            currency="JPY",
            zone="Asia/Tokyo",
        )
        agreement = harbor_agreement(terms)
        start = site("2007-02-20 17:00", "Asia/Tokyo")
        job = Job(start, start + timedelta(minutes=395), asked_at=start)

        (charge,) = rate([decided(job, agreement)], agreement)

        assert charge.amount == Money(202514, "JPY")
        assert "= 202,514 JPY" in charge.working

    def test_rounds_a_half_cent_up_by_multiplying_first(self) -> None:
        """29 min at 187.50 is 90.625: 90.63, where dividing first gives 90.62."""
        terms = HarborTerms(
            hourly="125.00",
            after_hours_multiplier=Fraction(3, 2),
            increment_minutes=1,
            minimum_minutes={},
        )
        agreement = harbor_agreement(terms)

        (charge,) = rate(
            [decided(pat_asks("2007-02-20 18:00", "2007-02-20 18:29"), agreement)], agreement
        )

        assert charge.amount == usd("90.63")
        assert "29 min -> 29 min x $187.50" in charge.working

    def test_shows_seconds_exactly(self) -> None:
        """Covered time keeps its seconds and is never rounded up."""
        start = site("2007-02-20 10:00")

        (line,) = uncharged_lines([decided(Job(start, start + timedelta(seconds=95)))])

        assert (line.seconds, line.value) == (95, usd("3.96"))

    def test_takes_the_larger_minimum_when_bands_mix(self) -> None:
        """Where a unit spans bands at one price, the larger agreed minimum applies."""
        rounding = Rounding(
            unit=frozenset(), minimum_minutes={HoursBand.BUSINESS: 30, HoursBand.AFTER_HOURS: 60}
        )
        agreement = rounded_by(rounding)
        flat = tuple(replace(v, rates=replace(v.rates, multipliers={})) for v in agreement.versions)
        agreement = replace(agreement, versions=flat)
        job = pat_asks("2007-02-20 16:55", "2007-02-20 17:05", work_type=WorkType.PROJECT)

        (charge,) = rate([decided(job, agreement)], agreement)

        assert charge.minutes_charged == 60

    def test_refuses_a_version_it_does_not_know(self) -> None:
        """A decision under version 1 cannot be rated by an agreement that has only version 2."""
        decision = decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00"))

        with pytest.raises(UnknownAgreementVersion, match="has no version 1"):
            rate([decision], replace(AGREEMENT, versions=AGREEMENT.versions[1:]))

    def test_refuses_a_trace_of_nothing(self) -> None:
        """There is no arithmetic to show when nothing is charged."""
        with pytest.raises(NothingCharged, match="coverage decision"):
            trace([decided(Job(site("2007-02-20 10:00"), site("2007-02-20 11:00")))], AGREEMENT)

    def test_lists_each_clause_once(self) -> None:
        """Two charges under 4.2 cite it once."""
        charges = rate([decided(pat_asks("2007-02-20 22:35", "2007-02-21 01:50"))], AGREEMENT)

        assert len(charges) == 2
        assert {charge.clauses for charge in charges} == {("4.2",)}

    def test_keeps_assets_of_one_issue_together(self) -> None:
        """The unit does not keep servers apart, so a charge may name two."""
        one = pat_asks("2007-02-20 18:00", "2007-02-20 18:40", id="TE-1")
        two = pat_asks("2007-02-20 19:00", "2007-02-20 19:40", id="TE-2", asset=SRV2)

        (charge,) = rate([decided(one), decided(two)], AGREEMENT)

        assert charge.assets == ("SRV1", "SRV2")
        assert charge.minutes_charged == 90


class TestAUnitAcrossVersions:
    """A version that begins within an evening's work does not begin a second rounding unit."""

    def split(self, first: int, second: int) -> tuple[Charge, ...]:
        """Pat's after-hours work of `first` minutes before version 2 begins at 20:00, and `second` after it."""
        begins = site("2007-02-20 20:00")
        one, two = AGREEMENT.versions
        later = replace(
            two, in_force=Period(begins), rates=replace(two.rates, hourly=usd("200.00"))
        )
        agreement = replace(AGREEMENT, versions=(one, replace(later, signed_at=one.signed_at)))
        start, end = begins - timedelta(minutes=first), begins + timedelta(minutes=second)
        job = Job(start, end, asked_at=start, asked_by=PAT)
        return rate([decided(job, agreement)], agreement)

    def test_applies_the_minimum_once(self) -> None:
        """10 min at $300 and 20 min at $400: the agreed hour is charged once, at the price it began under."""
        before, after = self.split(10, 20)

        assert (before.minutes_charged, after.minutes_charged) == (60, 0)
        assert (before.amount, after.amount) == (usd("300.00"), usd("0"))
        assert "once for the whole unit, which began under version 1" in after.working

    def test_rounds_the_sum_once(self) -> None:
        """70 + 70 min are 2.50 h in all, not 1.25 h twice with an increment of each; each hour at its own price."""
        before, after = self.split(70, 70)

        assert (before.minutes_charged, after.minutes_charged) == (75, 75)
        assert before.amount + after.amount == usd("375.00") + usd("500.00")

    @given(st.integers(1, 180), st.integers(1, 230))
    @settings(max_examples=40, deadline=None)
    def test_charges_what_one_version_would(self, first: int, second: int) -> None:
        """However the unit is divided, its minutes are those of the same work under one version."""
        rounding = AGREEMENT.versions[0].rounding
        whole = max(rounded_minutes((first + second) * 60, rounding), 60)

        assert sum(charge.minutes_charged for charge in self.split(first, second)) == whole

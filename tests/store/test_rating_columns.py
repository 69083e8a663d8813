from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import Asked, Outcome, StateSpan
from groundrules.core.agreements.further_terms import (
    Extra,
    NoticeStep,
    ShortNoticeTerms,
    TripTerms,
    UpliftTerms,
)
from groundrules.core.agreements.terms import (
    Agreement,
    AgreementVersion,
    DecidingClause,
    PlaceRounding,
    RateBasis,
    Rounding,
    RoundingDirection,
    RoundingUnit,
)
from groundrules.core.calendars import HoursBand
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.coverage.columns import OUTCOMES, encode_facts
from groundrules.core.coverage.decide import asked_span, decide
from groundrules.core.coverage.facts_of_work import WorkFacts, evidence_of
from groundrules.core.ids import AssetId, ClauseNumber, RequestId, TimeEntryId
from groundrules.core.money import Money
from groundrules.core.periods import Period
from groundrules.core.rating.answers import Beside
from groundrules.core.rating.plans import BANDS, PLACES, AgreementPlan, Planner, seconds_of
from groundrules.core.rating.rate import rate, uncharged_lines
from groundrules.core.rating.rows import APART, Rated, WorkRow, rate_rows
from groundrules.core.work import WorkPlace
from groundrules.services.rating_bench import make_workload
from groundrules.store.rating_columns import ColumnRater, work_table
from tests.core.coverage.test_properties import works
from tests.core.coverage.working import ENGINE, LONG_AFTER
from tests.core.harbor import SRV1, HarborTerms, harbor_agreement

HORIZON = Period(datetime(2006, 12, 25, tzinfo=UTC), datetime(2007, 11, 20, tzinfo=UTC))
PLANNER = Planner(HORIZON)
SRV9 = AssetId("SRV9")
ASSETS = (SRV1, SRV9)
TRIPS = (
    TripTerms(Extra(Money(7500, "USD"))),
    TripTerms(Extra(minutes=30), per_issue=True, when_covered=True),
)
NOTICES = (
    ShortNoticeTerms((NoticeStep(24, Extra(minutes=60)),)),
    ShortNoticeTerms(
        (
            NoticeStep(168, Extra(minutes=45)),
            NoticeStep(48, Extra(Money(1, "USD")), WorkPlace.ON_SITE),
        ),
        when_covered=True,
    ),
)


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Harbor's agreement in some zone, with any rounding, at any price."""
    minimum = draw(st.sampled_from([0, 20, 60]))
    rounding = Rounding(
        draw(st.sampled_from(RoundingDirection)),
        draw(st.sampled_from([1, 6, 15, 30])),
        draw(st.frozensets(st.sampled_from(RoundingUnit))),
        {HoursBand.AFTER_HOURS: minimum},
        places=draw(st.sampled_from([{}, {WorkPlace.ON_SITE: PlaceRounding(20, 50)}])),
    )
    zone = draw(st.sampled_from(["America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata"]))
    agreement = harbor_agreement(
        HarborTerms(zone=zone, hourly=draw(st.sampled_from(["150.00", "0.07"])))
    )
    one, two = (replace(v, rounding=rounding) for v in agreement.versions)
    dearer = replace(
        two,
        rates=replace(
            two.rates,
            hourly=two.rates.hourly.times(draw(st.sampled_from([Fraction(1), Fraction(2)]))),
        ),
    )
    return replace(agreement, versions=tuple(_further(version, draw) for version in (one, dearer)))


def _further(version: AgreementVersion, draw: st.DrawFn) -> AgreementVersion:
    """Sometimes a clause about severity or origin at a multiple, Sundays apart, or a price that rises."""
    facts = {
        "severity": frozenset({"1", "3"}),
        "stems": frozenset({"our_business_hours"}),
        "place": frozenset({"on_site", "travel"}),
    }
    some = [(), ("severity",), ("stems",), ("severity", "stems"), ("place",), ("stems", "place")]
    named = draw(st.sampled_from(some))
    further = DecidingClause(
        ClauseNumber("0.1"),
        "",
        draw(st.sampled_from([Outcome.BILLABLE, Outcome.NOT_BILLABLE])),
        {fact: facts[fact] for fact in named},
        tuple(clause.number for clause in version.clauses),
        rate=RateBasis.TIMES,
        times=draw(st.sampled_from([Fraction(3), Fraction(4, 3)])),
    )
    first = draw(
        st.sampled_from([date(2007, 3, 11), date(2007, 3, 25)])
    )  # version 2 begins between
    rise = UpliftTerms(Fraction(50), first, rates_too=True)
    return replace(
        version,
        clauses=(*version.clauses, further) if named else version.clauses,
        calendar=replace(version.calendar, separate_sunday=draw(st.booleans())),
        uplift=draw(st.sampled_from([None, rise])),
        trip=draw(st.sampled_from([None, *TRIPS])),
        short_notice=draw(st.sampled_from([None, *NOTICES])),
    )


@st.composite
def some_work(draw: st.DrawFn) -> tuple[WorkFacts, ...]:
    """One to five pieces of work on two servers by one technician, under two issues, with one history of states."""
    states: dict[AssetId | None, tuple[StateSpan, ...]] = {}
    found = []
    for number, work in enumerate(draw(st.lists(works(), min_size=1, max_size=5))):
        known = states.setdefault(work.entry.asset, work.states)
        before = timedelta(hours=draw(st.sampled_from([0, 12, 30, 100, 1000])))
        entry = replace(
            work.entry,
            id=TimeEntryId(f"TIM-{number}"),
            issue=f"issue {number % 2}",
            place=draw(st.sampled_from(WorkPlace)),
            request=RequestId(f"REQ-{number // 2}"),
        )
        found.append(replace(work, entry=entry, states=known, asked_at=entry.period.start - before))
    return tuple(found)


def planned(agreement: Agreement, work: Iterable[WorkFacts]) -> AgreementPlan:
    """The plan of an agreement for the states the work was done under."""
    states: Mapping[AssetId, tuple[StateSpan, ...]] = {
        asset: next((w.states for w in work if w.entry.asset == asset), ()) for asset in ASSETS
    }
    return PLANNER.plan(agreement, states)


def rows_of(work: Iterable[WorkFacts]) -> list[WorkRow]:
    """Work as rows, cut where somebody asked for it."""
    rows = []
    for number, one in enumerate(work):
        asset = one.entry.asset
        assert asset is not None
        edges = [e for s in one.asked for e in (s.period.start, s.period.end) if e is not None]
        for part in one.entry.period.split_at(edges):
            asked = asked_span(one.asked, part).asked
            facts = encode_facts(
                one.entry.work_type,
                one.cause.cause,
                asked,
                evidence_of(one.cause),
                severity=one.severity.severity,
                stems=one.stems.stems,
                place=one.place,
            )
            start = seconds_of(part.start)
            place, issue = ASSETS.index(asset), number % 2
            span = (number, 0, place, 0, issue, start, start + part.seconds)
            assert one.asked_at is not None
            is_asked = asked is Asked.AUTHORISED
            answers = (number // 2, seconds_of(one.asked_at)) if is_asked else (APART, APART)
            rows.append(WorkRow(*span, facts, PLACES.index(one.place), *answers))
    return rows


def full_charges(agreement: Agreement, decisions: list[CoverageDecision]) -> list[tuple[int, ...]]:
    """What `rate` charges, in the integers rows are made of."""
    return sorted(
        (
            int(charge.key.issue[-1]) if charge.key.issue else APART,
            charge.key.local_day.toordinal() if charge.key.local_day else APART,
            BANDS.index(charge.key.band) if charge.key.band else APART,
            int(charge.key.entry[4:]) if charge.key.entry else APART,
            charge.hourly.minor,
            charge.key.agreement_version - 1,
            charge.seconds,
            charge.minutes_charged,
            charge.amount.minor,
            PLACES.index(charge.key.place) if charge.key.place else APART,
        )
        for charge in rate(decisions, agreement)
        if charge.key.beside is None
    )


def full_beside(agreement: Agreement, decisions: list[CoverageDecision]) -> list[tuple[int, ...]]:
    """What `rate` charges beside time, in the integers rows are made of."""
    return sorted(
        (
            tuple(Beside).index(charge.key.beside),
            charge.service_day.toordinal(),
            int(charge.key.issue[-1]) if charge.key.issue else APART,
            int(charge.key.request[4:]) if charge.key.request else APART,
            charge.key.agreement_version - 1,
            charge.amount.minor,
        )
        for charge in rate(decisions, agreement)
        if charge.key.beside is not None
    )


def row_beside(rated: Rated, plan: AgreementPlan) -> list[tuple[int, ...]]:
    """What the rows charge beside time in the same order of values."""
    return sorted(
        (k.beside, k.day, k.issue, k.request, plan.versions[k.version].number - 1, amount)
        for k, amount in rated.beside.items()
    )


def row_charges(rated: Rated, plan: AgreementPlan) -> list[tuple[int, ...]]:
    """The rows' charges in the same order of values."""
    return sorted(
        (
            k.issue,
            k.day,
            k.band,
            k.entry,
            k.hourly,
            plan.versions[k.version].number - 1,
            *charged,
            k.place,
        )
        for k, charged in rated.charges.items()
    )


class TestRowsAndColumns:
    """One definition, three forms: the full decision, the fast row, the column."""

    @given(agreements(), some_work())
    @settings(max_examples=30, deadline=None)
    def test_rows_equal_the_full_decisions(
        self, agreement: Agreement, work: tuple[WorkFacts, ...]
    ) -> None:
        """Every charge, every line at 0.00 and every waiting second is the one `decide` and `rate` give."""
        decisions = [decide(one, agreement, LONG_AFTER, ENGINE) for one in work]

        plan = planned(agreement, work)
        rated = rate_rows(rows_of(work), [plan])

        assert row_charges(rated, plan) == full_charges(agreement, decisions)
        assert row_beside(rated, plan) == full_beside(agreement, decisions)
        lines = uncharged_lines(decisions)
        assert sorted((s, v) for s, v in rated.lines.values()) == sorted(
            (line.seconds, line.value.minor) for line in lines
        )
        assert sum(rated.waiting.values()) == sum(
            s.seconds for d in decisions for s in d.of(Outcome.NEEDS_PERSON)
        )

    def test_an_older_version_that_rises_later_stays_superseded(self) -> None:
        """Version 1 has no end and would rise in April; version 2 has taken its place in March."""
        agreement = harbor_agreement()
        one, two = agreement.versions
        rise = UpliftTerms(Fraction(50), date(2007, 4, 1), rates_too=True)
        rising = replace(agreement, versions=(replace(one, uplift=rise), two))

        plan = PLANNER.plan(rising, {SRV1: ()})

        (spans,) = plan.assets
        assert plan.versions[spans.versions[-1]].number == two.version
        assert [plan.versions[p].number for p in spans.versions if p >= 0] == [1, 2, 2]

    @given(agreements(), some_work())
    @settings(max_examples=15, deadline=None)
    def test_columns_equal_rows(self, agreement: Agreement, work: tuple[WorkFacts, ...]) -> None:
        """The SQL gives the same charges, lines and waiting seconds, key for key."""
        plans, rows = [planned(agreement, work)], rows_of(work)
        rater = ColumnRater.load(plans, threads=1)

        rater.rate(work_table(rows, plans))

        assert rater.answers() == rate_rows(rows, plans)

    def test_agree_on_a_made_up_year(self) -> None:
        """2,000 entries over 20 agreements in twelve zones: equal, and every outcome occurs."""
        made = make_workload(2000, 20)
        rater = ColumnRater.load(made.plans, threads=1)

        charged, shown, waiting = rater.rate(work_table(made.rows, made.plans))

        rated = rate_rows(made.rows, made.plans)
        assert rater.answers() == rated
        assert charged == sum(c.amount for c in rated.charges.values())
        assert shown == sum(value for _, value in rated.lines.values())
        assert waiting == sum(rated.waiting.values())
        assert {line[4] for line in rated.lines} == {
            OUTCOMES.index(Outcome.COVERED),
            OUTCOMES.index(Outcome.NOT_BILLABLE),
        }

    def test_order_does_not_matter(self) -> None:
        """The same rows in reverse give the same answers."""
        made = make_workload(300, 5)

        assert rate_rows(made.rows, made.plans) == rate_rows(made.rows[::-1], made.plans)

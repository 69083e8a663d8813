from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.agreements.facts import DIMENSIONS, Outcome
from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    Extra,
    ManagedService,
    NoticeStep,
    OnboardingTerms,
    Proration,
    RecoveryTerms,
    ShortNoticeTerms,
    TripTerms,
    TrueUp,
    UpliftTerms,
)
from groundrules.core.agreements.sentences import (
    Sayable,
    UnreadableClause,
    canonical,
    parse,
    say,
    sentences_of,
)
from groundrules.core.agreements.terms import (
    ConditionKind,
    ConditionTerms,
    DecidingClause,
    EvidenceNeed,
    FeeTerms,
    NoticeTerms,
    ObligationClause,
    PlaceRounding,
    RateBasis,
    RateCard,
    RatificationTerms,
    ReinstatementTerms,
    Rounding,
    RoundingDirection,
    RoundingUnit,
    ServiceTarget,
    SuspensionTerms,
)
from groundrules.core.calendars import Calendar, HoursBand, OpeningHours, WeekendEve
from groundrules.core.ids import AssetId, ClauseNumber, ConditionId, VendorId
from groundrules.core.money import Money
from groundrules.core.orders import CountedUnit
from groundrules.core.work import WorkPlace
from tests.core.harbor import harbor_version, number

words = st.text(max_size=30)
clause_numbers = st.from_regex(
    r"[A-Za-z]{0,2}[0-9][0-9A-Za-z]{0,2}([.-][0-9A-Za-z]{1,3}){0,3}", fullmatch=True
).map(ClauseNumber)
maybe_numbers = clause_numbers | st.just(ClauseNumber(""))
whole = st.integers(-(10**9), 10**9)
fractions = st.fractions(max_denominator=1000)
walls = st.times()
bands = st.sampled_from(HoursBand)


@st.composite
def money(draw: st.DrawFn) -> Money:
    """An amount in a currency with two, no or three decimals."""
    minor = draw(st.integers(-(10**12), 10**12))
    return Money(minor, draw(st.sampled_from(["USD", "JPY", "KWD"])))


@st.composite
def deciding(draw: st.DrawFn) -> DecidingClause:
    """Any clause about facts that exist."""
    when = {
        fact: frozenset(draw(st.sets(st.sampled_from([value.value for value in values]))))
        for fact, values in DIMENSIONS.items()
        if draw(st.booleans())
    }
    return DecidingClause(
        draw(clause_numbers),
        draw(words),
        draw(st.sampled_from(Outcome)),
        when,
        tuple(draw(st.lists(clause_numbers, max_size=4))),
        frozenset(draw(st.sets(st.sampled_from(EvidenceNeed)))),
        draw(st.sampled_from(RateBasis)),
        draw(words),
        draw(fractions),
    )


conditions = st.builds(
    ConditionTerms,
    id=words.map(ConditionId),
    kind=st.sampled_from(ConditionKind),
    says=words,
    vendor=st.none() | words.map(VendorId),
    component=words,
    rules_version=whole,
    minutes=whole,
    fee_months=fractions,
    hours=whole,
)
roundings = st.builds(
    Rounding,
    direction=st.sampled_from(RoundingDirection),
    increment_minutes=whole,
    unit=st.frozensets(st.sampled_from(RoundingUnit)),
    minimum_minutes=st.dictionaries(bands, whole),
    clause=maybe_numbers,
    places=st.dictionaries(
        st.sampled_from(WorkPlace), st.builds(PlaceRounding, whole, st.integers(0, 10**9))
    ),
)
extras = st.builds(Extra, amount=money()) | st.builds(Extra, minutes=whole)
trips = st.builds(
    TripTerms,
    costs=extras,
    per_issue=st.booleans(),
    when_covered=st.booleans(),
    clause=maybe_numbers,
)
short_notices = st.builds(
    ShortNoticeTerms,
    steps=st.lists(
        st.builds(
            NoticeStep,
            within_hours=whole,
            costs=extras,
            place=st.none() | st.sampled_from(WorkPlace),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    when_covered=st.booleans(),
    clause=maybe_numbers,
)
promises = st.builds(
    RecoveryTerms,
    loses_at_most=whole,
    back_within=whole,
    proven_every=whole,
    servers=st.lists(st.text(min_size=1, max_size=8).map(AssetId), max_size=3).map(tuple),
    clause=maybe_numbers,
)
fees = st.builds(
    FeeTerms,
    monthly=money(),
    billing_day=whole,
    proration=st.sampled_from(Proration),
    runs_while_suspended=st.booleans(),
    per_asset=st.dictionaries(words.map(AssetId), money(), max_size=3),
    clause=maybe_numbers,
)
calendars = st.builds(
    Calendar,
    zone=words,
    hours=st.lists(
        st.builds(OpeningHours, weekday=st.integers(0, 6), opens=walls, closes=walls), max_size=4
    ).map(tuple),
    holidays=st.frozensets(st.dates(), max_size=4),
    separate_weekend=st.booleans(),
    separate_holiday=st.booleans(),
    weekend_days=st.frozensets(st.integers(0, 6)),
    separate_sunday=st.booleans(),
)
early_weekends = st.builds(
    replace,
    calendars,
    separate_weekend=st.just(value=True),
    weekend_eve=st.builds(WeekendEve, st.integers(0, 6), walls),
)
quantities: st.SearchStrategy[Sayable] = st.one_of(
    trips,
    short_notices,
    promises,
    st.builds(ObligationClause, clause_numbers, words, words),
    st.builds(RateCard, money(), st.dictionaries(bands, fractions), maybe_numbers),
    roundings,
    fees,
    st.builds(NoticeTerms, maybe_numbers, st.booleans(), walls),
    st.builds(RatificationTerms, maybe_numbers, whole, walls),
    st.builds(
        SuspensionTerms,
        maybe_numbers,
        maybe_numbers,
        whole,
        st.frozensets(st.sampled_from(ManagedService)),
    ),
    st.builds(ReinstatementTerms, maybe_numbers, st.lists(conditions, max_size=3).map(tuple)),
    st.builds(ServiceTarget, words, whole, maybe_numbers),
    calendars,
    early_weekends,
    st.builds(
        CountedFee,
        st.sampled_from(CountedUnit),
        money(),
        st.sampled_from(Proration),
        st.sampled_from(TrueUp),
        whole,
        whole,
        maybe_numbers,
    ),
    st.builds(UpliftTerms, fractions, st.dates(), st.booleans(), maybe_numbers),
    st.builds(OnboardingTerms, st.none() | money(), fractions, maybe_numbers),
    st.builds(CreditTerms, words, fractions, fractions, maybe_numbers),
    st.builds(
        BlockTerms,
        whole,
        st.dictionaries(bands, fractions),
        fractions,
        whole,
        st.lists(clause_numbers, max_size=3).map(tuple),
        maybe_numbers,
    ),
    st.builds(CapTerms, money(), st.lists(clause_numbers, max_size=3).map(tuple), maybe_numbers),
)


class TestRoundTrip:
    @given(deciding())
    def test_of_a_clause_loses_nothing(self, clause: DecidingClause) -> None:
        """What a form edits is what the sentence says, both ways."""
        sentence = say(clause)

        assert parse(sentence) == canonical(clause)
        assert say(parse(sentence)) == sentence

    @given(quantities)
    def test_of_a_quantity_loses_nothing(self, quantity: Sayable) -> None:
        """Rates, rounding, fees, notice, hours and the rest read back as they were."""
        sentence = say(quantity)

        assert parse(sentence) == quantity
        assert say(parse(sentence)) == sentence

    @pytest.mark.parametrize("version", [1, 2])
    def test_of_harbor_loses_nothing(self, version: int) -> None:
        """Every sentence of the fixture reads back into itself."""
        sentences = sentences_of(harbor_version(version))

        assert tuple(say(parse(sentence)) for sentence in sentences) == sentences
        assert len(sentences) == 9 + 12 + (version == 2)


class TestSay:
    def test_writes_a_clause_people_can_sign(self) -> None:
        """The sentence of 4.2, word for word."""
        clause = DecidingClause(
            number("4.2"),
            "After-hours work you ask for",
            Outcome.BILLABLE,
            {
                "work_type": frozenset({"maintenance", "remediation"}),
                "band": frozenset({"after_hours"}),
                "asked": frozenset({"authorised"}),
            },
            (number("3.2"),),
            frozenset({EvidenceNeed.REQUEST}),
        )

        assert say(clause) == (
            "Clause 4.2 (After-hours work you ask for): work that is maintenance or remediation, "
            "after hours, asked for by an authorised contact, is billable at the band's rate. "
            "It needs a recorded request. It takes precedence over clause 3.2."
        )

    def test_reads_an_empty_condition_as_any(self) -> None:
        """An empty set allows everything and is not said."""
        clause = DecidingClause(number("1"), "", Outcome.COVERED, {"state": frozenset()})

        assert say(clause) == "Clause 1: any work is covered."

    def test_writes_exact_numbers(self) -> None:
        """A third stays a third."""
        rates = RateCard(Money.of("90.00", "EUR"), {HoursBand.WEEKEND: Fraction(4, 3)})

        assert say(rates) == "Rates: an hour costs 90.00 EUR; at weekends 4/3 times that."

    def test_writes_the_hours(self) -> None:
        """Zone, opening hours, holidays and weekend."""
        monday = OpeningHours(0, time(8), time(17))
        calendar = Calendar("America/Chicago", (monday,), frozenset({date(2007, 1, 1)}))

        assert say(calendar) == (
            'Hours: local time of "America/Chicago"; open Monday 08:00 to 17:00; closed on '
            "2007-01-01; weekend is Saturday and Sunday."
        )

    def test_writes_a_weekend_that_begins_on_friday(self) -> None:
        """It reads back, and without weekends priced apart it is refused."""
        eve = WeekendEve(4, time(17))
        calendar = Calendar("Europe/London", (), separate_weekend=True, weekend_eve=eve)

        assert "; weekends priced apart from Friday 17:00." in say(calendar)
        assert parse(say(calendar)) == calendar
        with pytest.raises(UnreadableClause, match="priced apart"):
            say(replace(calendar, separate_weekend=False))

    @pytest.mark.parametrize("bad", ["", "4.2.", "four", "4 2", "4.2)"])
    def test_refuses_a_number_it_could_not_read_back(self, bad: str) -> None:
        """The refusal says what a number looks like."""
        clause = DecidingClause(ClauseNumber(bad), "", Outcome.COVERED)

        with pytest.raises(UnreadableClause, match="is not a clause number"):
            say(clause)

    @pytest.mark.parametrize(
        ("fact", "value"), [("band", "teatime"), ("weather", "rain")], ids=["value", "fact"]
    )
    def test_refuses_facts_that_do_not_exist(self, fact: str, value: str) -> None:
        """No sentence can carry them."""
        clause = DecidingClause(number("4.2"), "", Outcome.COVERED, {fact: frozenset({value})})

        with pytest.raises(UnreadableClause, match=f"unknown value for {fact}"):
            say(clause)


class TestParse:
    @pytest.mark.parametrize(
        ("sentence", "position", "allowed"),
        [
            ("Claws 4.2: any work is covered.", 0, '"Clause"'),
            ("Clause four: any work is covered.", 7, "a clause number such as 4.2"),
            ("Clause 4.2: all work is covered.", 12, '"work that is "'),
            ("Clause 4.2: work that is repairs is covered.", 25, '"remediation"'),
            ("Clause 4.2: any work, aftr hours, is covered.", 22, '"after hours"'),
            ("Clause 4.2: any work is free.", 21, '"is covered"'),
            ("Clause 4.2: any work is covered. It needs luck.", 42, '"a recorded request"'),
            ("Clause 4.2: any work is covered. And more.", 32, "nothing more"),
            ("Clause 4.2: any work is covered", 31, '"."'),
            ("Rates: an hour costs 1.005 USD.", 21, "no more decimals"),
            ("Rates: an hour costs lots.", 21, "an amount such as 150.00 USD"),
            ("Notice: notice by e-mail needs no delivery receipt; after 25:00 it", 58, "23:59"),
            ('Hours: local time of "UTC"; closed on 2007-02-30.', 38, "a date that exists"),
            ('Target: priority "P\\q" is solved', 17, "known escapes"),
        ],
    )
    def test_says_where_it_stopped_and_what_is_allowed(
        self, sentence: str, position: int, allowed: str
    ) -> None:
        """The person who wrote the sentence can mend it."""
        with pytest.raises(UnreadableClause) as refused:
            parse(sentence)

        assert refused.value.position == position
        assert any(allowed in choice for choice in refused.value.allowed)
        assert f"at character {position + 1}" in str(refused.value)

    def test_refuses_the_same_fact_twice(self) -> None:
        """Two conditions on the hours cannot both hold."""
        with pytest.raises(UnreadableClause) as refused:
            parse("Clause 4.2: any work, after hours, in business hours, is covered.")

        assert refused.value.position == 35
        assert '"after hours"' not in refused.value.allowed

    def test_refuses_to_mix_facts_in_one_condition(self) -> None:
        """`after hours or while covered` means nothing here."""
        with pytest.raises(UnreadableClause) as refused:
            parse("Clause 4.2: any work, after hours or while covered, is covered.")

        assert set(refused.value.allowed) == {
            '"in business hours"',
            '"after hours"',
            '"at weekends"',
            '"on holidays"',
            '"on Sundays"',
        }

    @given(st.text(max_size=60))
    def test_reads_or_refuses_anything(self, text: str) -> None:
        """Whatever is typed gives a record or a refusal, never a crash."""
        for opening in ("", "Clause 1", "Clause 1: ", "Rates: ", "Fee: ", "Hours: "):
            record = _read_or_none(opening + text)
            assert record is None or parse(say(record)) == record


def _read_or_none(sentence: str) -> Sayable | None:
    try:
        return parse(sentence)
    except UnreadableClause:
        return None

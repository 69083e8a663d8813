from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.terms import Rounding, RoundingDirection
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ledger import JournalEntry, Posting, balance, open_entries, reverse
from groundrules.core.money import Money
from groundrules.core.rating.journal import (
    FEES,
    LABOUR,
    RECEIVABLE,
    VALUE_COVERED,
    Booking,
    Unposted,
    journal,
    post_difference,
    unposted_charge,
    unposted_fee,
    unposted_line,
)
from groundrules.core.rating.rate import rate, uncharged_lines
from groundrules.core.rating.rounding import rounded_minutes
from tests.core.harbor_work import AGREEMENT, Job, decided, pat_asks, site

NOON = datetime(2007, 3, 1, 20, 0, tzinfo=UTC)
FIRST = Booking("JE-1", NOON)
SECOND = Booking("JE-2", NOON + timedelta(days=30))


def wanted(*decisions: CoverageDecision) -> tuple[Unposted, ...]:
    """This function will say what decisions should have on the books."""
    charges = tuple(unposted_charge(charge) for charge in rate(decisions, AGREEMENT))
    return (*charges, *(unposted_line(line) for line in uncharged_lines(decisions)))


class TestJournal:
    def test_books_a_charge_against_the_client(self) -> None:
        """A charge is owed by the client and earned as labour."""
        (what,) = wanted(decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00")))

        entry = journal(what, FIRST)

        assert balance((entry,), RECEIVABLE, "USD") == Money.of("300.00", "USD")
        assert balance((entry,), LABOUR, "USD") == Money.of("-300.00", "USD")
        assert entry.service_day == date(2007, 2, 20)

    def test_books_covered_work_on_memo_accounts_only(self) -> None:
        """Covered work moves no revenue, but its value can be corrected like money."""
        (what,) = wanted(decided(Job(site("2007-02-20 10:00"), site("2007-02-20 11:00"))))

        entry = journal(what, FIRST)

        assert balance((entry,), RECEIVABLE, "USD").minor == 0
        assert balance((entry,), VALUE_COVERED, "USD") == Money.of("150.00", "USD")

    def test_books_a_fee_credit_with_its_sign(self) -> None:
        """A credit lowers what the client owes."""
        credit = Money.of("-225.81", "USD")

        entry = journal(unposted_fee("fee|SRV1|2007-03", date(2007, 3, 1), "credit", credit), FIRST)

        assert balance((entry,), RECEIVABLE, "USD") == credit
        assert balance((entry,), FEES, "USD") == -credit


class TestPostDifference:
    def test_posts_nothing_when_nothing_changed(self) -> None:
        """Rating the same facts again leaves the books alone."""
        facts = wanted(decided(pat_asks("2007-02-20 22:35", "2007-02-21 01:50")))
        posted = post_difference((), facts, FIRST, "month end")

        assert len(posted) == 2
        assert post_difference(posted, facts, SECOND, "again") == ()

    def test_reverses_the_stored_amount_and_books_the_new_one(self) -> None:
        """A late entry that lengthens the night replaces the charge, dated when it is found, for its own day."""
        before = wanted(decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00")))
        after = wanted(decided(pat_asks("2007-02-20 18:00", "2007-02-20 20:00")))
        posted = post_difference((), before, FIRST, "month end")

        late = post_difference(posted, after, SECOND, "a late entry")

        assert [entry.ref for entry in late] == ["JE-2.1", "JE-2.2"]
        assert late[0].reverses == "JE-1.1"
        assert late[0].says == "Reversal of JE-1.1: a late entry"
        assert {entry.service_day for entry in late} == {date(2007, 2, 20)}
        assert balance((*posted, *late), RECEIVABLE, "USD") == Money.of("600.00", "USD")

    def test_refunds_work_found_covered(self) -> None:
        """Work charged while suspended and later found covered is taken back whole."""
        charged = wanted(decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00")))
        posted = post_difference((), charged, FIRST, "month end")

        late = post_difference(posted, (), SECOND, "the suspension was wrong")

        assert balance((*posted, *late), RECEIVABLE, "USD").minor == 0
        assert open_entries((*posted, *late)) == ()

    def test_does_not_reverse_twice(self) -> None:
        """An entry reversed before is left alone."""
        charged = wanted(decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00")))
        posted = post_difference((), charged, FIRST, "month end")
        late = post_difference(posted, (), SECOND, "wrong")

        assert post_difference((*posted, *late), (), Booking("JE-3", NOON), "again") == ()


def job(start_minute: int, minutes: int, number: int) -> Job:
    """This function will build an evening job of Pat's, `start_minute` after 17:00 on a February day."""
    begun = site("2007-02-20 17:00") + timedelta(minutes=start_minute)
    return Job(
        begun,
        begun + timedelta(minutes=minutes),
        id=f"TE-{number}",
        issue=f"issue {number % 2}",
        asked_at=site("2007-02-20 08:00"),
    )


SHIFTS = st.lists(st.tuples(st.integers(0, 590), st.integers(1, 300)), min_size=1, max_size=4)


class TestProperties:
    @settings(max_examples=25, deadline=None)
    @given(shifts=SHIFTS, data=st.data())
    def test_rating_ignores_the_order_of_its_input(
        self, shifts: list[tuple[int, int]], data: st.DataObject
    ) -> None:
        """Whatever order entries arrive in, the charges are the same."""
        decisions = [decided(job(start, long, i)) for i, (start, long) in enumerate(shifts)]

        shuffled = data.draw(st.permutations(decisions))

        assert rate(shuffled, AGREEMENT) == rate(decisions, AGREEMENT)

    @settings(max_examples=25, deadline=None)
    @given(shifts=SHIFTS)
    def test_charged_time_is_never_less_than_worked(self, shifts: list[tuple[int, int]]) -> None:
        """Rounding up never loses a minute, and every second is charged exactly once."""
        decisions = [decided(job(start, long, i)) for i, (start, long) in enumerate(shifts)]

        charges = rate(decisions, AGREEMENT)

        assert sum(c.seconds for c in charges) == 60 * sum(long for _, long in shifts)
        assert all(c.minutes_charged * 60 >= c.seconds for c in charges)

    @given(
        less=st.integers(0, 10**6),
        more=st.integers(0, 10**6),
        increment=st.integers(1, 120),
        direction=st.sampled_from(RoundingDirection),
    )
    def test_rounding_is_monotone_and_close(
        self, less: int, more: int, increment: int, direction: RoundingDirection
    ) -> None:
        """More work never costs less, and rounding moves less than one increment."""
        rounding = Rounding(direction, increment)

        low, high = sorted((less, less + more))

        assert rounded_minutes(low, rounding) <= rounded_minutes(high, rounding)
        assert abs(rounded_minutes(low, rounding) * 60 - low) < increment * 60

    @given(
        minors=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8),
        currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]),
    )
    def test_reversal_cancels_to_nothing(self, minors: list[int], currency: str) -> None:
        """An entry and its reversal leave every account where it was."""
        amounts = [Money(minor, currency) for minor in minors]
        rest = -sum(amounts, Money.zero(currency))
        postings = (
            *(Posting(f"a{i % 3}", a) for i, a in enumerate(amounts)),
            Posting("rest", rest),
        )
        entry = JournalEntry("JE-1", NOON, date(2007, 3, 1), "entry", postings)

        both = (entry, reverse(entry, "JE-2", NOON, "test"))

        assert all(balance(both, p.account, currency).minor == 0 for p in postings)
        assert open_entries(both) == ()

    @settings(max_examples=25, deadline=None)
    @given(before=SHIFTS, after=SHIFTS)
    def test_books_always_end_at_what_is_wanted(
        self, before: list[tuple[int, int]], after: list[tuple[int, int]]
    ) -> None:
        """However facts change, posting the difference leaves exactly the new charges open."""
        old = wanted(*(decided(job(s, m, i)) for i, (s, m) in enumerate(before)))
        new = wanted(*(decided(job(s, m, i)) for i, (s, m) in enumerate(after)))
        posted = post_difference((), old, FIRST, "month end")

        books = (*posted, *post_difference(posted, new, SECOND, "late facts"))

        expected = sum((what.amount for what in new), Money.zero("USD"))
        assert balance(books, RECEIVABLE, "USD") == expected
        assert len(open_entries(books)) == len(new)
        assert len({entry.ref for entry in books}) == len(books)

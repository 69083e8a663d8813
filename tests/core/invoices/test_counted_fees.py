from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.further_terms import (
    CountedFee,
    OnboardingTerms,
    Proration,
    TrueUp,
    UpliftTerms,
)
from groundrules.core.agreements.terms import Agreement
from groundrules.core.agreements.uplift import fee_on, priced_at
from groundrules.core.invoices.answers import LineKind
from groundrules.core.invoices.counted_fees import counted_shares
from groundrules.core.invoices.fees import FeeShare, correction_line, fee_month
from groundrules.core.invoices.further_lines import onboarding_lines
from groundrules.core.money import Money
from groundrules.core.orders import CountedUnit, HeadCount, ImpossibleCount, count_on
from tests.core.harbor_work import AGREEMENT, site

MARCH = fee_month(2007, 3)
ZERO = Money.zero("USD")


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def agreed(**terms: object) -> Agreement:
    """This function will build Harbor's agreement with further terms in both versions."""
    versions = tuple(replace(v, **terms) for v in AGREEMENT.versions)  # type: ignore[arg-type]  # by name
    return replace(AGREEMENT, versions=versions)


def users(count: int, day: str) -> HeadCount:
    """This function will count users from a day on."""
    return HeadCount(CountedUnit.USER, count, date.fromisoformat(day))


def share(fee: CountedFee, *counts: HeadCount) -> FeeShare:
    """This function will work out March's fee."""
    (found,) = counted_shares(agreed(counted_fees=(fee,)), counts, MARCH)
    return found


USER = CountedFee(CountedUnit.USER, usd("31.00"))
TEN, TWELVE = users(10, "2007-01-01"), users(12, "2007-03-22")


class TestCountedShares:
    """counted_shares(agreement, counts, month)."""

    @pytest.mark.parametrize(
        ("proration", "due"),
        [
            (Proration.NONE, "372.00"),  # 12 whole months
            (Proration.ACTUAL_DAYS, "330.00"),  # 310 + 2 x 31 x 10/31
            (Proration.FIXED_30_DAYS, "328.60"),  # 310 + 2 x 31 x 9/30, as 21 days are missing
            (Proration.SECONDS, "330.03"),  # March has an hour less
        ],
    )
    def test_divides_each_seat_as_agreed(self, proration: Proration, due: str) -> None:
        """Ten users all month, two more for its last ten days."""
        assert share(replace(USER, proration=proration), TEN, TWELVE).due == usd(due)

    @pytest.mark.parametrize(
        ("true_up", "up", "down"),
        [
            (TrueUp.BOTH, "330.00", "290.00"),
            (TrueUp.UP_ONLY, "330.00", "310.00"),
            (TrueUp.NONE, "310.00", "310.00"),
        ],
    )
    def test_trues_up_as_agreed(self, true_up: TrueUp, up: str, down: str) -> None:
        """Two users more, or two fewer, from the 22nd."""
        fee = replace(USER, true_up=true_up)

        assert share(fee, TEN, TWELVE).due == usd(up)
        assert share(fee, TEN, users(8, "2007-03-22")).due == usd(down)

    def test_knows_what_is_included_and_the_least(self) -> None:
        """Three of ten are free; of two, five are billed."""
        assert share(replace(USER, included=3), TEN).due == usd("217.00")
        assert share(replace(USER, minimum=5), users(2, "2007-01-01")).due == usd("155.00")

    def test_bills_nothing_before_the_first_count(self) -> None:
        """What nobody counted is not billed; a flat fee counts as one."""
        assert share(USER).due == ZERO
        assert share(CountedFee(CountedUnit.FLAT, usd("250.00"))).due == usd("250.00")

    def test_says_how_it_was_counted(self) -> None:
        """The working names every stretch of the month."""
        assert share(USER, TEN, TWELVE).working == (
            "$31.00 x 10 20/31 (10 users for 21 days and 12 users for 10 days) = $330.00"
        )

    def test_credits_what_was_billed_too_much(self) -> None:
        """Billed for ten, eight from the 22nd: twenty come back."""
        line = correction_line(share(USER, TEN, users(8, "2007-03-22")), usd("310.00"))

        assert line is not None
        assert (line.kind, line.amount, line.item) == (LineKind.FEE_CREDIT, usd("-20.00"), "user")
        assert line.description.startswith("Monthly fee per user, trued up")

    @settings(max_examples=40)
    @given(
        st.lists(st.tuples(st.integers(0, 6), st.integers(1, 31)), max_size=4),
        st.sampled_from([Proration.ACTUAL_DAYS, Proration.SECONDS]),
    )
    def test_is_the_sum_of_its_days(
        self, moves: list[tuple[int, int]], proration: Proration
    ) -> None:
        """However the count moves, the share is what the days add up to, and due plus rest is the seat's price."""
        by_date = {day: number for number, day in moves}
        counts = [users(number, f"2007-03-{day:02d}") for day, number in by_date.items()]
        found = share(replace(USER, proration=proration), *counts)

        by_day = [count_on(counts, CountedUnit.USER, day) for day in MARCH.days]
        assert found.due + found.uncovered == found.full
        if proration is Proration.ACTUAL_DAYS:
            assert found.share == Fraction(sum(by_day), 31)


class TestCounts:
    """HeadCount and count_on."""

    def test_the_later_word_on_a_day_holds(self) -> None:
        """Two counts of one day: what was written down last."""
        first = replace(TEN, recorded_at=site("2007-03-01 09:00"))
        second = replace(first, count=11, recorded_at=site("2007-03-02 09:00"))

        assert count_on((second, first), CountedUnit.USER, date(2007, 3, 5)) == 11

    @pytest.mark.parametrize("bad", [(CountedUnit.USER, -1), (CountedUnit.FLAT, 1)])
    def test_refuses_what_cannot_be(self, bad: tuple[CountedUnit, int]) -> None:
        """No count is below zero, and a flat fee counts nothing."""
        with pytest.raises(ImpossibleCount):
            HeadCount(*bad, date(2007, 1, 1))


class TestUplift:
    """fee_on and priced_at."""

    TERMS = UpliftTerms(Fraction(3), date(2007, 7, 1), rates_too=True)

    def test_rises_year_by_year_rounded_each_time(self) -> None:
        """99.99 becomes 102.99 and then 106.08; a version's own first day is no rise."""
        version = agreed(uplift=self.TERMS).versions[0]

        prices = [fee_on(version, usd("99.99"), date(year, 7, 1)) for year in (2007, 2008)]

        assert prices == [usd("102.99"), usd("106.08")]
        assert fee_on(version, usd("99.99"), date(2007, 6, 30)) == usd("99.99")

    def test_raises_the_hourly_price_where_agreed(self) -> None:
        """From local midnight on; fees alone leave it as it is."""
        version = agreed(uplift=self.TERMS).versions[0]
        fees_only = replace(version, uplift=replace(self.TERMS, rates_too=False))

        assert priced_at(version, site("2007-06-30 23:59")).rates.hourly == usd("150.00")
        assert priced_at(version, site("2007-07-01 00:00")).rates.hourly == usd("154.50")
        assert priced_at(fees_only, site("2007-07-01 00:00")) is fees_only

    def test_a_leap_day_rises_on_the_28th(self) -> None:
        """29 February exists one year in four."""
        terms = UpliftTerms(Fraction(1), date(2008, 2, 29))

        assert terms.rises(date(2008, 1, 1), date(2010, 12, 31)) == (
            date(2008, 2, 29),
            date(2009, 2, 28),
            date(2010, 2, 28),
        )


class TestOnboarding:
    """onboarding_lines(agreement, period)."""

    def test_charges_each_server_once_and_the_agreement_once(self) -> None:
        """Both versions list the same servers, so only the first charges them."""
        agreement = agreed(onboarding=OnboardingTerms(usd("500.00"), Fraction(7, 5)))

        lines = onboarding_lines(agreement, (date(2007, 1, 1), date(2008, 1, 1)))

        assert [line.amount for line in lines] == [usd("500.00"), usd("490.00"), usd("490.00")]
        assert onboarding_lines(agreement, (date(2007, 2, 1), date(2008, 1, 1))) == ()

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundrules.core.agreements.facts import CoverageState, StateSpan
from groundrules.core.agreements.further_terms import Proration
from groundrules.core.agreements.terms import Agreement
from groundrules.core.ids import AssetId
from groundrules.core.invoices.answers import LineKind
from groundrules.core.invoices.fees import (
    FeeShare,
    NoFeeAgreed,
    correction_line,
    fee_correction,
    fee_line,
    fee_month,
    fee_share,
    listed_assets,
)
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import BEGINNING, state_spans
from groundrules.core.money import Money
from groundrules.core.periods import Period, start_of_local_day
from tests.core.harbor import SRV1, SRV2, HarborTerms, harbor_agreement
from tests.core.harbor_work import AGREEMENT, LATER, site

SUSPENDED = LifecycleEntry(
    SRV1, EntryKind.SUSPENDED, site("2007-03-12 08:00"), site("2007-03-12 08:00")
)
BACK = LifecycleEntry(
    SRV1, EntryKind.REINSTATED, site("2007-04-05 00:00"), site("2007-04-04 16:00")
)
VOIDED = LifecycleEntry(
    SRV1, EntryKind.SUSPENSION_VOIDED, site("2007-03-12 08:00"), site("2007-05-02 09:00")
)
MARCH = fee_month(2007, 3)
APRIL = fee_month(2007, 4)


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def with_fees(**changes: object) -> Agreement:
    """This function will build Harbor's agreement with other fee terms."""
    versions = tuple(
        replace(v, fees=replace(v.fees, **changes))  # type: ignore[arg-type]  # fields by name
        for v in AGREEMENT.versions
    )
    return replace(AGREEMENT, versions=versions)


def share(
    *entries: LifecycleEntry, month: object = MARCH, agreement: Agreement = AGREEMENT
) -> FeeShare:
    """This function will work out SRV1's fee share of a month."""
    assert isinstance(month, type(MARCH))
    return fee_share(agreement, SRV1, state_spans(SRV1, entries, agreement, LATER), month)


class TestScenarioEleven:
    def test_bills_the_whole_month_in_advance(self) -> None:
        """On 1 March nothing has happened: $350.00 each for both servers."""
        assert share().due == usd("350.00")
        assert listed_assets(AGREEMENT, MARCH) == (SRV1, SRV2)

    def test_credits_the_days_without_coverage(self) -> None:
        """Suspended 12-31 March: 350 x 20/31 = $225.81; the suspension day counts as uncovered."""
        line = correction_line(share(SUSPENDED), usd("350.00"))

        assert line is not None
        assert (line.kind, line.amount) == (LineKind.FEE_CREDIT, usd("-225.81"))
        assert line.working == "$350.00 x 20/31 days = $225.81"

    def test_bills_the_rest_of_the_month_after_the_return(self) -> None:
        """Reinstated 04-05 00:00: April is 350 x 26/30 = $303.33; the reinstatement day is covered."""
        found = share(SUSPENDED, BACK, month=APRIL)

        assert found.due == usd("303.33")
        assert found.working == "$350.00 x 26/30 days = $303.33"
        assert found.share == Fraction(26, 30)

    def test_bills_nothing_while_suspended(self) -> None:
        """On 1 April SRV1 is off, so no line is printed for it."""
        found = share(SUSPENDED, month=APRIL)

        assert found.due == usd("0")
        assert correction_line(found, usd("0")) is None

    def test_runs_unbroken_when_the_suspension_was_wrong(self) -> None:
        """Found wrongful later: both months are due in full, and what was credited comes back."""
        march = share(SUSPENDED, BACK, VOIDED)
        april = share(SUSPENDED, BACK, VOIDED, month=APRIL)

        assert (march.due, april.due) == (usd("350.00"), usd("350.00"))
        line = correction_line(march, usd("124.19"))
        assert line is not None
        assert (line.kind, line.amount) == (LineKind.FEE, usd("225.81"))
        assert line.working == "$350.00 due - $124.19 billed = $225.81"

    def test_bills_the_fee_itself_when_nothing_was_billed(self) -> None:
        """The April line after the return shows its own share, not a difference."""
        found = share(SUSPENDED, BACK, month=APRIL)

        assert correction_line(found, usd("0")) == fee_line(found)


class TestProration:
    @pytest.mark.parametrize(
        ("proration", "due", "uncovered"),
        [
            (Proration.ACTUAL_DAYS, "124.19", "225.81"),
            (Proration.FIXED_30_DAYS, "116.67", "233.33"),
            (Proration.NONE, "350.00", "0"),
        ],
    )
    def test_divides_march_as_agreed(self, proration: Proration, due: str, uncovered: str) -> None:
        """20 days off: of 31, of a 30-day month, or the whole month for any part of it."""
        found = share(SUSPENDED, agreement=with_fees(proration=proration))

        assert (found.due, found.uncovered) == (usd(due), usd(uncovered))

    def test_divides_by_the_second(self) -> None:
        """March has one hour less than 31 days in Los Angeles; 12 March 08:00 PDT to the end is off."""
        agreement = with_fees(proration=Proration.SECONDS)

        found = share(SUSPENDED, agreement=agreement)

        off = Period(site("2007-03-12 08:00"), site("2007-04-01 00:00")).seconds
        assert found.uncovered == usd("350.00").times(Fraction(off, (31 * 24 - 1) * 3600))
        assert found.working.endswith(f"seconds = {found.due}")

    @pytest.mark.parametrize("proration", list(Proration))
    def test_charges_nothing_for_a_month_without_coverage(self, proration: Proration) -> None:
        """Whatever the method, a whole month off costs nothing and a whole month on costs the fee."""
        agreement = with_fees(proration=proration)
        may = fee_month(2007, 5)

        assert share(SUSPENDED, month=may, agreement=agreement).due == usd("0")
        assert share(month=may, agreement=agreement).due == usd("350.00")

    def test_keeps_running_where_that_was_agreed(self) -> None:
        """With `runs_while_suspended` the fee does not stop."""
        assert share(SUSPENDED, agreement=with_fees(runs_while_suspended=True)).due == usd("350.00")

    def test_counts_a_fixed_month_of_february_whole(self) -> None:
        """28 days off are a whole month off, not 28/30 of one."""
        agreement = with_fees(proration=Proration.FIXED_30_DAYS)
        early = replace(SUSPENDED, effective_at=site("2007-01-20 08:00"))

        assert share(early, month=fee_month(2007, 2), agreement=agreement).due == usd("0")

    def test_pays_one_covered_day_of_a_long_month(self) -> None:
        """30 of 31 days off are 29/30 of a thirty-day month: the one covered day is paid, 350.00 x 1/30."""
        agreement = with_fees(proration=Proration.FIXED_30_DAYS)
        early = replace(SUSPENDED, effective_at=site("2007-03-02 08:00"))

        assert share(early, agreement=agreement).due == usd("11.67")

    def test_gives_the_half_cent_to_the_client(self) -> None:
        """350.01 x 15/30 is 175.005 on both sides: credited 175.01, due 175.00."""
        agreement = with_fees(monthly=usd("350.01"))
        half = replace(SUSPENDED, effective_at=site("2007-04-16 08:00"))

        found = share(half, month=APRIL, agreement=agreement)

        assert (found.uncovered, found.due) == (usd("175.01"), usd("175.00"))

    def test_prorates_yen_whole(self) -> None:
        """Yen have no smaller unit."""
        agreement = harbor_agreement(
            HarborTerms(hourly="15000", monthly="35000", currency="JPY", zone="Asia/Tokyo")
        )
        off = replace(SUSPENDED, effective_at=site("2007-03-12 08:00", "Asia/Tokyo"))

        assert share(off, agreement=agreement).uncovered == Money(22581, "JPY")


class TestFeeMonth:
    def test_begins_on_the_billing_day(self) -> None:
        """Billed on the 15th, the period runs to the next 15th."""
        found = fee_month(2007, 12, 15)

        assert (found.start, found.end, len(found.days)) == (
            date(2007, 12, 15),
            date(2008, 1, 15),
            31,
        )

    def test_ends_at_the_month_when_the_day_is_missing(self) -> None:
        """A billing day of 31 is 28 February."""
        assert fee_month(2007, 2, 31).start == date(2007, 2, 28)


class TestFeeTerms:
    def test_takes_a_servers_own_fee(self) -> None:
        """A server may have its own price."""
        agreement = with_fees(per_asset={SRV1: usd("500.00")})

        assert share(agreement=agreement).due == usd("500.00")

    def test_takes_the_fee_of_the_version_that_opens_the_month(self) -> None:
        """A new price from 20 March counts from April on, because March was billed in advance."""
        dearer = replace(AGREEMENT.versions[1].fees, monthly=usd("400.00"))
        versions = (AGREEMENT.versions[0], replace(AGREEMENT.versions[1], fees=dearer))
        agreement = replace(AGREEMENT, versions=versions)

        assert share(agreement=agreement).due == usd("350.00")
        assert share(agreement=agreement, month=APRIL).due == usd("400.00")

    def test_prorates_the_first_month_of_an_agreement(self) -> None:
        """Signed on the 20th: the days before are not covered."""
        late = harbor_agreement(
            HarborTerms(first_day=date(2007, 3, 20), second_day=date(2007, 6, 1))
        )

        assert share(agreement=late).working == "$350.00 x 12/31 days = $135.48"

    def test_refuses_a_server_nobody_listed(self) -> None:
        """No fee is agreed for it, so none is invented."""
        with pytest.raises(NoFeeAgreed, match="SRV9"):
            fee_share(AGREEMENT, AssetId("SRV9"), (), MARCH)


COVERED_DAYS = st.lists(st.booleans(), min_size=31, max_size=31)


def spans_from(days: list[bool]) -> tuple[StateSpan, ...]:
    """This function will build SRV1's March from one truth per day."""
    edges = [
        start_of_local_day("America/Los_Angeles", date(2007, 3, 1) + timedelta(days=n))
        for n in range(32)
    ]
    states = [CoverageState.COVERED if day else CoverageState.SUSPENDED for day in days]
    before = StateSpan(SRV1, CoverageState.COVERED, Period(BEGINNING, edges[0]))
    inside = [
        StateSpan(SRV1, state, Period(a, b))
        for state, a, b in zip(states, edges, edges[1:], strict=False)
    ]
    return (before, *inside, StateSpan(SRV1, CoverageState.COVERED, Period(edges[-1])))


class TestRemainderRule:
    @settings(max_examples=60, deadline=None)
    @given(
        days=COVERED_DAYS,
        minor=st.integers(0, 10**7),
        proration=st.sampled_from(list(Proration)),
    )
    def test_complementary_months_add_up_to_the_fee(
        self, days: list[bool], minor: int, proration: Proration
    ) -> None:
        """Due plus credited is the fee exactly; two complementary months differ from it by at most one cent.

        A month with any coverage costs it whole without proration, and the 30-day month caps at 30, so the second
        claim is for actual days and seconds.
        """
        agreement = with_fees(monthly=Money(minor, "USD"), proration=proration)

        one = fee_share(agreement, SRV1, spans_from(days), MARCH)
        other = fee_share(agreement, SRV1, spans_from([not day for day in days]), MARCH)

        assert one.due + one.uncovered == one.full
        if proration in {Proration.ACTUAL_DAYS, Proration.SECONDS}:
            assert abs((one.due + other.due - one.full).minor) <= 1

    @settings(max_examples=60, deadline=None)
    @given(steps=st.lists(COVERED_DAYS, min_size=1, max_size=4))
    def test_corrections_never_drift(self, steps: list[list[bool]]) -> None:
        """However often a month is corrected, what was billed in the end is exactly what is due."""
        billed = usd("0")

        for days in steps:
            due = fee_share(AGREEMENT, SRV1, spans_from(days), MARCH)
            billed += fee_correction(due, billed)

        assert billed == fee_share(AGREEMENT, SRV1, spans_from(steps[-1]), MARCH).due

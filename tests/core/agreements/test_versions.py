from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from groundrules.core.agreements.further_terms import CountedFee, UpliftTerms
from groundrules.core.agreements.terms import AgreementVersion
from groundrules.core.agreements.uplift import carried_to, fee_on, priced_at, prices_before_rise
from groundrules.core.agreements.versions import UnknownVersion, version_at, version_edges
from groundrules.core.money import Money
from groundrules.core.orders import CountedUnit
from groundrules.core.periods import Period, start_of_local_day
from tests.core.harbor import SITE_ZONE, harbor_agreement, site


class TestVersionAt:
    @pytest.mark.parametrize(
        ("wall", "version"),
        [("2007-01-01 00:00", 1), ("2007-03-19 23:59", 1), ("2007-03-20 00:00", 2)],
    )
    def test_answers_with_the_version_in_force_when_the_work_was_done(
        self, wall: str, version: int
    ) -> None:
        """Version 2 begins at midnight of the site."""
        assert version_at(harbor_agreement(), site(wall)).version == version

    def test_refuses_an_instant_before_the_first_version(self) -> None:
        """Nothing was agreed then."""
        with pytest.raises(UnknownVersion, match="no version of Harbor Dental managed services"):
            version_at(harbor_agreement(), site("2006-12-31 23:59"))

    def test_refuses_an_instant_after_the_last_version_ended(self) -> None:
        """An agreement that ran out binds nothing."""
        agreement = harbor_agreement()
        first = agreement.versions[0]
        ended = replace(first, in_force=Period(first.in_force.start, site("2007-02-01 00:00")))

        with pytest.raises(UnknownVersion):
            version_at(replace(agreement, versions=(ended,)), site("2007-02-01 00:00"))

    def test_never_reaches_back_behind_the_signature(self) -> None:
        """A version whose dates lie before its signature binds from the signature on."""
        agreement = harbor_agreement()
        first, second = agreement.versions
        late = replace(second, signed_at=second.signed_at + timedelta(days=5))
        backdated = replace(agreement, versions=(first, late))

        assert version_at(backdated, site("2007-03-22 12:00")).version == 1
        assert version_at(backdated, site("2007-03-25 12:00")).version == 2


class TestVersionEdges:
    def test_lie_where_another_version_begins(self) -> None:
        """Only edges inside the period count."""
        period = Period(site("2007-03-19 12:00"), site("2007-03-21 12:00"))

        assert version_edges(harbor_agreement(), period) == (site("2007-03-20 00:00"),)


class TestCarriedTo:
    RISING = replace(
        harbor_agreement().versions[0],
        uplift=UpliftTerms(Fraction(3), date(2008, 1, 1), rates_too=True),
        counted_fees=(CountedFee(CountedUnit.USER, Money(1000, "USD")),),
    )

    def following(self, day: date) -> AgreementVersion:
        """A next version that begins on a day and says what the first one has become by then."""
        begins = Period(start_of_local_day(SITE_ZONE, day))
        carried = carried_to(self.RISING, day)
        return replace(carried, version=2, in_force=begins, signed_at=begins.start)

    @pytest.mark.parametrize("day", [date(2007, 6, 1), date(2008, 1, 1), date(2009, 6, 1)])
    def test_a_successor_charges_what_its_predecessor_would(self, day: date) -> None:
        """A new version in the middle of the years moves no price, then or at the next rise."""
        successor, later = self.following(day), date(2010, 2, 1)

        for when in (day, later):
            at = start_of_local_day(SITE_ZONE, when)
            assert priced_at(successor, at).rates.hourly == priced_at(self.RISING, at).rates.hourly
            for mine, theirs in zip(_fees(successor), _fees(self.RISING), strict=True):
                assert fee_on(successor, mine, when) == fee_on(self.RISING, theirs, when)
        assert prices_before_rise(self.RISING, successor) == ()

    def test_names_each_price_that_would_undo_a_rise(self) -> None:
        """Repeating the old prices is named; another price, or giving the rise up in words, is not."""
        repeated = replace(
            self.following(date(2008, 6, 1)), rates=self.RISING.rates, fees=self.RISING.fees
        )
        given_up = replace(repeated, uplift=UpliftTerms(Fraction(3), date(2009, 1, 1)))
        cheaper = replace(repeated.rates, hourly=Money(14000, "USD"))

        named = prices_before_rise(self.RISING, repeated)

        assert named[0].startswith(
            "The hourly price is still $150.00, as before the yearly rise of 2008-01-01; "
            "on 2008-06-01 it is $154.50."
        )
        assert [sentence.split(" is ")[0] for sentence in named[1:]] == ["The monthly fee"]
        assert prices_before_rise(self.RISING, given_up) == ()
        assert len(prices_before_rise(self.RISING, replace(repeated, rates=cheaper))) == 1


def _fees(version: AgreementVersion) -> tuple[Money, ...]:
    return (version.fees.monthly, *(fee.monthly for fee in version.counted_fees))

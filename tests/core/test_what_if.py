"""What would come of each way, from scenario 20's month."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.money import Money
from groundrules.core.profitability import RelationshipFacts, margin, percent
from groundrules.core.profitability.what_if import Way, WhatIf, what_if
from tests.core.harbor import V1
from tests.core.test_profitability import MONTH, usd


def ways(wished: Money | None = None) -> dict[Way, WhatIf]:
    """This function will work out every way for the month, at a target margin of one half."""
    facts = replace(MONTH, target_margin=Fraction(1, 2), names={str(V1): "Rogue"})
    return {found.way: found for found in what_if(facts, wished)}


def found_change(facts: RelationshipFacts) -> Money:
    """This function will return what repricing brings over the whole period."""
    return next(one.change for one in what_if(facts) if one.way is Way.REPRICE)


class TestWhatIf:
    def test_tames_the_vendor(self) -> None:
        """Without Rogue's 9.5 hours: 58.9 %, $522.50 more, and the assumption says whose hours fall away."""
        found = ways()[Way.TAME_VENDOR]

        assert found.measures is not None
        assert found.measures.margin is not None
        assert percent(found.measures.margin) == "58.9%"
        assert found.change == usd("522.50")
        assert found.assumptions[0].startswith(
            "Every hour after Rogue's established changes falls away"
        )

    def test_reprices_to_the_target(self) -> None:
        """Cost of 1,510.00 at a margin of one half needs 3,020.00: 620.00 more."""
        found = ways()[Way.REPRICE]

        assert found.title == "The fee changes by $620.00 a month"
        assert found.measures is not None
        assert found.measures.margin == Fraction(1, 2)

    @given(
        st.integers(0, 10**7),
        st.fractions(0, Fraction(999, 1000), max_denominator=1000),
        st.integers(1, 24),
    )
    def test_reprices_so_that_the_target_is_reached(
        self, tools: int, target: Fraction, months: int
    ) -> None:
        """The monthly fee is rounded up: a cent less in a month would miss the margin it is meant to reach."""
        facts = replace(
            MONTH, target_margin=target, tools=Money(tools, "USD"), months=Fraction(months)
        )

        found = {one.way: one for one in what_if(facts)}[Way.REPRICE].measures

        assert found is not None
        assert found.margin is not None
        assert found.margin >= target
        cents_less = replace(
            facts, revenue=facts.revenue + found_change(facts) - Money(months, "USD")
        )
        short = margin(cents_less).measures.margin
        assert short is None or short < target

    def test_names_a_target_that_no_fee_reaches(self) -> None:
        """A margin of everything is not "reached" by changing nothing."""
        facts = replace(MONTH, target_margin=Fraction(1))

        found = {one.way: one for one in what_if(facts)}[Way.REPRICE]

        assert (found.title, found.change) == ("No fee reaches the target", usd("0.00"))
        assert "100.0%" in found.assumptions[0]

    def test_reprices_by_what_is_wished(self) -> None:
        """120.00 more a month is 120.00 more of profit, when the client stays."""
        found = ways(usd("120.00"))[Way.REPRICE]

        assert found.change == usd("120.00")
        assert found.assumptions[0].endswith("as entered.")

    def test_charges_repairs_by_the_hour(self) -> None:
        """14 reactive hours at 150.00 less their cost of 770.00; prevention is neither sold nor done."""
        found = ways()[Way.BY_THE_HOUR]

        assert found.measures is not None
        assert found.measures.gross_profit == usd("1330.00")
        assert "nobody buys prevention by the hour" in found.assumptions[1]

    def test_counts_an_exit_by_gross_profit(self) -> None:
        """890.00 is to be replaced, not 2,400.00; at one half that is 1,780.00 of new fees. It stands last."""
        found = ways()

        assert list(found)[-1] is Way.EXIT
        assert found[Way.EXIT].change == usd("-890.00")
        assert (
            "$890.00 of gross profit a month is to be replaced, not $2,400.00"
            in found[Way.EXIT].assumptions[0]
        )
        assert "$1,780.00 a month" in found[Way.EXIT].assumptions[1]

"""What would come of each way, from scenario 20's month."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from groundrules.core.money import Money
from groundrules.core.profitability import percent
from groundrules.core.profitability.what_if import Way, WhatIf, what_if
from tests.core.harbor import V1
from tests.core.test_profitability import MONTH, usd


def ways(wished: Money | None = None) -> dict[Way, WhatIf]:
    """This function will work out every way for the month, at a target margin of one half."""
    facts = replace(MONTH, target_margin=Fraction(1, 2), names={str(V1): "Rogue"})
    return {found.way: found for found in what_if(facts, wished)}


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

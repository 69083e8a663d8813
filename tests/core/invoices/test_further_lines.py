from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import permutations

from groundrules.core.agreements.further_terms import CreditTerms
from groundrules.core.invoices.further_lines import Missed, Target, credit_targets
from tests.core.harbor import SRV1
from tests.core.harbor_work import AGREEMENT

P1 = CreditTerms("P1", Fraction(5), Fraction(20))
P2 = CreditTerms("P2", Fraction(2), Fraction(3))
FIRST, SECOND = (
    replace(AGREEMENT.versions[0], service_credits=(P1, P2)),
    replace(
        AGREEMENT.versions[1], service_credits=(CreditTerms("P1", Fraction(10), Fraction(30)),)
    ),
)


def missed(priority: str, day: int, *, second: bool = False) -> Missed:
    """This function will name a promise missed on SRV1 in March 2007, whose monthly fee is 350.00."""
    return Missed(SRV1, priority, date(2007, 3, day), SECOND if second else FIRST)


def credit(*given: Missed) -> Target:
    """This function will work out March's credit, in whatever order the promises are given."""
    ((target,),) = {credit_targets(order) for order in permutations(given)}
    return target


class TestCreditTargets:
    """credit_targets(missed)."""

    def test_limits_each_priority_by_its_own_terms(self) -> None:
        """Three missed P2 come to 3 of their 6 percent, beside 5 for P1, whichever was missed first."""
        later = credit(missed("P1", 9), *(missed("P2", day) for day in (2, 3, 4)))
        earlier = credit(missed("P1", 1), *(missed("P2", day) for day in (2, 3, 4)))

        assert later.working == "4 missed: 8 percent of $350.00 = $28.00"
        assert earlier.amount == later.amount

    def test_limits_each_part_of_a_month_in_which_the_terms_changed(self) -> None:
        """Five at 5 percent come to 20 under version 1, two at 10 to 20 under version 2: 30 in all, its limit."""
        old, new = [missed("P1", day) for day in (1, 2, 3)], missed("P1", 21, second=True)
        more = (*old, missed("P1", 4), missed("P1", 5))

        assert credit(*old, new).working.startswith("4 missed: 25 percent")
        assert credit(*more, new).working.startswith("6 missed: 30 percent")

    def test_never_gives_back_more_than_the_fee(self) -> None:
        """Promises without a limit of their own stop at the whole fee."""
        dear = replace(FIRST, service_credits=(CreditTerms("P1", Fraction(60)), P2))
        given = [replace(missed(p, 1), version=dear) for p in ("P1", "P1", "P2")]

        assert credit(*given).amount == -dear.fees.monthly

    def test_takes_the_fee_of_the_version_that_promised(self) -> None:
        """What was missed while nothing was promised gives nothing back, and no fee either."""
        before = replace(
            AGREEMENT.versions[0],
            fees=replace(FIRST.fees, monthly=FIRST.fees.monthly + FIRST.fees.monthly),
        )
        unpromised = replace(missed("P1", 1), version=before)

        assert credit(unpromised, missed("P1", 21, second=True)).working == (
            "1 missed: 10 percent of $350.00 = $35.00"
        )
        assert credit_targets([unpromised]) == ()

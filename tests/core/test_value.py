from dataclasses import replace
from datetime import date

from groundrules.core.ids import TechnicianId, TimeEntryId
from groundrules.core.money import Money
from groundrules.core.rating.answers import UnchargedLine
from groundrules.core.rating.rate import rate
from groundrules.core.value import FeePaid, ValueFacts, report
from tests.core.harbor import SRV1
from tests.core.harbor_work import AGREEMENT, decided, pat_asks


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def line(
    entry: str, minutes: int, *, covered: bool = True, hourly: str = "150.00"
) -> UnchargedLine:
    """This function will build covered work of some minutes."""
    price = usd(hourly)
    return UnchargedLine(
        entry=TimeEntryId(entry),
        technician=TechnicianId("A"),
        asset=SRV1,
        issue="work",
        seconds=minutes * 60,
        value=Money(price.minor * minutes // 60, "USD"),
        clause=None,
        service_day=date(2007, 2, 1),
        covered=covered,
        hourly=price,
    )


FEES = (
    FeePaid("INV-1", "six months of one server", usd("2100.00")),
    FeePaid("CN-1", "days without coverage", usd("-225.81")),
)
FIRST_QUARTER = ValueFacts(
    "USD",
    date(2007, 1, 1),
    date(2007, 4, 1),
    (line("TE-1", 1000), line("TE-2", 520), line("TE-3", 360)),
    FEES,
    proactive=frozenset({TimeEntryId("TE-3")}),
)
QUIET = ValueFacts("USD", date(2007, 7, 1), date(2007, 10, 1), (line("TE-9", 360),), (FEES[0],))


class TestFirstQuarter:
    """Scenario 19: 31 h 20 covered, 6 h of it proactive, fees $1,874.19."""

    def test_puts_the_cautious_saving_first(self) -> None:
        """Repairs alone: $3,800.00 - $1,874.19 = $1,925.81."""
        found = report(FIRST_QUARTER)

        assert found.headline.amount == usd("1925.81")
        assert found.sentence == (
            "Managed service saved you $1,925.81. You paid $1,874.19 in fees. "
            "The repairs alone would have cost $3,800.00 by the hour."
        )
        assert found.is_favourable

    def test_shows_the_upper_saving_second(self) -> None:
        """All covered work: $4,700.00, saving $2,825.81, with the proactive part named."""
        found = report(FIRST_QUARTER)

        assert (found.covered.amount, found.upper.amount) == (usd("4700.00"), usd("2825.81"))
        assert found.upper_sentence == (
            "With the proactive work (6 h, $900.00) the saving would be $2,825.81."
        )

    def test_shows_the_working_of_every_figure(self) -> None:
        """Every number opens its entries or documents."""
        found = report(FIRST_QUARTER)

        assert found.covered.working == "31 h 20 min at $150.00 = $4,700.00"
        assert found.reactive.working == "25 h 20 min at $150.00 = $3,800.00"
        assert found.reactive.entries == ("TE-1", "TE-2")
        assert found.proactive.entries == ("TE-3",)
        assert found.fees.working == "$2,100.00 - $225.81 = $1,874.19"
        assert found.fees.refs == ("INV-1", "CN-1")
        assert found.headline.working == "$3,800.00 by the hour - $1,874.19 fees = $1,925.81"
        assert [item.entry for item in found.lines] == ["TE-1", "TE-2", "TE-3"]

    def test_lets_charges_cancel(self) -> None:
        """After-hours work would cost the same by the hour, so it moves neither saving."""
        charges = rate([decided(pat_asks("2007-02-20 18:00", "2007-02-20 19:00"))], AGREEMENT)

        found = report(replace(FIRST_QUARTER, charges=charges))

        assert found.charged_alike.amount == usd("300.00")
        assert found.charged_alike.entries == ("TE-1",)
        assert found.headline.amount == usd("1925.81")

    def test_keeps_work_that_is_not_covered_out(self) -> None:
        """Our own after-hours choice is shown apart and saves nobody anything."""
        free = line("TE-4", 90, covered=False, hourly="300.00")

        found = report(replace(FIRST_QUARTER, uncharged=(*FIRST_QUARTER.uncharged, free)))

        assert found.not_charged.amount == usd("450.00")
        assert found.covered.amount == usd("4700.00")


class TestQuietQuarter:
    """Scenario 19, second half: an unfavourable answer, said as plainly."""

    def test_says_what_it_cost_more(self) -> None:
        """Fees $2,100.00 for $900.00 of repairs: $1,200.00 more."""
        found = report(QUIET)

        assert found.headline.amount == usd("-1200.00")
        assert found.sentence.startswith(
            "Managed service cost you $1,200.00 more. You paid $2,100.00"
        )
        assert found.upper_sentence == "There was no proactive work to add to that."
        assert found.upper not in found.workings
        assert found.workings[0] == found.headline
        assert not found.is_favourable

    def test_says_when_it_came_to_the_same(self) -> None:
        """Neither a saving nor a loss."""
        even = replace(QUIET, fees=(FeePaid("INV-1", "fee", usd("900.00")),))

        assert report(even).sentence.startswith(
            "Managed service and repairs by the hour came to the same."
        )


class TestVariants:
    def test_names_each_price(self) -> None:
        """Covered work in two bands shows both prices."""
        facts = replace(QUIET, uncharged=(line("TE-1", 60), line("TE-2", 30, hourly="300.00")))

        assert report(facts).covered.working == "1 h at $150.00 + 30 min at $300.00 = $300.00"

    def test_answers_for_a_quarter_without_work(self) -> None:
        """Nothing was repaired, and it says so."""
        found = report(replace(QUIET, uncharged=()))

        assert found.headline.amount == usd("-2100.00")
        assert found.reactive.working == "0 min = $0.00"

    def test_answers_without_fees(self) -> None:
        """No fee was paid in the period."""
        assert report(replace(QUIET, fees=())).fees.working == "$0.00 = $0.00"

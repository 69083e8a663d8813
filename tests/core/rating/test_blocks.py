from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from groundrules.core.agreements.further_terms import BlockTerms, CapTerms
from groundrules.core.agreements.terms import Agreement
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import BlockId, ClauseNumber
from groundrules.core.money import Money
from groundrules.core.orders import BlockPurchase, ImpossibleCount
from groundrules.core.rating.blocks import Settled, months_after, opened, settle
from groundrules.core.rating.caps import above_caps
from groundrules.core.rating.rate import rate
from groundrules.core.work import WorkType
from tests.core.harbor import SITE_ZONE, site
from tests.core.harbor_work import AGREEMENT, Job, decided, pat_asks


def with_terms(**terms: object) -> Agreement:
    """This function will build Harbor's agreement with further terms in both versions."""
    versions = tuple(replace(v, **terms) for v in AGREEMENT.versions)  # type: ignore[arg-type]  # by name
    return replace(AGREEMENT, versions=versions)


def project(start: str, end: str, name: str = "TE-1") -> Job:
    """This function will build project work that Pat asked for; each job is an issue of its own."""
    return pat_asks(start, end, work_type=WorkType.PROJECT, id=name, issue=name)


def bought(name: str, day: str, minutes: int) -> BlockPurchase:
    """This function will buy a block."""
    return BlockPurchase(BlockId(name), date.fromisoformat(day), minutes, Money.of("100.00", "USD"))


def settled(
    terms: BlockTerms, blocks: tuple[BlockPurchase, ...], *jobs: Job, at: str = "2007-03-31 12:00"
) -> Settled:
    """This function will decide, rate and settle jobs under block terms, as of the end of March."""
    agreement = with_terms(block=terms)
    charges = rate([decided(job, agreement) for job in jobs], agreement)
    return settle(charges, opened(agreement, blocks, SITE_ZONE), site(at))


def paid(found: Settled) -> list[tuple[str, int]]:
    """This function will say which block paid how many minutes, in the order of the work."""
    return [(part.block, part.minutes) for part in found.prepaid]


MARCH = (bought("B1", "2007-02-01", 60),)
MORNING = project("2007-02-20 09:00", "2007-02-20 10:30", "TE-1")
NEXT = project("2007-02-21 09:00", "2007-02-21 10:00", "TE-2")


class TestSettle:
    """settle(charges, blocks, at)."""

    def test_splits_a_charge_where_the_block_runs_out(self) -> None:
        """Sixty of ninety minutes are prepaid; thirty are charged, and the working says both."""
        found = settled(BlockTerms(), MARCH, MORNING)

        assert paid(found) == [("B1", 60)]
        assert [(c.minutes_charged, str(c.amount)) for c in found.charges] == [(30, "$75.00")]
        assert (
            "1.00 h of it prepaid, the rest 0.50 h x $150.00 = $75.00" in found.charges[0].working
        )

    def test_draws_in_the_order_the_work_was_done(self) -> None:
        """The order in which entries are handed in has no effect."""
        one, other = (
            settled(BlockTerms(), MARCH, *jobs) for jobs in ((MORNING, NEXT), (NEXT, MORNING))
        )

        assert one == other
        assert [charge.entries for charge in one.charges] == [("TE-1",), ("TE-2",)]

    def test_takes_the_block_that_expires_first(self) -> None:
        """Not the one bought first."""
        terms = BlockTerms(valid_months=1)
        blocks = (bought("NEW", "2007-02-10", 60), bought("OLD", "2007-02-01", 60))

        assert paid(settled(terms, blocks, MORNING)) == [("OLD", 60), ("NEW", 30)]

    @pytest.mark.parametrize(
        ("day", "pays"), [("2007-02-21", False), ("2007-02-20", True), ("2007-01-20", False)]
    )
    def test_pays_only_between_purchase_and_expiry(self, day: str, *, pays: bool) -> None:
        """Bought a day too late, on the day itself, and expired that very midnight."""
        found = settled(BlockTerms(valid_months=1), (bought("B", day, 600),), MORNING)

        assert bool(found.prepaid) is pays

    def test_burns_more_after_hours(self) -> None:
        """Two hours for one: an hour of the block pays half an hour of the night."""
        terms = BlockTerms(burn={HoursBand.AFTER_HOURS: Fraction(2)})
        night = project("2007-02-20 19:00", "2007-02-20 20:00")

        found = settled(terms, MARCH, night)

        assert paid(found) == [("B1", 30)]
        assert (
            found.prepaid[0].working
            == "0.50 h x $300.00 = $150.00; 1.00 h from block B1 (2 h for one), 0.00 h left"
        )

    def test_keeps_what_is_too_little_for_a_minute(self) -> None:
        """Bills are in whole minutes; the rest of the block stays in it."""
        terms = BlockTerms(burn={HoursBand.BUSINESS: Fraction(7, 2)})

        found = settled(terms, (bought("B1", "2007-02-01", 60),), MORNING)

        assert paid(found) == [("B1", 17)]
        assert found.left[0][1] == Fraction(1, 2)

    def test_rolls_part_over_once(self) -> None:
        """Of ten hours 40 percent live one month longer, and end then."""
        terms = BlockTerms(valid_months=1, rolls_percent=Fraction(40), rolls_months=1)
        blocks = (bought("B1", "2007-01-10", 600),)
        later = project("2007-03-20 09:00", "2007-03-20 10:00", "TE-3")

        found = settled(terms, blocks, MORNING, later)

        assert paid(found) == [("B1", 90)]
        assert [(block.rolled, int(left)) for block, left in found.left] == [
            (False, 360),
            (True, 150),
        ]

    @pytest.mark.parametrize(
        ("at", "left"),
        [
            ("2007-02-09 12:00", [(False, 600)]),
            ("2007-02-10 12:00", [(False, 360), (True, 240)]),
            ("2007-04-01 12:00", [(False, 360), (True, 240)]),
        ],
    )
    def test_rolls_over_at_expiry_without_later_work(
        self, at: str, left: list[tuple[bool, int]]
    ) -> None:
        """What is left is asked as of a day: nobody has to work before the rest lives on."""
        terms = BlockTerms(valid_months=1, rolls_percent=Fraction(40), rolls_months=1)

        found = settled(terms, (bought("B1", "2007-01-10", 600),), at=at)

        assert [(block.rolled, int(rest)) for block, rest in found.left] == left

    def test_pays_only_for_the_clauses_named(self) -> None:
        """A block for other clauses pays nothing here."""
        assert not settled(BlockTerms(clauses=(ClauseNumber("4.2"),)), MARCH, MORNING).prepaid
        assert settled(BlockTerms(clauses=(ClauseNumber("5.1"),)), MARCH, MORNING).prepaid

    def test_opens_nothing_without_a_block_clause(self) -> None:
        """Without terms a purchase pays for nothing."""
        assert opened(AGREEMENT, MARCH, SITE_ZONE) == ()

    def test_a_block_has_at_least_a_minute(self) -> None:
        """An empty block is an error of whoever writes it down."""
        with pytest.raises(ImpossibleCount, match="at least one minute"):
            bought("B", "2007-02-01", 0)


class TestMonthsAfter:
    """months_after(day, months)."""

    @pytest.mark.parametrize(
        ("day", "months", "then"),
        [
            ("2007-01-31", 1, "2007-02-28"),
            ("2007-12-15", 12, "2008-12-15"),
            ("2008-02-29", 12, "2009-02-28"),
        ],
    )
    def test_ends_with_the_month_where_it_is_shorter(
        self, day: str, months: int, then: str
    ) -> None:
        """The 31st of January is followed by the last day of February."""
        assert months_after(date.fromisoformat(day), months) == date.fromisoformat(then)


class TestAboveCaps:
    """above_caps(charges, agreement)."""

    def test_counts_each_calendar_month_alone(self) -> None:
        """375.00 in February are 75.00 above; March stays within."""
        agreement = with_terms(cap=CapTerms(Money.of("300.00", "USD"), clause=ClauseNumber("4.6")))
        march = project("2007-03-01 09:00", "2007-03-01 11:00", "TE-3")
        charges = rate([decided(job, agreement) for job in (MORNING, NEXT, march)], agreement)

        (above,) = above_caps(charges, agreement)

        assert (above.month, str(above.over)) == (date(2007, 2, 1), "$75.00")
        assert above.working == "$375.00 charged in 2007-02 - $300.00 at most = $75.00"

    def test_leaves_other_clauses_out(self) -> None:
        """Work charged under another clause does not count."""
        cap = CapTerms(Money.of("1.00", "USD"), (ClauseNumber("4.2"),))
        agreement = with_terms(cap=cap)

        assert above_caps(rate([decided(MORNING, agreement)], agreement), agreement) == ()

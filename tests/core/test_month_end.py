"""What a person should look at before a month's invoice goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from groundrules.core.agreements.further_terms import UpliftTerms
from groundrules.core.disputes import (
    Dispute,
    DisputeAnswer,
    DisputeOutcome,
    DisputeSide,
    DisputeSubject,
    answered,
)
from groundrules.core.ids import (
    AssetId,
    ClauseNumber,
    ClientId,
    DisputeId,
    InvoiceId,
    TechnicianId,
    TimeEntryId,
)
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money
from groundrules.core.month_end import (
    Answered,
    Doubt,
    DoubtKind,
    ExceptionMade,
    FeeBefore,
    Login,
    MonthFacts,
    NotedTime,
    doubts,
    rises_of,
    unanswered,
)
from groundrules.core.periods import Period
from groundrules.core.rating.answers import OpenLine
from tests.core.harbor import harbor_version

FIRST, END = date(2026, 3, 1), date(2026, 4, 1)


def usd(amount: str | int) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


FEE = InvoiceLine(
    LineKind.FEE,
    "Fee for SRV1",
    FIRST,
    usd(350),
    usd(350),
    asset=AssetId("SRV1"),
    base=usd(350),
    share=Fraction(1),
)
DRAFT = InvoiceDraft(DocumentKind.INVOICE, ClientId("HARBOR"), "USD", FIRST, END, (FEE,))
CLEAN = MonthFacts(FIRST, END, (DRAFT,))

CREDIT = InvoiceDraft(
    DocumentKind.CREDIT_NOTE,
    DRAFT.client,
    "USD",
    FIRST,
    END,
    (replace(FEE, amount=usd(-75)),),
    InvoiceId("INV-9"),
)
PRORATED = replace(FEE, share=Fraction(20, 31), amount=usd("225.81"), working="350.00 x 20/31")
LATE = replace(
    FEE, kind=LineKind.CHARGE, service_day=date(2026, 2, 20), description="Mail", share=None
)
EVERYTHING = replace(
    CLEAN,
    drafts=(replace(DRAFT, lines=(PRORATED, LATE)), CREDIT),
    open_lines=(
        OpenLine(
            TimeEntryId("TE-2"),
            TechnicianId("A"),
            None,
            "Printer room",
            5400,
            usd(225),
            ("authority",),
            FIRST,
        ),
    ),
    entries=(
        NotedTime(TimeEntryId("TE-3"), "B", 1800, has_note=False),
        NotedTime(TimeEntryId("TE-4"), "B", 1800, has_note=False),
    ),
    exceptions=(ExceptionMade(TimeEntryId("TE-5"), "goodwill", usd(-150)),),
    logins=(Login("SES-1", "Bo", 4200, usd(175)),),
    unlisted=((AssetId("SRVX"), usd(350)),),
    earlier=(usd(100), usd(110), usd(120)),
    agreement_ends=date(2026, 3, 15),
    tax_problem="no rule for fees",
    order_problem="none is on record",
    stale=("SRV1",),
)


class TestDoubts:
    def test_finds_nothing_in_a_clean_month(self) -> None:
        """A whole fee, every entry with a note, an agreement that runs on."""
        noted = NotedTime(TimeEntryId("TE-1"), "A", 3600, has_note=True)

        assert doubts(replace(CLEAN, entries=(noted,))) == ()

    def test_names_each_kind_with_money_owner_and_default(self) -> None:
        """Everything that can be doubtful at once, dearest kinds first, each with somebody to look and what to do."""
        found = doubts(EVERYTHING)

        assert [d.kind for d in found] == [
            DoubtKind.NO_TAX,
            DoubtKind.NO_ORDER,
            DoubtKind.NO_AGREEMENT,
            DoubtKind.NEEDS_PERSON,
            DoubtKind.NOT_BILLED,
            DoubtKind.FAR_OFF,
            DoubtKind.UNLOGGED,
            DoubtKind.EXCEPTION,
            DoubtKind.PRORATED,
            DoubtKind.CORRECTION,
            DoubtKind.LATE,
            DoubtKind.NO_NOTE,
            DoubtKind.STALE,
        ]
        assert all(d.action and d.owner and d.says for d in found)
        at_stake = {d.kind: d.at_stake for d in found}
        assert at_stake[DoubtKind.NEEDS_PERSON] == usd(225)
        assert at_stake[DoubtKind.PRORATED] == usd("-124.19")
        assert at_stake[DoubtKind.CORRECTION] == usd(-75)
        assert at_stake[DoubtKind.FAR_OFF] == usd("465.81")

    def test_shows_what_is_disputed_until_it_is_answered(self) -> None:
        """An open dispute of money is an owner's to answer, with what it holds; one of a fact is none of billing."""
        at = datetime(2007, 3, 1, tzinfo=UTC)
        one = Dispute(
            *(DisputeId("DSP-1"), DisputeSubject.LINE, "INV-1/2", DisputeSide.CLIENT, "Pat", at),
            "Not ours",
            at,
            held=usd(225),
        )
        closed = answered(one, DisputeAnswer(at, "kim", DisputeOutcome.REJECTED, "It was."))
        fact = replace(one, subject=DisputeSubject.CHANGE)

        found = doubts(replace(CLEAN, disputes=(one, closed, fact)))

        assert [(d.kind, d.subject, d.at_stake) for d in found] == [
            (DoubtKind.DISPUTED, "DSP-1", usd(225))
        ]

    def test_takes_no_count_of_heads_for_a_part_of_a_month(self) -> None:
        """Seven users all month are no proration; 13 and a part of the month are, off the 14 seats they began as."""
        users = replace(
            FEE,
            asset=None,
            item="user",
            base=usd(10),
            share=Fraction(7),
            amount=usd(70),
        )
        some = replace(users, share=Fraction(27, 2), amount=usd(135))

        whole, part = (
            doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=(line,)),)))
            for line in (users, some)
        )

        assert whole == ()
        assert [d.at_stake for d in part] == [usd(-5)]

    def test_tells_each_part_of_a_month_from_the_others(self) -> None:
        """A credit is what it takes off, not that and the whole fee; and no answer settles two of them."""
        credit = replace(PRORATED, kind=LineKind.FEE_CREDIT, amount=usd("-124.19"))
        users = replace(PRORATED, asset=None, item="user")
        lines = (PRORATED, credit, users, replace(users, item="device"))

        found = doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=lines),)))

        assert len({d.key for d in found}) == len(lines)
        assert {str(d.at_stake) for d in found} == {"-$124.19"}

    def test_tells_two_late_lines_of_one_day_apart(self) -> None:
        """The same words about two entries are two things to look at."""
        lines = [replace(LATE, entries=(TimeEntryId(name),)) for name in ("TE-1", "TE-2")]

        found = doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=tuple(lines)),)))

        assert len({d.key for d in found if d.kind is DoubtKind.LATE}) == len(lines)

    def test_knows_the_last_day_of_an_agreement(self) -> None:
        """One that ends with the month is no exception; one that ends the day before is."""
        assert doubts(replace(CLEAN, agreement_ends=date(2026, 3, 31))) == ()
        (early,) = doubts(replace(CLEAN, agreement_ends=date(2026, 3, 30)))

        assert early.says == (
            "The agreement's last day in force is 2026-03-30; the month ends on 2026-03-31."
        )

    def test_asks_a_technician_once_for_all_notes(self) -> None:
        """Two entries of one person without a note are one exception, and the person is named."""
        bare = [NotedTime(TimeEntryId(f"TE-{n}"), "B", 1800, has_note=False) for n in range(2)]

        (doubt,) = doubts(replace(CLEAN, entries=tuple(bare)))

        assert doubt.who == "B"
        assert doubt.says == "2 entries of B without a note, 1 h."

    def test_compares_with_a_median_only_after_three_invoices(self) -> None:
        """Two invoices are no habit; within a quarter is no news."""
        assert doubts(replace(CLEAN, earlier=(usd(1), usd(1)))) == ()
        assert doubts(replace(CLEAN, earlier=(usd(300), usd(350), usd(900)))) == ()

    def test_stops_at_an_invoice_over_nothing(self) -> None:
        """Zero or less is looked at before it goes out."""
        free = replace(DRAFT, lines=(replace(FEE, amount=usd(0)),))

        assert [d.kind for d in doubts(replace(CLEAN, drafts=(free,)))] == [DoubtKind.NEGATIVE]

    def test_puts_money_on_notes_and_missing_evidence(self) -> None:
        """Time without a note is worth its price; a silent server is worth what this month charges for it."""
        bare = NotedTime(TimeEntryId("TE-1"), "B", 1800, has_note=False, value=usd(75))

        found = doubts(replace(CLEAN, entries=(bare,), stale=("SRV1",)))

        assert [(d.kind, d.at_stake) for d in found] == [
            (DoubtKind.NO_NOTE, usd(75)),
            (DoubtKind.STALE, usd(350)),
        ]


def worked(name: str, technician: str = "A", asset: str = "SRV1", issue: str = "Mail") -> NotedTime:
    """Half an hour from ten o'clock."""
    start = datetime(2026, 3, 4, 10, tzinfo=UTC)
    return NotedTime(
        TimeEntryId(name),
        technician,
        1800,
        has_note=True,
        value=usd(75),
        period=Period(start, start + timedelta(minutes=30)),
        asset=AssetId(asset),
        issue=issue,
    )


class TestTwice:
    def test_asks_about_the_very_same_time_once_more(self) -> None:
        """The second entry of one person over the same time, server and issue; the third too; nobody else's."""
        entries = (
            *(worked("TE-1"), worked("TE-2"), worked("TE-3", technician="B")),
            *(worked("TE-4", asset="SRV2"), worked("TE-5", issue="Printer"), worked("TE-6")),
        )

        found = doubts(replace(CLEAN, entries=entries))

        assert [(d.kind, d.subject, d.at_stake) for d in found] == [
            (DoubtKind.TWICE, "TE-2", usd(75)),
            (DoubtKind.TWICE, "TE-6", usd(75)),
        ]
        assert "TE-2 says the same as TE-1: A, 30 min on Mail" in found[0].says

    def test_asks_about_a_fee_that_was_billed_before(self) -> None:
        """Whole on an earlier invoice: all of it; a part before and the rest now: nothing; credited: nothing."""
        whole = FeeBefore(AssetId("SRV1"), FIRST, usd(350), "INV-00007")
        part = replace(FEE, share=Fraction(20, 31), amount=usd("225.81"))
        rest = replace(whole, amount=usd("124.19"))

        (doubt,) = doubts(replace(CLEAN, fees_before=(whole,)))
        fits = doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=(part,)),), fees_before=(rest,)))
        credited = doubts(replace(CLEAN, fees_before=(replace(whole, amount=usd(0)),)))

        assert (doubt.kind, doubt.at_stake) == (DoubtKind.TWICE, usd(350))
        assert doubt.page == ("invoice", "INV-00007")
        assert DoubtKind.TWICE not in {d.kind for d in (*fits, *credited)}

    def test_asks_about_two_fees_on_one_invoice(self) -> None:
        """The same server and month twice on the very invoice."""
        (doubt,) = doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=(FEE, FEE)),)))

        assert (
            doubt.says == "The fee of SRV1 for 2026-03 was billed before: $350.00 on this invoice."
        )


class TestRise:
    """Three percent a year on the anniversaries of 2007-04-01, on a fee of 350.00."""

    version = replace(
        harbor_version(1),
        uplift=UpliftTerms(Fraction(3), date(2007, 4, 1), clause=ClauseNumber("2.4")),
    )

    def _draft(self, month: date) -> InvoiceDraft:
        line = replace(FEE, service_day=month)
        return replace(DRAFT, lines=(line, replace(line, asset=AssetId("SRV2"))))

    def test_is_told_before_it_comes_and_when_it_is_billed(self) -> None:
        """Due within two months: what it adds a month. On the invoice that first has it: once; never again."""
        before = rises_of(self.version, (self._draft(date(2007, 3, 1)),), date(2007, 3, 1))
        first = rises_of(self.version, (self._draft(date(2007, 4, 1)),), date(2007, 4, 1))
        later = rises_of(self.version, (self._draft(date(2007, 5, 1)),), date(2007, 5, 1))

        assert [(r.day, r.monthly, r.is_billed) for r in before] == [
            (date(2007, 4, 1), usd(21), False)
        ]
        assert [(r.day, r.monthly, r.is_billed) for r in first] == [
            (date(2007, 4, 1), usd(21), True)
        ]
        assert later == ()
        (told,) = doubts(replace(CLEAN, rises=before))
        assert (told.kind, told.at_stake) == (DoubtKind.PRICE_RISE, usd(21))
        assert "Fees rise on 2007-04-01 by 3 percent, clause 2.4: $21.00 a month more." in told.says

    def test_follows_the_price_each_year(self) -> None:
        """The second rise is on the risen price: 360.50 becomes 371.32."""
        (rise,) = rises_of(self.version, (self._draft(date(2008, 4, 1)),), date(2008, 4, 1))

        assert rise.monthly == usd("21.64")

    def test_says_nothing_without_a_rise_or_fees(self) -> None:
        """No rise agreed, or nothing billed, is no news."""
        assert rises_of(harbor_version(1), (self._draft(FIRST),), END) == ()
        assert rises_of(self.version, (), END) == ()


class TestUnanswered:
    def test_counts_an_answer_until_its_day(self) -> None:
        """Set aside until the 10th it is back on the 10th; settled it stays away."""
        found = doubts(replace(CLEAN, stale=("SRV1",)))
        back = date(2026, 4, 10)
        aside = Answered(found[0].key, "the collector comes back on Monday", back, 35000)

        assert unanswered(found, [aside], date(2026, 4, 9)) == ()
        assert unanswered(found, [aside], date(2026, 4, 10)) == found
        assert unanswered(found, [replace(aside, until=None)], date(2027, 1, 1)) == ()

    def test_asks_again_when_more_is_at_stake(self) -> None:
        """What was accepted at 100.00 less is not accepted at 100.01 less, nor at as much more; at less it stays."""
        credit = replace(PRORATED, kind=LineKind.FEE_CREDIT, amount=usd(-100))

        def found(amount: str) -> tuple[Doubt, ...]:
            lines = (FEE, replace(credit, amount=usd(amount)))
            return doubts(replace(CLEAN, drafts=(replace(DRAFT, lines=lines),)))

        answered = [Answered(found("-100")[0].key, "right", at_stake_minor=-10000)]

        assert unanswered(found("-100"), answered, FIRST) == ()
        assert unanswered(found("-99.99"), answered, FIRST) == ()
        assert unanswered(found("-100.01"), answered, FIRST) == found("-100.01")
        assert unanswered(found("50"), answered, FIRST) == found("50")
        assert unanswered(found("-1"), [replace(answered[0], at_stake_minor=None)], FIRST)

    def test_takes_no_reason_for_what_blocks(self) -> None:
        """Without the tax rule it can't be issued, whatever is said."""
        found = doubts(replace(CLEAN, tax_problem="no rule"))

        assert unanswered(found, [Answered(found[0].key, "never mind")], FIRST) == found

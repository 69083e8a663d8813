"""What a person should look at before a month's invoice goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from groundrules.core.ids import AssetId, ClientId, InvoiceId, TechnicianId, TimeEntryId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money
from groundrules.core.month_end import (
    Answered,
    DoubtKind,
    ExceptionMade,
    Login,
    MonthFacts,
    NotedTime,
    doubts,
    unanswered,
)
from groundrules.core.rating.answers import OpenLine

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


class TestUnanswered:
    def test_counts_an_answer_until_its_day(self) -> None:
        """Set aside until the 10th it is back on the 10th; settled it stays away."""
        found = doubts(replace(CLEAN, stale=("SRV1",)))
        aside = Answered(found[0].key, "the collector comes back on Monday", date(2026, 4, 10))

        assert unanswered(found, [aside], date(2026, 4, 9)) == ()
        assert unanswered(found, [aside], date(2026, 4, 10)) == found
        assert unanswered(found, [replace(aside, until=None)], date(2027, 1, 1)) == ()

    def test_takes_no_reason_for_what_blocks(self) -> None:
        """Without the tax rule it can't be issued, whatever is said."""
        found = doubts(replace(CLEAN, tax_problem="no rule"))

        assert unanswered(found, [Answered(found[0].key, "never mind")], FIRST) == found

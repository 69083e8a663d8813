from dataclasses import replace
from datetime import UTC, date, datetime

from groundrules.core.agreements.facts import StateSpan
from groundrules.core.coverage.answers import CoverageDecision
from groundrules.core.ids import ClientId, InvoiceId
from groundrules.core.invoices.answers import InvoiceLine, LineKind
from groundrules.core.invoices.difference import difference
from groundrules.core.invoices.draft import Billable, draft_credit_note, draft_invoice
from groundrules.core.invoices.exact import check
from groundrules.core.invoices.fees import correction_line, fee_month, fee_share
from groundrules.core.invoices.lines import charge_line, reinstatement_lines, uncharged_line
from groundrules.core.ledger import balance
from groundrules.core.lifecycle.answers import EntryKind, LifecycleEntry
from groundrules.core.lifecycle.timeline import state_spans
from groundrules.core.money import Money
from groundrules.core.rating.journal import (
    RECEIVABLE,
    Booking,
    post_difference,
    unposted_charge,
    unposted_line,
)
from groundrules.core.rating.rate import rate, uncharged_lines
from tests.core.harbor import SRV1, SRV2
from tests.core.harbor_work import AGREEMENT, LATER, VERSION_1, Job, decided, site

OFF = site("2007-03-12 08:00")
FOUND_WRONG = site("2007-04-20 09:00")
STORY = (
    LifecycleEntry(SRV1, EntryKind.SUSPENDED, OFF, OFF),
    LifecycleEntry(
        SRV1, EntryKind.SUSPENSION_VOIDED, OFF, FOUND_WRONG, by="Dana", reason="It was our patch"
    ),
)


def usd(amount: str) -> Money:
    """This function will read an amount in US dollars."""
    return Money.of(amount, "USD")


def states(known_at: datetime) -> tuple[StateSpan, ...]:
    """This function will return SRV1's states as known at an instant."""
    return state_spans(SRV1, STORY, AGREEMENT, known_at)


def tuesday(known_at: datetime) -> tuple[CoverageDecision, ...]:
    """This function will decide scenario 10's work as known at an instant."""
    one = Job(site("2007-03-13 10:00"), site("2007-03-13 11:20"), states=states(known_at))
    two = Job(site("2007-03-13 10:00"), site("2007-03-13 10:40"), id="TE-2", asset=SRV2)
    return (decided(one, at=known_at), decided(two, at=known_at))


def work_lines(decisions: tuple[CoverageDecision, ...]) -> tuple[InvoiceLine, ...]:
    """This function will draft the work lines of decisions."""
    charged = tuple(charge_line(charge) for charge in rate(decisions, AGREEMENT))
    return (*charged, *(uncharged_line(line) for line in uncharged_lines(decisions)))


APRIL_FIRST = site("2007-04-01 09:00")
INVOICE = draft_invoice(
    Billable(
        ClientId("harbor"),
        "USD",
        date(2007, 3, 1),
        date(2007, 4, 1),
        further=work_lines(tuesday(APRIL_FIRST)),
    )
)


class TestWrongfulSuspension:
    """Scenario 11, end: the suspension is found wrong after its work was billed."""

    def test_takes_back_the_charge_and_shows_the_work_covered(self) -> None:
        """$225.00 is refunded; the 80 minutes reappear at $200.00 and 0.00; SRV2's line is left alone."""
        found = difference(INVOICE, work_lines(tuesday(LATER)), "the suspension was wrong")

        note = draft_credit_note(INVOICE, InvoiceId("INV-3"), found.corrections)

        assert INVOICE.total == usd("225.00")
        assert note.total == usd("-225.00")
        (line,) = found.to_bill
        assert (line.kind, line.value, line.amount) == (LineKind.COVERED, usd("200.00"), usd("0"))
        assert line.service_day == date(2007, 3, 13)
        assert check(note) == ()

    def test_runs_the_fee_unbroken(self) -> None:
        """What had been credited for March comes back."""
        march = fee_share(AGREEMENT, SRV1, states(LATER), fee_month(2007, 3))

        line = correction_line(march, usd("124.19"))

        assert line is not None
        assert line.amount == usd("225.81")

    def test_leaves_the_books_at_nothing_owed(self) -> None:
        """The journal reverses the stored charge; the receivable of the work is nothing."""
        before = tuple(unposted_charge(c) for c in rate(tuesday(APRIL_FIRST), AGREEMENT))
        after = tuple(unposted_line(line) for line in uncharged_lines(tuesday(LATER)))
        posted = post_difference(
            (), before, Booking("JE-1", datetime(2007, 4, 1, tzinfo=UTC)), "month"
        )

        late = post_difference(posted, after, Booking("JE-2", FOUND_WRONG), "wrongful suspension")

        assert balance(posted, RECEIVABLE, "USD") == usd("225.00")
        assert balance((*posted, *late), RECEIVABLE, "USD") == usd("0")

    def test_still_answers_as_known_then(self) -> None:
        """Asked as of the invoice's own day, the invoice is right to the line."""
        found = difference(INVOICE, work_lines(tuesday(APRIL_FIRST)), "replay")

        assert (found.corrections, found.to_bill) == ((), ())


class TestDifference:
    def test_takes_back_what_the_way_back_cost(self) -> None:
        """Without a suspension there was nothing to return from: inspection and fee are refunded."""
        assert VERSION_1.reinstatement is not None
        items = reinstatement_lines(SRV1, VERSION_1.reinstatement, VERSION_1, date(2007, 4, 5))

        found = difference(replace(INVOICE, lines=items), (), "the suspension was wrong")

        note = draft_credit_note(
            replace(INVOICE, lines=items), InvoiceId("INV-4"), found.corrections
        )
        assert [line.amount for line in note.lines] == [usd("-300.00"), usd("-350.00")]
        assert check(note) == ()

    def test_leaves_fees_to_their_own_target(self) -> None:
        """A fee line is neither taken back nor billed again here."""
        fee = replace(INVOICE.lines[0], kind=LineKind.FEE)

        found = difference(replace(INVOICE, lines=(fee,)), (fee,), "any")

        assert (found.corrections, found.to_bill) == ((), ())

    def test_ignores_mere_wording(self) -> None:
        """A better description is no reason for a credit note."""
        reworded = [replace(line, description="other words") for line in INVOICE.lines]

        found = difference(INVOICE, reworded, "wording")

        assert (found.corrections, found.to_bill) == ((), ())

    def test_takes_equal_lines_one_for_one(self) -> None:
        """A line printed twice and wanted once is taken back once."""
        twice = replace(INVOICE, lines=(INVOICE.lines[0], INVOICE.lines[0]))

        found = difference(twice, [INVOICE.lines[0]], "logged twice")

        assert [c.line for c in found.corrections] == [2]

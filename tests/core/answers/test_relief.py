"""When nothing of an invoice is due though nobody paid it, and what that does to the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from groundrules.core.answers.relief import nothing_due
from groundrules.core.disputes import (
    Dispute,
    DisputeAnswer,
    DisputeOutcome,
    DisputeSide,
    DisputeSubject,
)
from groundrules.core.ids import ClientId, DisputeId, InvoiceId, ProviderId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money
from groundrules.core.parties import Provider
from groundrules.core.periods import Period
from groundrules.core.world import SentDocument, World
from tests.core.harbor import harbor_agreement, harbor_client, site

NUMBER = InvoiceId("INV-00004")
ISSUED, RAISED, ANSWERED = (site(f"2007-04-0{day} 09:00") for day in (1, 2, 4))


def document(cents: int, number: str, at: datetime, corrects: InvoiceId | None) -> SentDocument:
    """A document of one line."""
    amount = Money(cents, "USD")
    line = InvoiceLine(LineKind.CHARGE, "Work", date(2007, 3, 13), amount, amount)
    draft = InvoiceDraft(
        DocumentKind.INVOICE if corrects is None else DocumentKind.CREDIT_NOTE,
        ClientId("HARBOR"),
        "USD",
        date(2007, 3, 1),
        date(2007, 4, 1),
        (line,),
        corrects=corrects,
    )
    return SentDocument(InvoiceId(number), at, draft)


def dispute(cents: int, outcome: DisputeOutcome | None = None) -> Dispute:
    """A dispute of the invoice, raised on the 2nd; an answer came on the 4th."""
    return Dispute(
        DisputeId("DSP-1"),
        DisputeSubject.LINE,
        "INV-00004/1",
        DisputeSide.CLIENT,
        "Pat Owner",
        RAISED,
        "Not asked for.",
        ANSWERED,
        held=Money(cents, "USD"),
        document=NUMBER,
        answer=DisputeAnswer(ANSWERED, "kim", outcome, "Looked into.") if outcome else None,
    )


INVOICE = document(22500, NUMBER, ISSUED, None)
WORLD = World(
    provider=Provider(ProviderId("noble"), "Noble Outsourced I.T.", "America/Los_Angeles"),
    client=harbor_client(),
    agreement=harbor_agreement(),
    documents=(INVOICE,),
)


class TestNothingDue:
    def test_while_all_of_an_invoice_is_disputed(self) -> None:
        """What is disputed is not due; nothing else is on the invoice."""
        world = replace(WORLD, disputes=(dispute(22500),))

        assert nothing_due(world) == {NUMBER: (Period(RAISED),)}

    def test_ends_when_a_dispute_is_rejected(self) -> None:
        """The answer makes it due again."""
        world = replace(WORLD, disputes=(dispute(22500, DisputeOutcome.REJECTED),))

        assert nothing_due(world) == {NUMBER: (Period(RAISED, ANSWERED),)}

    def test_needs_the_whole_invoice(self) -> None:
        """A cent that nobody disputes is due."""
        assert nothing_due(replace(WORLD, disputes=(dispute(22499),))) == {}

    def test_counts_what_was_credited(self) -> None:
        """An upheld dispute's credit note takes the amount's place; from then on it stays settled."""
        note = document(-22500, "CRN-00001", ANSWERED, NUMBER)
        world = replace(
            WORLD, documents=(INVOICE, note), disputes=(dispute(22500, DisputeOutcome.UPHELD),)
        )

        assert nothing_due(world) == {NUMBER: (Period(RAISED, ANSWERED), Period(ANSWERED))}

    def test_is_nowhere_without_a_reason(self) -> None:
        """An invoice that was issued and nothing more is due."""
        assert nothing_due(WORLD) == {}

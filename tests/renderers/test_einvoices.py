"""Electronic invoices: every document of the numbered cases passes the schemas and CEN's own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundrules.core.ids import ClauseNumber, ClientId, InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.draft import Correction, draft_credit_note
from groundrules.core.invoices.electronic import (
    ElectronicInvoiceRefused,
    broken_rules,
    electronic,
)
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.invoices.tax import Tax, TaxCategory, Taxed, TaxShare
from groundrules.core.money import Money
from groundrules.core.parties import LegalDetails
from groundrules.renderers.einvoice_cii import render_cii
from groundrules.renderers.einvoice_ubl import render_ubl
from groundrules.services.cases import run_case
from tests.renderers.norm import complaints

CASES = Path(__file__).parent.parent / "cases"
DAY = date(2007, 3, 13)
HEADING = Heading(
    number="INV-00001",
    issued_on=DAY,
    due_on=date(2007, 4, 12),
    seller=TradeParty(
        "msp",
        "Northwind & Sons",
        ("1 Main St", "Suite 2", "Salem", "OR"),
        "a@b.example",
        LegalDetails(country="US"),
    ),
    buyer=TradeParty("harbor", "Harbor <Dental>", legal=LegalDetails(country="US")),
    agreement="Managed services, version 1",
)


def usd(minor: int) -> Money:
    """This function will return cents of a US dollar."""
    return Money(minor, "USD")


def timed(kind: LineKind, minutes: Fraction, hourly: int) -> InvoiceLine:
    """This function will write a line of time, at its price or at 0.00."""
    value = Money.rounded(minutes * hourly / 60, "USD")
    free = kind is LineKind.COVERED
    return InvoiceLine(
        kind=kind,
        description="Recovery\x0b of SRV1",
        service_day=DAY,
        amount=usd(0) if free else value,
        value=value,
        clause=ClauseNumber("2.1"),
        minutes=minutes,
        hourly=usd(hourly),
    )


def bill(*lines: InvoiceLine) -> InvoiceDraft:
    """This function will draft March's invoice of lines."""
    return InvoiceDraft(
        DocumentKind.INVOICE, ClientId("harbor"), "USD", date(2007, 3, 1), date(2007, 4, 1), lines
    )


CHARGED = timed(LineKind.CHARGE, Fraction(77), 12500)
COVERED = timed(LineKind.COVERED, Fraction(29 * 60 + 7, 60), 12500)


TWO_LINES = bill(CHARGED, timed(LineKind.CHARGE, Fraction(31), 9999))
TWO_LINES_BACK = draft_credit_note(
    TWO_LINES, InvoiceId("INV-00001"), [Correction(1, "Not done"), Correction(2, "Not done")], {}
)
VAT = Tax(TaxCategory.STANDARD, Decimal(20))
TAXES = (
    (VAT, VAT),
    (Tax(TaxCategory.ZERO), Tax(TaxCategory.ZERO)),
    (Tax(TaxCategory.EXEMPT, reason="Exempt services"), VAT),
    (Tax(TaxCategory.REVERSE_CHARGE, reason="Reverse charge"),) * 2,
    (Tax(TaxCategory.STANDARD, Decimal("8.875"), "Sales tax"), VAT),
)
TAXED_HEADING = replace(
    HEADING,
    seller=TradeParty(
        "msp",
        "Northwind",
        ("1 Main St",),
        "a@b.example",
        LegalDetails(
            name="Northwind & Sons GmbH",
            country="DE",
            vat_id="DE123456789",
            tax_number="12/345",
            account="DE89370400440532013000",
            account_name="Northwind",
            bank="COBADEFFXXX",
        ),
    ),
    buyer=TradeParty("harbor", "Harbor", legal=LegalDetails(country="FR", vat_id="FR12345678901")),
)


def taxed(draft: InvoiceDraft, taxes: tuple[Tax, Tax]) -> Taxed:
    """This function will tax two lines, one by each tax."""
    bases: dict[Tax, Money] = {}
    for line, tax in zip(draft.lines, taxes, strict=True):
        bases[tax] = bases.get(tax, usd(0)) + line.amount
    shares = (TaxShare(t, b, b.times(Fraction(t.percent) / 100)) for t, b in bases.items())
    return Taxed(taxes, tuple(shares))


def case_documents() -> dict[str, InvoiceDraft]:
    """This function will draft every document of the numbered case files, and a credit note for all of each invoice."""
    found: dict[str, InvoiceDraft] = {}
    for path in sorted(CASES.glob("[0-9]*.yaml")):
        for answered in run_case(path.read_bytes(), path).answered:
            for n, draft in enumerate(answered.answers.money.invoices):
                name = f"{path.stem}/{answered.answers.at}/{n}"
                found[name] = draft
                lines = [
                    Correction(i, "All of it")
                    for i, line in enumerate(draft.lines, 1)
                    if line.amount.minor > 0
                ]
                if draft.kind is DocumentKind.INVOICE and lines:
                    note = draft_credit_note(draft, InvoiceId("INV-00001"), lines, {})
                    found[f"{name}/credited"] = note
    return found


class TestTheNorm:
    def test_every_document_of_the_numbered_cases_is_valid(self) -> None:
        """Schemas and CEN's rules have nothing against any of them, not even a warning."""
        drafts = case_documents()
        kinds = {draft.kind for draft in drafts.values()}

        stated = {name: electronic(draft, HEADING) for name, draft in drafts.items()}

        said = complaints(
            {f"ubl/{n}": render_ubl(found) for n, found in stated.items()}
            | {f"cii/{n}": render_cii(found) for n, found in stated.items()}
        )

        assert kinds == {DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE}
        assert not said

    def test_every_kind_of_tax_is_valid(self) -> None:
        """Standard, zero, exempt, reverse charge and two rates at once; invoice and credit note, in both forms."""
        stated = {
            f"{number}/{draft.kind.value}": electronic(
                draft, replace(TAXED_HEADING, taxed=taxed(draft, taxes))
            )
            for number, taxes in enumerate(TAXES)
            for draft in (TWO_LINES, TWO_LINES_BACK)
        }

        said = complaints(
            {f"ubl/{n}": render_ubl(found) for n, found in stated.items()}
            | {f"cii/{n}": render_cii(found) for n, found in stated.items()}
        )

        assert len(stated) == 2 * len(TAXES)
        assert not said

    def test_the_judges_refuse_what_is_wrong(self) -> None:
        """A wrong total breaks CEN's BR-CO-10, an element of another name the schema."""
        xml = render_ubl(electronic(bill(CHARGED, COVERED), HEADING))
        total = xml.replace(
            b'<cbc:LineExtensionAmount currencyID="USD">160.42</cbc:LineExtensionAmount>\n    <cbc:TaxE',
            b'<cbc:LineExtensionAmount currencyID="USD">161.42</cbc:LineExtensionAmount>\n    <cbc:TaxE',
        )

        said = complaints({"total": total, "name": xml.replace(b"cbc:DueDate", b"cbc:DueDay")})

        assert any("BR-CO-10" in text for text in said["total"])
        assert any("DueDay" in text for text in said["name"])


class TestUbl:
    def test_counts_minutes_at_a_price_for_sixty(self) -> None:
        """77 minutes at 125.00 an hour are 77 MIN at 125.00 per 60 MIN, which anyone can recompute."""
        xml = render_ubl(electronic(bill(CHARGED), HEADING)).decode()

        assert '<cbc:InvoicedQuantity unitCode="MIN">77<' in xml
        assert '<cbc:PriceAmount currencyID="USD">125.00<' in xml
        assert '<cbc:BaseQuantity unitCode="MIN">60<' in xml

    def test_shows_covered_work_at_its_value_less_all_of_it(self) -> None:
        """29 min 7 s are counted in seconds; the discount is the whole value and cites the clause."""
        xml = render_ubl(electronic(bill(COVERED), HEADING)).decode()

        assert '<cbc:InvoicedQuantity unitCode="SEC">1747<' in xml
        assert '<cbc:Amount currencyID="USD">60.66<' in xml
        assert "Covered by the managed services agreement, clause 2.1" in xml
        assert '<cbc:PayableAmount currencyID="USD">0.00<' in xml

    def test_takes_a_credit_note_back_from_the_stored_amounts(self) -> None:
        """A part of a line can not be counted in minutes: it is one piece at the amount credited."""
        part = [Correction(1, "A part", usd(1001))]
        note = draft_credit_note(bill(CHARGED), InvoiceId("INV-00001"), part, {})

        xml = render_ubl(electronic(note, HEADING)).decode()

        assert '<cbc:CreditedQuantity unitCode="C62">1<' in xml
        assert '<cbc:PayableAmount currencyID="USD">10.01<' in xml
        assert "<cbc:CreditNoteTypeCode>381<" in xml


class TestCii:
    def test_says_the_same_as_ubl(self) -> None:
        """Minutes per 60, the discount with its clause, and the total stand in the other form too."""
        xml = render_cii(electronic(bill(CHARGED, COVERED), HEADING)).decode()

        assert '<ram:BilledQuantity unitCode="MIN">77<' in xml
        assert '<ram:BasisQuantity unitCode="MIN">60<' in xml
        assert "<ram:ActualAmount>60.66<" in xml
        assert "<ram:Reason>Covered by the managed services agreement, clause 2.1<" in xml
        assert "<ram:DuePayableAmount>160.42<" in xml


class TestArithmetic:
    @given(
        some.lists(
            some.tuples(
                some.sampled_from((LineKind.CHARGE, LineKind.COVERED)),
                some.integers(0, 10**6),
                some.integers(0, 10**6),
            ),
            min_size=1,
            max_size=8,
        ),
        some.integers(-5, 5).filter(bool),
    )
    def test_is_exact_and_nothing_else_passes(
        self, jobs: list[tuple[LineKind, int, int]], wrong: int
    ) -> None:
        """Any times at any prices add up; a total or a net that is off by one cent is found."""
        lines = [timed(kind, Fraction(seconds, 60), hourly) for kind, seconds, hourly in jobs]
        draft = bill(*lines)

        found = electronic(draft, HEADING)

        off = replace(found.lines[0], net=found.lines[0].net + usd(wrong))
        assert found.total == draft.total
        assert broken_rules(replace(found, total=found.total + usd(wrong)))
        assert broken_rules(replace(found, lines=(off, *found.lines[1:])))

    def test_refuses_a_party_without_a_country(self) -> None:
        """The norm requires both countries; nothing is guessed, and the card that lacks it is named."""
        nowhere = replace(HEADING, buyer=TradeParty("harbor", "Harbor Dental"))

        with pytest.raises(ElectronicInvoiceRefused, match="client Harbor Dental has no country"):
            electronic(bill(CHARGED), nowhere)

    def test_names_what_a_card_lacks_for_a_tax(self) -> None:
        """A reverse charge needs both numbers; the refusal says which cards lack them."""
        taxes = (Tax(TaxCategory.REVERSE_CHARGE, reason="Reverse charge"),) * 2
        heading = replace(HEADING, taxed=taxed(TWO_LINES, taxes))

        with pytest.raises(ElectronicInvoiceRefused, match=r"provider's VAT number.*client's VAT"):
            electronic(TWO_LINES, heading)

    def test_finds_a_tax_that_is_off_by_a_cent(self) -> None:
        """CEN's rules let a taxable amount or a tax be off; this check does not."""
        found = electronic(TWO_LINES, replace(TAXED_HEADING, taxed=taxed(TWO_LINES, (VAT, VAT))))
        share = found.shares[0]

        for off in (
            replace(share, amount=share.amount + usd(1)),
            replace(share, base=share.base + usd(1)),
        ):
            assert broken_rules(replace(found, shares=(off,)))

    def test_refuses_a_document_without_lines(self) -> None:
        """BR-16."""
        with pytest.raises(ElectronicInvoiceRefused, match="BR-16"):
            electronic(bill(), HEADING)

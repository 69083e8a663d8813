"""Taxes: the rule of the day, one rounding per tax, and credit notes that take back exactly what was charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from groundrules.core.ids import ClientId, InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.draft import Correction, draft_credit_note
from groundrules.core.invoices.tax import (
    CreditedBefore,
    Tax,
    TaxCategory,
    TaxedKind,
    TaxNotSettled,
    TaxRule,
    TaxRules,
    TaxShare,
    tax_credit_note,
    tax_invoice,
)
from groundrules.core.money import Money

MARCH = date(2026, 3, 1)
VAT = Tax(TaxCategory.STANDARD, Decimal(20))
SALES_TAX = Tax(TaxCategory.STANDARD, Decimal("8.875"), "Sales tax")
EXEMPT = Tax(TaxCategory.EXEMPT, reason="Services are exempt")
OUTSIDE = Tax(TaxCategory.NOT_SUBJECT, reason="Outside the scope")


def line(minor: int, kind: LineKind = LineKind.CHARGE, day: date = MARCH) -> InvoiceLine:
    """This function will write a line of so many cents."""
    amount = Money(minor, "EUR")
    return InvoiceLine(kind, "Work", day, amount, amount)


def bill(*lines: InvoiceLine) -> InvoiceDraft:
    """This function will draft March's invoice of lines."""
    return InvoiceDraft(
        DocumentKind.INVOICE, ClientId("harbor"), "EUR", MARCH, date(2026, 4, 1), lines
    )


def rule(tax: Tax, day: date = MARCH, on: TaxedKind = TaxedKind.EVERYTHING) -> TaxRule:
    """This function will write a rule that starts on a day."""
    return TaxRule(day, on, tax)


class TestTaxInvoice:
    def test_rounds_once_for_a_tax_and_never_by_line(self) -> None:
        """Three lines of 0.33 at 20% are 0.20 on 0.99; by line they would be 0.21."""
        found = tax_invoice(bill(line(33), line(33), line(33)), TaxRules(provider=(rule(VAT),)))

        assert found.shares == (TaxShare(VAT, Money(99, "EUR"), Money(20, "EUR")),)

    def test_applies_the_rule_of_each_service_day(self) -> None:
        """A line found late is taxed at the rate of its own day."""
        lower = Tax(TaxCategory.STANDARD, Decimal(19))
        rules = TaxRules(provider=(rule(lower, date(2026, 1, 1)), rule(VAT)))

        found = tax_invoice(bill(line(100, day=date(2026, 2, 28)), line(100)), rules)

        assert found.lines == (lower, VAT)
        assert [s.amount.minor for s in found.shares] == [19, 20]

    def test_prefers_the_clients_rule_and_then_the_narrower(self) -> None:
        """Fees by the client's rule for fees, work by its rule for everything, nothing by the provider's."""
        own = (rule(SALES_TAX, on=TaxedKind.FEES), rule(EXEMPT))

        found = tax_invoice(bill(line(1000, LineKind.FEE), line(500)), TaxRules(own, (rule(VAT),)))

        assert found.lines == (SALES_TAX, EXEMPT)
        assert [(s.base.minor, s.amount.minor) for s in found.shares] == [(500, 0), (1000, 89)]

    def test_without_rules_says_not_subject(self) -> None:
        """As it always was: no tax, category O."""
        found = tax_invoice(bill(line(100)), TaxRules())

        assert [s.tax.category for s in found.shares] == [TaxCategory.NOT_SUBJECT]
        assert found.total("EUR").minor == 0

    def test_refuses_a_line_that_no_rule_is_for(self) -> None:
        """Nothing is guessed: the message names the line and the day the rule must start by."""
        rules = TaxRules(client=(rule(VAT),))

        with pytest.raises(TaxNotSettled, match=r"line 1 \(charge of 2026-02-28\).*by 2026-02-28"):
            tax_invoice(bill(line(1, day=date(2026, 2, 28)), line(1)), rules)

    def test_refuses_lines_outside_of_tax_beside_taxed_ones(self) -> None:
        """BR-O-11: the norm wants them in documents of their own."""
        rules = TaxRules(client=(rule(VAT), rule(OUTSIDE, on=TaxedKind.FEES)))

        with pytest.raises(TaxNotSettled, match=r"exempt \(E\)"):
            tax_invoice(bill(line(1, LineKind.FEE), line(1)), rules)

    def test_refuses_one_rate_under_two_names(self) -> None:
        """The norm tells taxes apart by category and percentage alone."""
        other = Tax(TaxCategory.STANDARD, Decimal(20), "Sales tax")
        rules = TaxRules(client=(rule(VAT), rule(other, on=TaxedKind.FEES)))

        with pytest.raises(TaxNotSettled, match="two names"):
            tax_invoice(bill(line(1, LineKind.FEE), line(1)), rules)


class TestTaxCreditNote:
    @given(some.lists(some.integers(1, 99_999), min_size=1, max_size=6), some.integers(1, 2500))
    def test_takes_back_exactly_what_was_charged(self, minors: list[int], percent: int) -> None:
        """One note for each line, one after the other: their taxes add up to the invoice's, to the cent."""
        tax = Tax(TaxCategory.STANDARD, Decimal(percent).scaleb(-2))
        invoice = bill(*map(line, minors))
        charged = tax_invoice(invoice, TaxRules(provider=(rule(tax),)))
        taken: list[TaxShare] = []

        for number in range(1, len(minors) + 1):
            back = [Correction(number, "taken back")]
            note = draft_credit_note(invoice, InvoiceId("INV-00001"), back, {})
            taken += tax_credit_note(note, CreditedBefore(charged, tuple(taken))).shares

        assert sum(s.amount.minor for s in taken) == -charged.shares[0].amount.minor

    def test_of_an_invoice_older_than_taxes_has_none(self) -> None:
        """What was not taxed is not taken back with tax, whatever the rules say today."""
        invoice = bill(line(100))
        back = [Correction(1, "taken back")]
        note = draft_credit_note(invoice, InvoiceId("INV-00001"), back, {})

        found = tax_credit_note(note, CreditedBefore(tax_invoice(invoice, TaxRules())))

        assert found.total("EUR").minor == 0


class TestTaxRule:
    @pytest.mark.parametrize(
        ("tax", "says"),
        [
            (Tax(TaxCategory.STANDARD), "percentage above 0"),
            (Tax(TaxCategory.STANDARD, Decimal(101)), "from 0 to 100"),
            (Tax(TaxCategory.STANDARD, Decimal("8.8755")), "three decimal places"),
            (Tax(TaxCategory.ZERO, Decimal(5)), "has no percentage"),
            (Tax(TaxCategory.EXEMPT), "needs the reason"),
            (Tax(TaxCategory.STANDARD, Decimal(5), reason="why"), "takes no reason"),
            (Tax(TaxCategory.STANDARD, Decimal(5), " "), "needs a name"),
            (Tax(TaxCategory.STANDARD, Decimal("NaN")), "from 0 to 100"),
        ],
    )
    def test_refuses_what_can_not_be(self, tax: Tax, says: str) -> None:
        """Each refusal says what to write instead."""
        with pytest.raises(TaxNotSettled, match=says):
            rule(tax)

"""An invoice or credit note as a PDF: charged work with its working and clause, covered work at its value and 0.00."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from groundrules.core.agreements.words import duration_words
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.heading import Heading, TradeParty
from groundrules.core.money import Money, exponent_of
from groundrules.core.periods import days_label
from groundrules.renderers.facturx import FILE_NAME as FACTUR_X
from groundrules.renderers.facturx import declare_factur_x
from groundrules.renderers.typesetting import Attachment, typeset

_SECONDS_PER_MINUTE = 60
_HEADINGS: tuple[tuple[str, frozenset[LineKind], str], ...] = (
    (
        "Monthly fees",
        frozenset({LineKind.FEE, LineKind.FEE_CREDIT, LineKind.SERVICE_CREDIT}),
        "Fees",
    ),
    (
        "Charged work",
        frozenset(
            {
                LineKind.CHARGE,
                LineKind.TRIP,
                LineKind.SHORT_NOTICE,
                LineKind.INSPECTION,
                LineKind.REINSTATEMENT_FEE,
                LineKind.CAP,
            }
        ),
        "Charged work",
    ),
    (
        "Onboarding and blocks of hours",
        frozenset({LineKind.ONBOARDING, LineKind.BLOCK}),
        "Onboarding and blocks of hours",
    ),
    (
        "Paid from your prepaid hours",
        frozenset({LineKind.PREPAID}),
        "Work your prepaid hours paid for",
    ),
    ("Refunds", frozenset({LineKind.REFUND}), "Refunds"),
    (
        "Covered by your managed services agreement",
        frozenset({LineKind.COVERED}),
        "Covered work: its value, and what you pay for it",
    ),
    (
        "Not charged",
        frozenset({LineKind.NOT_BILLABLE}),
        "Work we do not charge for",
    ),
)


@dataclass(frozen=True, slots=True)
class InvoiceContext:
    """What surrounds an invoice: its frozen heading, its own instant, and how it is printed."""

    heading: Heading
    issued_at: datetime
    rounding_note: str = ""
    corrects: str = ""
    paper: str = "us-letter"
    attachments: tuple[Attachment, ...] = ()


def plain_amount(amount: Money) -> str:
    """This function will write an amount without its currency, with grouped thousands: `2,025.00`."""
    return f"{amount.amount:,.{exponent_of(amount.currency)}f}"


def clock_time(minutes: Fraction | None) -> str:
    """This function will write minutes as `6 h 45 min`, and odd seconds as `3 h 50 min 30 s`; empty without any."""
    return "" if minutes is None else duration_words(int(minutes * _SECONDS_PER_MINUTE))


def _line(line: InvoiceLine, tax: str) -> dict[str, object]:
    below = (f"Clause {line.clause}" if line.clause else "", tax)
    return {
        "date": line.service_day.isoformat(),
        "description": line.description,
        "working": line.working,
        "clause": " · ".join(words for words in below if words),
        "time": clock_time(line.minutes),
        "value": plain_amount(line.value),
        "amount": plain_amount(line.amount),
        "free": line.amount.minor == 0,
    }


def _sum(amounts: Iterable[Money], currency: str) -> str:
    return plain_amount(sum(amounts, Money.zero(currency)))


def _taxes(draft: InvoiceDraft, heading: Heading) -> list[str]:
    """The tax of each line, said only where a document has several."""
    if len(heading.taxed.shares) > 1:
        return [str(tax) for tax in heading.taxed.lines]
    return [""] * len(draft.lines)


def _sections(draft: InvoiceDraft, context: InvoiceContext) -> list[dict[str, object]]:
    sections: list[dict[str, object]] = []
    taxes = _taxes(draft, context.heading)
    for heading, kinds, summary in _HEADINGS:
        lines = [line for line in draft.lines if line.kind in kinds]
        if lines:
            sections.append(
                {
                    "heading": heading,
                    "summary": summary,
                    "lines": [
                        _line(line, tax)
                        for line, tax in zip(draft.lines, taxes, strict=True)
                        if line.kind in kinds
                    ],
                    "value": _sum((line.value for line in lines), draft.currency),
                    "amount": _sum((line.amount for line in lines), draft.currency),
                }
            )
    return sections


def _head(draft: InvoiceDraft, context: InvoiceContext) -> list[dict[str, str]]:
    heading = context.heading
    # Nobody pays a credit note, so no day is named by which to pay it.
    is_credit = draft.kind is DocumentKind.CREDIT_NOTE
    rows = [
        ("Number", heading.number or "draft, not issued"),
        ("Date", heading.issued_on.isoformat()),
        *(() if is_credit else (("Due", heading.due_on.isoformat()),)),
        ("Period", days_label(draft.period_start, draft.period_end)),
        ("Agreement", heading.agreement),
        ("Currency", draft.currency),
    ]
    if context.corrects:
        rows.append(("Corrects", context.corrects))
    return [{"label": label, "value": value} for label, value in rows]


def _letterhead(seller: TradeParty) -> list[str]:
    """The address, and the numbers a tax office asks for."""
    legal = seller.legal
    numbers = (
        f"VAT number {legal.vat_id}" if legal.vat_id else "",
        f"Tax number {legal.tax_number}" if legal.tax_number else "",
    )
    registered = legal.name if legal.name != seller.name else ""
    return [line for line in (registered, *seller.address, seller.email, *numbers) if line]


def _recipient(buyer: TradeParty) -> list[str]:
    number = f"VAT number {buyer.legal.vat_id}" if buyer.legal.vat_id else ""
    return [line for line in (buyer.registered_name, *buyer.address, number) if line]


def _totals(draft: InvoiceDraft, heading: Heading) -> list[dict[str, object]]:
    """Net, each tax and what is to be paid; without taxes the net total is what is to be paid."""
    shown = [("Value of work shown at 0.00", draft.value_uncharged)]
    if heading.is_taxed:
        shown.append(("Net", draft.total))
        shown.extend((f"{s.tax} on {plain_amount(s.base)}", s.amount) for s in heading.taxed.shares)
    credit = draft.kind is DocumentKind.CREDIT_NOTE
    paid = f"{'To your credit' if credit else 'To pay'} ({draft.currency})"
    rows = [*shown, (paid, heading.to_pay(draft))]
    return [
        {"label": label, "value": plain_amount(amount), "strong": label == paid}
        for label, amount in rows
    ]


def _remarks(draft: InvoiceDraft, context: InvoiceContext) -> list[str]:
    seller = context.heading.seller.legal
    pay = ""
    if seller.account and draft.kind is DocumentKind.INVOICE:
        holder = seller.account_name or context.heading.seller.registered_name
        bank = f", BIC {seller.bank}" if seller.bank else ""
        pay = f"Please pay to {holder}, account {seller.account}{bank}, quoting {context.heading.number}."
    exact = "Covered time is shown exact and never rounded. Each line opens the decision behind it."
    return [text for text in (pay, context.rounding_note, exact) if text]


def invoice_values(draft: InvoiceDraft, context: InvoiceContext) -> dict[str, object]:
    """This function will gather what the invoice template prints; amounts are the draft's own, never recomputed."""
    number, seller = context.heading.number, context.heading.seller
    heading = "Credit note" if draft.kind is DocumentKind.CREDIT_NOTE else "Invoice"
    return {
        "title": f"{heading} {number}".strip(),
        "heading": heading if number else f"{heading} (draft)",
        "sender": {"name": seller.name, "lines": _letterhead(seller)},
        "recipient": _recipient(context.heading.buyer),
        "head": _head(draft, context),
        "note": draft.note,
        "sections": _sections(draft, context),
        "totals": _totals(draft, context.heading),
        "remarks": _remarks(draft, context),
        "footer": f"{heading} {number or 'draft'} · {seller.name}",
        "paper": context.paper,
        "draft": not number,
        "language": "en",
    }


def render_invoice(draft: InvoiceDraft, context: InvoiceContext) -> bytes:
    """This function will typeset an invoice or credit note with what is attached to it.

    Raises DocumentNotRendered when it can't be.
    """
    attached = context.attachments
    pdf = typeset("invoice", invoice_values(draft, context), context.issued_at, attached)
    is_hybrid = any(file.name == FACTUR_X for file in attached)
    return declare_factur_x(pdf) if is_hybrid else pdf

"""An invoice or credit note as a PDF: charged work with its working and clause, covered work at its value and 0.00."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.money import Money, exponent_of
from groundrules.renderers.typesetting import typeset

_MINUTES_PER_HOUR = 60
_HEADINGS: tuple[tuple[str, frozenset[LineKind], str], ...] = (
    (
        "Monthly fees",
        frozenset({LineKind.FEE, LineKind.FEE_CREDIT}),
        "Fees",
    ),
    (
        "Charged work",
        frozenset({LineKind.CHARGE, LineKind.INSPECTION, LineKind.REINSTATEMENT_FEE}),
        "Charged work",
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
    """What surrounds an invoice: its number, parties, dates and terms. `number` is empty on a draft."""

    number: str
    sender_name: str
    sender_lines: tuple[str, ...]
    recipient_lines: tuple[str, ...]
    issued_on: date
    due_on: date
    issued_at: datetime
    agreement: str
    rounding_note: str = ""
    corrects: str = ""
    paper: str = "us-letter"


def plain_amount(amount: Money) -> str:
    """This function will write an amount without its currency, with grouped thousands: `2,025.00`."""
    return f"{amount.amount:,.{exponent_of(amount.currency)}f}"


def clock_time(minutes: Fraction | None) -> str:
    """This function will write minutes as `6 h 45`, and odd seconds as `3 h 50:30`."""
    if minutes is None:
        return ""
    whole, seconds = divmod(int(minutes * 60), 60)
    hours, rest = divmod(whole, _MINUTES_PER_HOUR)
    tail = f":{seconds:02d}" if seconds else ""
    return f"{hours} h {rest:02d}{tail}"


def _line(line: InvoiceLine) -> dict[str, object]:
    return {
        "date": line.service_day.isoformat(),
        "description": line.description,
        "working": line.working,
        "clause": f"Clause {line.clause}" if line.clause else "",
        "time": clock_time(line.minutes),
        "value": plain_amount(line.value),
        "amount": plain_amount(line.amount),
        "free": line.amount.minor == 0,
    }


def _sum(amounts: Iterable[Money], currency: str) -> str:
    return plain_amount(sum(amounts, Money.zero(currency)))


def _sections(draft: InvoiceDraft) -> list[dict[str, object]]:
    sections: list[dict[str, object]] = []
    for heading, kinds, summary in _HEADINGS:
        lines = [line for line in draft.lines if line.kind in kinds]
        if lines:
            sections.append(
                {
                    "heading": heading,
                    "summary": summary,
                    "lines": [_line(line) for line in lines],
                    "value": _sum((line.value for line in lines), draft.currency),
                    "amount": _sum((line.amount for line in lines), draft.currency),
                }
            )
    return sections


def _head(draft: InvoiceDraft, context: InvoiceContext) -> list[dict[str, str]]:
    rows = [
        ("Number", context.number or "draft, not issued"),
        ("Date", context.issued_on.isoformat()),
        ("Due", context.due_on.isoformat()),
        ("Period", f"{draft.period_start.isoformat()} to {draft.period_end.isoformat()}"),
        ("Agreement", context.agreement),
        ("Currency", draft.currency),
    ]
    if context.corrects:
        rows.append(("Corrects", context.corrects))
    return [{"label": label, "value": value} for label, value in rows]


def invoice_values(draft: InvoiceDraft, context: InvoiceContext) -> dict[str, object]:
    """This function will gather what the invoice template prints; amounts are the draft's own, never recomputed."""
    credit = draft.kind is DocumentKind.CREDIT_NOTE
    heading = "Credit note" if credit else "Invoice"
    return {
        "title": f"{heading} {context.number}".strip(),
        "heading": heading if context.number else f"{heading} (draft)",
        "sender": {"name": context.sender_name, "lines": list(context.sender_lines)},
        "recipient": list(context.recipient_lines),
        "head": _head(draft, context),
        "note": draft.note,
        "sections": _sections(draft),
        "totals": [
            {
                "label": "Value of work shown at 0.00",
                "value": plain_amount(draft.value_uncharged),
                "strong": False,
            },
            {
                "label": f"{'To your credit' if credit else 'To pay'} ({draft.currency})",
                "value": plain_amount(draft.total),
                "strong": True,
            },
        ],
        "remarks": [
            text
            for text in (
                context.rounding_note,
                "Covered time is shown exact and never rounded. Each line opens the decision behind it.",
            )
            if text
        ],
        "footer": f"{heading} {context.number or 'draft'} · {context.sender_name}",
        "paper": context.paper,
        "draft": not context.number,
        "language": "en",
    }


def render_invoice(draft: InvoiceDraft, context: InvoiceContext) -> bytes:
    """This function will typeset an invoice or credit note; raises DocumentNotRendered when it can't be."""
    return typeset("invoice", invoice_values(draft, context), context.issued_at)

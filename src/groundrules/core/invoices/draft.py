"""Invoice and credit-note drafts. Covered work stands beside charged work, at its value and 0.00.

A credit note takes back amounts as they were stored on the original, never as they would be computed today, and never
more than is left of them. The corrected work is then billed on the next invoice under its own service day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from groundrules.core.ids import ClientId, InvoiceId
from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.fees import FeeShare, correction_line
from groundrules.core.invoices.lines import charge_line, uncharged_line
from groundrules.core.money import Money
from groundrules.core.rating.answers import Charge, UnchargedLine

_ORDER = {kind: place for place, kind in enumerate(LineKind)}
_ZERO_KINDS = frozenset({LineKind.COVERED, LineKind.NOT_BILLABLE, LineKind.PREPAID})


class NothingToInvoice(ValueError):
    """There is nothing to charge, credit or show for the period."""


class NoSuchLine(LookupError):
    """A correction names a line the original does not have."""


class CreditExceedsOriginal(ValueError):
    """A credit would take back more than is left of the original line."""


@dataclass(frozen=True, slots=True)
class FeeToBill:
    """One asset's fee share for a period and what was billed for it before, less credits."""

    share: FeeShare
    billed: Money


@dataclass(frozen=True, slots=True)
class Billable:
    """Everything one document may hold: rated work, fees, and further lines. `names` maps ids to names for reading."""

    client: ClientId
    currency: str
    period_start: date
    period_end: date
    charges: tuple[Charge, ...] = ()
    uncharged: tuple[UnchargedLine, ...] = ()
    fees: tuple[FeeToBill, ...] = ()
    further: tuple[InvoiceLine, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def draft_invoice(billable: Billable) -> InvoiceDraft:
    """This function will draft the invoice of a period: fees, charges, then covered and uncharged work at 0.00.

    The period is half-open; work of an earlier service day may appear when it was found late. Raises NothingToInvoice.
    """
    fees = [correction_line(fee.share, fee.billed) for fee in billable.fees]
    lines = [
        *(line for line in fees if line is not None),
        *(charge_line(charge, billable.names) for charge in billable.charges),
        *(uncharged_line(line, billable.names) for line in billable.uncharged),
        *billable.further,
    ]
    if not lines:
        message = f"nothing was charged, credited or done for {billable.client} from {billable.period_start}"
        raise NothingToInvoice(message)
    return InvoiceDraft(
        kind=DocumentKind.INVOICE,
        client=billable.client,
        currency=billable.currency,
        period_start=billable.period_start,
        period_end=billable.period_end,
        lines=tuple(sorted(lines, key=_printing_order)),
        note=billable.note,
    )


def _printing_order(line: InvoiceLine) -> tuple[object, ...]:
    """Within a kind, day and server the order of rating stays."""
    return _ORDER[line.kind], line.service_day, line.asset or ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What to take back of one line (counted from 1) and why. `credit` None takes back all that is left of it.

    `working` explains a part (`$350.00 x 20/31 days = $225.81`).
    """

    line: int
    why: str
    credit: Money | None = None
    working: str = ""


def draft_credit_note(
    original: InvoiceDraft,
    original_id: InvoiceId,
    corrections: Iterable[Correction],
    credited_before: Mapping[int, Money] | None = None,
) -> InvoiceDraft:
    """This function will draft the credit note for lines of an issued invoice, from the amounts it stored.

    `credited_before` says, by line number, what earlier credit notes took back (positive amounts; 0.00 for a
    line shown at 0.00). Raises NoSuchLine, CreditExceedsOriginal and NothingToInvoice.
    """
    taken = dict(credited_before or {})
    lines: list[InvoiceLine] = []
    for correction in sorted(corrections, key=lambda c: c.line):
        line = _credit_line(original, correction, taken)
        before = taken.get(correction.line, Money.zero(original.currency))
        taken[correction.line] = before - line.amount
        lines.append(line)
    if not lines:
        message = f"no line of {original_id} is corrected; a credit note needs at least one"
        raise NothingToInvoice(message)
    return InvoiceDraft(
        kind=DocumentKind.CREDIT_NOTE,
        client=original.client,
        currency=original.currency,
        period_start=original.period_start,
        period_end=original.period_end,
        lines=tuple(lines),
        corrects=original_id,
        note=f"Corrects {original_id}.",
    )


def check_credit_note(
    note: InvoiceDraft, original: InvoiceDraft, credited_before: Mapping[int, Money]
) -> None:
    """This function will refuse a note that takes back more of a line than is left after the notes before it.

    A note is drafted before it is issued, and another one may go out in between. Raises CreditExceedsOriginal and
    NoSuchLine.
    """
    taken = dict(credited_before)
    for line in note.lines:
        if line.corrects_line is None:
            continue
        stored, number = _line(original, line.corrects_line), line.corrects_line
        before = taken.get(number, Money.zero(original.currency))
        again = stored.amount.minor == 0 and number in taken
        if again or before - line.amount > stored.amount:
            message = (
                f"{-line.amount} of line {number} can't be credited: {before} of its {stored.amount} was taken back "
                "meanwhile; draft the note again"
            )
            raise CreditExceedsOriginal(message)
        taken[number] = before - line.amount


def _credit_line(
    original: InvoiceDraft, correction: Correction, before: Mapping[int, Money]
) -> InvoiceLine:
    stored = _line(original, correction.line)
    # A charge may have been rounded down to nothing; it is taken back like work shown at 0.00.
    if stored.kind in _ZERO_KINDS or (stored.amount.minor == 0 and correction.credit is None):
        if correction.line in before:
            message = (
                f"the value of line {correction.line} was taken back before; nothing is left of it"
            )
            raise CreditExceedsOriginal(message)
        return _value_taken_back(stored, correction)
    left = stored.amount - before.get(correction.line, Money.zero(original.currency))
    credit = left if correction.credit is None else correction.credit
    if credit > left or credit.minor <= 0:
        message = f"{credit} cannot be credited on line {correction.line}: {left} of {stored.amount} is left"
        raise CreditExceedsOriginal(message)
    is_whole = credit == stored.amount
    return replace(
        stored,
        kind=LineKind.FEE_CREDIT if stored.kind is LineKind.FEE else LineKind.REFUND,
        description=f"{stored.description}: {correction.why}",
        amount=-credit,
        value=-credit,
        working=correction.working or f"credited as billed: {credit} of {stored.amount}",
        minutes=stored.minutes if is_whole else None,
        hourly=stored.hourly if is_whole else None,
        base=credit,
        share=Fraction(1),
        corrects_line=correction.line,
    )


def _value_taken_back(stored: InvoiceLine, correction: Correction) -> InvoiceLine:
    """Work shown at 0.00 keeps its kind, so that the value shown over both documents cancels."""
    return replace(
        stored,
        description=f"{stored.description}: {correction.why}",
        value=-stored.value,
        working=f"value shown before is taken back: {-stored.value}",
        corrects_line=correction.line,
    )


def _line(original: InvoiceDraft, number: int) -> InvoiceLine:
    if not 1 <= number <= len(original.lines):
        message = (
            f"the invoice has {len(original.lines)} lines, so line {number} cannot be corrected"
        )
        raise NoSuchLine(message)
    return original.lines[number - 1]

"""A document in the terms of EN 16931: exact quantities and prices, covered work at its value with a full discount.

Time is whole minutes at a price per 60 minutes (whole seconds per 3600 when seconds remain), so that whoever receives
the invoice can recompute every line; hours with two decimals can not be. The BR-CO rules are checked with no tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from groundrules.core.invoices.answers import DocumentKind, InvoiceDraft, InvoiceLine, LineKind
from groundrules.core.invoices.heading import Heading
from groundrules.core.invoices.tax import NOT_SUBJECT, Tax, TaxCategory, TaxShare
from groundrules.core.money import Money

_SECONDS = 60


class ElectronicInvoiceRefused(ValueError):
    """The document can not be written as EN 16931; the message says what is missing or wrong."""


class Unit(StrEnum):
    """How a line's quantity is counted (UN/ECE recommendation 20)."""

    MINUTE = "MIN"
    SECOND = "SEC"
    ONE = "C62"


# A price is per hour whatever the time is counted in.
_PER = {Unit.MINUTE: 60, Unit.SECOND: 3600, Unit.ONE: 1}


@dataclass(frozen=True, slots=True)
class ElectronicLine:
    """One line: quantity x price / per, rounded once, less `allowance`, is `net`."""

    number: int
    name: str
    working: str
    note: str
    service_day: date
    quantity: int
    unit: Unit
    price: Money
    allowance: Money
    net: Money
    reason: str = ""
    tax: Tax = NOT_SUBJECT

    @property
    def per(self) -> int:
        """How many units the price is for."""
        return _PER[self.unit]

    @property
    def gross(self) -> Money:
        """What the quantity is worth at the price."""
        return Money.rounded(
            Fraction(self.quantity * self.price.minor, self.per), self.price.currency
        )


@dataclass(frozen=True, slots=True)
class ElectronicInvoice:
    """A whole document; a credit note states what it takes back as positive amounts."""

    heading: Heading
    kind: DocumentKind
    currency: str
    first: date
    last: date
    lines: tuple[ElectronicLine, ...]
    total: Money
    shares: tuple[TaxShare, ...]
    note: str = ""
    corrects: str = ""

    @property
    def tax(self) -> Money:
        """All taxes together."""
        return sum((share.amount for share in self.shares), Money.zero(self.currency))

    @property
    def payable(self) -> Money:
        """The total with its taxes."""
        return self.total + self.tax

    @property
    def shows_vat_numbers(self) -> bool:
        """BR-O-02: a document that is not subject to tax names no VAT number."""
        return all(share.tax.category is not TaxCategory.NOT_SUBJECT for share in self.shares)


def electronic(draft: InvoiceDraft, heading: Heading) -> ElectronicInvoice:
    """This function will state a document in the terms of EN 16931, from the amounts it stored.

    Raises ElectronicInvoiceRefused when a card lacks what the norm asks for, or the document does not add up.
    """
    if lacking := what_lacks(heading):
        message = (
            f"{heading.number or 'the draft'} can not be written as EN 16931: {'; '.join(lacking)}"
        )
        raise ElectronicInvoiceRefused(message)
    sign = -1 if draft.kind is DocumentKind.CREDIT_NOTE else 1
    last = draft.period_end - timedelta(days=1)
    found = ElectronicInvoice(
        heading=heading,
        kind=draft.kind,
        currency=draft.currency,
        first=draft.period_start,
        last=max(draft.period_start, last),
        lines=_lines(draft, heading, sign),
        total=_signed(draft.total, sign),
        shares=_shares(draft, heading, sign),
        note=draft.note,
        corrects=str(draft.corrects or ""),
    )
    if broken := broken_rules(found):
        message = f"{heading.number} can not be written as EN 16931: {'; '.join(broken)}"
        raise ElectronicInvoiceRefused(message)
    return found


def what_lacks(heading: Heading) -> tuple[str, ...]:
    """This function will say what the cards lack that the norm asks for; empty means nothing."""
    parties = (("provider", heading.seller), ("client", heading.buyer))
    found = [
        f"the {whose} {party.registered_name} has no country on its card (two letters, such as US)"
        for whose, party in parties
        if not party.legal.country
    ]
    categories = {share.tax.category for share in heading.taxed.shares}
    seller, buyer = heading.seller.legal, heading.buyer.legal
    if categories - {TaxCategory.NOT_SUBJECT} and not (seller.vat_id or seller.tax_number):
        found.append("what is taxed needs the provider's VAT number or tax number on its card")
    if TaxCategory.REVERSE_CHARGE in categories and not buyer.vat_id:
        found.append("a reverse charge needs the client's VAT number on its card")
    return tuple(found)


def broken_rules(document: ElectronicInvoice) -> tuple[str, ...]:
    """This function will list the arithmetic rules a document breaks, to the smallest unit; empty means none."""
    found = [] if document.lines else ["BR-16: it has no line"]
    for line in document.lines:
        expected = line.gross - line.allowance
        if line.net != expected:
            found.append(
                f"line {line.number}: net is {line.net}, but quantity x price - allowance is {expected}"
            )
        if line.price.minor < 0:
            found.append(f"BR-27: line {line.number} has the negative price {line.price}")
        if line.allowance.minor and not line.reason:
            found.append(f"BR-42: line {line.number} has a discount without a reason")
    total = sum((line.net for line in document.lines), Money.zero(document.currency))
    if document.total != total:
        found.append(f"BR-CO-10: the total is {document.total}, its lines come to {total}")
    return (*found, *_broken_shares(document))


def _broken_shares(document: ElectronicInvoice) -> list[str]:
    """Each tax has one share, of all its lines, and the percentage of it; a credit note may take the remainder back."""
    found = []
    for share in document.shares:
        own = (line.net for line in document.lines if line.tax == share.tax)
        base = sum(own, Money.zero(document.currency))
        if share.base != base:
            found.append(f"BR-S-08: {share.tax} is on {share.base}, its lines come to {base}")
        off = share.amount.minor - share.base.minor * Fraction(share.tax.percent) / 100
        near = abs(off) < 1 if document.kind is DocumentKind.CREDIT_NOTE else False
        if not near and share.amount != share.base.times(Fraction(share.tax.percent) / 100):
            found.append(f"BR-CO-17: {share.tax} on {share.base} is given as {share.amount}")
    if {line.tax for line in document.lines} != {share.tax for share in document.shares}:
        found.append("BR-CO-18: the taxes of the lines are not those of the document")
    return found


def _lines(draft: InvoiceDraft, heading: Heading, sign: int) -> tuple[ElectronicLine, ...]:
    taxes = heading.taxed.lines or (NOT_SUBJECT,) * len(draft.lines)
    together = zip(draft.lines, taxes, strict=True)
    return tuple(_line(n, line, sign, tax) for n, (line, tax) in enumerate(together, start=1))


def _shares(draft: InvoiceDraft, heading: Heading, sign: int) -> tuple[TaxShare, ...]:
    known = heading.taxed.shares or (
        TaxShare(NOT_SUBJECT, draft.total, Money.zero(draft.currency)),
    )
    return tuple(
        TaxShare(share.tax, _signed(share.base, sign), _signed(share.amount, sign))
        for share in known
    )


def _line(number: int, line: InvoiceLine, sign: int, tax: Tax) -> ElectronicLine:
    value, net = _signed(line.value, sign), _signed(line.amount, sign)
    quantity, unit, price = _counted(line, value)
    return ElectronicLine(
        number=number,
        name=line.description,
        working=line.working,
        note=f"Clause {line.clause}" if line.clause else "",
        service_day=line.service_day,
        quantity=quantity,
        unit=unit,
        price=price,
        allowance=value - net,
        net=net,
        reason=_reason(line) if value != net else "",
        tax=tax,
    )


def _counted(line: InvoiceLine, value: Money) -> tuple[int, Unit, Money]:
    """Time when its price comes to the stored value exactly; otherwise one piece at that value."""
    way = -1 if value.minor < 0 else 1
    if line.minutes is not None and line.hourly is not None and line.hourly.minor >= 0:
        seconds = line.minutes * _SECONDS
        worth = Money.rounded(seconds * line.hourly.minor / 3600, value.currency)
        if seconds.denominator == 1 and worth == _signed(value, way):
            whole = line.minutes.denominator == 1
            count = int(line.minutes if whole else seconds)
            return way * count, Unit.MINUTE if whole else Unit.SECOND, line.hourly
    return way, Unit.ONE, _signed(value, way)


_WHY_NOT_CHARGED = {
    LineKind.COVERED: "Covered by the managed services agreement",
    LineKind.PREPAID: "Paid from prepaid hours",
}


def _reason(line: InvoiceLine) -> str:
    said = _WHY_NOT_CHARGED.get(line.kind, "Not charged")
    return f"{said}, clause {line.clause}" if line.clause else said


def _signed(amount: Money, sign: int) -> Money:
    return -amount if sign < 0 else amount

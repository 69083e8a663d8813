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
from groundrules.core.money import Money

_COUNTRY_LETTERS = 2
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
class ElectronicParty:
    """The seller or buyer; `country` is an ISO 3166 code of two letters."""

    identifier: str
    name: str
    country: str
    address: tuple[str, ...] = ()
    email: str = ""

    def __post_init__(self) -> None:
        code = self.country
        if len(code) != _COUNTRY_LETTERS or not (code.isascii() and code.isupper()):
            message = f"{self.name} has {code!r} as its country; EN 16931 asks for two capital letters such as US"
            raise ElectronicInvoiceRefused(message)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document says beside its lines: its number, dates and parties."""

    number: str
    issued_on: date
    due_on: date
    seller: ElectronicParty
    buyer: ElectronicParty
    agreement: str = ""
    corrected_on: date | None = None


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
    note: str = ""
    corrects: str = ""


def electronic(draft: InvoiceDraft, heading: Heading) -> ElectronicInvoice:
    """This function will state a document in the terms of EN 16931, from the amounts it stored.

    Raises ElectronicInvoiceRefused when it does not add up.
    """
    sign = -1 if draft.kind is DocumentKind.CREDIT_NOTE else 1
    last = draft.period_end - timedelta(days=1)
    found = ElectronicInvoice(
        heading=heading,
        kind=draft.kind,
        currency=draft.currency,
        first=draft.period_start,
        last=max(draft.period_start, last),
        lines=tuple(_line(n, line, sign) for n, line in enumerate(draft.lines, start=1)),
        total=_signed(draft.total, sign),
        note=draft.note,
        corrects=str(draft.corrects or ""),
    )
    if broken := broken_rules(found):
        message = f"{heading.number} can not be written as EN 16931: {'; '.join(broken)}"
        raise ElectronicInvoiceRefused(message)
    return found


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
    return tuple(found)


def _line(number: int, line: InvoiceLine, sign: int) -> ElectronicLine:
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


def _reason(line: InvoiceLine) -> str:
    covered = line.kind is LineKind.COVERED
    said = "Covered by the managed services agreement" if covered else "Not charged"
    return f"{said}, clause {line.clause}" if line.clause else said


def _signed(amount: Money, sign: int) -> Money:
    return -amount if sign < 0 else amount

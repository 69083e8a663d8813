"""Issued documents as an accounting program books them: what is charged line by line, each with its part of the taxes.

A tax is rounded once for a document; its parts by line are cut so that they add up to it again, to the cent.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from groundrules.core.invoices.answers import EVERY_FEE, DocumentKind, InvoiceDraft, InvoiceLine
from groundrules.core.invoices.heading import Heading
from groundrules.core.invoices.tax import NOT_SUBJECT, Tax
from groundrules.core.money import Money


@dataclass(frozen=True, slots=True)
class BookedLine:
    """One line of a document: what it is for (`work` or `fees`), what is charged, its tax and its part of that tax."""

    position: int
    line: InvoiceLine
    account: str
    tax: Tax
    tax_amount: Money

    @property
    def is_shown_only(self) -> bool:
        """Whether nothing is charged for it."""
        return not self.line.amount.minor and not self.tax_amount.minor


@dataclass(frozen=True, slots=True)
class BookedDocument:
    """A document with everything an accounting program asks for."""

    heading: Heading
    draft: InvoiceDraft
    lines: tuple[BookedLine, ...]

    @property
    def total(self) -> Money:
        """What is to be paid, or taken back."""
        return self.heading.to_pay(self.draft)

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes back."""
        return self.draft.kind is DocumentKind.CREDIT_NOTE

    @property
    def charged(self) -> tuple[BookedLine, ...]:
        """The lines that move money; of a document that moves none, its first, so that it is not lost."""
        return tuple(b for b in self.lines if not b.is_shown_only) or self.lines[:1]


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, by the day documents were issued."""

    year: int
    month: int

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    def holds(self, day: date) -> bool:
        """This function will say whether a day lies in the month."""
        return (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        """`2026-11`."""
        return f"{self.year:04d}-{self.month:02d}"


def book(heading: Heading, draft: InvoiceDraft) -> BookedDocument:
    """This function will cut a document's taxes to its lines, so that every sum is the document's own."""
    taxes = heading.taxed.lines or (NOT_SUBJECT,) * len(draft.lines)
    parts = [Money.zero(draft.currency)] * len(draft.lines)
    for share in heading.taxed.shares:
        places = [n for n, tax in enumerate(taxes) if tax == share.tax]
        amounts = [draft.lines[n].amount for n in places]
        for place, part in zip(places, _cut(share.amount, amounts), strict=True):
            parts[place] = part
    lines = tuple(
        BookedLine(n, line, "fees" if line.kind in EVERY_FEE else "work", tax, part)
        for n, (line, tax, part) in enumerate(zip(draft.lines, taxes, parts, strict=True), start=1)
    )
    return BookedDocument(heading, draft, lines)


def _cut(whole: Money, amounts: Sequence[Money]) -> list[Money]:
    """Each part is what the lines so far come to, less what the lines before came to; the last one closes the sum."""
    base = sum(amount.minor for amount in amounts)
    if not base:
        zero = Money.zero(whole.currency)
        return [*(zero for _ in amounts[1:]), whole]
    parts, so_far, given = [], 0, Money.zero(whole.currency)
    for amount in amounts:
        so_far += amount.minor
        target = whole.times(Fraction(so_far, base))
        parts.append(target - given)
        given = target
    return parts


def totals_of(documents: Iterable[BookedDocument]) -> dict[str, Money]:
    """This function will add documents up, by currency."""
    found: dict[str, Money] = {}
    for document in documents:
        known = found.get(document.total.currency, Money.zero(document.total.currency))
        found[document.total.currency] = known + document.total
    return found

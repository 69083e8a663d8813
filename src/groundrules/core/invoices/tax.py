"""Taxes of a document: a dated rule per kind of line, one amount per category, rounded once.

The rule in force on a line's own service day applies, a client's before the provider's, a rule for one kind of line
before one for everything. No rule at all means: not subject to tax. A credit note takes tax back from the original, so
that notes for all of an invoice take back exactly the tax it charged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from groundrules.core.invoices.answers import EVERY_FEE, InvoiceDraft, InvoiceLine
from groundrules.core.money import Money

_HIGHEST = 100
_FINEST = -3


class TaxCategory(StrEnum):
    """The categories of EN 16931 (UNTDID 5305) that a service provider meets."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    NOT_SUBJECT = "O"


class TaxedKind(StrEnum):
    """What a rule is about."""

    EVERYTHING = "everything"
    WORK = "work"
    FEES = "fees"


class TaxNotSettled(ValueError):
    """A rule can not be, or no rule says how a line is taxed though others do; the message says which to add."""


_WITH_REASON = frozenset({TaxCategory.EXEMPT, TaxCategory.REVERSE_CHARGE, TaxCategory.NOT_SUBJECT})


@dataclass(frozen=True, slots=True)
class Tax:
    """How something is taxed: category, percentage, what the tax is called, and why there is none."""

    category: TaxCategory
    percent: Decimal = Decimal(0)
    name: str = "VAT"
    reason: str = ""

    def __str__(self) -> str:
        """`VAT 20%`, or why there is none."""
        if self.category is TaxCategory.STANDARD:
            return f"{self.name} {percentage(self.percent)}"
        return f"{self.name} 0%" if self.category is TaxCategory.ZERO else self.reason


NOT_SUBJECT = Tax(TaxCategory.NOT_SUBJECT, reason="Not subject to tax")


@dataclass(frozen=True, slots=True)
class TaxRule:
    """From a day on, lines of a kind are taxed so. Raises TaxNotSettled for a rule that can not be."""

    starts_on: date
    applies_to: TaxedKind
    tax: Tax

    def __post_init__(self) -> None:
        if wrong := _wrong(self.tax):
            raise TaxNotSettled(wrong)


def percentage(percent: Decimal) -> str:
    """This function will write a percentage without needless zeros: `8.875%`."""
    return f"{percent.normalize():f}%"


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one tax of a document comes to: amount = base x percent, rounded once."""

    tax: Tax
    base: Money
    amount: Money


@dataclass(frozen=True, slots=True)
class TaxRules:
    """The rules that may apply: the client's own, and those of the provider for everybody."""

    client: tuple[TaxRule, ...] = ()
    provider: tuple[TaxRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Taxed:
    """How a document is taxed: the tax of each line, in the lines' order, and the share of each tax.

    Empty for a document issued before taxes were known: nothing of it is subject to tax.
    """

    lines: tuple[Tax, ...] = ()
    shares: tuple[TaxShare, ...] = ()

    def total(self, currency: str) -> Money:
        """All taxes of the document together."""
        return sum((share.amount for share in self.shares), Money.zero(currency))


def tax_invoice(draft: InvoiceDraft, rules: TaxRules) -> Taxed:
    """This function will tax an invoice by the rules in force on each line's service day.

    Raises TaxNotSettled when some lines have a rule and others have none, or one may not stand beside the others.
    """
    found = [_rule_for(line, rules) for line in draft.lines]
    if not any(found):
        return _shared(draft.lines, [NOT_SUBJECT] * len(found), draft.currency)
    for number, (line, rule) in enumerate(zip(draft.lines, found, strict=True), start=1):
        if rule is None:
            message = (
                f"line {number} ({line.kind.value} of {line.service_day}) has no tax rule, though other lines "
                f"do; add one that starts by {line.service_day}"
            )
            raise TaxNotSettled(message)
    taxes = [rule.tax for rule in found if rule is not None]
    _refuse_mixture(taxes)
    return _shared(draft.lines, taxes, draft.currency)


@dataclass(frozen=True, slots=True)
class CreditedBefore:
    """The invoice a credit note corrects: how it was taxed, and what earlier notes took back of it, tax by tax."""

    taxed: Taxed
    shares: tuple[TaxShare, ...] = ()


def tax_credit_note(draft: InvoiceDraft, original: CreditedBefore) -> Taxed:
    """This function will take tax back as it was charged: what is credited in all, less what was credited before."""
    known = original.taxed.lines
    taxes = [
        known[line.corrects_line - 1] if line.corrects_line and known else NOT_SUBJECT
        for line in draft.lines
    ]
    bases = _sums((s.tax, s.base) for s in original.shares)
    amounts = _sums((s.tax, s.amount) for s in original.shares)
    return _shared(draft.lines, taxes, draft.currency, Before(bases, amounts))


@dataclass(frozen=True, slots=True)
class Before:
    """Bases and amounts of documents before, by tax."""

    bases: Mapping[Tax, Money] = field(default_factory=dict)
    amounts: Mapping[Tax, Money] = field(default_factory=dict)


_NOTHING = Before()


def _shared(
    lines: Sequence[InvoiceLine], taxes: Sequence[Tax], currency: str, before: Before = _NOTHING
) -> Taxed:
    nothing = Money.zero(currency)
    bases = _sums((tax, line.amount) for line, tax in zip(lines, taxes, strict=True))
    shares = []
    for tax in sorted(bases, key=lambda tax: (tax.category, tax.percent, tax.name, tax.reason)):
        whole = bases[tax] + before.bases.get(tax, nothing)
        amount = whole.times(Fraction(tax.percent) / 100) - before.amounts.get(tax, nothing)
        shares.append(TaxShare(tax, bases[tax], amount))
    return Taxed(tuple(taxes), tuple(shares))


def _sums(pairs: Iterable[tuple[Tax, Money]]) -> dict[Tax, Money]:
    found: dict[Tax, Money] = {}
    for tax, amount in pairs:
        found[tax] = found[tax] + amount if tax in found else amount
    return found


def _rule_for(line: InvoiceLine, rules: TaxRules) -> TaxRule | None:
    kind = TaxedKind.FEES if line.kind in EVERY_FEE else TaxedKind.WORK
    for whose in (rules.client, rules.provider):
        begun = [rule for rule in whose if rule.starts_on <= line.service_day]
        for about in (kind, TaxedKind.EVERYTHING):
            own = [rule for rule in begun if rule.applies_to is about]
            if own:
                return max(own, key=lambda rule: rule.starts_on)
    return None


def _refuse_mixture(taxes: Iterable[Tax]) -> None:
    """EN 16931: what is not subject to tax has a document of its own, and each category and percentage is one tax."""
    different = set(taxes)
    for one in different:
        same = {t for t in different if (t.category, t.percent) == (one.category, one.percent)}
        if len(same) > 1:
            names = " and ".join(sorted(f"{tax.name} ({tax})" for tax in same))
            message = (
                f"category {one.category.value} at {percentage(one.percent)} stands under two names: {names}. "
                "EN 16931 knows one of each on a document; give both rules the same name and reason"
            )
            raise TaxNotSettled(message)
    categories = {tax.category for tax in different}
    if TaxCategory.NOT_SUBJECT in categories and len(categories) > 1:
        message = (
            "some lines are not subject to tax (O) and others are; EN 16931 wants them apart. "
            "Make the rule for the untaxed kind exempt (E) with its reason"
        )
        raise TaxNotSettled(message)


def _wrong(tax: Tax) -> str:
    """What is wrong with a tax, or nothing."""
    if not tax.percent.is_finite() or not 0 <= tax.percent <= _HIGHEST:
        return f"a tax of {tax.percent}% can not be; write a percentage from 0 to 100, such as 20 or 8.875"
    exponent = tax.percent.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < _FINEST:
        return f"{tax.percent}% has more than three decimal places"
    if tax.category is TaxCategory.STANDARD and not tax.percent:
        return "category S needs a percentage above 0; a rate of 0 is category Z"
    if tax.category is not TaxCategory.STANDARD and tax.percent:
        return f"category {tax.category.value} has no percentage; leave it out, or use category S"
    if tax.category in _WITH_REASON and not tax.reason.strip():
        return f"category {tax.category.value} needs the reason that is printed, such as 'Reverse charge'"
    if tax.category not in _WITH_REASON and tax.reason:
        return f"category {tax.category.value} takes no reason; only what is not taxed has one"
    return "" if tax.name.strip() else "a tax needs a name, such as VAT or Sales tax"

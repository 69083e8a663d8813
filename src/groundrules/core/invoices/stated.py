"""An electronic invoice as any file states it, and every sum in it recomputed to the smallest unit.

CEN's rules let a taxable amount be off by 1.00 and never ask whether quantity times price is the line (reference:
billing section 5). Nothing is tolerated here but what the norm leaves open: how a credit note takes the last cent back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from groundrules.core.money import exponent_of, round_half_away

_NOTHING = Decimal(0)
_DOCUMENT = "the document"
_WITHOUT_LINES = {"BR-CO-15", "BR-CO-16", "BR-DEC"}


@dataclass(frozen=True, slots=True)
class StatedAmount:
    """A number as written, and the line of the file it stands on."""

    value: Decimal
    at: int


@dataclass(frozen=True, slots=True)
class StatedAdjustment:
    """An allowance or a charge, of a line or of the whole document. `base` and `percent` where they are given."""

    is_charge: bool
    amount: StatedAmount
    base: Decimal | None = None
    percent: Decimal | None = None
    category: str = ""
    rate: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class StatedLine:
    """A line: quantity x price / per, less allowances, plus charges, is `net`."""

    name: str
    at: int
    quantity: StatedAmount | None
    price: StatedAmount | None
    per: Decimal
    net: StatedAmount | None
    adjustments: tuple[StatedAdjustment, ...]
    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class StatedTax:
    """The tax of one category and percentage."""

    category: str
    rate: Decimal
    base: StatedAmount | None
    amount: StatedAmount | None
    at: int


@dataclass(frozen=True, slots=True)
class StatedTotals:
    """The totals of a document; what is not written is None."""

    lines: StatedAmount | None
    allowances: StatedAmount | None
    charges: StatedAmount | None
    exclusive: StatedAmount | None
    tax: StatedAmount | None
    inclusive: StatedAmount | None
    prepaid: StatedAmount | None
    rounding: StatedAmount | None
    payable: StatedAmount | None


@dataclass(frozen=True, slots=True)
class StatedInvoice:
    """A whole document. `foreign` are amounts written in another currency, with the line of the file.

    `profile` is the identifier of the rules it says it follows.
    """

    form: str
    number: str
    is_credit_note: bool
    currency: str
    lines: tuple[StatedLine, ...]
    adjustments: tuple[StatedAdjustment, ...]
    taxes: tuple[StatedTax, ...]
    totals: StatedTotals
    foreign: tuple[tuple[str, int], ...] = ()
    profile: str = ""

    @property
    def has_sums_only(self) -> bool:
        """Whether its profile has no lines (Factur-X MINIMUM and BASIC WL)."""
        return self.profile.casefold().endswith((":minimum", ":basicwl"))


@dataclass(frozen=True, slots=True)
class Wrong:
    """What does not add up: where in words, the line of the file, the norm's rule, and what was expected."""

    place: str
    at: int
    rule: str
    says: str


def recompute(stated: StatedInvoice) -> tuple[Wrong, ...]:
    """This function will return everything in a document that is not exact to the smallest unit; empty means it is."""
    if stated.foreign:
        return tuple(
            Wrong(_DOCUMENT, at, "", f"an amount is in {other}, the document in {stated.currency}")
            for other, at in stated.foreign
        )
    if stated.has_sums_only:
        return tuple(wrong for wrong in _totals(stated) if wrong.rule in _WITHOUT_LINES)
    found = [wrong for line in stated.lines for wrong in _line(line, stated)]
    if not stated.lines:
        found.append(Wrong(_DOCUMENT, 0, "BR-16", "there is no line"))
    for one in stated.adjustments:
        found += _adjustment(one, _DOCUMENT, stated)
    found += _totals(stated)
    for tax in stated.taxes:
        found += _tax(tax, stated)
    return (*found, *_categories(stated))


def _rounded(exact: Fraction, stated: StatedInvoice) -> Decimal:
    places = exponent_of(stated.currency)
    return Decimal(round_half_away(exact * 10**places)).scaleb(-places)


def _line(line: StatedLine, stated: StatedInvoice) -> list[Wrong]:
    place = f"line {line.name}"
    found = [w for one in line.adjustments for w in _adjustment(one, place, stated)]
    needed = (
        (line.quantity, "BR-22", "the quantity"),
        (line.price, "BR-26", "the price"),
        (line.net, "BR-24", "the net amount"),
    )
    missing = [
        Wrong(place, line.at, rule, f"{what} is missing") for a, rule, what in needed if a is None
    ]
    if missing or line.quantity is None or line.price is None or line.net is None:
        return [*found, *missing]
    if line.price.value < 0:
        found.append(
            Wrong(place, line.price.at, "BR-27", f"the price {line.price.value} is negative")
        )
    if not line.per:
        return [
            *found,
            Wrong(place, line.at, "", "the price is for 0 units, so nothing can be computed"),
        ]
    gross = _rounded(
        Fraction(line.quantity.value) * Fraction(line.price.value) / Fraction(line.per), stated
    )
    expected = gross + _sum(line.adjustments)
    if line.net.value != expected:
        per = f" / {_plain(line.per)}" if line.per != 1 else ""
        less = (
            f" with allowances and charges of {_sum(line.adjustments)}" if line.adjustments else ""
        )
        says = (
            f"the net amount is {line.net.value}, but {_plain(line.quantity.value)} x {_plain(line.price.value)}"
            f"{per}{less} is {expected}"
        )
        found.append(Wrong(place, line.net.at, "quantity x price", says))
    return found + _too_fine(line.net, place, "the net amount", stated)


def _adjustment(one: StatedAdjustment, place: str, stated: StatedInvoice) -> list[Wrong]:
    what = "the charge" if one.is_charge else "the allowance"
    found = _too_fine(one.amount, place, what, stated)
    if one.amount.value < 0:
        found.append(Wrong(place, one.amount.at, "", f"{what} of {one.amount.value} is negative"))
    if one.base is not None and one.percent is not None:
        exact = _rounded(Fraction(one.base) * Fraction(one.percent) / 100, stated)
        if exact != one.amount.value:
            says = (
                f"{what} is {one.amount.value}, but {_plain(one.percent)}% of {one.base} is {exact}"
            )
            found.append(Wrong(place, one.amount.at, "base x percentage", says))
    return found


def _totals(stated: StatedInvoice) -> list[Wrong]:
    totals = stated.totals
    allowances, charges = _sums(stated.adjustments)
    lines = sum((line.net.value for line in stated.lines if line.net), _NOTHING)
    taxes = sum((tax.amount.value for tax in stated.taxes if tax.amount), _NOTHING)
    exclusive, inclusive = _value(totals.exclusive), _value(totals.inclusive)
    wanted = (
        (totals.lines, "BR-CO-10", "the sum of the lines", lines, True),
        (totals.allowances, "BR-CO-11", "the sum of the allowances", allowances, bool(allowances)),
        (totals.charges, "BR-CO-12", "the sum of the charges", charges, bool(charges)),
        (totals.exclusive, "BR-CO-13", "the total without tax", lines - allowances + charges, True),
        (totals.tax, "BR-CO-14", "the total tax", taxes, bool(taxes)),
        (totals.inclusive, "BR-CO-15", "the total with tax", exclusive + _value(totals.tax), True),
        (
            *(totals.payable, "BR-CO-16", "the amount due"),
            *(inclusive - _value(totals.prepaid) + _value(totals.rounding), True),
        ),
    )
    return [
        wrong
        for amount, rule, what, expected, is_needed in wanted
        for wrong in _total(amount, rule, what, (expected, is_needed), stated)
    ]


def _total(
    amount: StatedAmount | None,
    rule: str,
    what: str,
    wanted: tuple[Decimal, bool],
    stated: StatedInvoice,
) -> list[Wrong]:
    expected, is_needed = wanted
    if amount is None:
        says = f"{what} is missing; it is {expected}"
        return [Wrong(_DOCUMENT, 0, rule, says)] if is_needed else []
    found = _too_fine(amount, _DOCUMENT, what, stated)
    if amount.value != expected:
        says = f"{what} is {amount.value}, but comes to {expected}"
        found.append(Wrong(_DOCUMENT, amount.at, rule, says))
    return found


def _tax(tax: StatedTax, stated: StatedInvoice) -> list[Wrong]:
    """One share: all its lines, allowances and charges, and the percentage of them, rounded once."""
    place = f"the tax {tax.category} {_plain(tax.rate)}%"
    missing = [
        Wrong(place, tax.at, rule, f"{what} is missing")
        for amount, rule, what in (
            (tax.base, "BR-45", "the taxable amount"),
            (tax.amount, "BR-46", "the tax amount"),
        )
        if amount is None
    ]
    if missing or tax.base is None or tax.amount is None:
        return missing
    found = []
    base = _base_of(tax, stated)
    if tax.base.value != base:
        says = f"the taxable amount is {tax.base.value}, but what is taxed so comes to {base}"
        found.append(Wrong(place, tax.base.at, f"BR-{tax.category}-08", says))
    exact = Fraction(tax.base.value) * Fraction(tax.rate) / 100
    expected = _rounded(exact, stated)
    off = abs(Fraction(tax.amount.value) - exact) * 10 ** exponent_of(stated.currency)
    if tax.amount.value != expected and not (stated.is_credit_note and off < 1):
        says = f"the tax is {tax.amount.value}, but {_plain(tax.rate)}% of {tax.base.value} is {expected}"
        found.append(Wrong(place, tax.amount.at, "BR-CO-17", says))
    return found


def _base_of(tax: StatedTax, stated: StatedInvoice) -> Decimal:
    key = (tax.category, tax.rate)
    lines = (
        line.net.value for line in stated.lines if line.net and (line.category, line.rate) == key
    )
    own = (one for one in stated.adjustments if (one.category, one.rate) == key)
    return sum(lines, _NOTHING) + _sum(own)


def _categories(stated: StatedInvoice) -> list[Wrong]:
    """Every tax of a line is a tax of the document, and each only once."""
    told = [(tax.category, tax.rate) for tax in stated.taxes]
    found = [
        Wrong(
            f"line {line.name}",
            line.at,
            "BR-CO-18",
            f"its tax {line.category} {_plain(line.rate)}% is none of the document's",
        )
        for line in stated.lines
        if (line.category, line.rate) not in told
    ]
    twice = [tax for n, tax in enumerate(stated.taxes) if told.index((tax.category, tax.rate)) < n]
    found += [
        Wrong(f"the tax {t.category} {_plain(t.rate)}%", t.at, "", "it stands twice") for t in twice
    ]
    return found


def _sums(adjustments: Iterable[StatedAdjustment]) -> tuple[Decimal, Decimal]:
    """Allowances and charges, both as positive sums."""
    known = list(adjustments)
    allowances = sum((a.amount.value for a in known if not a.is_charge), _NOTHING)
    return allowances, sum((a.amount.value for a in known if a.is_charge), _NOTHING)


def _sum(adjustments: Iterable[StatedAdjustment]) -> Decimal:
    allowances, charges = _sums(adjustments)
    return charges - allowances


def _value(amount: StatedAmount | None) -> Decimal:
    return amount.value if amount else _NOTHING


def _too_fine(amount: StatedAmount, place: str, what: str, stated: StatedInvoice) -> list[Wrong]:
    places = exponent_of(stated.currency)
    exponent = amount.value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -places:
        says = f"{what} {amount.value} has more than {places} decimal places"
        return [Wrong(place, amount.at, "BR-DEC", says)]
    return []


def _plain(number: Decimal) -> str:
    """A quantity or percentage without needless zeros."""
    return f"{number.normalize():f}"

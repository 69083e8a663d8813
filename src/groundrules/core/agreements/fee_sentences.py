"""Counted fees, uplift, onboarding, service credits, blocks and caps as sentences, and back without loss."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from groundrules.core.agreements.further_terms import (
    BlockTerms,
    CapTerms,
    CountedFee,
    CreditTerms,
    OnboardingTerms,
    TrueUp,
    UpliftTerms,
)
from groundrules.core.agreements.quantity_sentences import (
    PRORATIONS,
    SAID_BANDS,
    SAID_PRORATIONS,
    bands_unsaid,
    read_heading,
    said_heading,
)
from groundrules.core.agreements.reading import (
    Cursor,
    said_fraction,
    said_money,
    said_number,
    said_quoted,
)
from groundrules.core.agreements.words import spoken_list
from groundrules.core.calendars import HoursBand
from groundrules.core.ids import ClauseNumber
from groundrules.core.money import Money
from groundrules.core.orders import CountedUnit

HEADINGS = {
    CountedUnit.USER: "User fee",
    CountedUnit.DEVICE: "Device fee",
    CountedUnit.FLAT: "Flat fee",
}
_PER = {
    CountedUnit.USER: "per user and month",
    CountedUnit.DEVICE: "per device and month",
    CountedUnit.FLAT: "per month",
}
_TRUE_UPS = {
    "trued up both ways": TrueUp.BOTH,
    "trued up when more are counted": TrueUp.UP_ONLY,
    "never trued up": TrueUp.NONE,
}
_SAID_TRUE_UPS = {true_up: words for words, true_up in _TRUE_UPS.items()}
_WHAT_RISES = {"fees rise": False, "fees and hourly rates rise": True}
_VALID_FOR_EVER = "never expire"
_DIGITS = frozenset("-0123456789")


def say_counted_fee(fee: CountedFee) -> str:
    """This function will state a fee per user or device, or a flat one."""
    parts = [
        (
            f"{said_money(fee.monthly)} {_PER[fee.unit]}, billed in advance, "
            f"{SAID_PRORATIONS[fee.proration]}, {_SAID_TRUE_UPS[fee.true_up]}"
        )
    ]
    parts += [f"the first {fee.included} are included"] if fee.included else []
    parts += [f"at least {fee.minimum} are billed"] if fee.minimum else []
    return f"{said_heading(HEADINGS[fee.unit], fee.clause)}{'; '.join(parts)}."


def reader_of(unit: CountedUnit) -> _ReadFee:
    """This function will return what reads the sentence of a fee counted by a unit."""
    return _ReadFee(unit)


class _ReadFee:
    """Reads the sentence of one unit's fee."""

    def __init__(self, unit: CountedUnit) -> None:
        self.unit = unit

    def __call__(self, cursor: Cursor) -> CountedFee:
        """This method will read the sentence."""
        clause = read_heading(cursor, HEADINGS[self.unit])
        monthly = cursor.money()
        cursor.expect(f" {_PER[self.unit]}, billed in advance, ")
        proration = cursor.choose(PRORATIONS)
        cursor.expect(", ")
        true_up = cursor.choose(_TRUE_UPS)
        included = _counted(cursor, "; the first ", " are included")
        minimum = _counted(cursor, "; at least ", " are billed")
        cursor.expect(".")
        return CountedFee(self.unit, monthly, proration, true_up, included, minimum, clause)


def _counted(cursor: Cursor, before: str, after: str) -> int:
    if not cursor.skip(before):
        return 0
    count = cursor.whole()
    cursor.expect(after)
    return count


def say_uplift(terms: UpliftTerms) -> str:
    """This function will state by how much prices rise each year, and from when."""
    what = next(words for words, rates in _WHAT_RISES.items() if rates is terms.rates_too)
    return (
        f"{said_heading('Uplift', terms.clause)}{what} by {said_fraction(terms.percent)} percent every year, "
        f"for the first time on {terms.first.isoformat()}."
    )


def read_uplift(cursor: Cursor) -> UpliftTerms:
    """This function will read an uplift sentence."""
    clause = read_heading(cursor, "Uplift")
    rates_too = cursor.choose(_WHAT_RISES)
    cursor.expect(" by ")
    percent = cursor.fraction()
    cursor.expect(" percent every year, for the first time on ")
    first = cursor.day()
    cursor.expect(".")
    return UpliftTerms(percent, first, rates_too, clause)


def say_onboarding(terms: OnboardingTerms) -> str:
    """This function will state what beginning costs: once, and for each server that is newly listed."""
    parts = []
    if terms.once is not None:
        parts.append(f"{said_money(terms.once)} once when the agreement begins")
    if terms.months_per_server or not parts:
        months = said_fraction(terms.months_per_server)
        parts.append(f"{months} monthly fees for each server newly listed")
    return f"{said_heading('Onboarding', terms.clause)}{' and '.join(parts)}."


def read_onboarding(cursor: Cursor) -> OnboardingTerms:
    """This function will read an onboarding sentence."""
    clause = read_heading(cursor, "Onboarding")
    once = _read_once(cursor)
    months = Fraction(0)
    if once is None or cursor.skip(" and "):
        months = cursor.fraction()
        cursor.expect(" monthly fees for each server newly listed")
    cursor.expect(".")
    return OnboardingTerms(once, months, clause)


def _read_once(cursor: Cursor) -> Money | None:
    """An amount, where one stands; a number of monthly fees has no currency behind it."""
    if " once when the agreement begins" not in cursor.text[cursor.position :]:
        return None
    amount = cursor.money()
    cursor.expect(" once when the agreement begins")
    return amount


def say_credit(terms: CreditTerms) -> str:
    """This function will state what a missed target gives back."""
    return (
        f"{said_heading('Credit', terms.clause)}each missed target of priority {said_quoted(terms.priority)} "
        f"gives back {said_fraction(terms.percent)} percent of the server's monthly fee; "
        f"at most {said_fraction(terms.at_most_percent)} percent in a month."
    )


def read_credit(cursor: Cursor) -> CreditTerms:
    """This function will read a service credit's sentence."""
    clause = read_heading(cursor, "Credit")
    cursor.expect("each missed target of priority ")
    priority = cursor.quoted()
    cursor.expect(" gives back ")
    percent = cursor.fraction()
    cursor.expect(" percent of the server's monthly fee; at most ")
    at_most = cursor.fraction()
    cursor.expect(" percent in a month.")
    return CreditTerms(priority, percent, at_most, clause)


def say_block(terms: BlockTerms) -> str:
    """This function will state how prepaid hours pay for work, when they expire, and what rolls over."""
    valid = f"expire {terms.valid_months} months after they were bought"
    parts = [
        (
            "prepaid hours pay for charged work in the order it was done; they "
            f"{valid if terms.valid_months else _VALID_FOR_EVER}"
        )
    ]
    parts += [
        f"{words} {said_fraction(terms.burn[band])} hours for one"
        for band, words in SAID_BANDS.items()
        if band in terms.burn
    ]
    if terms.rolls_percent or terms.rolls_months:
        parts.append(
            f"{said_fraction(terms.rolls_percent)} percent of what is left rolls over for {terms.rolls_months} months"
        )
    parts += _said_only("they pay only for work under", terms.clauses)
    return f"{said_heading('Block', terms.clause)}{'; '.join(parts)}."


def read_block(cursor: Cursor) -> BlockTerms:
    """This function will read a block sentence."""
    clause = read_heading(cursor, "Block")
    cursor.expect("prepaid hours pay for charged work in the order it was done; they ")
    valid = 0
    if not cursor.skip(_VALID_FOR_EVER):
        cursor.expect("expire ")
        valid = cursor.whole()
        cursor.expect(" months after they were bought")
    burn: dict[HoursBand, Fraction] = {}
    rolls, months = Fraction(0), 0
    only: tuple[ClauseNumber, ...] = ()
    while cursor.skip("; "):
        if cursor.skip("they pay only for work under "):
            only = _read_clauses(cursor)
            break
        if cursor.text[cursor.position : cursor.position + 1] in _DIGITS:
            rolls, months = _read_roll(cursor)
            continue
        band = cursor.choose(bands_unsaid(burn))
        cursor.expect(" ")
        burn[band] = cursor.fraction()
        cursor.expect(" hours for one")
    cursor.expect(".")
    return BlockTerms(valid, burn, rolls, months, only, clause)


def _read_roll(cursor: Cursor) -> tuple[Fraction, int]:
    percent = cursor.fraction()
    cursor.expect(" percent of what is left rolls over for ")
    months = cursor.whole()
    cursor.expect(" months")
    return percent, months


def say_cap(terms: CapTerms) -> str:
    """This function will state the most that charged work may come to in a month."""
    parts = [f"charged work comes to at most {said_money(terms.monthly)} in a calendar month"]
    parts += _said_only("only work counts under", terms.clauses)
    return f"{said_heading('Cap', terms.clause)}{'; '.join(parts)}."


def read_cap(cursor: Cursor) -> CapTerms:
    """This function will read a cap sentence."""
    clause = read_heading(cursor, "Cap")
    cursor.expect("charged work comes to at most ")
    monthly = cursor.money()
    cursor.expect(" in a calendar month")
    only = _read_clauses(cursor) if cursor.skip("; only work counts under ") else ()
    cursor.expect(".")
    return CapTerms(monthly, only, clause)


def _said_only(opening: str, clauses: Iterable[ClauseNumber]) -> list[str]:
    numbers = [said_number(number) for number in clauses]
    word = "clause" if len(numbers) == 1 else "clauses"
    return [f"{opening} {word} {spoken_list(numbers)}"] if numbers else []


def _read_clauses(cursor: Cursor) -> tuple[ClauseNumber, ...]:
    several = cursor.choose({"clause ": False, "clauses ": True})
    return cursor.listed(cursor.clause_number) if several else (cursor.clause_number(),)

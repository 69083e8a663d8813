"""Single values as people write them: money, durations, fractions, yes and no. Each refusal shows how to write it."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from groundrules.core.money import AmountTooFine, Money, UnknownCurrency
from groundrules.readers.case_file.places import BadValue, Scalar, nearest

_MONEY = re.compile(r"(?P<amount>-?\d[\d,]*(?:\.\d+)?)\s+(?P<currency>\S+)")
_DURATION = re.compile(r"(?:(?P<hours>\d+(?:\.\d+)?)\s*h)?\s*(?:(?P<minutes>\d+)\s*(?:min|m))?")
_TRUTHS = {"yes": True, "true": True, "no": False, "false": False}
_MINUTES_PER_HOUR = 60


def read_text(node: Scalar) -> str:
    """This function will read text; an empty value is refused, because leaving the key out says the same."""
    if node.is_null:
        raise BadValue(node.place, "a value is missing here; write one or leave the key out")
    return node.text.strip()


def read_truth(node: Scalar) -> bool:
    """This function will read yes, no, true or false."""
    truth = _TRUTHS.get(node.text.casefold())
    if truth is None:
        raise BadValue(node.place, f'"{node.text}" is neither yes nor no')
    return truth


def read_whole(node: Scalar) -> int:
    """This function will read a whole number."""
    try:
        return int(node.text)
    except ValueError as error:
        raise BadValue(node.place, f'"{node.text}" is not a whole number') from error


def read_fraction(node: Scalar) -> Fraction:
    """This function will read an exact number: 2, 1.5 or 3/2."""
    try:
        return Fraction(node.text)
    except (ValueError, ZeroDivisionError) as error:
        raise BadValue(node.place, f'"{node.text}" is not a number; write 2, 1.5 or 3/2') from error


def read_decimal(node: Scalar) -> Decimal:
    """This function will read a decimal number such as 25.5."""
    try:
        value = Decimal(node.text)
    except InvalidOperation as error:
        raise BadValue(node.place, f'"{node.text}" is not a number; write 25.5') from error
    if not value.is_finite():
        raise BadValue(node.place, f'"{node.text}" is not a finite number')
    return value


def read_money(node: Scalar) -> Money:
    """This function will read an amount with its currency, such as 1,925.81 USD."""
    match = _MONEY.fullmatch(node.text.strip())
    if match is None:
        raise BadValue(
            node.place, f'"{node.text}" is not an amount of money; write it as 150.00 USD'
        )
    try:
        return Money.of(match["amount"].replace(",", ""), match["currency"])
    except (AmountTooFine, UnknownCurrency) as error:
        raise BadValue(node.place, str(error)) from error


def read_minutes(node: Scalar) -> int:
    """This function will read a duration in whole minutes: 15 min, 1 h, 1 h 30 min, 2.5 h."""
    match = _DURATION.fullmatch(node.text.strip())
    if match is None or not node.text.strip():
        raise BadValue(
            node.place, f'"{node.text}" is not a duration; write 15 min, 1 h, 1 h 30 min or 2.5 h'
        )
    minutes = Fraction(match["hours"] or 0) * _MINUTES_PER_HOUR + int(match["minutes"] or 0)
    if minutes.denominator != 1:
        raise BadValue(node.place, f'"{node.text}" is not a whole number of minutes')
    return int(minutes)


def read_choice(node: Scalar, choices: type[StrEnum]) -> StrEnum:
    """This function will read one of a fixed set of words."""
    words = [choice.value for choice in choices]
    if node.text in words:
        return choices(node.text)
    known = ", ".join(words)
    raise BadValue(
        node.place, f'"{node.text}" is not known here.{nearest(node.text, words)} Known: {known}'
    )

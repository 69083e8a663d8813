"""Amounts as whole numbers of a currency's smallest unit, and the one way of rounding them."""

from __future__ import annotations

from fractions import Fraction

_SMALLEST = {"JPY": 1, "KWD": 1000}


def smallest(currency: str) -> int:
    """Say how many of the smallest units make one unit of a currency."""
    return _SMALLEST.get(currency, 100)


def half_away(value: Fraction) -> int:
    """Round to a whole number, halves away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def minor(text: str) -> int:
    """Read `350.00 USD` as 35000."""
    amount, currency = text.split()
    return int(Fraction(amount) * smallest(currency))

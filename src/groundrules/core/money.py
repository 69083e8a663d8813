"""Money: exact integer minor units with a currency, and one named rounding rule.

Rule of the house (docs/decisions/0008): multiply first, divide once, round once, half away from zero. Rates are
exact fractions of minor units per hour, so 1740 s at 125.00 x 1.5 is 90.63 and never 90.62.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Self

# ISO 4217 minor-unit exponents that differ from two: every currency of the list (2026), by exponent.
_CODES = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: places for places, codes in _CODES.items() for code in codes.split()}
_DEFAULT_EXPONENT = 2
_CURRENCY_LETTERS = 3
# Below 10^14 an amount fits a 64-bit column in minor units of every currency.
_PLACES = 14


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were combined; Groundrules never converts silently."""


class UnknownCurrency(ValueError):
    """A currency code is not three upper-case letters (ISO 4217)."""


class AmountImpossible(ValueError):
    """An amount is no finite number, or larger than any book of ours holds."""


class AmountTooFine(ValueError):
    """An amount has more decimal places than its currency has minor units."""


@lru_cache(maxsize=512)
def exponent_of(currency: str) -> int:
    """This function will return how many decimal places `currency` has (ISO 4217).

    Raises UnknownCurrency when the code is not three upper-case ASCII letters.
    """
    if len(currency) != _CURRENCY_LETTERS or not (currency.isascii() and currency.isupper()):
        message = f"{currency!r} is not an ISO 4217 code; write three capital letters such as USD"
        raise UnknownCurrency(message)
    return _EXPONENTS.get(currency, _DEFAULT_EXPONENT)


def round_half_away(value: Fraction) -> int:
    """This function will round an exact fraction to an integer, ties away from zero.

    The symmetric rule: what 12.345 becomes, -12.345 becomes negated, so a reversal always cancels.
    """
    return _rounded(value.numerator, value.denominator)


def _rounded(over: int, under: int) -> int:
    """The rule in whole numbers: a document of thousands of lines is worked out and checked in them."""
    rounded = (2 * abs(over) + under) // (2 * under)
    return rounded if over >= 0 else -rounded


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: integer minor units (cents) of one ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        """This function will return nothing owed, in `currency`."""
        return cls(0, currency)

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Self:
        """This function will build an amount from major units, refusing hidden precision.

        Raises AmountTooFine when `amount` has more places than the currency (12.345 USD), and AmountImpossible.
        """
        given = Decimal(amount)
        if not given.is_finite() or given.adjusted() >= _PLACES:
            message = f"{str(amount)[:30]} {currency} is no amount; write one below 10^{_PLACES}"
            raise AmountImpossible(message)
        scaled = given * (10 ** exponent_of(currency))
        if scaled != scaled.to_integral_value():
            message = (
                f"{amount} {currency} is finer than the currency's smallest unit; round it first"
            )
            raise AmountTooFine(message)
        return cls(int(scaled), currency)

    @classmethod
    def rounded(cls, exact_minor: Fraction, currency: str) -> Self:
        """This function will round an exact number of minor units half away from zero, once."""
        return cls(round_half_away(exact_minor), currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units as an exact Decimal (575.00)."""
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    @property
    def digits(self) -> str:
        """The amount in major units as data files write it: `-2025.00`, and `-2025` where there are no decimals."""
        places = exponent_of(self.currency)
        sign, whole = "-" if self.minor < 0 else "", str(abs(self.minor)).zfill(places + 1)
        return f"{sign}{whole[:-places]}.{whole[-places:]}" if places else f"{sign}{whole}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            message = (
                f"cannot combine {self.currency} with {other.currency}; Groundrules never converts"
            )
            raise CurrencyMismatch(message)

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def times(self, factor: Fraction) -> Money:
        """This function will multiply exactly and round once (half away from zero)."""
        return Money(_rounded(self.minor * factor.numerator, factor.denominator), self.currency)

    def __str__(self) -> str:
        """Money as people read it: `$1,925.81`, `-$225.81`, or `1,925.81 EUR`."""
        places = exponent_of(self.currency)
        whole, rest = divmod(abs(self.minor), 10**places)
        digits = f"{whole:,}.{rest:0{places}}" if places else f"{whole:,}"
        sign = "-" if self.minor < 0 else ""
        return f"{sign}${digits}" if self.currency == "USD" else f"{sign}{digits} {self.currency}"


def total(amounts: list[Money] | tuple[Money, ...], currency: str) -> Money:
    """This function will add amounts of one currency; an empty list is zero.

    Raises CurrencyMismatch when an amount has another currency.
    """
    return sum(amounts, Money.zero(currency))


def price_of_seconds(hourly: Money, seconds: int, multiplier: Fraction = Fraction(1)) -> Money:
    """This function will price `seconds` of work at an hourly rate times a multiplier.

    Multiply first, divide once (3600), round once: the order is the rule (see module docstring).
    """
    return Money.rounded(Fraction(hourly.minor * seconds, 3600) * multiplier, hourly.currency)

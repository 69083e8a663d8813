"""Money in currencies with other smallest units than a hundredth, where a wrong exponent is a wrong bill."""

from __future__ import annotations

from fractions import Fraction

import pytest

from groundrules.core.money import AmountImpossible, Money, price_of_seconds


class TestSmallestUnits:
    """Each currency has its own number of decimal places (ISO 4217)."""

    @pytest.mark.parametrize(
        ("currency", "amount", "minor"),
        [
            ("USD", "12.34", 1234),
            ("JPY", "12345", 12345),
            ("XOF", "12345", 12345),
            ("UGX", "12345", 12345),
            ("KWD", "12.345", 12345),
            ("OMR", "12.345", 12345),
            ("LYD", "12.345", 12345),
        ],
    )
    def test_are_those_of_the_currency(self, currency: str, amount: str, minor: int) -> None:
        """An amount of major units becomes the exact number of smallest units."""
        found = Money.of(amount, currency)

        assert found.minor == minor

    @pytest.mark.parametrize(
        ("minor", "currency", "written"),
        [
            (-202500, "USD", "-2025.00"),
            (5, "USD", "0.05"),
            (0, "USD", "0.00"),
            (-7, "KWD", "-0.007"),
            (-2025, "JPY", "-2025"),
        ],
    )
    def test_are_written_in_full_for_data_files(
        self, minor: int, currency: str, written: str
    ) -> None:
        """Every decimal place of the currency is there, none more, and no thousands are parted."""
        assert Money(minor, currency).digits == written
        assert Money.of(written, currency).minor == minor

    @pytest.mark.parametrize("amount", ["Infinity", "NaN", "1E99999", "1" + "0" * 14])
    def test_refuse_what_no_book_holds(self, amount: str) -> None:
        """An endless amount or one beyond every column is refused, not stored wrong."""
        with pytest.raises(AmountImpossible, match="is no amount"):
            Money.of(amount, "USD")

    def test_round_an_hour_to_the_whole_franc(self) -> None:
        """50 minutes at 18,518 XOF an hour are 15,431.67, so 15,432: there is no hundredth of a franc."""
        found = price_of_seconds(Money.of(18518, "XOF"), 50 * 60)

        assert str(found) == "15,432 XOF"

    def test_round_an_hour_to_the_baisa(self) -> None:
        """41 minutes at 12.345 OMR are 8.43575, so 8.436."""
        found = price_of_seconds(Money.of("12.345", "OMR"), 41 * 60)

        assert str(found) == "8.436 OMR"

    def test_round_a_tie_away_from_zero_either_way(self) -> None:
        """Half a cent goes up when charged and down when taken back, so a reversal cancels."""
        charge = Money.of(125, "USD").times(Fraction(29, 60) * Fraction(3, 2))

        assert str(charge) == "$90.63"
        assert (charge + Money.of(-125, "USD").times(Fraction(29, 60) * Fraction(3, 2))).minor == 0

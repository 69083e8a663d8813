"""Cells of CSV files never run in somebody's spreadsheet, and numbers stay numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.cells import defused
from groundrules.core.money import Money


class TestDefused:
    @pytest.mark.parametrize(
        "start", ["=", "+", "-", "@", "\t", "\r", " =", "\n@", "\uff1d", "\uff20"]
    )
    def test_defuses_every_start_of_a_formula(self, start: str) -> None:
        """Each character a spreadsheet may read as a formula is quoted, also behind blanks it drops."""
        assert defused(f"{start}SUM(A1)") == f"'{start}SUM(A1)"

    @pytest.mark.parametrize("cell", ["-1+cmd|' /c calc'!A1", "+49 89 1", "-2\n=A1", "-$5*A1"])
    def test_defuses_what_only_begins_as_a_number(self, cell: str) -> None:
        """A telephone number or a sum is text."""
        assert defused(cell) == f"'{cell}"

    @given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
    def test_leaves_numbers_numbers(self, number: Decimal) -> None:
        """A negative amount stays an amount."""
        assert defused(f"{number:.2f}") == f"{number:.2f}"

    @pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "BHD"])
    def test_leaves_amounts_amounts(self, currency: str) -> None:
        """What we write for money is money in the sheet, below zero too."""
        cell = str(Money(-110350, currency))

        assert defused(cell) == cell

    def test_leaves_a_dash_a_dash(self) -> None:
        """It says that there is no figure, and runs nowhere."""
        assert defused("-") == "-"

"""Charges to the cent against a second hand that read the documents only, and against the same facts said otherwise."""

from __future__ import annotations

import pytest

from tests.independent.billing_oracle.compare import amounts, differences
from tests.independent.billing_oracle.said_otherwise import cut_in_two, shuffled
from tests.independent.billing_oracle.worlds import draw


@pytest.mark.parametrize("seed", range(12))
class TestCharges:
    """What the product charges, in worlds nobody chose by hand."""

    def test_are_those_of_the_oracle(self, seed: int) -> None:
        """Every minute is decided alike, and every charge is the same to the smallest unit."""
        assert differences(draw(seed)) == []


@pytest.mark.parametrize("seed", range(1000, 1004))
class TestTheSameFacts:
    """What is the same work is charged the same."""

    def test_in_another_order(self, seed: int) -> None:
        """The order of a file's lists means nothing."""
        case = draw(seed)

        assert amounts(shuffled(case, seed)) == amounts(case)

    def test_in_shorter_entries(self, seed: int) -> None:
        """An entry that was written down as two is charged as one, unless entries are rounded apart."""
        case = draw(seed)
        for version in case["agreement"]["versions"]:
            unit = version["rounding"]["unit"]
            version["rounding"]["unit"] = [name for name in unit if name != "entry"]

        assert amounts(cut_in_two(case, seed)) == amounts(case)

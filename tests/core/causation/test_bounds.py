from __future__ import annotations

import pytest

from groundrules.core.causation.bounds import upper_bound


class TestUpperBound:
    @pytest.mark.parametrize(("of", "rate"), [(59, 0.05), (149, 0.02), (299, 0.01)])
    def test_certifies_from_the_smallest_sample_without_error(self, of: int, rate: float) -> None:
        """The known sample sizes: without a single error, one fewer is not enough."""
        assert upper_bound(0, of) <= rate < upper_bound(0, of - 1)

    def test_agrees_with_a_hand_computed_value(self) -> None:
        """None of one: 5 % of the time a rate of 95 % shows nothing."""
        assert upper_bound(0, 1) == pytest.approx(0.95)
        assert upper_bound(1, 2) == pytest.approx(0.95**0.5)

    def test_says_nothing_of_nothing(self) -> None:
        """Without a verdict the rate may be anything."""
        assert upper_bound(0, 0) == 1.0

    def test_refuses_impossible_counts(self) -> None:
        """More seen than there were is an error of the caller."""
        with pytest.raises(ValueError, match="3 of 2 is no count"):
            upper_bound(3, 2)

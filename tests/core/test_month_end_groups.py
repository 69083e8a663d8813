"""Doubts by kind: counted with what is at stake, answered together only where one reason can hold for all."""

from __future__ import annotations

import pytest

from groundrules.core.money import Money
from groundrules.core.month_end import Doubt, DoubtKind, Owner, grouped


def _doubt(kind: DoubtKind, subject: str, stake: str = "") -> Doubt:
    amount = Money.of(stake, "USD") if stake else None
    return Doubt(kind, subject, "says", Owner.OWNER, "Look at it", amount)


class TestGrouped:
    def test_counts_each_kind_with_its_sum(self) -> None:
        """The dearest kinds first; a sum counts at its size, and what has none is counted apart."""
        found = grouped(
            [
                _doubt(DoubtKind.NO_NOTE, "W-1", "10.00"),
                _doubt(DoubtKind.UNLOGGED, "L-1", "-30.00"),
                _doubt(DoubtKind.NO_NOTE, "W-2"),
                _doubt(DoubtKind.NO_NOTE, "W-3", "5.50"),
            ]
        )

        assert [
            (g.kind, len(g.doubts), [str(s) for s in g.at_stake], g.without_sum) for g in found
        ] == [
            (DoubtKind.UNLOGGED, 1, ["$30.00"], 0),
            (DoubtKind.NO_NOTE, 3, ["$15.50"], 1),
        ]

    def test_keeps_none_back(self) -> None:
        """Every doubt is in exactly one group."""
        doubts = [_doubt(kind, f"{kind}-{n}") for n in range(3) for kind in DoubtKind]

        kept = [doubt.key for group in grouped(doubts) for doubt in group.doubts]

        assert sorted(kept) == sorted(doubt.key for doubt in doubts)

    @pytest.mark.parametrize(
        ("kind", "together"),
        [
            (DoubtKind.NO_NOTE, True),
            (DoubtKind.UNLOGGED, True),
            (DoubtKind.DISPUTED, False),
            (DoubtKind.NEEDS_PERSON, False),
            (DoubtKind.TWICE, False),
            (DoubtKind.NO_TAX, False),
        ],
    )
    def test_says_where_one_reason_can_hold(self, kind: DoubtKind, *, together: bool) -> None:
        """A forgotten habit has one reason; each dispute has its own."""
        (group,) = grouped([_doubt(kind, "a"), _doubt(kind, "b")])

        assert group.may_be_answered_together is together

    def test_marks_what_was_seen(self) -> None:
        """Another doubt or another sum is another mark; the order they come in is not."""
        first, second = _doubt(DoubtKind.NO_NOTE, "a", "1.00"), _doubt(DoubtKind.NO_NOTE, "b")
        marks = [
            grouped(doubts)[0].mark
            for doubts in (
                [first, second],
                [second, first],
                [first],
                [_doubt(DoubtKind.NO_NOTE, "a", "2.00"), second],
            )
        ]

        assert marks[0] == marks[1]
        assert len(set(marks)) == 3

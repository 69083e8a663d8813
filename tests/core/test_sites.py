"""Where an asset stood when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.ids import AssetId, SiteId
from groundrules.core.sites import AssetMove, MoveRefused, check_move, site_at

BEGINNING = datetime(2007, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, THERE = SiteId("MAIN"), SiteId("BRANCH")


def moved(number: int, day: int, left: SiteId | None, reached: SiteId | None) -> AssetMove:
    """A move of SRV1 so many days after the beginning."""
    return AssetMove(AssetId("SRV1"), number, BEGINNING + day * DAY, left, reached)


class TestSiteAt:
    """Where an asset stood at an instant."""

    def test_is_where_it_stands_when_nothing_ever_moved_it(self) -> None:
        """An asset without a move always stood there; one at no site is at none."""
        assert site_at(HERE, (), BEGINNING) == HERE
        assert site_at(None, (), BEGINNING) is None

    def test_changes_at_the_very_instant_of_a_move(self) -> None:
        """A move counts from its instant on, and not a microsecond before."""
        moves = (moved(1, 5, None, HERE), moved(2, 9, HERE, THERE))

        stood = [
            site_at(THERE, moves, BEGINNING + 5 * DAY - timedelta.resolution),
            site_at(THERE, moves, BEGINNING + 5 * DAY),
            site_at(THERE, moves, BEGINNING + 9 * DAY - timedelta.resolution),
            site_at(THERE, moves, BEGINNING + 9 * DAY),
        ]

        assert stood == [None, HERE, HERE, THERE]

    @given(
        st.lists(st.sampled_from((HERE, THERE, None)), min_size=1, max_size=8), st.integers(0, 9)
    )
    def test_follows_every_chain_of_moves(self, path: list[SiteId | None], day: int) -> None:
        """Day n's site is the n-th of the path, whatever the path is."""
        moves = tuple(
            moved(number, number, path[number - 1], path[number]) for number in range(1, len(path))
        )

        assert site_at(path[-1], moves, BEGINNING + day * DAY) == path[min(day, len(path) - 1)]


class TestCheckMove:
    """Moves that can not be."""

    @pytest.mark.parametrize(
        ("move", "says"),
        [
            (moved(2, 9, HERE, HERE), "stands at MAIN already"),
            (moved(2, 9, None, None), "stands at no site already"),
            (moved(2, 11, HERE, THERE), "has not moved yet"),
            (moved(2, 5, HERE, THERE), "moved last on 2007-03-06 00:00 UTC, to MAIN"),
        ],
    )
    def test_are_refused_with_what_to_do(self, move: AssetMove, says: str) -> None:
        """Nowhere, in the future, or before what is on record."""
        with pytest.raises(MoveRefused, match=says):
            check_move(move, moved(1, 5, None, HERE), BEGINNING + 10 * DAY)

    def test_lets_a_correction_say_it_never_left(self) -> None:
        """What was noted by mistake is put right, as long as its order holds."""
        check_move(
            moved(2, 9, HERE, HERE), moved(1, 5, None, HERE), BEGINNING + 10 * DAY, corrects=True
        )

"""The scoreboard in small: the goals of the long run, on fixed worlds that nobody chose for how they come out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from groundrules.services.worlds import Scored, score
from groundrules.services.worlds.making import generate
from tests.foreign_worlds import write_foreign

Board = Callable[[str, int], Scored]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """This fixture will make worlds of a profile from seed 501 on and score them, once for all tests."""
    kept: dict[str, Scored] = {}

    def of(profile: str, count: int) -> Scored:
        if profile not in kept:
            folder = tmp_path_factory.mktemp(profile)
            generate(profile, range(501, 501 + count), folder)
            kept[profile] = score(folder)
        return kept[profile]

    return of


class TestTraps:
    @pytest.mark.parametrize("profile", ["null-trap", "shared-account", "after-the-fact"])
    def test_name_nobody_falsely(self, scored: Board, profile: str) -> None:
        """An innocent next to a failure, a common login, a late approval: nobody is named who did not do it."""
        found = scored(profile, 4)

        assert found.refused == ()
        assert found.board.incidents == 24
        assert found.board.replayed > 12
        for board in (found.board, found.unreplayed):
            assert board.accused_falsely == 0
        assert max(r.accused_falsely for r in found.board.rivals.values()) > 0

    def test_hold_in_worlds_of_another_make(self, tmp_path: Path) -> None:
        """A vendor changed what the application needs, minutes before it failed of something else: never named."""
        write_foreign(tmp_path, range(60), caused=False)

        board = score(tmp_path).board

        assert (board.incidents, board.accusations) == (60, 0)
        assert board.rivals["latest on path"].accused_falsely == 60


class TestGoals:
    @pytest.mark.parametrize(
        ("profile", "first", "among_three"), [("home", 0.75, 0.90), ("shifted", 0.62, 0.82)]
    )
    def test_ranking_holds_with_and_without_replays(
        self, scored: Board, profile: str, first: float, among_three: float
    ) -> None:
        """The true change is first and among three as often as promised, fifteen points above every baseline."""
        found = scored(profile, 40 if profile == "home" else 60)

        for board in (found.board, found.unreplayed):
            best = max(rival.first for rival in board.rivals.values())
            assert board.first / board.with_cause >= first
            assert board.among_three / board.with_cause >= among_three
            assert (board.first - best) / board.with_cause >= 0.15

    @pytest.mark.parametrize("profile", ["home", "shifted"])
    def test_nobody_is_named_falsely(self, scored: Board, profile: str) -> None:
        """At most one in a thousand incidents: here none, and some are named rightly."""
        found = scored(profile, 40 if profile == "home" else 60)

        for board in (found.board, found.unreplayed):
            assert (board.false, board.accused_falsely) == (0, 0)
            assert board.accusations > 0

    def test_replays_name_more_vendors_and_keep_probabilities_honest(self, scored: Board) -> None:
        """Proof names more than the record alone does, which names some. What is claimed stays near the truth."""
        found = scored("home", 40)
        board, plain = found.board, found.unreplayed

        assert board.vendor_named > plain.vendor_named
        assert plain.vendor_named / plain.vendor_caused >= 0.30
        assert board.vendor_named / board.vendor_caused >= 0.45
        assert board.calibration is not None
        assert board.calibration.error <= 0.04

    def test_probabilities_hold_in_shifted_worlds(self, scored: Board) -> None:
        """What is claimed stays as near the truth as promised, where causes and delays are others.

        Sixty worlds, because chance alone moves the error of ten by more than the promise.
        """
        found = scored("shifted", 60)

        assert found.board.calibration is not None
        assert found.board.calibration.error <= 0.05

    def test_finds_causes_in_worlds_of_another_make(self, tmp_path: Path) -> None:
        """Caused by a vendor's recorded change: always first, and named where the error speaks of it."""
        write_foreign(tmp_path, range(60), caused=True)

        board = score(tmp_path).board

        assert (board.first, board.with_cause) == (60, 60)
        assert board.vendor_named > 0
        assert board.accused_falsely == 0

"""The scoreboard in small: no false accusation where no change did it, and a ranking worth its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.services.worlds import score
from groundrules.services.worlds.making import generate
from tests.foreign_worlds import write_foreign


class TestTraps:
    @pytest.mark.parametrize("profile", ["null-trap", "shared-account", "after-the-fact"])
    def test_name_nobody_falsely(self, tmp_path: Path, profile: str) -> None:
        """An innocent next to a failure, a common login, a late approval: nobody is named who did not do it."""
        generate(profile, range(501, 504), tmp_path)

        scored = score(tmp_path)

        assert scored.refused == ()
        assert scored.board.incidents == 18
        assert [(r.file, r.incident) for r in scored.judged if r.accuses_falsely] == []
        assert max(r.accused_falsely for r in scored.board.rivals.values()) > 0

    def test_hold_in_worlds_of_another_make(self, tmp_path: Path) -> None:
        """A vendor changed what the application needs, minutes before it failed of something else: never named."""
        write_foreign(tmp_path, range(60), caused=False)

        board = score(tmp_path).board

        assert (board.incidents, board.accusations) == (60, 0)
        assert board.rivals["latest on path"].accused_falsely == 60


class TestRanking:
    def test_finds_recorded_causes(self, tmp_path: Path) -> None:
        """On a few ordinary worlds the true change is mostly first; the exact share is for the long run."""
        generate("home", range(501, 505), tmp_path)

        board = score(tmp_path).board

        assert board.first / board.with_cause >= 0.6
        assert board.accused_falsely == 0

    def test_finds_causes_in_worlds_of_another_make(self, tmp_path: Path) -> None:
        """Caused by a vendor's recorded change: always first, and named where the error speaks of it."""
        write_foreign(tmp_path, range(60), caused=True)

        board = score(tmp_path).board

        assert (board.first, board.with_cause) == (60, 60)
        assert board.vendor_named > 0
        assert board.accused_falsely == 0

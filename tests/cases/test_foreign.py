"""Awkward cases in other words than the made worlds use: each comes out as its author expects, and no name is false."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundrules.services.cases import run_case
from groundrules.services.worlds import Scored, score

_FOLDER = Path(__file__).parent / "foreign"
_CASES = sorted(_FOLDER.glob("[0-9]*.yaml"))


@pytest.fixture(scope="module")
def scored() -> Scored:
    """This fixture will hold every case against the truth its author states."""
    return score(_FOLDER)


class TestForeignCases:
    @pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
    def test_come_out_as_their_author_expects(self, path: Path) -> None:
        """Verdict, maker and permission, each as stated."""
        outcome = run_case(path.read_bytes(), path)

        assert not [str(m) for answered in outcome.answered for m in answered.mismatches]
        assert all(answered.compared for answered in outcome.answered)

    def test_accuse_nobody_falsely(self, scored: Scored) -> None:
        """The true cause is among three wherever it is on record; to point at the latest change names innocents."""
        board = scored.board

        assert scored.refused == ()
        assert (board.incidents, board.false, board.accused_falsely) == (len(_CASES), 0, 0)
        assert board.among_three == board.with_cause > 0
        assert board.accusations > 0
        assert board.rivals["latest"].accused_falsely > 0

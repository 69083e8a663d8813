"""Who runs which tests next, where several workers run them."""

from __future__ import annotations

from tests.turns import next_piece, piece_of

QUICK, HOST, CRASH = "tests/web/test_time.py", "tests/hosts/test_gate.py", "tests/crash/test_one.py"
JOURNEYS = "tests/journeys"


class TestPieceOf:
    def test_keeps_a_module_together(self) -> None:
        """What a module makes once is made by one worker."""
        assert piece_of(f"{QUICK}::TestPreview::test_adds_up[a::b]") == QUICK

    def test_keeps_all_journeys_together(self) -> None:
        """They share one demo and one browser."""
        told = {piece_of(f"{JOURNEYS}/{name}.py::test_it") for name in ("test_tale", "test_map")}

        assert told == {JOURNEYS}


class TestNextPiece:
    def test_begins_with_what_waits_longest(self) -> None:
        """Journeys, then hosts, then crashes: each before what only works."""
        queue = [CRASH, HOST, JOURNEYS, QUICK]

        assert next_piece(queue, waiting=0, workers=3) == JOURNEYS
        assert next_piece([*queue[:2], QUICK], waiting=1, workers=3) == HOST

    def test_keeps_one_worker_working(self) -> None:
        """Where all others wait, the next does what only works."""
        assert next_piece([HOST, QUICK], waiting=2, workers=3) == QUICK
        assert next_piece([HOST, QUICK], waiting=1, workers=2) == QUICK

    def test_lets_a_single_worker_do_everything(self) -> None:
        """Nobody else would do it."""
        assert next_piece([QUICK, HOST], waiting=0, workers=1) == HOST
        assert next_piece([QUICK], waiting=0, workers=1) == QUICK
        assert next_piece([HOST], waiting=2, workers=3) == HOST

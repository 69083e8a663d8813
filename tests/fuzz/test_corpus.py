"""Everything a fuzzer ever found, and good files beside it, is fed to the readers again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import CORPUS, TARGETS, kept, seeds

ROOM = Path(__file__).parents[2] / "src" / "groundrules" / "readers"


class TestEveryTarget:
    @pytest.mark.parametrize("name", TARGETS)
    def test_stands_what_was_kept(self, name: str) -> None:
        """Answered or refused by name: nothing else comes out of a reader."""
        for raw in seeds(name, None):
            TARGETS[name].feed(raw)

    @pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
    def test_takes_the_good_ones(self, name: str) -> None:
        """The inputs named good are answered, so that the others are known to be held against a working reader."""
        good = [raw for file, raw in kept(name).items() if file.startswith("good")]

        assert good or TARGETS[name].seeds
        assert all(TARGETS[name].feed(raw) for raw in good)

    @pytest.mark.parametrize("name", TARGETS)
    def test_begins_with_something(self, name: str) -> None:
        """Coverage starts from a file that the reader understands, not from nothing."""
        assert seeds(name, None) or TARGETS[name].seeds

"""Worlds by another hand: nobody is named falsely in them, and what a careful person would name is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from groundrules.services.worlds import Scored, score
from tests.independent.foreign_worlds.making import make


def scored(folder: Path, profile: str, seeds: range) -> Scored:
    """A few worlds of one profile, held against their truth."""
    for seed in seeds:
        world = json.dumps(make(profile, seed), ensure_ascii=False)
        (folder / f"{profile}-{seed:05}.json").write_text(world, encoding="utf-8")
    found = score(folder)
    assert found.refused == ()
    return found


class TestForeignWorlds:
    def test_are_the_same_each_time(self) -> None:
        """A seed is a world."""
        assert make("chaos", 1) == make("chaos", 1) != make("chaos", 2)

    @pytest.mark.parametrize("profile", ["null", "shared", "after", "chaos"])
    def test_name_nobody_falsely(self, profile: str, tmp_path: Path) -> None:
        """Innocent visits beside failures, common logins, help that came afterwards, and records full of holes."""
        board = scored(tmp_path, profile, range(1, 6)).board

        assert board.incidents == 25
        assert board.accused_falsely == 0
        assert max(rival.accused_falsely for rival in board.rivals.values()) > 0

    def test_keep_a_floor_where_records_are_good(self, tmp_path: Path) -> None:
        """The true cause comes first as often as the goal asks, nobody is named falsely, and vendors are named."""
        board = scored(tmp_path, "good", range(1, 13)).board

        assert board.accused_falsely == 0
        assert board.first >= 0.75 * board.with_cause
        assert board.vendor_named >= 0.15 * board.vendor_caused > 0

"""Tiles are named and filled as c2sp.org/tlog-tiles says, and a tree can be read back from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundrules.core.seal.merkle import inclusion_proof, leaf_hash, nodes_of, root_at, tree_root
from groundrules.core.seal.tiles import (
    EntryTooLong,
    Tile,
    TileDamaged,
    bundle_bytes,
    bundle_entries,
    grown,
    nodes_in_tiles,
    tile_bytes,
    tile_named,
    tiles_between,
)

LEAVES = [leaf_hash(number.to_bytes(3, "big")) for number in range(70_000)]


class TestPath:
    @pytest.mark.parametrize(
        ("tile", "path"),
        [
            (Tile(0, 1234067), "tile/0/x001/x234/067"),
            (Tile(0, 0, 1), "tile/0/000.p/1"),
            (Tile(2, 1000, 17), "tile/2/x001/000.p/17"),
            (Tile(-1, 5), "tile/entries/005"),
        ],
    )
    def test_is_the_specification_s(self, tile: Tile, path: str) -> None:
        """Three digits for each element, an x before all but the last, the width of a partial tile at the end."""
        assert tile.path == path
        assert tile_named(path) == tile

    @pytest.mark.parametrize(
        "path",
        [
            "tile/0/1",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/00/000",
            "tile/x/000",
            "tile/0/x000/001",
        ],
    )
    def test_written_otherwise_names_no_tile(self, path: str) -> None:
        """A file that no tile is called after is nobody's."""
        assert tile_named(path) is None


class TestGrowth:
    @given(st.integers(0, 1500), st.integers(0, 700))
    def test_writes_what_the_whole_tree_holds(self, old: int, more: int) -> None:
        """However a log grew, its tiles are those of the tree it has become."""
        new = old + more

        written = dict(grown(old, LEAVES[old:new], lambda tile: tile_bytes(tile, WHOLE)))

        assert set(written) == {tile for tile in tiles_between(old, new) if tile.level >= 0}
        assert all(content == tile_bytes(tile, WHOLE) for tile, content in written.items())


class TestTiles:
    def test_of_the_specification_s_example(self) -> None:
        """70,000 leaves: 273 full and one partial of 112 at level 0, one full and one of 17, and one of 1."""
        tiles = [tile for tile in tiles_between(0, 70_000) if tile.level >= 0]

        partial = [(tile.level, tile.index, tile.width) for tile in tiles if tile.width < 256]
        assert sum(tile.level == 0 and tile.width == 256 for tile in tiles) == 273
        assert sum(tile.level == 1 and tile.width == 256 for tile in tiles) == 1
        assert partial == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]

    def test_of_a_full_tree_have_a_level_above(self) -> None:
        """256 leaves are one full tile and a partial one of width 1 above it; 0 leaves are none."""
        assert [tile.path for tile in tiles_between(0, 256)] == [
            "tile/entries/000",
            "tile/0/000",
            "tile/1/000.p/1",
        ]
        assert list(tiles_between(0, 0)) == []

    def test_written_while_growing_are_only_the_new_ones(self) -> None:
        """A full tile is never written again."""
        paths = [tile.path for tile in tiles_between(256, 257)]

        assert paths == ["tile/entries/001.p/1", "tile/0/001.p/1"]

    @given(st.integers(1, 70_000), st.data())
    def test_hold_the_whole_tree(self, size: int, data: st.DataObject) -> None:
        """Root and proofs read from tiles are those of the tree in memory."""
        index = data.draw(st.integers(0, size - 1))

        node = nodes_in_tiles(lambda tile: tile_bytes(tile, WHOLE), size)

        assert root_at(node, size) == root_at(WHOLE, size)
        assert inclusion_proof(node, index, size) == inclusion_proof(WHOLE, index, size)

    def test_of_the_wrong_length_are_refused(self) -> None:
        """A tile cut short is named."""
        node = nodes_in_tiles(lambda tile: tile_bytes(tile, WHOLE)[:-1], 300)

        with pytest.raises(TileDamaged, match=r"tile/0/001\.p/44"):
            node(0, 256)


class TestBundle:
    @given(st.lists(st.binary(max_size=300), max_size=20))
    def test_gives_its_entries_back(self, entries: list[bytes]) -> None:
        """Whatever went in comes out, empty entries too."""
        assert bundle_entries(bundle_bytes(entries)) == tuple(entries)

    def test_refuses_an_entry_that_is_too_long(self) -> None:
        """A length must fit two bytes."""
        with pytest.raises(EntryTooLong):
            bundle_bytes([b"x" * 65_536])

    @pytest.mark.parametrize("cut", [1, 2, 4])
    def test_cut_short_is_refused(self, cut: int) -> None:
        """A bundle that ends inside an entry is damaged."""
        with pytest.raises(TileDamaged):
            bundle_entries(bundle_bytes([b"abc", b"d"])[:-cut])


WHOLE = nodes_of(LEAVES)


def test_whole_tree_is_whole() -> None:
    """The tree the examples are cut from has the root its leaves have."""
    assert root_at(WHOLE, len(LEAVES)) == tree_root(LEAVES)

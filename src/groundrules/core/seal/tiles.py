"""Where a log's hashes rest as files: the tiles of c2sp.org/tlog-tiles, each 256 hashes wide, and bundles of entries.

A full tile is written once and never again. The rightmost tile of a level is partial and named with its width.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from groundrules.core.seal.merkle import HASH_LENGTH, Node, node_hash

WIDTH = 256
_HEIGHT = 8
_LONGEST_ENTRY = 0xFFFF
_ENTRIES = "entries"
_NAME = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(x[0-9]{3}/)*[0-9]{3})(\.p/(?P<width>[0-9]{1,3}))?"
)


class EntryTooLong(ValueError):
    """An entry does not fit a bundle, which holds at most 65,535 bytes of each."""


class TileDamaged(ValueError):
    """A tile or bundle is not as long as its name says, or its lengths do not add up."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: its level (-1 for a bundle of entries), its place within the level, and how many hashes it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The file's name below the log's folder, such as `tile/0/x001/067` or `tile/1/000.p/17`."""
        level = _ENTRIES if self.level < 0 else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_numbered(self.index)}{partial}"

    @property
    def rise(self) -> int:
        """How many levels of the tree lie below the tile's hashes."""
        return max(self.level, 0) * _HEIGHT

    @property
    def end(self) -> int:
        """The index within the level that follows the tile's last hash."""
        return self.index * WIDTH + self.width


def tile_named(path: str) -> Tile | None:
    """This function will return the tile a file's name means, or None when no tile is called so."""
    found = _NAME.fullmatch(path)
    if found is None:
        return None
    level = -1 if found["level"] == _ENTRIES else int(found["level"])
    index = int(found["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, int(found["width"] or WIDTH))
    return tile if tile.path == path else None


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """This function will yield every tile and bundle that a log growing from `old` to `new` leaves has to write."""
    if old == new:
        return
    yield from _of_level(-1, old, new)
    level = 0
    while new >> (_HEIGHT * level):
        yield from _of_level(level, old >> (_HEIGHT * level), new >> (_HEIGHT * level))
        level += 1


def tile_bytes(tile: Tile, node: Node) -> bytes:
    """This function will return what a tile of hashes holds, asked from the tree's nodes."""
    first = tile.index * WIDTH
    level = tile.level * _HEIGHT
    return b"".join(node(level, first + offset) for offset in range(tile.width))


def nodes_in_tiles(read: Callable[[Tile], bytes], size: int) -> Node:
    """This function will answer for the nodes of a tree of `size` leaves from its tiles.

    `read` returns a tile's bytes; TileDamaged is raised when they are not as many as its width promises.
    """

    def node(level: int, index: int) -> bytes:
        tile_level, rise = divmod(level, _HEIGHT)
        first = index << rise
        place = first // WIDTH
        width = min(WIDTH, (size >> (_HEIGHT * tile_level)) - place * WIDTH)
        hashes = hashes_of(Tile(tile_level, place, width), read)
        return _joined(hashes[first % WIDTH : first % WIDTH + (1 << rise)])

    return node


def grown(
    old: int, leaves: Sequence[bytes], read: Callable[[Tile], bytes]
) -> Iterator[tuple[Tile, bytes]]:
    """This function will yield every tile of hashes a log of `old` leaves has to write when `leaves` are added.

    `read` returns the partial tiles of the old tree; raises TileDamaged.
    """
    added = list(leaves)
    level, count = 0, old
    while added:
        first, held = divmod(count, WIDTH)
        kept = hashes_of(Tile(level, first, held), read) if held else ()
        row = [*kept, *added]
        groups = [row[at : at + WIDTH] for at in range(0, len(row), WIDTH)]
        for place, group in enumerate(groups, start=first):
            yield Tile(level, place, len(group)), b"".join(group)
        added = [_joined(group) for group in groups if len(group) == WIDTH]
        level, count = level + 1, count >> _HEIGHT


def hashes_of(tile: Tile, read: Callable[[Tile], bytes]) -> tuple[bytes, ...]:
    """This function will split a tile into its hashes; raises TileDamaged."""
    raw = read(tile)
    if len(raw) != tile.width * HASH_LENGTH:
        message = f"{tile.path} holds {len(raw)} bytes and should hold {tile.width * HASH_LENGTH}"
        raise TileDamaged(message)
    return tuple(raw[at : at + HASH_LENGTH] for at in range(0, len(raw), HASH_LENGTH))


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """This function will put entries into one bundle, each behind its length in two bytes; raises EntryTooLong."""
    for entry in entries:
        if len(entry) > _LONGEST_ENTRY:
            message = (
                f"an entry of {len(entry)} bytes does not fit a bundle; at most {_LONGEST_ENTRY} do"
            )
            raise EntryTooLong(message)
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def bundle_entries(raw: bytes) -> tuple[bytes, ...]:
    """This function will take a bundle apart; raises TileDamaged."""
    found: list[bytes] = []
    at = 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        entry = raw[at + 2 : at + 2 + length]
        if len(entry) != length or at + 2 > len(raw):
            message = f"the bundle ends inside entry {len(found)}"
            raise TileDamaged(message)
        found.append(entry)
        at += 2 + length
    return tuple(found)


def _of_level(level: int, old: int, new: int) -> Iterator[Tile]:
    """The tiles of one level whose `old` hashes have become `new`."""
    for index in range(old // WIDTH, -(-new // WIDTH)):
        width = min(WIDTH, new - index * WIDTH)
        if new > old and width:
            yield Tile(level, index, width)


def _numbered(index: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _joined(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]

"""A log as files: tiles of hashes and bundles of entries, written once, and the newest checkpoint beside them.

The folder can be copied, mirrored or served as it is: it is the layout of c2sp.org/tlog-tiles.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from groundrules.core.seal.tiles import WIDTH, Tile

_READ_ONLY = 0o440
_CHECKPOINT = "checkpoint"


class TileMissing(FileNotFoundError):
    """The log needs a tile that is not in its folder."""


class TileConflict(ValueError):
    """A tile was written before with other content; a log is never written anew."""


@dataclass(frozen=True, slots=True)
class TileStore:
    """The folder of one log."""

    folder: Path

    def read(self, tile: Tile) -> bytes:
        """This function will return a tile's bytes, cut from the full tile once there is one; raises TileMissing."""
        for path, length in (
            (self.folder / tile.path, None),
            (self.folder / Tile(tile.level, tile.index).path, tile.width * 32),
        ):
            if path.is_file():
                return path.read_bytes()[:length]
        message = f"{tile.path} is not in {self.folder}; restore it from a backup"
        raise TileMissing(message)

    def write(self, tile: Tile, content: bytes) -> None:
        """This function will keep a tile; the same one again changes nothing, another one raises TileConflict."""
        path = self.folder / tile.path
        if path.is_file():
            if path.read_bytes() != content:
                message = f"{path} was written before with other content; verify the evidence, then restore it"
                raise TileConflict(message)
            return
        _write_whole(path, content)

    def drop_partials(self, tile: Tile) -> None:
        """This function will remove the partial forms of a tile that is full now."""
        if tile.width == WIDTH:
            shutil.rmtree(self.folder / f"{tile.path}.p", ignore_errors=True)

    def publish(self, checkpoint: str) -> None:
        """This function will make a checkpoint the newest one, in one step."""
        path = self.folder / _CHECKPOINT
        if self.published() != checkpoint:
            _write_whole(path, checkpoint.encode())

    def published(self) -> str:
        """This function will return the newest checkpoint, empty when there is none."""
        path = self.folder / _CHECKPOINT
        return path.read_bytes().decode(errors="replace") if path.is_file() else ""

    def files(self) -> Iterator[str]:
        """This function will yield the name of every file below `tile/`, in order."""
        for path in sorted((self.folder / "tile").rglob("*")):
            if path.is_file():
                yield path.relative_to(self.folder).as_posix()

    def content(self, name: str) -> bytes:
        """This function will return a file's bytes by its name below the folder."""
        return (self.folder / name).read_bytes()


def _write_whole(path: Path, content: bytes) -> None:
    """Writes beside, then renames: a reader sees the old file or the whole new one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        Path(beside).chmod(_READ_ONLY)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise

"""Bytes on their way into the store: hashed and compressed while they arrive, so that memory stays small for any size.

They lie in `<folder>/incoming` until they are kept under their digest or given up. `keep` returns only when the file
and the folders that name it are on the disk: what is acknowledged after it survives a power cut.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import zstandard

from groundrules.store.raw import RawStore, make_folders

# A tenth of the work of the level that files handed in one by one get, for a few hundredths more bytes.
_LEVEL = 3
_FOLDER = "incoming"


class BodyTooLarge(ValueError):
    """More bytes came than the receiver takes in one piece; nothing of them is kept."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"more than {limit} bytes came in one piece")


class Incoming:
    """One body on its way in. `digest` and `length` are of the bytes as they came."""

    def __init__(self, store: RawStore, path: Path) -> None:
        self._store = store
        self._path = path
        self._running = hashlib.sha256()
        self.length = 0

    @property
    def digest(self) -> str:
        """The SHA-256 of what has come so far."""
        return self._running.hexdigest()

    def take(self, chunks: Iterable[bytes], limit: int) -> None:
        """This function will write every chunk; raises BodyTooLarge as soon as they are more than `limit` bytes."""
        packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
        with self._path.open("wb") as file:
            for chunk in chunks:
                self.length += len(chunk)
                if self.length > limit:
                    raise BodyTooLarge(limit)
                self._running.update(chunk)
                file.write(packer.compress(chunk))
            file.write(packer.flush())
            file.flush()
            os.fsync(file.fileno())

    def head(self, count: int) -> bytes:
        """This function will return the first bytes as they came, at most `count`."""
        with (
            self._path.open("rb") as file,
            zstandard.ZstdDecompressor().stream_reader(file) as reader,
        ):
            return bytes(reader.read(count))

    def keep(self) -> str:
        """This function will put the body under its digest, durably, and return the digest; twice is one file."""
        self._store.keep(self._path, self.digest)
        return self.digest


@contextmanager
def incoming(store: RawStore) -> Iterator[Incoming]:
    """This function will open a place for one body and clear it away at the end, kept or not."""
    folder = store.folder / _FOLDER
    make_folders(folder)
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".zst")
    os.close(descriptor)
    path = Path(name)
    try:
        yield Incoming(store, path)
    finally:
        path.unlink(missing_ok=True)


def sweep(store: RawStore, before: float) -> int:
    """This function will remove what was left half received before `before` (Unix time), and return how many files."""
    left = [
        path
        for path in (store.folder / _FOLDER).glob("*.zst")
        if path.is_file() and path.stat().st_mtime < before
    ]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)

"""Raw evidence as files: compressed, named by the SHA-256 of the bytes as collected, written once, checked.

`<folder>/ab/cd/abcd….zst`. A file appears under its name only when it is whole, and is read-only from then on.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import zstandard

_READ_ONLY = 0o440
_LEVEL = 9


class RawEvidenceMissing(FileNotFoundError):
    """The index names raw evidence whose file is not in the store."""


class RawEvidenceDamaged(ValueError):
    """A stored file is no longer what its name says; restore it from a backup."""


@dataclass(frozen=True, slots=True)
class RawStore:
    """A folder of raw evidence."""

    folder: Path

    def path_of(self, digest: str) -> Path:
        """This function will return where the bytes with this SHA-256 rest."""
        return self.folder / digest[:2] / digest[2:4] / f"{digest}.zst"

    def put(self, raw: bytes) -> str:
        """This function will keep bytes and return their SHA-256; the same bytes twice are one file."""
        digest = hashlib.sha256(raw).hexdigest()
        path = self.path_of(digest)
        if not path.exists():
            _write_whole(path, zstandard.ZstdCompressor(level=_LEVEL).compress(raw))
        return digest

    def get(self, digest: str) -> bytes:
        """This function will return the bytes; raises RawEvidenceMissing or RawEvidenceDamaged."""
        path = self.path_of(digest)
        try:
            packed = path.read_bytes()
        except FileNotFoundError as error:
            message = (
                f"raw evidence {digest} is not in {self.folder}; restore the store from a backup"
            )
            raise RawEvidenceMissing(message) from error
        try:
            raw = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
        except zstandard.ZstdError as error:
            message = f"raw evidence {path} cannot be unpacked ({error}); restore it from a backup"
            raise RawEvidenceDamaged(message) from error
        found = hashlib.sha256(raw).hexdigest()
        if found != digest:
            message = f"raw evidence {path} has SHA-256 {found}; its name says otherwise, so restore it from a backup"
            raise RawEvidenceDamaged(message)
        return raw


def _write_whole(path: Path, packed: bytes) -> None:
    """Writes beside, then links: a reader sees the whole file or none, and an existing one is never replaced."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(packed)
            handle.flush()
            os.fsync(handle.fileno())
        Path(beside).chmod(_READ_ONLY)
        os.link(beside, path)
    except FileExistsError:
        # Another process kept the same bytes first; the name says they are the same.
        return
    finally:
        Path(beside).unlink()

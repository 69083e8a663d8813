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

    def has(self, digest: str) -> bool:
        """This function will say whether the bytes with this SHA-256 are here, without reading them."""
        return self.path_of(digest).exists()

    def put(self, raw: bytes) -> str:
        """This function will keep bytes and return their SHA-256; the same bytes twice are one file."""
        digest = hashlib.sha256(raw).hexdigest()
        if not self.has(digest):
            self._write(digest, zstandard.ZstdCompressor(level=_LEVEL).compress(raw))
        return digest

    def keep(self, packed: Path, digest: str) -> None:
        """This function will take a packed file under its digest, durably; twice is one file."""
        path = self.path_of(digest)
        made = make_folders(path.parent)
        packed.chmod(_READ_ONLY)
        try:
            os.link(packed, path)
        except FileExistsError:
            # The same bytes came before; their file was whole before it got its name.
            made.add(path.parent)
        for folder in (*made, path.parent):
            _sync_folder(folder)

    def packed(self, digest: str) -> bytes:
        """This function will return the bytes as they lie here, compressed; raises RawEvidenceMissing."""
        try:
            return self.path_of(digest).read_bytes()
        except FileNotFoundError as error:
            message = (
                f"raw evidence {digest} is not in {self.folder}; restore the store from a backup"
            )
            raise RawEvidenceMissing(message) from error

    def get(self, digest: str) -> bytes:
        """This function will return the bytes; raises RawEvidenceMissing or RawEvidenceDamaged."""
        packed, path = self.packed(digest), self.path_of(digest)
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

    def remove(self, digest: str) -> None:
        """This function will remove the bytes if they are here; the caller has written down why."""
        self.path_of(digest).unlink(missing_ok=True)

    def _write(self, digest: str, packed: bytes) -> None:
        _write_whole(self.path_of(digest), packed)


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


def make_folders(folder: Path) -> set[Path]:
    """This function will make a folder and those above it, and return those with a new entry, to be synced to last."""
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    folder.mkdir(parents=True, exist_ok=True)
    return {one.parent for one in missing}


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

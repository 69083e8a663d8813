"""Raw evidence in a bucket of S3-compatible storage, so that every web node and worker sees the same.

`<bucket and prefix>/ab/cd/abcd….zst`, the same packing as in a folder: a folder copied into the bucket is the store. An
object appears whole or not at all, and the same digest written twice is the same evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from groundrules.store.raw import RawEvidenceMissing, RawStore

if TYPE_CHECKING:
    from pyarrow import fs


class StoreUnavailable(OSError):
    """The storage of raw evidence does not answer; nothing was kept, try again later."""


@dataclass(frozen=True, slots=True)
class BucketStore(RawStore):
    """A bucket; `folder` is this machine's own, where bytes lie while they arrive."""

    system: fs.FileSystem
    base: str

    def has(self, digest: str) -> bool:
        """This function will say whether the bytes with this SHA-256 are here, without reading them."""
        with _reached():
            return bool(self.system.get_file_info(self._key(digest)).is_file)

    def keep(self, packed: Path, digest: str) -> None:
        """This function will store a packed file under its digest; it returns when the storage has it."""
        if not self.has(digest):
            self._write(digest, packed.read_bytes())

    def packed(self, digest: str) -> bytes:
        """This function will return the bytes as they lie here, compressed; raises RawEvidenceMissing."""
        try:
            with _reached(), self.system.open_input_file(self._key(digest)) as stream:
                return bytes(stream.read())
        except FileNotFoundError as error:
            message = f"raw evidence {digest} is not in {self.base}; restore it from a backup"
            raise RawEvidenceMissing(message) from error

    def remove(self, digest: str) -> None:
        """This function will remove the bytes if they are here; the caller has written down why."""
        if self.has(digest):
            with _reached():
                self.system.delete_file(self._key(digest))

    def _write(self, digest: str, packed: bytes) -> None:
        """Returns when the object is there, whole; a transfer that broke off must not be taken for one."""
        with _reached():
            # Without a word about compression Arrow would pack a name that ends in .zst once more.
            with self.system.open_output_stream(self._key(digest), compression=None) as stream:
                stream.write(packed)
            stored = self.system.get_file_info(self._key(digest))
        if not stored.is_file or stored.size != len(packed):
            message = f"{self.base} kept {stored.size} of {len(packed)} bytes of {digest}"
            raise StoreUnavailable(message)

    def _key(self, digest: str) -> str:
        return f"{self.base}/{digest[:2]}/{digest[2:4]}/{digest}.zst"


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        message = f"the storage of raw evidence does not answer: {error}"
        raise StoreUnavailable(message) from error

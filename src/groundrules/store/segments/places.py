"""Where segments rest: a folder, or a bucket of S3-compatible storage; whole under their name or not there at all.

`<place>/<client>/ab/abcd….parquet`. A name is the SHA-256 of the content, so writing twice is writing once. Everything
of a client lies below one folder: it can be moved, handed over or put on a machine of its own.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from groundrules.store.buckets import file_systems, open_bucket

if TYPE_CHECKING:
    from pyarrow import fs

_READ_ONLY = 0o440
_SUFFIX = ".parquet"


class SegmentMissing(FileNotFoundError):
    """The catalogue names a segment that is not in its place."""


class SegmentDamaged(ValueError):
    """A segment is no longer what its name says."""


@dataclass(frozen=True, slots=True)
class SegmentStore:
    """A place for segments: a file system and the folder or bucket in it."""

    system: fs.FileSystem
    base: str

    @property
    def is_local(self) -> bool:
        """True when the segments are files of this machine."""
        return bool(self.system.type_name == "local")

    def path_of(self, client: str, digest: str) -> str:
        """This function will return where a client's segment with this SHA-256 rests."""
        folder = quote(client, safe="").replace(".", "%2E")
        return f"{self.base}/{folder}/{digest[:2]}/{digest}{_SUFFIX}"

    def put(self, client: str, content: bytes) -> str:
        """This function will keep a segment durably and return its SHA-256; the same content twice is one file."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path_of(client, digest)
        if self.has(client, digest, len(content)):
            return digest
        if self.is_local:
            _write_whole(Path(path), content)
        else:
            # An object appears when its stream is closed, whole, or not at all.
            with self.system.open_output_stream(path) as stream:
                stream.write(content)
        return digest

    def has(self, client: str, digest: str, length: int) -> bool:
        """This function will say whether a segment of this length is in its place, without reading it."""
        found = self.system.get_file_info(self.path_of(client, digest))
        return bool(found.is_file and found.size == length)

    def get(self, client: str, digest: str) -> bytes:
        """This function will return a segment's bytes; raises SegmentMissing or SegmentDamaged."""
        path = self.path_of(client, digest)
        try:
            with self.system.open_input_file(path) as stream:
                content = bytes(stream.read())
        except FileNotFoundError as missing:
            message = f"segment {path} is missing; restore it from a backup, or make it again from its evidence"
            raise SegmentMissing(message) from missing
        found = hashlib.sha256(content).hexdigest()
        if found != digest:
            message = f"segment {path} has SHA-256 {found}; its name says otherwise, so restore it from a backup"
            raise SegmentDamaged(message)
        return content

    def remove(self, client: str, digest: str) -> None:
        """This function will remove a segment's file if it is there; the caller has written down why."""
        path = self.path_of(client, digest)
        if self.system.get_file_info(path).is_file:
            self.system.delete_file(path)

    def names(self) -> Iterator[tuple[str, str]]:
        """This function will yield (client, digest) of everything that looks like a segment, in order."""
        selector = file_systems().FileSelector(self.base, allow_not_found=True, recursive=True)
        for found in sorted(self.system.get_file_info(selector), key=lambda info: info.path):
            if found.is_file and found.path.endswith(_SUFFIX):
                client = found.path.rsplit("/", 3)[-3]
                yield unquote(client), found.base_name.removesuffix(_SUFFIX)


def segment_store(url: str, data: Path) -> SegmentStore:
    """This function will open the place a URL names: nothing means the data folder; raises UnknownBucket.

    `file:///path`, or `s3://bucket/prefix?endpoint=host:port&scheme=http&region=name`. Credentials never stand in the
    URL: they come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or the machine's own role.
    """
    if not url:
        return SegmentStore(file_systems().LocalFileSystem(), str(data / "segments"))
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path not in {"", "/"}:
        return SegmentStore(file_systems().LocalFileSystem(), unquote(parts.path).rstrip("/"))
    return SegmentStore(*open_bucket(url, "GROUNDRULES_SEGMENTS_URL"))


def _write_whole(path: Path, content: bytes) -> None:
    """Writes beside, syncs, renames, syncs the folders that name it: after a power cut it is there, or was never."""
    new = [path.parent, *(one.parent for one in (path.parent, *path.parents) if not one.is_dir())]
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
    for folder in dict.fromkeys(new):
        _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

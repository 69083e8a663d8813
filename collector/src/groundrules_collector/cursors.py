"""How far each growing log has been read, so that no line is collected twice and none is passed over in silence.

A file is known by device, inode and the digest of its first bytes, whatever logrotate calls it. Renamed, copied and
compressed rotations are followed; what was gone before it was read becomes a fact with the time span it is about.

A log may be rotated in the middle of a look, and then be met twice, or not at all, in the names listed before. So a
file is read once in a look, and what a look cannot tell apart from a rotation under way is left to the next one.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from groundrules_wire import Fact

HEAD = 1_024
SURE = 32  # Fewer first bytes than this do not tell two logs apart.
WHOLE = "whole:"
JOURNAL_CURSOR = re.compile(rb'"__CURSOR"\s*:\s*"([^"]+)"')
LOOK_BACK = 1 << 16
RECORDS = 9_600  # A whole number of login records of either size, 384 and 400 bytes.
UNPACKABLE = (OSError, EOFError, lzma.LZMAError)


class LogMoved(OSError):
    """The log was rotated or emptied between finding what is new in it and reading that; the next look reads it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """One file and how far it was read: `head` is the digest of its first `head_length` bytes, `seen_at` ISO 8601."""

    origin: str
    source: str
    device: int
    inode: int
    offset: int
    head: str
    head_length: int
    seen_at: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes `start` up to `end` of the file of a cursor; `encoding` where they lie inside a compressed rotation."""

    cursor: Cursor
    start: int
    end: int
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """What one look leaves to the next: origins it met nowhere, and files (device, inode) that wait to be read.

    Lost with the process: the look after a start then waits once more.
    """

    missing: frozenset[str] = frozenset()
    waiting: frozenset[tuple[int, int]] = frozenset()


@dataclass(slots=True)
class Cursors:
    """The cursors of one round: what was known before it, what it has read, and how many bytes it may still take."""

    known: Mapping[str, Cursor]
    now: datetime
    budget: int
    before: Unsettled = field(default_factory=Unsettled)
    read: dict[str, Cursor] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    journal_at: str = ""
    is_exhausted: bool = False
    _seen: set[str] = field(default_factory=set)
    _sources: set[str] = field(default_factory=set)
    _missing: frozenset[str] = frozenset()
    _waiting: set[tuple[int, int]] = field(default_factory=set)

    def piece(self, file: BinaryIO, source: str, encoding: str, *, binary: bool) -> Piece | None:
        """This function will say which bytes of a log are new, and remember them as read; None when there are none,
        when a log of this name was read in this look, or when the file was, under the name it had before.
        """
        if source in self._sources:
            return None
        status = os.fstat(file.fileno())
        if _cursor_of(file, status, encoding, self.read.values()):
            return None
        self._sources.add(source)
        cursor = _cursor_of(file, status, encoding, self.known.values())
        if cursor is None:
            adopted = self._adopted(file, encoding)
            if adopted is not None:
                return self._rest_of(file, status, source, adopted, encoding)
            if self._must_wait(file, status, encoding):
                return None
            cursor = self._begun(file, status, source)
        if encoding:
            return self._whole(status, source, cursor)
        end = self._end(file, cursor.offset, status.st_size, binary=binary)
        cursor = _with_longer_head(file, replace(cursor, source=source), status.st_size)
        self._keep(replace(cursor, offset=end))
        if end == cursor.offset:
            return None
        self.budget -= end - cursor.offset
        return Piece(cursor, cursor.offset, end)

    def is_new(self, path: Path, source: str) -> bool:
        """This function will say whether a file that is rewritten as a whole differs from the last time it was sent."""
        status = path.stat()
        mark = f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"
        origin = WHOLE + source
        before = self.known.get(origin)
        self._seen.add(origin)
        if before is not None and before.head == mark:
            return False
        if status.st_size > self.budget:
            self.is_exhausted = True
            return False
        self.budget -= status.st_size
        self._keep(Cursor(origin, source, 0, 0, status.st_size, mark, 0, self.now.isoformat()))
        return True

    def journal(self, chunks: Callable[[], Iterator[bytes]]) -> Iterator[bytes]:
        """This function will pass journal entries on, whole lines only, and remember the cursor of the last one."""
        last, rest = b"", b""
        for chunk in chunks():
            lines, newline, left = (rest + chunk).rpartition(b"\n")
            rest = left
            if not newline:
                continue
            if self.budget < len(lines):
                self.is_exhausted = True
                break
            self.budget -= len(lines) + 1
            last = lines.rpartition(b"\n")[2]
            yield lines + newline
        found = JOURNAL_CURSOR.search(last)
        self.journal_at = found[1].decode("ascii") if found else self.journal_at

    def finish(self, on_host: Callable[[str], Path]) -> None:
        """This function will turn what vanished before it was read to its end into facts; call it after every log.

        A file is gone when two looks in a row met it nowhere: one rotated meanwhile has a name that was not listed yet.
        """
        self._missing = frozenset(
            origin
            for origin, cursor in self.known.items()
            if origin not in self._seen and not _is_there(on_host(cursor.source), cursor)
        )
        for origin in sorted(self.forgotten):
            cursor = self.known[origin]
            if not _is_rotation(cursor.source) and not origin.startswith(WHOLE):
                self.facts.append(self._lost(cursor))

    def undo(self, origins: AbstractSet[str]) -> None:
        """This function will forget that these were read: their bytes did not reach the envelope."""
        for origin in origins:
            self.read.pop(origin, None)

    @property
    def forgotten(self) -> frozenset[str]:
        """The origins whose files are no longer on the host; known after `finish`."""
        return self._missing & self.before.missing

    @property
    def unsettled(self) -> Unsettled:
        """What the next look has to settle; known after `finish`."""
        return Unsettled(self._missing, frozenset(self._waiting))

    def _adopted(self, file: BinaryIO, encoding: str) -> Cursor | None:
        """A file never seen that begins as one that was: a rotation by copying or compressing."""
        unseen = (cursor for cursor in self.known.values() if cursor.origin not in self._seen)
        try:
            return next((one for one in unseen if _begins_as(file, encoding, one)), None)
        except UNPACKABLE:
            return None

    def _must_wait(self, file: BinaryIO, status: os.stat_result, encoding: str) -> bool:
        """True the first time a file never seen begins as one met in this look, or cannot be unpacked (yet).

        It may be a copy that a rotation makes or has just made: then the next look finds the other one emptied or gone.
        """
        place = (status.st_dev, status.st_ino)
        if place in self.before.waiting:
            return False
        met = (one for one in self.known.values() if one.origin in self._seen)
        try:
            looks_copied = any(
                _begins_as(file, encoding, one) for one in (*self.read.values(), *met)
            )
        except UNPACKABLE:
            looks_copied = True
        if looks_copied:
            self._waiting.add(place)
        return looks_copied

    def _rest_of(
        self, file: BinaryIO, status: os.stat_result, source: str, before: Cursor, encoding: str
    ) -> Piece | None:
        """What a copied or compressed rotation holds beyond what was read while it was still growing."""
        size = _unpacked_size(file, encoding) if encoding else status.st_size
        cursor = replace(
            before,
            source=source,
            device=status.st_dev,
            inode=status.st_ino,
            offset=status.st_size if encoding else size,
            head=_head(file, before.head_length),
        )
        self._keep(cursor)
        if size <= before.offset:
            return None
        self.budget -= size - before.offset
        return Piece(cursor, before.offset, size, encoding)

    def _whole(self, status: os.stat_result, source: str, cursor: Cursor) -> Piece | None:
        if cursor.offset >= status.st_size:
            self._keep(replace(cursor, source=source))
            return None
        if status.st_size > self.budget:
            self.is_exhausted = True
            if cursor.origin in self.known:
                self._keep(cursor)
            return None
        self.budget -= status.st_size
        self._keep(replace(cursor, source=source, offset=status.st_size))
        return Piece(cursor, 0, status.st_size)

    def _begun(self, file: BinaryIO, status: os.stat_result, source: str) -> Cursor:
        file.seek(0)
        first = file.read(HEAD)
        return Cursor(
            origin=os.urandom(12).hex(),
            source=source,
            device=status.st_dev,
            inode=status.st_ino,
            offset=0,
            head=hashlib.sha256(first).hexdigest(),
            head_length=len(first),
            seen_at=self.now.isoformat(),
        )

    def _end(self, file: BinaryIO, start: int, size: int, *, binary: bool) -> int:
        end = min(size, start + max(self.budget, 0))
        if end < size:
            self.is_exhausted = True
        if binary:
            return end if end == size else max(start, end - end % RECORDS)
        return _end_of_line(file, start, end, is_cut=end < size)

    def _keep(self, cursor: Cursor) -> None:
        self._seen.add(cursor.origin)
        self.read[cursor.origin] = replace(cursor, seen_at=self.now.isoformat())

    def _lost(self, cursor: Cursor) -> Fact:
        details = {
            "reason": "log vanished",
            "source": cursor.source,
            "read_up_to": str(cursor.offset),
        }
        return Fact("gap", cursor.seen_at, self.now.astimezone(UTC).isoformat(), details)


def piece_bytes(path: Path, piece: Piece) -> Iterator[bytes]:
    """This function will yield the bytes of a piece, whole.

    Raises LogMoved when the file of that name is another one by now, or was emptied while it was read; OSError.
    """
    with path.open("rb") as file:
        _require_same(path, file, piece.cursor)
        source = _unpacked(file, piece.encoding)
        source.seek(piece.start)
        left = piece.end - piece.start
        while left > 0 and (chunk := source.read(min(LOOK_BACK, left))):
            left -= len(chunk)
            yield chunk
        if left:
            message = f"{path}: it became shorter while it was read; the next look reads it"
            raise LogMoved(message)
        _require_same(path, file, piece.cursor)


def _require_same(path: Path, file: BinaryIO, cursor: Cursor) -> None:
    status = os.fstat(file.fileno())
    same = (status.st_dev, status.st_ino) == (cursor.device, cursor.inode)
    if not same or _head(file, cursor.head_length) != cursor.head:
        message = f"{path}: it was rotated while it was read; the next look reads it"
        raise LogMoved(message)


def _cursor_of(
    file: BinaryIO, status: os.stat_result, encoding: str, cursors: Iterable[Cursor]
) -> Cursor | None:
    """The cursor of an open file, whatever its name; None when it was never seen, or emptied and written anew."""
    for cursor in cursors:
        if (cursor.device, cursor.inode) != (status.st_dev, status.st_ino):
            continue
        grown = encoding or status.st_size >= cursor.offset
        if grown and _head(file, cursor.head_length) == cursor.head:
            return cursor
    return None


def _begins_as(file: BinaryIO, encoding: str, cursor: Cursor) -> bool:
    """True when enough first bytes are those of another file; raises UNPACKABLE."""
    return cursor.head_length >= SURE and _head(file, cursor.head_length, encoding) == cursor.head


def _unpacked(file: BinaryIO, encoding: str) -> BinaryIO:
    file.seek(0)
    if encoding == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))
    return cast("BinaryIO", lzma.LZMAFile(file)) if encoding == "xz" else file


def _head(file: BinaryIO, length: int, encoding: str = "") -> str:
    return hashlib.sha256(_unpacked(file, encoding).read(length)).hexdigest()


def _with_longer_head(file: BinaryIO, cursor: Cursor, size: int) -> Cursor:
    """A file that was short when it was first seen is known by more of itself once there is more."""
    if cursor.head_length >= min(HEAD, size):
        return cursor
    length = min(HEAD, size)
    return replace(cursor, head=_head(file, length), head_length=length)


def _unpacked_size(file: BinaryIO, encoding: str) -> int:
    return int(_unpacked(file, encoding).seek(0, os.SEEK_END))


def _end_of_line(file: BinaryIO, start: int, end: int, *, is_cut: bool) -> int:
    """The end of the last whole line; a line still being written waits, unless it fills all that may be taken."""
    at = _last_newline(file, start, end)
    if at > start or not is_cut:
        return at
    return end


def _last_newline(file: BinaryIO, start: int, end: int) -> int:
    while end > start:
        begin = max(start, end - LOOK_BACK)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return start


def _is_there(path: Path, cursor: Cursor) -> bool:
    """True when the file is where it was, only not read this time (its probe failed, or it may not be opened)."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    if cursor.origin.startswith(WHOLE):
        return True
    same = (status.st_dev, status.st_ino) == (cursor.device, cursor.inode)
    return same and status.st_size >= cursor.offset


def _is_rotation(source: str) -> bool:
    """True for what logrotate will delete sooner or later: `x.1`, `x.2.gz`, `x-20260301`."""
    stem = source.removesuffix(".gz").removesuffix(".xz")
    return stem != source or stem[-1:].isdigit()

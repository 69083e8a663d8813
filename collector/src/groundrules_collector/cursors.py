"""How far each growing log has been read, so that no line is collected twice and none is passed over in silence.

A file is known by device, inode and the digest of its first bytes, whatever logrotate calls it. Renamed, copied and
compressed rotations are followed; what was gone before it was read becomes a fact with the time span it is about.
"""

from __future__ import annotations

import gzip
import hashlib
import lzma
import os
import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from groundrules_wire import Fact

HEAD = 1_024
SURE = 32  # Fewer first bytes than this do not tell two logs apart.
WHOLE = "whole:"
JOURNAL_CURSOR = re.compile(rb'"__CURSOR"\s*:\s*"([^"]+)"')
LOOK_BACK = 1 << 16
RECORDS = 9_600  # A whole number of login records of either size, 384 and 400 bytes.
UNPACKABLE = (OSError, EOFError, lzma.LZMAError)


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
    """Bytes `start` up to `end` of the file `origin`; `unpacked` where they lie inside a compressed rotation."""

    origin: str
    start: int
    end: int
    unpacked: bool = False


@dataclass(slots=True)
class Cursors:
    """The cursors of one round: what was known before it, what it has read, and how many bytes it may still take."""

    known: Mapping[str, Cursor]
    now: datetime
    budget: int
    read: dict[str, Cursor] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    journal_at: str = ""
    is_exhausted: bool = False
    _seen: set[str] = field(default_factory=set)
    _gone: frozenset[str] = frozenset()

    def piece(self, path: Path, source: str, encoding: str, *, binary: bool) -> Piece | None:
        """This function will say which bytes of a log are new, and remember them as read; None when there are none."""
        status = path.stat()
        cursor = self._cursor_of(path, status, encoding)
        if cursor is None:
            adopted = self._adopted(path, encoding)
            if adopted is not None:
                return self._rest_of(path, status, source, adopted, encoding)
            cursor = self._begun(path, status)
        if encoding:
            return self._whole(status, source, cursor)
        end = self._end(path, cursor.offset, status.st_size, binary=binary)
        cursor = _with_longer_head(path, replace(cursor, source=source), status.st_size)
        self._keep(replace(cursor, offset=end))
        if end == cursor.offset:
            return None
        self.budget -= end - cursor.offset
        return Piece(cursor.origin, cursor.offset, end)

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
        """This function will turn what vanished before it was read to its end into facts; call it after every log."""
        self._gone = frozenset(
            origin
            for origin, cursor in self.known.items()
            if origin not in self._seen and not _is_there(on_host(cursor.source), cursor)
        )
        for origin in sorted(self._gone):
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
        return self._gone

    def _cursor_of(self, path: Path, status: os.stat_result, encoding: str) -> Cursor | None:
        for cursor in self.known.values():
            if (cursor.device, cursor.inode) != (status.st_dev, status.st_ino):
                continue
            grown = encoding or status.st_size >= cursor.offset
            if grown and _head(path, cursor.head_length) == cursor.head:
                return cursor
        return None

    def _adopted(self, path: Path, encoding: str) -> Cursor | None:
        """A file never seen that begins as one that was: a rotation by copying or compressing."""
        for cursor in self.known.values():
            if cursor.origin in self._seen or cursor.head_length < SURE:
                continue
            try:
                if _head(path, cursor.head_length, encoding) == cursor.head:
                    return cursor
            except UNPACKABLE:
                return None
        return None

    def _rest_of(
        self, path: Path, status: os.stat_result, source: str, before: Cursor, encoding: str
    ) -> Piece | None:
        """What a copied or compressed rotation holds beyond what was read while it was still growing."""
        size = _unpacked_size(path, encoding) if encoding else status.st_size
        head = _head(path, before.head_length)
        self._keep(
            replace(
                before,
                source=source,
                device=status.st_dev,
                inode=status.st_ino,
                offset=status.st_size if encoding else size,
                head=head,
            )
        )
        if size <= before.offset:
            return None
        self.budget -= size - before.offset
        return Piece(before.origin, before.offset, size, unpacked=bool(encoding))

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
        return Piece(cursor.origin, 0, status.st_size)

    def _begun(self, path: Path, status: os.stat_result) -> Cursor:
        length = min(HEAD, status.st_size)
        return Cursor(
            origin=os.urandom(12).hex(),
            source="",
            device=status.st_dev,
            inode=status.st_ino,
            offset=0,
            head=_head(path, length),
            head_length=length,
            seen_at=self.now.isoformat(),
        )

    def _end(self, path: Path, start: int, size: int, *, binary: bool) -> int:
        end = min(size, start + max(self.budget, 0))
        if end < size:
            self.is_exhausted = True
        if binary:
            return end if end == size else max(start, end - end % RECORDS)
        return _end_of_line(path, start, end, is_cut=end < size)

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


def unpacked_range(path: Path, encoding: str, piece: Piece) -> Iterator[bytes]:
    """This function will yield bytes `start` to `end` of what a compressed log unpacks to; raises OSError."""
    with _opened(path, encoding) as file:
        file.seek(piece.start)
        left = piece.end - piece.start
        while left > 0:
            chunk = file.read(min(LOOK_BACK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk


def _opened(path: Path, encoding: str) -> gzip.GzipFile | lzma.LZMAFile | BinaryIO:
    if encoding == "gzip":
        return gzip.open(path, "rb")
    return lzma.open(path, "rb") if encoding == "xz" else path.open("rb")


def _head(path: Path, length: int, encoding: str = "") -> str:
    with _opened(path, encoding) as file:
        return hashlib.sha256(file.read(length)).hexdigest()


def _with_longer_head(path: Path, cursor: Cursor, size: int) -> Cursor:
    """A file that was short when it was first seen is known by more of itself once there is more."""
    if cursor.head_length >= min(HEAD, size):
        return cursor
    length = min(HEAD, size)
    return replace(cursor, head=_head(path, length), head_length=length)


def _unpacked_size(path: Path, encoding: str) -> int:
    with _opened(path, encoding) as file:
        return int(file.seek(0, os.SEEK_END))


def _end_of_line(path: Path, start: int, end: int, *, is_cut: bool) -> int:
    """The end of the last whole line; a line still being written waits, unless it fills all that may be taken."""
    with path.open("rb") as file:
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

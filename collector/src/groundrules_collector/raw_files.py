"""Raw log files, read in chunks and never altered: rotated ones stay compressed, oversized ones are cut at the front.

A cut falls on a multiple of 9,600 bytes, which keeps login records of every architecture whole (384 and 400 bytes).
A running collector remembers how far it read: then only what is new is taken, in whole lines or records.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from groundrules_collector.cursors import RECORDS, UNPACKABLE, Cursors, piece_bytes
from groundrules_collector.host import CHUNK, HostView
from groundrules_collector.probe import Log

ENCODINGS = {".gz": "gzip", ".xz": "xz"}
BINARY = frozenset({"utmp"})
# Written anew as a whole, so that a piece of it would mean nothing.
WHOLE_FORMATS = frozenset({"dnf-history"})
# A logout names only its line: without the login before it, it says nothing. Small login tables travel whole.
SMALL_TABLE = 256 * 1024
WHOLE_FILES = frozenset({"/run/utmp", "/var/run/utmp"})


def raw_logs(view: HostView, pattern: str, format_name: str) -> Iterator[Log]:
    """This function will yield every non-empty file matching the pattern as a raw log of that format."""
    for path in view.files(pattern):
        log = raw_log(view, path, format_name)
        if log is not None:
            yield log


def raw_log(view: HostView, path: Path, format_name: str) -> Log | None:
    """This function will describe one file as a log; None when it has nothing new or (recorded) cannot be read."""
    source = view.shown(path)
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
        if not size:
            return None
        if view.cursors is None:
            return _whole(view, path, format_name, size)
        if _is_whole(source, format_name, size):
            is_new = view.cursors.is_new(path, source)
            return _whole(view, path, format_name, size) if is_new else None
        return _piece(view.cursors, path, source, format_name)
    except UNPACKABLE as error:
        view.unreadable(source, error if isinstance(error, OSError) else OSError(str(error)))
        return None


def _is_whole(source: str, format_name: str, size: int) -> bool:
    if format_name in WHOLE_FORMATS or source in WHOLE_FILES:
        return True
    return format_name == "utmp" and size <= SMALL_TABLE


def _whole(view: HostView, path: Path, format_name: str, size: int) -> Log:
    skip = cut(size, view.part_limit)
    notes = (f"the first {skip} of {size} bytes were left on the host",) if skip else ()
    chunks = partial(read_range, path, skip, size)
    return Log(view.shown(path), format_name, chunks, ENCODINGS.get(path.suffix, ""), notes)


def _piece(cursors: Cursors, path: Path, source: str, format_name: str) -> Log | None:
    encoding = ENCODINGS.get(path.suffix, "")
    with path.open("rb") as file:
        piece = cursors.piece(file, source, encoding, binary=format_name in BINARY)
    if piece is None:
        return None
    return Log(
        source,
        format_name,
        partial(piece_bytes, path, piece),
        "" if piece.encoding else encoding,
        origin=piece.cursor.origin,
        start=piece.start,
        end=piece.end,
    )


def cut(size: int, limit: int) -> int:
    """This function will say how many bytes to leave out at the front so that at most `limit` remain."""
    return 0 if size <= limit else -(-(size - limit) // RECORDS) * RECORDS


def read_range(path: Path, start: int, end: int) -> Iterator[bytes]:
    """This function will yield the bytes from `start` up to `end`; what is appended meanwhile waits for next time."""
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0:
            chunk = file.read(min(CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            yield chunk

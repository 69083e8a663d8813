"""Raw log files, read in chunks and never altered: rotated ones stay compressed, oversized ones are cut at the front.

A cut falls on a multiple of 9,600 bytes, which keeps login records of every architecture whole (384 and 400 bytes).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from groundrules_collector.host import CHUNK, HostView
from groundrules_collector.probe import Log

ALIGN = 9_600
ENCODINGS = {".gz": "gzip", ".xz": "xz"}


def raw_logs(view: HostView, pattern: str, format_name: str) -> Iterator[Log]:
    """This function will yield every non-empty file matching the pattern as a raw log of that format."""
    for path in view.files(pattern):
        log = raw_log(view, path, format_name)
        if log is not None:
            yield log


def raw_log(view: HostView, path: Path, format_name: str) -> Log | None:
    """This function will describe one file as a log; None when it is empty or (recorded) cannot be read."""
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        view.unreadable(view.shown(path), error)
        return None
    if not size:
        return None
    skip = cut(size, view.part_limit)
    notes = (f"the first {skip} of {size} bytes were left on the host",) if skip else ()
    chunks = partial(read_range, path, skip, size)
    return Log(view.shown(path), format_name, chunks, ENCODINGS.get(path.suffix, ""), notes)


def cut(size: int, limit: int) -> int:
    """This function will say how many bytes to leave out at the front so that at most `limit` remain."""
    return 0 if size <= limit else -(-(size - limit) // ALIGN) * ALIGN


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

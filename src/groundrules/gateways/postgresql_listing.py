"""What lies in a PostgreSQL archive: base backups by their manifests, segments of the log by their names and headers.

Forty bytes of each segment are read: they say which cluster and which place in the log it is of, and how large
segments are there.
"""

from __future__ import annotations

import json
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from groundrules.core.backups.archive import Fault, HeldBase, HeldPiece, Holdings
from groundrules.core.backups.segments import (
    NotOfALog,
    is_segment_size,
    read_history,
    read_position,
    read_segment,
)
from groundrules.gateways.postgresql_programs import program_of, run
from groundrules.gateways.repositories import RepositoryUnusable

_SEGMENT = re.compile(r"([0-9A-F]{24})((?:\.partial|\.gz|\.lz4|\.zst){0,2})")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history")
# The long header of a segment's first page: magic, flags, timeline, position, what is left of a record, and then the
# cluster, the size of segments and that of pages. Numbers lie as this machine has them: those of a machine that has
# them otherwise cannot be restored here.
_HEADER = struct.Struct("=HHIQI4x8sII")
_LONG = 0x2
_USUAL = 16 * 1024 * 1024
_SAID_SIZE = re.compile(r"Bytes per WAL segment: (\d+)")
_CONTROL_WORDS = 20_000
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """What an archive holds, and the file of each segment that can be read as it is."""

    held: Holdings
    files: Mapping[tuple[int, int], Path]


@dataclass(frozen=True, slots=True)
class _Header:
    """What a segment says of itself."""

    position: int
    cluster: str
    size: int


def listing_of(base: Path, log: Path) -> Listing:
    """This function will list an archive; a base backup without a manifest that can be read is named, not counted.

    Raises RepositoryUnusable.
    """
    for _ in range(_TRIES):
        try:
            return _listed(base, log)
        except FileNotFoundError as gone:
            # A receiver renames the segment it is done with at any moment.
            failed: OSError = gone
        except OSError as shut:
            failed = shut
            break
    message = f"the archive cannot be read: {failed}"
    raise RepositoryUnusable(message) from failed


def _listed(base: Path, log: Path) -> Listing:
    folders = sorted(one for one in base.iterdir() if (one / "PG_VERSION").is_file())
    headers = {file: _header(file) for file in _segments(log)}
    size = _size([one for one in headers.values() if one], folders)
    bases = {folder: _base(folder, size) for folder in folders}
    found = _best(_pieces(headers, size))
    held = Holdings(
        tuple(sorted((one for one in bases.values() if one), key=lambda one: one.made)),
        tuple(piece for _, piece in found),
        size,
        MappingProxyType(dict(_histories(log))),
        tuple((folder.name, _changed(folder)) for folder, one in bases.items() if one is None),
    )
    plain = {(one.timeline, one.number): file for file, one in found if one.fault is None}
    return Listing(held, plain)


def _size(headers: Sequence[_Header], folders: Sequence[Path]) -> int:
    """How large segments are, as most of them say; where none says anything, as a base backup's control file does."""
    if headers:
        return Counter(one.size for one in headers).most_common(1)[0][0]
    if not folders:
        return _USUAL
    told = run([program_of(folders[-1], "pg_controldata"), str(folders[-1])], _CONTROL_WORDS)
    said = _SAID_SIZE.search(told)
    return int(said[1]) if said else _USUAL


def _place(file: Path, size: int) -> tuple[int, int]:
    try:
        return read_segment(file.name[:24], size)
    except NotOfALog:
        return (0, 0)


def _segments(log: Path) -> Iterator[Path]:
    return (file for file in log.iterdir() if _SEGMENT.fullmatch(file.name))


def _header(file: Path) -> _Header | None:
    """None where there is none: a piece that was only just begun, a packed one, or one whose beginning is damaged."""
    with file.open("rb") as opened:
        raw = opened.read(_HEADER.size)
    if len(raw) < _HEADER.size:
        return None
    _, flags, _, position, _, cluster, size, _ = _HEADER.unpack(raw)
    if not flags & _LONG or not is_segment_size(size):
        return None
    return _Header(position, cluster.hex(), size)


def _pieces(headers: Mapping[Path, _Header | None], size: int) -> Iterator[tuple[Path, HeldPiece]]:
    for file, header in headers.items():
        timeline, number = _place(file, size)
        if not timeline:
            continue
        told = file.stat()
        written = _changed(file)
        whole = ".partial" not in file.name
        cluster = header.cluster if header else ""
        fault, why = _fault(file, header, number, size)
        piece = HeldPiece(timeline, number, written, told.st_size, whole, cluster, fault, why)
        yield file, piece


def _fault(file: Path, header: _Header | None, number: int, size: int) -> tuple[Fault | None, str]:
    """What PostgreSQL would refuse it for; a piece that was only just begun is empty and nothing is wrong with it."""
    packed = file.name[24:].replace(".partial", "")
    if packed:
        return Fault.PACKED, packed
    there = file.stat().st_size
    if there != size:
        return Fault.DAMAGED, f"it has {there} bytes of {size}"
    if header is None:
        return (Fault.DAMAGED, "its beginning cannot be read") if _is_written(file) else (None, "")
    if header.size != size:
        return Fault.DAMAGED, f"it says that segments have {header.size} bytes, others say {size}"
    if header.position != number * size:
        return Fault.DAMAGED, "it says that it belongs elsewhere in the log"
    return None, ""


def _is_written(file: Path) -> bool:
    """Whether a piece without a header is more than room that was made for one."""
    if ".partial" not in file.name:
        return True
    with file.open("rb") as opened:
        return any(opened.read(8192))


def _best(found: Iterable[tuple[Path, HeldPiece]]) -> tuple[tuple[Path, HeldPiece], ...]:
    """One for each place in the log: a whole file before a partial one, and any before one that is of no use."""
    order = sorted(found, key=lambda one: (one[1].fault is not None, not one[1].whole))
    best: dict[tuple[int, int], tuple[Path, HeldPiece]] = {}
    for file, piece in order:
        best.setdefault((piece.timeline, piece.number), (file, piece))
    return tuple(best[place] for place in sorted(best))


def _histories(log: Path) -> Iterator[tuple[int, tuple[tuple[int, int], ...]]]:
    """One that cannot be read is as good as none: a restore would stop at it."""
    for file in log.iterdir():
        named = _HISTORY.fullmatch(file.name)
        if named is None:
            continue
        try:
            yield int(named[1], 16), read_history(file.read_text("utf-8", "replace"))
        except NotOfALog:
            continue


def _base(folder: Path, size: int) -> HeldBase | None:
    """None for one that is still being made, was broken off, or whose manifest says nothing that can be read."""
    manifest = folder / "backup_manifest"
    if not manifest.is_file():
        return None
    try:
        ranges = [
            (read_position(one["Start-LSN"]), read_position(one["End-LSN"]), int(one["Timeline"]))
            for one in json.loads(manifest.read_bytes())["WAL-Ranges"]
        ]
        start, (_, end, timeline) = min(ranges)[0], max(ranges, key=lambda one: one[1])
    except (ValueError, KeyError, TypeError):
        return None
    made = _changed(manifest)
    return HeldBase(
        folder.name, made, timeline, start, end, _cluster(folder), _own(folder, timeline, size)
    )


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _own(folder: Path, timeline: int, size: int) -> tuple[int, ...]:
    """The segments a base backup carries itself (`--wal-method=stream`)."""
    there = folder / "pg_wal"
    files = _segments(there) if there.is_dir() else iter(())
    places = [_place(file, size) for file in files if file.stat().st_size == size]
    return tuple(sorted(number for its, number in places if its == timeline))


def _cluster(folder: Path) -> str:
    """The identity of a cluster: its control file has begun with it in every version."""
    control = folder / "global" / "pg_control"
    raw = control.read_bytes()[:8] if control.is_file() else b""
    return raw.hex() if len(raw) == 8 else ""  # noqa: PLR2004 - eight bytes of it

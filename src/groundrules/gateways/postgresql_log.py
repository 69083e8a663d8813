"""Reading a PostgreSQL archive's log, record by record, by PostgreSQL's own pg_waldump.

Each record carries a checksum. The log is read from the oldest base backup's start to its end, and each base backup's
own stretch to its last byte. Nothing in the archive is touched: the reader is shown a folder of links, and a copy of
the piece that is still being written.
"""

from __future__ import annotations

import re
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from groundrules.core.backups.archive import Fault, HeldBase, HeldPiece, Reach, Run, reach_of
from groundrules.core.backups.segments import (
    position_words,
    read_position,
    read_segment,
    segment_name,
)
from groundrules.gateways.postgresql_listing import Listing
from groundrules.gateways.postgresql_programs import program_of, run
from groundrules.gateways.repositories import RepositoryUnusable

_POSITIONS = re.compile(r"\b[0-9A-F]{1,8}/[0-9A-F]{1,8}\b")
_NAMED = re.compile(r"in (?:log|WAL) segment ([0-9A-F]{24})")
_OFFSET = re.compile(r"offset (\d+)")
_BROKEN = "error in WAL record"
_NOTHING_BEGINS = "could not find a valid record after"
_WORDS = 300
# A page of the log begins with: magic, flags, timeline, position, and how much of a record before it goes on.
_PAGE_HEADER = struct.Struct("=HHIQI")
_PAGE, _ROOM = 8192, 24
_GOES_ON = 0x1


def read_reaches(listing: Listing, base: Path) -> tuple[Reach, ...]:
    """This function will read the log each base backup needs, and say how far each can be brought by what was read.

    Raises RepositoryUnusable when PostgreSQL's program could not look.
    """
    with tempfile.TemporaryDirectory(prefix="groundrules-wal-") as view:
        reading = _Reading(listing, base, Path(view))
        for one in listing.held.bases:
            reading.read(one)
        return tuple(reading.reach(one) for one in listing.held.bases)


@dataclass(slots=True)
class _Reading:
    """What was read so far, what of it is damaged, and where the pieces that are being written end."""

    listing: Listing
    base: Path
    view: Path
    damaged: dict[tuple[int, int], str] = field(default_factory=dict)
    done: set[tuple[int, int]] = field(default_factory=set)
    ends: dict[tuple[int, int], int] = field(default_factory=dict)

    def reach(self, base: HeldBase) -> Reach:
        """How far a base backup can be brought without what was found damaged, if the log reaches its end at all."""
        pieces = tuple(self._known(piece) for piece in self.listing.held.pieces)
        found = reach_of(base, replace(self.listing.held, pieces=pieces))
        last = found.runs[-1] if found.runs else None
        if last and last.open and self.ends.get((last.timeline, last.last), base.end) < base.end:
            return replace(found, until=None)
        return found

    def read(self, base: HeldBase) -> None:
        """Read what this base backup needs and nobody has read yet."""
        program = program_of(self.base / base.name, "pg_waldump")
        for run_ in reach_of(base, self.listing.held).runs:
            first = next(
                (
                    n
                    for n in range(run_.first, run_.last + 1)
                    if (run_.timeline, n) not in self.done
                ),
                None,
            )
            if first is not None:
                self._show(base, run_)
                self._read_run(program, replace(run_, first=first), base)
                self.done |= {(run_.timeline, n) for n in range(first, run_.last + 1)}

    def _known(self, piece: HeldPiece) -> HeldPiece:
        why = self.damaged.get((piece.timeline, piece.number))
        return piece if why is None else replace(piece, fault=Fault.DAMAGED, why=why)

    def _show(self, base: HeldBase, run_: Run) -> None:
        for number in range(run_.first, run_.last + (0 if run_.open else 1)):
            link = self._shown(run_.timeline, number)
            if not link.exists():
                own = self.base / base.name / "pg_wal" / link.name
                link.symlink_to(self.listing.files.get((run_.timeline, number), own).absolute())

    def _shown(self, timeline: int, number: int) -> Path:
        return self.view / segment_name(timeline, number, self.listing.held.size)

    def _read_run(self, program: str, run_: Run, base: HeldBase) -> None:
        """The whole segments up to the border of the last, going on behind each that is damaged; then the open one."""
        size = self.listing.held.size
        ends = (run_.last + (0 if run_.open else 1)) * size
        start = max(base.start, run_.first * size)
        while start < ends:
            said = self._read(program, run_.timeline, start, ends)
            if not said:
                break
            number = self._wounded(said, start)
            if said.find(_NOTHING_BEGINS) < 0 or start == base.start:
                self.damaged.setdefault((run_.timeline, number), said[-_WORDS:])
            start = (number + 1) * size
        if run_.open:
            self._read_open(program, run_.timeline, run_.last, max(base.start, run_.last * size))

    def _wounded(self, said: str, start: int) -> int:
        """The segment that a complaint is about: the one it names, or the last position in it."""
        size = self.listing.held.size
        named = _NAMED.search(said)
        if named:
            return max(read_segment(named[1], size)[1], start // size)
        return max(*(read_position(one) // size for one in _POSITIONS.findall(said)), start // size)

    def _read(self, program: str, timeline: int, start: int, ends: int) -> str:
        """What pg_waldump complains of; empty when it read everything."""
        words = [
            f"--path={self.view}",
            f"--timeline={timeline}",
            f"--start={position_words(start)}",
            f"--end={position_words(ends)}",
        ]
        try:
            run([program, "--quiet", *words])
        except RepositoryUnusable as failed:
            said = str(failed).removeprefix("pg_waldump: ").removeprefix("error: ")
            if _BROKEN in said or _NOTHING_BEGINS in said:
                return said
            raise
        return ""

    def _read_open(self, program: str, timeline: int, number: int, start: int) -> None:
        """It ends somewhere while it is written. What goes on behind the same end at a second look is damage."""
        size = self.listing.held.size
        stopped: list[int] = []
        for _ in range(2):
            raw = _as_it_is(self.listing.files[timeline, number])
            end = start
            if any(raw[:_PAGE]):
                self._shown(timeline, number).write_bytes(raw)
                said = self._read(program, timeline, start, (number + 1) * size)
                end = end_of(said, start, number * size) if said else (number + 1) * size
            self.ends[timeline, number] = end
            stopped.append(end)
            if not goes_on(raw, end - number * size, number * size):
                return
        if stopped[0] == stopped[1]:
            why = f"it cannot be read at {position_words(end)} and goes on behind it"
            self.damaged[timeline, number] = why


def _as_it_is(file: Path) -> bytes:
    """A receiver may be done with a piece at any moment, and give it its whole name."""
    for one in (file, file.with_name(file.name[:24])):
        try:
            return one.read_bytes()
        except FileNotFoundError:
            continue
    message = f"{file} is gone; was it thinned out while it was read?"
    raise RepositoryUnusable(message)


def end_of(said: str, start: int, begins: int) -> int:
    """This function will return how far PostgreSQL could read a piece that begins at `begins`, by its last words.

    It names the place of a record, or a page by its offset in the piece.
    """
    offset = _OFFSET.search(said)
    places = [read_position(one) for one in _POSITIONS.findall(said)]
    return max([start, *places, *([begins + int(offset[1])] if offset else [])])


def goes_on(raw: bytes, end: int, begins: int) -> bool:
    """This function will say whether records begin on the pages behind the end of what could be read.

    Half of a last record is no damage: its rest has not come.
    """
    for offset, page in _pages_behind(raw, end):
        _, flags, _, position, left = _PAGE_HEADER.unpack_from(page)
        if position != begins + offset:
            continue
        if not flags & _GOES_ON or any(page[_ROOM + left :]):
            return True
    return False


def _pages_behind(raw: bytes, end: int) -> Iterator[tuple[int, bytes]]:
    for offset in range((end // _PAGE + 1) * _PAGE, len(raw) - _PAGE + 1, _PAGE):
        yield offset, raw[offset : offset + _PAGE]

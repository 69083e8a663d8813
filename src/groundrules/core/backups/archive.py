"""A PostgreSQL archive as it lies there: how far each base backup can be brought by the log, and what is missing.

A base backup needs the log without a break from its own start to at least its own end, or it cannot be restored at
all; from there on it can be brought as far as the log goes on without a break, and no further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from groundrules.core.backups.segments import Span, descent, segment_name


class Fault(StrEnum):
    """Why a segment is of no use."""

    MISSING = "missing"
    PARTIAL = "only partly there"
    DAMAGED = "damaged"
    PACKED = "compressed"
    FOREIGN = "of another cluster"


@dataclass(frozen=True, slots=True)
class HeldPiece:
    """A segment of the log as it is there. `fault` and `why` say what keeps it from being used, if anything does.

    `cluster` is the identity of the cluster it says it is of, empty where it says nothing yet.
    """

    timeline: int
    number: int
    written: datetime
    size: int = 0
    whole: bool = True
    cluster: str = ""
    fault: Fault | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class HeldBase:
    """A base backup: when it was made, and the stretch of the log it needs before it can be opened.

    `timeline` is the one it ended on. `own` are the segments it carries itself.
    """

    name: str
    made: datetime
    timeline: int
    start: int
    end: int
    cluster: str = ""
    own: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Holdings:
    """What lies in an archive. `histories` have each timeline's forebears and where each was left."""

    bases: tuple[HeldBase, ...]
    pieces: tuple[HeldPiece, ...]
    size: int
    histories: MappingProxyType[int, tuple[tuple[int, int], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    unfinished: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Segments in a row that are of no use, for one reason."""

    first: str
    last: str
    count: int
    fault: Fault = Fault.MISSING
    why: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """Segments of one timeline in a row that can be used; `open` when the last of them is still being written."""

    timeline: int
    first: int
    last: int
    open: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a base backup can be brought.

    `until` is when the last piece it can use was written, None where it cannot be restored at all. `forked` says that
    the log goes on along a timeline that left this backup's own before the backup ended.
    """

    base: HeldBase
    gaps: tuple[Gap, ...]
    runs: tuple[Run, ...]
    until: datetime | None
    forked: int = 0


def reach_of(base: HeldBase, held: Holdings) -> Reach:
    """This function will follow the log from a base backup's start, as a restore would, and say how far it goes."""
    spans = descent(base.timeline, held.histories)
    own = next((span for span in spans if span.timeline == base.timeline), None)
    if own is None or (own.ends is not None and base.end > own.ends):
        return Reach(base, (), (), None, forked=spans[-1].timeline)
    line = _Line(spans, held.size)
    first, needed = base.start // held.size, (base.end - 1) // held.size
    there = _marked(_on_the_line(base, held, line, first))
    good = [number for number in sorted(there) if there[number].fault is None]
    last = max(needed, _going_on(there, good[-1])) if good else needed
    gaps = tuple(_gaps(there, line, first, last))
    runs = tuple(_runs(there, good))
    reached = _unbroken(good, first)
    until = there[reached].written if reached >= needed else None
    return Reach(base, gaps, runs, until)


def needed_from(held: Holdings, base: HeldBase) -> str:
    """This function will name the first segment that a base backup needs."""
    line = _Line(descent(base.timeline, held.histories), held.size)
    return line.name(base.start // held.size)


def needless_pieces(held: Holdings) -> tuple[HeldPiece, ...]:
    """This function will choose the segments before the first that a base backup needs, of whatever timeline.

    That is what pg_archivecleanup would remove; without a base backup nobody can say.
    """
    first = min((base.start // held.size for base in held.bases), default=0)
    return tuple(piece for piece in held.pieces if piece.number < first)


def lost_histories(held: Holdings) -> tuple[int, ...]:
    """This function will name the timelines whose log is there and whose history is not: no restore can follow them."""
    own = {base.timeline for base in held.bases}
    there = {piece.timeline for piece in held.pieces if piece.timeline > max(own, default=1)}
    return tuple(sorted(there - set(held.histories)))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of descent, asked by the number of a segment."""

    spans: tuple[Span, ...]
    size: int

    def timeline(self, number: int) -> int:
        """The newest timeline that had begun by the end of this segment: its copy is the one a restore takes."""
        begun = [span for span in self.spans if span.begins // self.size <= number]
        return begun[-1].timeline

    def name(self, number: int) -> str:
        """The file a restore asks for."""
        return segment_name(self.timeline(number), number, self.size)


def _on_the_line(base: HeldBase, held: Holdings, line: _Line, first: int) -> dict[int, HeldPiece]:
    """The segments a restore would take, by number. What the base backup carries itself fills what is not there."""
    pieces = [_judged(piece, base) for piece in held.pieces if piece.number >= first]
    there = {
        piece.number: piece for piece in pieces if piece.timeline == line.timeline(piece.number)
    }
    for number in base.own:
        if number not in there or there[number].fault:
            there[number] = HeldPiece(base.timeline, number, base.made, held.size)
    newest = max(there, default=first - 1)
    # A timeline that has just begun may have nothing kept yet: then the one before it is taken to its end.
    for before, span in zip(line.spans, line.spans[1:], strict=False):
        number = span.begins // held.size
        if number == newest + 1:
            left = [p for p in pieces if (p.timeline, p.number) == (before.timeline, number)]
            there.update({piece.number: piece for piece in left})
    return there


def _judged(piece: HeldPiece, base: HeldBase) -> HeldPiece:
    if piece.fault is None and piece.cluster and base.cluster and piece.cluster != base.cluster:
        return replace(piece, fault=Fault.FOREIGN)
    return piece


def _marked(there: dict[int, HeldPiece]) -> dict[int, HeldPiece]:
    """A piece that is still being written is the last one; anywhere else the log broke off in it."""
    last = max((n for n, piece in there.items() if piece.fault is None), default=-1)
    return {
        number: replace(piece, fault=Fault.PARTIAL)
        if piece.fault is None and not piece.whole and number < last
        else piece
        for number, piece in there.items()
    }


def _unbroken(good: Iterable[int], first: int) -> int:
    """The last of the numbers that follow each other from the first; the one before it when the first is not there."""
    reached = first - 1
    for number in good:
        if number != reached + 1:
            break
        reached = number
    return reached


def _going_on(there: dict[int, HeldPiece], last: int) -> int:
    """Past the last good segment those of no use that follow it at once are told too; a stray name far off is not."""
    while last + 1 in there:
        last += 1
    return last


def _gaps(there: dict[int, HeldPiece], line: _Line, first: int, last: int) -> Iterator[Gap]:
    """Stretches without a file, and files in a row that one thing keeps from being used."""
    stretches: list[tuple[int, int, tuple[Fault, str]]] = []
    expected = first
    for number in (*sorted(n for n in there if n <= last), last + 1):
        if number > expected:
            stretches.append((expected, number - 1, (Fault.MISSING, "")))
        piece = there.get(number)
        if piece is not None and piece.fault is not None and number <= last:
            because = (piece.fault, piece.why)
            goes_on = bool(stretches) and stretches[-1][1:] == (number - 1, because)
            begins = stretches.pop()[0] if goes_on else number
            stretches.append((begins, number, because))
        expected = number + 1
    for begins, ends, (fault, why) in stretches:
        yield Gap(line.name(begins), line.name(ends), ends - begins + 1, fault, why)


def _runs(there: dict[int, HeldPiece], good: Iterable[int]) -> Iterator[Run]:
    run: Run | None = None
    for number in good:
        piece = there[number]
        follows = run and (run.timeline, run.last + 1) == (piece.timeline, number)
        if run and follows:
            run = replace(run, last=number, open=not piece.whole)
            continue
        if run:
            yield run
        run = Run(piece.timeline, number, number, not piece.whole)
    if run:
        yield run

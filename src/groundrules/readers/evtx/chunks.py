"""What lies in an EVTX file: chunks of 64 KiB, records inside them, and everything about them that is broken.

Each chunk is handed to the parser alone, in a copy whose header and lookup tables we write ourselves. So one bad chunk
never takes its neighbours along, a bad record is stepped over, and a looped lookup table cannot hang the parser.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypedDict, cast

from evtx import PyEvtxParser

from groundrules.core.evidence import Damage

FILE_MAGIC = b"ElfFile\0"
CHUNK_MAGIC = b"ElfChnk\0"
RECORD_MAGIC = b"\x2a\x2a\x00\x00"
FILE_HEADER = 4096
CHUNK = 65536
BLANK = bytes(CHUNK)
CHUNK_HEADER = 512
CHUNK_TABLES = 128
CHUNK_FACTS = struct.Struct("<QQQQIII")
RECORD_HEADER = struct.Struct("<4sIQQ")
RECORD_TRAILER = struct.Struct("<I")
SMALLEST_RECORD = 29
ALIGNMENT = 8
NOT_A_TOKEN = 0xFF
# The parser stops at the record that carries the chunk's last number; numbers in record headers can be wrong.
NO_LAST_NUMBER = 0xFFFF_FFFF_FFFF_FFFE


class UnreadableEvtx(ValueError):
    """The bytes are not a Windows event log, or nothing of it is left to read."""


class Slot(NamedTuple):
    """The place of one record in its chunk; `bridged` marks damaged bytes that the parser has to step over."""

    offset: int
    size: int
    number: int
    bridged: bool = False


@dataclass(slots=True)
class Salvage:
    """What came out of one file, filled while it is read: damage found, and the record numbers it cost."""

    damaged: list[Damage] = field(default_factory=list)
    lost: set[int] = field(default_factory=set)
    suspect: list[tuple[int, int]] = field(default_factory=list)

    def note(self, chunk: int, number: int, problem: Exception) -> None:
        """This function will keep that a record could be parsed but not read."""
        self.lost.add(number)
        self.damaged.append(Damage(f"chunk {chunk}, record {number}", str(problem)))


def _parser_file_header() -> bytes:
    """This function will write the header of a file with one clean chunk, as the parser wants to see it."""
    header = bytearray(FILE_HEADER)
    struct.pack_into("<8sQQQIHHHH", header, 0, FILE_MAGIC, 0, 0, 2, 128, 1, 3, FILE_HEADER, 1)
    struct.pack_into("<I", header, 124, zlib.crc32(header[:120]))
    return bytes(header)


PARSER_FILE_HEADER = _parser_file_header()


def chunks_of(raw: bytes, salvage: Salvage) -> list[tuple[int, memoryview]]:
    """This function will cut a file into its used chunks (number, bytes), noting damage of the file header.

    Raises UnreadableEvtx when the bytes are no event log or hold no chunk at all.
    """
    _refuse_what_is_no_event_log(raw)
    view = memoryview(raw)
    found = [
        (number, start, view[start : start + CHUNK])
        for number, start in enumerate(range(FILE_HEADER, len(raw), CHUNK))
    ]
    used = [
        (number, chunk)
        for number, start, chunk in found
        if raw.startswith(CHUNK_MAGIC, start) or bytes(chunk) != BLANK[: len(chunk)]
    ]
    if not used:
        message = (
            f"the event log has a file header but no records: it ends or is blank after byte {FILE_HEADER}; "
            "copy it again with `wevtutil epl`"
        )
        raise UnreadableEvtx(message)
    salvage.damaged.extend(_damage_of_file_header(raw, len(found)))
    return used


def _refuse_what_is_no_event_log(raw: bytes) -> None:
    """This function will raise UnreadableEvtx, saying what the bytes look like instead."""
    chunk_follows = raw[FILE_HEADER : FILE_HEADER + len(CHUNK_MAGIC)] == CHUNK_MAGIC
    if raw[: len(FILE_MAGIC)] == FILE_MAGIC or chunk_follows:
        return
    if not raw:
        looks = "it is empty"
    elif raw[4:8] == b"LfLe":
        looks = "it is the older EVT format of Windows XP and 2003"
    else:
        looks = f"it starts with {raw[:8]!r} where {FILE_MAGIC!r} belongs"
    message = f"not a Windows event log (EVTX): {looks}; export the log with `wevtutil epl` and send that file"
    raise UnreadableEvtx(message)


def _damage_of_file_header(raw: bytes, chunks: int) -> Iterator[Damage]:
    """This function will yield what is wrong with the file header, and with the number of chunks it promises."""
    header = raw[:FILE_HEADER]
    (checksum,) = struct.unpack_from("<I", header, 124)
    if header[: len(FILE_MAGIC)] != FILE_MAGIC or zlib.crc32(header[:120]) != checksum:
        yield Damage(
            "file header",
            "it does not match its checksum; the chunks after it were read all the same",
        )
        return
    (promised,) = struct.unpack_from("<H", header, 42)
    if promised > chunks:
        yield Damage(
            "end of file",
            f"the file header promises {promised} chunks, {chunks} are there: the file was cut short",
        )


class Found(TypedDict):
    """A record as the parser hands it over: its JSON, and the number and time of the record header."""

    event_record_id: int
    timestamp: str
    data: str


def records_of(number: int, chunk: memoryview, salvage: Salvage) -> Iterable[Found]:
    """This function will return each readable record of a chunk, in place order."""
    return _sound_records(chunk) or _salvaged_records(number, bytes(chunk), salvage)


def _sound_records(chunk: memoryview) -> list[Found]:
    """This function will read a chunk in which nothing is damaged, as nearly all are; empty when anything may be.

    Its checksums hold, and the parser finds as many records as its header says. Then what lies where is as Windows
    wrote it, and need not be looked at record by record.
    """
    if len(chunk) != CHUNK or chunk[: len(CHUNK_MAGIC)] != CHUNK_MAGIC:
        return []
    first, last, _, _, _, place, end = CHUNK_FACTS.unpack_from(chunk, 8)
    if not CHUNK_HEADER <= place < end <= CHUNK or not _has_sound_header(chunk):
        return []
    if not _matches_checksum(chunk):
        return []
    try:
        found = list(_parser_of(_clean_file(chunk[CHUNK_HEADER:], place, end)))
    except RuntimeError:
        return []
    return found if len(found) == last - first + 1 else []


def _has_sound_header(chunk: memoryview) -> bool:
    """This function will say whether the chunk header matches the checksum that lies in it."""
    (checksum,) = struct.unpack_from("<I", chunk, 124)
    return bool(zlib.crc32(chunk[128:CHUNK_HEADER], zlib.crc32(chunk[:120])) == checksum)


def _salvaged_records(number: int, chunk: bytes, salvage: Salvage) -> Iterator[Found]:
    """This function will yield what is readable of a chunk, and note everything about it that is broken."""
    where = f"chunk {number}"
    known_damage = len(salvage.damaged)
    slots = _slots_of(chunk, where, salvage)
    if not slots:
        return
    for slot, outcome in zip(slots, _parsed(chunk, slots), strict=False):
        if not isinstance(outcome, RuntimeError):
            yield outcome
            continue
        if not slot.bridged:
            salvage.lost.add(slot.number)
            salvage.damaged.append(
                Damage(f"{where}, record {slot.number} at byte {slot.offset}", str(outcome))
            )
    if len(salvage.damaged) == known_damage and not _matches_checksum(memoryview(chunk)):
        numbers = [slot.number for slot in slots]
        salvage.suspect.append((min(numbers), max(numbers)))
        problem = "its bytes do not match its checksum: a record may read differently from what was written"
        salvage.damaged.append(Damage(where, problem))


def _matches_checksum(chunk: memoryview) -> bool:
    """This function will say whether the records' bytes are the ones the checksum in the chunk header was made of."""
    free, checksum = struct.unpack_from("<II", chunk, 48)
    return bool(zlib.crc32(chunk[CHUNK_HEADER:free]) == checksum)


def _slots_of(chunk: bytes, where: str, salvage: Salvage) -> list[Slot]:
    """This function will find every record of a chunk by its own header and trailer, stepping over damage."""
    if len(chunk) < CHUNK_HEADER:
        salvage.damaged.append(Damage(where, f"only {len(chunk)} bytes of it are left"))
        return []
    if chunk[: len(CHUNK_MAGIC)] != CHUNK_MAGIC:
        salvage.damaged.append(
            Damage(where, "its header is overwritten; records were looked for behind it")
        )
    first, last = struct.unpack_from("<QQ", chunk, 8)
    (free,) = struct.unpack_from("<I", chunk, 48)
    limit = free if CHUNK_HEADER <= free <= CHUNK else len(chunk)
    slots: list[Slot] = []
    offset = CHUNK_HEADER
    while offset < limit:
        slot = _slot_at(chunk, offset)
        if slot is None:
            resume = _next_record(chunk, offset, limit) if limit == free else limit
            _note_hole(Hole(where, offset, resume, first, last), slots, chunk, salvage)
            slot = Slot(offset, resume - offset, 0, bridged=True)
        slots.append(slot)
        offset += slot.size
    return _bridgeable(slots)


def _bridgeable(slots: list[Slot]) -> list[Slot]:
    """This function will drop damaged bytes at the end (nothing follows that the parser would have to reach)."""
    while slots and slots[-1].bridged:
        slots.pop()
    return slots


def _slot_at(chunk: bytes, offset: int) -> Slot | None:
    """This function will read the record header at an offset; None when header and trailer do not agree."""
    if offset + RECORD_HEADER.size > len(chunk):
        return None
    magic, size, number, _ = RECORD_HEADER.unpack_from(chunk, offset)
    end = offset + size
    if magic != RECORD_MAGIC or size < SMALLEST_RECORD or end > len(chunk):
        return None
    if RECORD_TRAILER.unpack_from(chunk, end - 4)[0] != size:
        return None
    return Slot(offset, size, number)


def _next_record(chunk: bytes, offset: int, limit: int) -> int:
    """This function will return where the next sound record starts, or `limit` when there is none."""
    at = chunk.find(RECORD_MAGIC, offset + SMALLEST_RECORD)
    while 0 <= at < limit:
        if at % ALIGNMENT == 0 and _slot_at(chunk, at) is not None:
            return at
        at = chunk.find(RECORD_MAGIC, at + 1)
    return limit


@dataclass(frozen=True, slots=True)
class Hole:
    """Bytes of a chunk in which no sound record was found, and the record numbers the chunk header promises."""

    where: str
    start: int
    end: int
    first: int
    last: int


def _note_hole(hole: Hole, before: list[Slot], chunk: bytes, salvage: Salvage) -> None:
    """This function will record damaged bytes and the record numbers they cost, as far as neighbours tell."""
    after = _slot_at(chunk, hole.end) if hole.end < len(chunk) else None
    low = before[-1].number + 1 if before and not before[-1].bridged else hole.first
    high = after.number - 1 if after is not None else hole.last
    if not 0 <= high - low < CHUNK:
        problem = f"bytes {hole.start} to {hole.end} hold no readable record"
    else:
        salvage.lost.update(range(low, high + 1))
        problem = f"bytes {hole.start} to {hole.end} hold no readable record; numbers {low} to {high} are lost"
    salvage.damaged.append(Damage(f"{hole.where}, record {low} at byte {hole.start}", problem))


def _clean_file(records: memoryview, last: int, end: int) -> bytes:
    """This function will make a file of one chunk with headers of our own and blank lookup tables.

    `records` is what follows the chunk's header; the last record begins at `last` and ends at `end`.
    """
    numbers = (1, NO_LAST_NUMBER, 1, NO_LAST_NUMBER)
    header = struct.pack("<8sQQQQIII", CHUNK_MAGIC, *numbers, CHUNK_TABLES, last, end)
    return b"".join((PARSER_FILE_HEADER, header.ljust(CHUNK_HEADER, b"\0"), records))


def _bridged_file(chunk: bytes, slots: list[Slot]) -> bytes:
    """This function will make such a file of a damaged chunk, with bridges over the damage."""
    copy = bytearray(chunk.ljust(CHUNK, b"\0"))
    for slot in slots:
        if slot.bridged:
            struct.pack_into(
                "<4sIQQB", copy, slot.offset, RECORD_MAGIC, slot.size, 0, 0, NOT_A_TOKEN
            )
            struct.pack_into("<I", copy, slot.offset + slot.size - 4, slot.size)
    last = slots[-1]
    return _clean_file(memoryview(copy)[CHUNK_HEADER:], last.offset, last.offset + last.size)


def _parser_of(file: bytes) -> Iterator[Found]:
    """This function will let the parser read one clean chunk; it raises RuntimeError at a record it cannot read."""
    return cast(
        "Iterator[Found]", PyEvtxParser(io.BytesIO(file), number_of_threads=1).records_json()
    )


def _parsed(chunk: bytes, slots: list[Slot]) -> Iterator[Found | RuntimeError]:
    """This function will yield one outcome per record slot: the record, or the parser's complaint as a value.

    The parser's own `skip_errors` turns complaints into process-wide warnings; asking it again after an error goes on
    with the next record just the same, and keeps the complaint beside its place.
    """
    records = _parser_of(_bridged_file(chunk, slots))
    for _ in slots:
        try:
            found = next(records, None)
        except RuntimeError as problem:
            yield problem
            continue
        yield found or RuntimeError("the parser stopped before this record")

"""Inspecting: what the readers find in a file, without keeping anything. Needs no database.

The same readers and formats as in production, so what is counted here is what would be kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from groundrules.core.changes import attempts, from_observations
from groundrules.core.evidence import Damage, Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext
from groundrules.readers.envelope import READERS, combine, read_envelope, read_parts
from groundrules.services.evidence_formats import ENVELOPE, UnknownFormat, format_of
from groundrules.services.zones import pin_zones

_HOST = AssetId("inspected")


class NotReadable(ValueError):
    """A file is of no format a reader reads, or can't be read at all."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What one file holds: counts that add up, by type, and everything damaged."""

    name: str
    format: str
    digest: str
    records: int
    sessions: int
    changes: int
    attempts: int
    gaps: int
    snapshots: int
    unknown: int
    by_type: dict[str, int]
    unknown_types: dict[str, int]
    damaged: tuple[Damage, ...]
    readers: tuple[str, ...]


def inspect(
    raw: bytes, name: str, *, at: datetime, named: str = "", zone: str = "UTC"
) -> Inspection:
    """This function will read a file as evidence and count what it holds; raises NotReadable.

    `at` is when it was collected as far as known (old syslog lines carry no year), `zone` that of its wall times.
    """
    form, readings = read_file(raw, name, at=at, named=named, zone=zone)
    return _counted(name, form, raw, readings)


def read_file(
    raw: bytes, name: str, *, at: datetime, named: str = "", zone: str = "UTC"
) -> tuple[str, tuple[Reading, ...]]:
    """This function will return a file's format and what its reader found; raises NotReadable."""
    pin_zones()
    try:
        form = format_of(raw, named)
        return form, _read(raw, form, at, zone)
    except (UnknownFormat, ValueError, OSError) as wrong:
        message = f"{name} cannot be read: {wrong}"
        raise NotReadable(message) from wrong


def _read(raw: bytes, form: str, at: datetime, zone: str) -> tuple[Reading, ...]:
    if form == ENVELOPE:
        return read_parts(read_envelope(raw), _HOST, zone)
    digest = EvidenceId(hashlib.sha256(raw).hexdigest())
    return (READERS[form].read(raw, ReadingContext(_HOST, digest, zone, at)),)


def _counted(name: str, form: str, raw: bytes, readings: tuple[Reading, ...]) -> Inspection:
    history = combine(readings)
    by_type: dict[str, int] = {}
    unknown: dict[str, int] = {}
    for reading in readings:
        for into, counts in ((by_type, reading.by_type), (unknown, reading.unknown)):
            for kind, count in counts.items():
                into[kind] = into.get(kind, 0) + count
    return Inspection(
        name=name,
        format=form,
        digest=hashlib.sha256(raw).hexdigest(),
        records=sum(reading.records for reading in readings),
        sessions=len(history.sessions),
        changes=len(from_observations(history.observations)),
        attempts=len(attempts(history.observations)),
        gaps=len(history.gaps),
        snapshots=len(history.snapshots),
        unknown=sum(unknown.values()),
        by_type=dict(sorted(by_type.items())),
        unknown_types=dict(sorted(unknown.items())),
        damaged=tuple(d for reading in readings for d in reading.damaged),
        readers=tuple(sorted({reading.reader for reading in readings})),
    )

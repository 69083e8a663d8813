"""The index of raw evidence: one row per file and per part of an envelope, and one per reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from groundrules.core.evidence import Reading
from groundrules.readers.envelope import OpenedEnvelope
from groundrules.records.models import Asset, RawEvidence
from groundrules.records.models import Reading as ReadingRow
from groundrules.services.storage import raw_store
from groundrules_wire import Part


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that verified: its bytes and name, what it is, whose it is, and who handed it in when."""

    raw: bytes
    name: str
    format: str
    asset: Asset
    collected_at: datetime
    by: str
    at: datetime


def index_file(arrival: Arrival, opened: OpenedEnvelope | None) -> RawEvidence:
    """This function will keep the bytes and write the file's row."""
    manifest = opened.manifest if opened else None
    return RawEvidence.objects.create(
        recorded_at=arrival.at,
        recorded_by=arrival.by,
        client=arrival.asset.client,
        asset=arrival.asset,
        digest=raw_store().put(arrival.raw),
        length=len(arrival.raw),
        format=arrival.format,
        name=arrival.name[-255:],
        host=manifest.host.name if manifest else arrival.asset.code,
        collected_at=arrival.collected_at,
        remarks=list(manifest.errors) if manifest else [],
    )


def index_parts(
    whole: RawEvidence, arrival: Arrival, opened: OpenedEnvelope
) -> tuple[RawEvidence, ...]:
    """This function will keep each part's bytes and return its row; a part that came before keeps its first row."""
    return tuple(_part(whole, arrival, opened, part) for part in opened.manifest.parts)


def _part(whole: RawEvidence, arrival: Arrival, opened: OpenedEnvelope, part: Part) -> RawEvidence:
    key = {"asset": arrival.asset, "digest": part.sha256, "format": part.format}
    known = RawEvidence.objects.filter(**key).first()
    if known is not None:
        return known
    raw_store().put(opened.payloads[part.name])
    return RawEvidence.objects.create(
        **key,
        recorded_at=arrival.at,
        recorded_by=arrival.by,
        client=arrival.asset.client,
        parent=whole,
        length=part.length,
        name=part.name[-255:],
        source=part.source,
        host=whole.host,
        collected_at=arrival.collected_at,
        remarks=[*part.errors, *part.notes],
    )


def index_readings(
    rows: Sequence[RawEvidence], readings: Sequence[Reading], arrival: Arrival
) -> tuple[ReadingRow, ...]:
    """This function will write what each reader counted; a reading that is there already is left."""
    return tuple(
        _reading(row, reading, arrival) for row, reading in zip(rows, readings, strict=True)
    )


def _reading(row: RawEvidence, reading: Reading, arrival: Arrival) -> ReadingRow:
    known = ReadingRow.objects.filter(evidence=row, reader=reading.reader).first()
    return known or ReadingRow.objects.create(
        recorded_at=arrival.at,
        recorded_by=arrival.by,
        evidence=row,
        reader=reading.reader,
        records=reading.records,
        by_type=dict(reading.by_type),
        unknown=dict(reading.unknown),
        damaged=[asdict(damage) for damage in reading.damaged],
        hosts=list(reading.hosts),
    )

"""Evidence in: raw bytes are kept whole and indexed by digest, then read, and what the readers claim is filed.

One transaction per reception: either everything about a file is in the books or nothing is. What does not verify is
kept aside and shown (quarantine), never read. The same bytes a second time change nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from groundrules.core.evidence import Reading
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext, UnknownZone
from groundrules.readers.envelope import (
    READERS,
    UNREADABLE,
    OpenedEnvelope,
    combine,
    read_envelope,
    read_parts,
)
from groundrules.records.models import Asset, ChangesDue, Quarantined, RawEvidence, Role
from groundrules.records.models import Reading as ReadingRow
from groundrules.services import audit, seal
from groundrules.services.actor import Actor, require
from groundrules.services.changes import detect
from groundrules.services.evidence_formats import ENVELOPE, format_of
from groundrules.services.evidence_index import Arrival, index_file, index_parts, index_readings
from groundrules.services.evidence_joining import ended_sessions, gaps_between_files
from groundrules.services.evidence_traces import with_earlier_traces
from groundrules.services.filing import Filing, file_facts
from groundrules.services.storage import raw_store
from groundrules_wire import EnvelopeError

_UNVERIFIED = (EnvelopeError, *UNREADABLE)


class EvidenceQuarantined(ValueError):
    """What was handed in does not verify; it is kept aside under its digest, and nothing of it entered the books."""


class UnknownHost(LookupError):
    """The evidence names a host no asset is called by, or names none at all."""


class AmbiguousHost(LookupError):
    """Several assets are called by the host's name; say which client's it is."""


class HostZoneUnknown(ValueError):
    """Neither the evidence nor the asset's card names a time zone, so local times in logs cannot be placed."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file as it was handed in: its bytes, what it is called, and what the giver said about it.

    `host` and `client` narrow down whose it is; an envelope names its own host. `collected_at` None means on reception.
    """

    raw: bytes
    name: str
    format: str = ""
    host: str = ""
    client: str = ""
    collected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a reception: the index row, the rows written, and every reading with its counts."""

    evidence: RawEvidence
    readings: tuple[ReadingRow, ...]
    filed: dict[str, int] = field(default_factory=dict)
    was_known: bool = False


def receive(handed: Handed, *, actor: Actor, at: datetime) -> Received:
    """This function will take one file of evidence in and find the changes it shows.

    Raises UnknownFormat, UnknownHost, AmbiguousHost or HostZoneUnknown before anything is written, and
    EvidenceQuarantined when the bytes do not verify (then only the quarantine entry is written).
    """
    require(actor, Role.TECHNICIAN)
    kind = format_of(handed.raw, handed.format)
    try:
        return _receive(handed, kind, actor, at)
    except _UNVERIFIED as problem:
        digest = quarantine(handed, kind, str(problem), actor=actor, at=at)
        message = f"{handed.name}: {problem} (kept aside as {digest[:16]})"
        raise EvidenceQuarantined(message) from problem
    except UnknownZone as problem:
        message = f"{handed.name}: {problem}; set the zone on the asset's card"
        raise HostZoneUnknown(message) from problem


def quarantine(handed: Handed, kind: str, problem: str, *, actor: Actor, at: datetime) -> str:
    """This function will keep bytes that do not verify, with the reason, and return their digest."""
    digest = raw_store().put(handed.raw)
    with transaction.atomic():
        if not Quarantined.objects.filter(digest=digest).exists():
            Quarantined.objects.create(
                recorded_at=at,
                recorded_by=actor.label,
                digest=digest,
                length=len(handed.raw),
                name=handed.name,
                format=kind,
                host=handed.host,
                problem=problem,
            )
            entry = audit.Entry(
                "evidence.quarantine", digest, f"{handed.name} set aside: {problem}"
            )
            audit.record(entry, actor=actor, at=at)
    return digest


def asset_called(host: str, client: str = "") -> Asset:
    """This function will find the one asset a host name means; raises UnknownHost or AmbiguousHost."""
    if not host:
        message = "nothing says which host this evidence is from; name it with --host"
        raise UnknownHost(message)
    found = Asset.objects.calling_itself(host).select_related("client").order_by("pk")
    assets = list(found.filter(client__code=client) if client else found)
    if not assets:
        message = f"no asset is called {host!r}; add its card, or name the asset with --host"
        raise UnknownHost(message)
    if len(assets) > 1:
        owners = ", ".join(sorted(f"{asset.client.code}" for asset in assets))
        message = f"{host!r} is called so at several clients ({owners}); name one with --client"
        raise AmbiguousHost(message)
    return assets[0]


def _receive(handed: Handed, kind: str, actor: Actor, at: datetime) -> Received:
    opened = read_envelope(handed.raw) if kind == ENVELOPE else None
    named = handed.host or (opened.manifest.host.name if opened else "")
    asset = asset_called(named, handed.client)
    digest = hashlib.sha256(handed.raw).hexdigest()
    known = RawEvidence.objects.filter(asset=asset, digest=digest, format=kind).first()
    if known is not None:
        return Received(known, readings_of(known), was_known=True)
    collected_at = opened.collected_at if opened else handed.collected_at or at
    arrival = Arrival(handed.raw, handed.name, kind, asset, collected_at, actor.label, at)
    readings = read_arrival(arrival, opened, digest)
    with transaction.atomic():
        row = index_file(arrival, opened)
        parts = index_parts(row, arrival, opened) if opened else (row,)
        rows = index_readings(parts, readings, arrival)
        filed = file_claims(readings, asset, Filing(asset.client, actor, at))
        filed |= _new_changes(asset, actor, at)
        says = f"{handed.name} ({len(handed.raw)} bytes, {kind}) received for {asset.code}"
        entry = audit.Entry("evidence.receive", digest, says, asset.client, filed)
        audit.record(entry, actor=actor, at=at)
        chain = seal.chain_of(opened.manifest if opened else None)
        seal.append((row, *parts), chain, actor=actor, at=at)
    return Received(row, rows, filed)


def read_arrival(
    arrival: Arrival, opened: OpenedEnvelope | None, digest: str
) -> tuple[Reading, ...]:
    """This function will read a file, or each part of an envelope, and write nothing; raises UnknownZone."""
    asset = AssetId(arrival.asset.code)
    zone = arrival.asset.zone or arrival.asset.client.zone
    if opened is not None:
        return read_parts(opened, asset, zone)
    context = ReadingContext(
        asset, EvidenceId(digest), zone, arrival.collected_at, host=arrival.asset.name
    )
    return (READERS[arrival.format].read(arrival.raw, context),)


def file_claims(readings: tuple[Reading, ...], asset: Asset, filing: Filing) -> dict[str, int]:
    """This function will file what several readings of one host say together, each once; returns new rows per kind."""
    history = combine(readings)
    ends = tuple(end for reading in readings for end in reading.ends)
    between = {gap.id: gap for gap in gaps_between_files(readings, filing)}
    claims = (
        *ends,
        *ended_sessions(with_earlier_traces(history.sessions, asset), ends, asset),
        *history.observations,
        *history.snapshots,
        *(gap for gap in history.gaps if gap.id not in between),
        *between.values(),
        *(check for reading in readings for check in reading.health_checks),
    )
    filed = file_facts(claims, filing)
    return dict(Counter(type(one.value).__name__ for one in filed if one.new))


def _new_changes(asset: Asset, actor: Actor, at: datetime) -> dict[str, int]:
    new = sum(one.new for one in detect(asset=asset, actor=actor, at=at))
    if new:
        # Whose they were is worked out at the worker's next turn, as with what collectors send.
        ChangesDue.objects.get_or_create(asset=asset, defaults={"since": at})
    return {"Change": new} if new else {}


def readings_of(row: RawEvidence) -> tuple[ReadingRow, ...]:
    """This function will list what readers got out of a piece of evidence and its parts so far."""
    of_whole = ReadingRow.objects.filter(Q(evidence=row) | Q(evidence__parent=row))
    return tuple(of_whole.order_by("pk"))

"""Raw events into segments: what came in and was not taken yet is read once more, record by record, and packed.

Files first, then one transaction that names them in the catalogue, marks their evidence as taken and fills the hot
index. Killed in between, it leaves files nobody names: `check` lists them, and the next run writes the same ones again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc
from django.db import models, transaction

from groundrules.core.events import Event, instant
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.readers.context import ReadingContext, UnknownZone
from groundrules.readers.envelope import UNPACKABLE, read_envelope, unpacked
from groundrules.readers.events import EVENT_SOURCES, events_of
from groundrules.records.models import (
    Client,
    RawEvidence,
    Redaction,
    Role,
    Segment,
    SegmentedEvidence,
    SegmentHolding,
)
from groundrules.services import audit, hot_events
from groundrules.services.actor import Actor, require
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.storage import raw_store, segments_place
from groundrules.services.turns import take_turn
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing
from groundrules.store.segments.layout import Packed, pack, table_of, unpack
from groundrules.store.segments.layout import events_of as events_in
from groundrules_wire import EnvelopeError

# So many events make a segment; a run of evidence ends one earlier only when nothing more is waiting.
EVENTS_TOGETHER = 500_000
CHUNK = 20_000
# What a person can mend: the evidence stays waiting and is named each time.
_FOR_NOW = (RawEvidenceMissing, RawEvidenceDamaged, UnknownZone, EnvelopeError)


@dataclass(frozen=True, slots=True)
class Segmented:
    """What one run did: segments written, events in them, files of evidence taken, and those it could not read."""

    segments: int = 0
    events: int = 0
    evidence: int = 0
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Run:
    """Evidence of one client being gathered until it makes a segment."""

    client: Client
    actor: Actor
    at: datetime
    tables: list[pa.Table] = field(default_factory=list)
    waiting: int = 0
    packed: list[Packed] = field(default_factory=list)
    taken: list[tuple[RawEvidence, int, str]] = field(default_factory=list)

    def add(self, events: Iterable[Event]) -> int:
        """Takes events in, packs what makes a whole segment, and returns how many came."""
        rows = iter(events)
        came = 0
        while batch := list(islice(rows, CHUNK)):
            self.tables.append(table_of(batch))
            came += len(batch)
            self.waiting += len(batch)
            if self.waiting >= EVENTS_TOGETHER:
                self.close()
        return came

    def close(self) -> None:
        """Packs what is waiting and writes the file; it counts only once the catalogue names it."""
        if self.waiting:
            packed = pack(self.tables)
            segments_place().put(self.client.code, packed.content)
            self.packed.append(packed)
            self.tables, self.waiting = [], 0


def segment(*, actor: Actor, at: datetime, client: str = "") -> Segmented:
    """This function will take every waiting piece of evidence into segments, client by client.

    Evidence that cannot be opened now is named and left waiting; everything else goes on.
    """
    require(actor, Role.TECHNICIAN)
    clients = Client.objects.filter(evidence__in=waiting()).distinct().order_by("code")
    wanted = clients.filter(code=client) if client else clients
    done = [one for each in wanted for one in _segment_client(each, actor, at)]
    return Segmented(
        sum(one.segments for one in done),
        sum(one.events for one in done),
        sum(one.evidence for one in done),
        tuple(problem for one in done for problem in one.problems),
    )


def waiting() -> models.QuerySet[RawEvidence]:
    """This function will ask for the files handed in whose events no segment has yet, oldest first.

    A batch that was acknowledged but not read yet has no rows for its parts; it waits for its reading.
    """
    handed_in = RawEvidence.objects.filter(parent__isnull=True, segmented__isnull=True)
    readable = handed_in.filter(format__in=[ENVELOPE, *EVENT_SOURCES])
    return readable.exclude(batches__pending__isnull=False).order_by("pk")


def _segment_client(client: Client, actor: Actor, at: datetime) -> Iterator[Segmented]:
    run = _Run(client, actor, at)
    rows = waiting().filter(client=client).select_related("asset", "client")
    for pk in rows.values_list("pk", flat=True):
        row = RawEvidence.objects.select_related("asset", "client").get(pk=pk)
        try:
            evidence = _opened(row)
        except _FOR_NOW as problem:
            yield Segmented(problems=(f"{row.name}: {problem}",))
            continue
        damage: list[str] = []
        came = run.add(_events_of(evidence, damage))
        run.taken.append((row, came, "; ".join(damage)))
        if run.packed:
            yield _enter(run)
            run = _Run(client, actor, at)
    if run.taken:
        yield _enter(run)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One log to be read: its format, bytes as they lie in the store, their encoding, and how to place its times."""

    format: str
    raw: bytes
    encoding: str
    context: ReadingContext


def _opened(row: RawEvidence) -> tuple[_Piece, ...]:
    """Opens one file handed in: a log as it is, an envelope part by part; what was redacted is left out."""
    redacted = set(Redaction.objects.values_list("digest", flat=True))
    if row.digest in redacted:
        return ()
    raw = raw_store().get(row.digest)
    zone = row.zone
    asset = AssetId(row.asset_code)
    if row.format != ENVELOPE:
        context = ReadingContext(
            asset, EvidenceId(row.digest), zone, row.collected_at or row.recorded_at
        )
        return (_Piece(row.format, raw, "", context),)
    opened = read_envelope(raw)
    # A part that came before, in another envelope, has given its events there.
    own = set(row.parts.exclude(digest__in=redacted).values_list("digest", "format"))
    parts = {(part.sha256, part.format): part for part in opened.manifest.parts}
    return tuple(
        _Piece(
            part.format,
            opened.payloads[part.name],
            part.encoding,
            ReadingContext(
                asset, EvidenceId(part.sha256), opened.manifest.zone or zone, opened.collected_at
            ),
        )
        for key, part in parts.items()
        if key in own
    )


def _events_of(pieces: Iterable[_Piece], damage: list[str]) -> Iterator[Event]:
    """Reads the events of every piece; one that cannot be unpacked is noted, as its reading notes it."""
    for piece in pieces:
        if piece.format not in EVENT_SOURCES:
            continue
        try:
            raw = unpacked(piece.raw, piece.encoding)
        except UNPACKABLE as problem:
            damage.append(f"{piece.context.evidence[:16]} cannot be unpacked: {problem}")
            continue
        yield from events_of(piece.format, raw, piece.context)


def _enter(run: _Run) -> Segmented:
    """Writes what is left, then names everything in the books; nothing if another run was faster."""
    run.close()
    with transaction.atomic():
        take_turn(run.client)
        taken = [row.pk for row, _, _ in run.taken]
        if SegmentedEvidence.objects.filter(evidence__in=taken).exists():
            return Segmented()
        floor = hot_events.floor_or_new(run.at)
        for packed in run.packed:
            enter(packed, run.client, actor=run.actor, at=run.at)
            hot = recent(packed, floor)
            hot_events.add(run.client.code, hot)
        SegmentedEvidence.objects.bulk_create(
            SegmentedEvidence(
                recorded_at=run.at,
                recorded_by=run.actor.label,
                evidence=row,
                events=came,
                problem=problem,
            )
            for row, came, problem in run.taken
        )
        done = _counted(run)
        if done.events:
            says = f"{done.events} events of {done.evidence} files in {done.segments} segments"
            entry = audit.Entry("events.segment", run.packed[0].digest, says, run.client)
            audit.record(entry, actor=run.actor, at=run.at)
    return done


def _counted(run: _Run) -> Segmented:
    return Segmented(
        len(run.packed),
        sum(packed.rows for packed in run.packed),
        len(run.taken),
        tuple(f"{row.name}: {problem}" for row, _, problem in run.taken if problem),
    )


def enter(
    packed: Packed,
    client: Client,
    *,
    actor: Actor,
    at: datetime,
    supersedes: Segment | None = None,
    bare: frozenset[str] = frozenset(),
) -> Segment:
    """This function will name a segment that is in its place in the catalogue; call it inside a transaction.

    `bare` are the digests of evidence whose payloads were taken out of it.
    """
    row = Segment.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        client=client,
        digest=packed.digest,
        first_at=instant(packed.first),
        last_at=instant(packed.last),
        events=packed.rows,
        length=len(packed.content),
        assets=list(packed.assets),
        supersedes=supersedes,
    )
    evidence = RawEvidence.objects.filter(client=client, digest__in=list(packed.evidence))
    SegmentHolding.objects.bulk_create(
        SegmentHolding(
            recorded_at=at,
            recorded_by=actor.label,
            segment=row,
            evidence=one,
            events=packed.evidence[one.digest],
            bare=one.digest in bare,
        )
        for one in {one.digest: one for one in evidence.order_by("-pk")}.values()
    )
    return row


def recent(packed: Packed, floor: int) -> Iterator[Event]:
    """This function will yield a segment's events from an instant on."""
    if packed.last < floor:
        return iter(())
    table = unpack(packed.content)
    return events_in(table.filter(pc.field("at_us") >= floor))

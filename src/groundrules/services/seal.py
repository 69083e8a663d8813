"""Sealing: every piece of raw evidence gets a leaf in its client's log, and checkpoints over the log are signed.

A leaf is written inside the transaction that records the evidence; its index is given under a lock on the log's row. A
checkpoint follows after the commit, at once when the last one is older than a minute, otherwise with the next job.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max

from groundrules.core.seal.checkpoints import Checkpoint, origin_of
from groundrules.core.seal.entries import Entry, entry_bytes, instant
from groundrules.core.seal.merkle import TreeHead, leaf_hash, root_at
from groundrules.core.seal.tiles import (
    WIDTH,
    Tile,
    bundle_bytes,
    grown,
    nodes_in_tiles,
    tiles_between,
)
from groundrules.records.models import (
    Client,
    Provider,
    RawEvidence,
    SealCheckpoint,
    SealLeaf,
    SealLog,
)
from groundrules.services import audit
from groundrules.services.actor import Actor
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.seal_keys import has_signed, newest_key, sign_note, signing_keys
from groundrules.services.storage import raw_store, tile_store
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing
from groundrules.store.tiles import TileStore
from groundrules_wire import EnvelopeError, Manifest, read_manifest
from groundrules_wire.manifest import MalformedManifest

CHECKPOINT_EVERY = timedelta(minutes=1)
_BATCH = 500
# Whole tiles each time, and small enough for memory.
_LAID_AT_ONCE = 64 * WIDTH


class TreeMismatch(ValueError):
    """The tiles on disk are not those of the last checkpoint, so nothing more is signed over them."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Where evidence stands in its host's own chain: the stream, its number in it, the digest of the one before."""

    stream: str = ""
    sequence: int = 0
    previous: str = ""


UNCHAINED = Chain()


def append(rows: Iterable[RawEvidence], chain: Chain, *, actor: Actor, at: datetime) -> int:
    """This function will give each row of one client without a leaf the next one, and return how many got one.

    Call it inside the transaction that writes the rows, as its last step: the log stays locked until the commit.
    """
    given = {row.pk: row for row in rows}
    sealed = set(SealLeaf.objects.filter(evidence__in=given).values_list("evidence", flat=True))
    fresh = [row for key, row in given.items() if key not in sealed]
    if not fresh:
        return 0
    with transaction.atomic():
        log = _locked(log_of(fresh[0].client, actor=actor, at=at))
        first = size_of(log)
        SealLeaf.objects.bulk_create(
            [_leaf(log, first + place, row, chain, actor, at) for place, row in enumerate(fresh)],
            batch_size=_BATCH,
        )
        transaction.on_commit(lambda: checkpoint_when_due(log, actor=actor, at=at), robust=True)
    return len(fresh)


def backfill(*, actor: Actor, at: datetime) -> int:
    """This function will give a leaf to every piece of raw evidence without one, oldest first; returns how many."""
    count = 0
    for client in Client.objects.order_by("pk"):
        waiting = RawEvidence.objects.filter(client=client, leaf__isnull=True).order_by("pk")
        while batch := list(waiting.select_related("asset", "client", "parent")[:_BATCH]):
            for whole, rows in groupby(batch, key=lambda row: row.parent or row):
                count += append(rows, _chain_in_store(whole), actor=actor, at=at)
    return count


def chain_of(manifest: Manifest | None) -> Chain:
    """This function will return where an envelope stands in its host's chain; a file handed in by hand has none."""
    if manifest is None:
        return UNCHAINED
    return Chain(manifest.host.name, manifest.sequence, manifest.previous)


def log_of(client: Client, *, actor: Actor, at: datetime) -> SealLog:
    """This function will return the client's log, opening it the first time."""
    known = SealLog.objects.filter(client=client).first()
    if known is not None:
        return known
    provider = Provider.objects.order_by("pk").first()
    origin = origin_of(provider.code if provider else "provider", client.code)
    log, _ = SealLog.objects.get_or_create(
        client=client, defaults={"origin": origin, "recorded_at": at, "recorded_by": actor.label}
    )
    return log


def entry_of(row: RawEvidence, origin: str, chain: Chain) -> Entry:
    """This function will say what the leaf of a row says."""
    told = [row.name, row.source, row.host, row.remarks, row.recorded_by]
    described = json.dumps(told, separators=(",", ":"), sort_keys=True).encode()
    return Entry(
        log=origin,
        asset=row.asset_code,
        format=row.format,
        sha256=row.digest,
        length=row.length,
        received_at=instant(row.recorded_at),
        collected_at=instant(row.collected_at),
        stream=chain.stream,
        sequence=chain.sequence,
        previous=chain.previous,
        within=row.parent.digest if row.parent else "",
        described=hashlib.sha256(described).hexdigest(),
    )


def checkpoint_when_due(log: SealLog, *, actor: Actor, at: datetime) -> SealCheckpoint | None:
    """This function will sign a checkpoint unless the last one is younger than a minute; returns it when it did."""
    last = latest(log)
    if last is not None and at - last.recorded_at < CHECKPOINT_EVERY:
        return None
    return checkpoint(log, actor=actor, at=at)


def checkpoint_all(*, actor: Actor, at: datetime) -> tuple[SealCheckpoint, ...]:
    """This function will bring every log's checkpoint up to its last leaf, and return the newest of each."""
    logs = SealLog.objects.filter(leaves__index=0).order_by("origin")
    return tuple(checkpoint(log, actor=actor, at=at) for log in logs)


def checkpoint(log: SealLog, *, actor: Actor, at: datetime) -> SealCheckpoint:
    """This function will sign the log as it stands now; without a new leaf or key the last checkpoint is returned.

    The log must have a leaf. Raises TreeMismatch, TileConflict or TileMissing when the tiles are not what was signed
    before, and KeyMissing or KeyUnusable when the key cannot sign.
    """
    settled = _settled(log)
    with transaction.atomic():
        log = _locked(log)
        last = latest(log)
        size = max(settled, last.size if last else 0)
        keys = signing_keys(log, last, actor=actor, at=at)
        if last is None or last.size < size or not has_signed(newest_key(log), last):
            last = _sign(log, last, size, (keys, actor, at))
        newest = last
        transaction.on_commit(lambda: publish(newest), robust=True)
    return newest


def size_of(log: SealLog) -> int:
    """This function will return how many leaves a log has: one more than the highest index."""
    highest = log.leaves.aggregate(highest=Max("index"))["highest"]
    return 0 if highest is None else int(highest) + 1


def latest(log: SealLog) -> SealCheckpoint | None:
    """This function will return the log's newest checkpoint."""
    return log.checkpoints.select_related("log").order_by("-size", "-pk").first()


def publish(newest: SealCheckpoint) -> None:
    """This function will write a checkpoint, with the cosignatures it has, where the log's files lie."""
    tile_store(newest.log.client).publish(cosigned_note(newest))


def lay_tiles(log: SealLog, newest: SealCheckpoint) -> None:
    """This function will write a log's tiles from its leaves into an empty folder, and prove them by the signed root.

    Raises TreeMismatch when the leaves do not give the root that was signed.
    """
    store = tile_store(log.client)
    for old in range(0, newest.size, _LAID_AT_ONCE):
        size = min(old + _LAID_AT_ONCE, newest.size)
        entries = _entries(log, old, size)
        written = dict(grown(old, [leaf_hash(entry) for entry in entries], store.read))
        for tile, content in (written | _bundles(old, size, entries)).items():
            store.write(tile, content)
            store.drop_partials(tile)
    if root_at(nodes_in_tiles(store.read, newest.size), newest.size).hex() != newest.root:
        message = f"the leaves of {log.origin} do not give the root that was signed over {newest.size} of them"
        raise TreeMismatch(message)


def cosigned_note(row: SealCheckpoint) -> str:
    """This function will return a checkpoint's note with every cosignature that came for it."""
    return row.note + "".join(one.line for one in row.cosignatures.order_by("pk"))


def _settled(log: SealLog) -> int:
    """How many leaves are on the disk for good: only those may be signed, or a power cut would fork the log.

    SQLite's everyday setting syncs commits later, so its write-ahead log is synced here (SQLite holds no lock on that
    file, so closing it lets go of none). PostgreSQL syncs every commit.
    """
    size = size_of(log)
    ahead = Path(f"{connection.settings_dict['NAME']}-wal")
    if connection.vendor == "sqlite" and ahead.is_file():
        with ahead.open("rb") as handle:
            os.fsync(handle.fileno())
    return size


def _locked(log: SealLog) -> SealLog:
    return SealLog.objects.select_for_update().get(pk=log.pk)


def _chain_in_store(whole: RawEvidence) -> Chain:
    """What the envelope itself says; one that is missing or damaged leaves its rows unchained, and is found later."""
    if whole.format != ENVELOPE:
        return UNCHAINED
    try:
        return chain_of(read_manifest(raw_store().get(whole.digest)))
    except (EnvelopeError, MalformedManifest, RawEvidenceMissing, RawEvidenceDamaged):
        return UNCHAINED


def _leaf(
    log: SealLog, index: int, row: RawEvidence, chain: Chain, actor: Actor, at: datetime
) -> SealLeaf:
    entry = entry_bytes(entry_of(row, log.origin, chain))
    store = raw_store()
    packed = store.packed(row.digest) if store.has(row.digest) else None
    return SealLeaf(
        recorded_at=at,
        recorded_by=actor.label,
        log=log,
        index=index,
        evidence=row,
        entry=entry.decode("ascii"),
        leaf_hash=leaf_hash(entry).hex(),
        packed="" if packed is None else hashlib.sha256(packed).hexdigest(),
    )


def _sign(
    log: SealLog,
    last: SealCheckpoint | None,
    size: int,
    by: tuple[tuple[bytes, ...], Actor, datetime],
) -> SealCheckpoint:
    keys, actor, at = by
    # One commit may bring leaves of several instants; a checkpoint is never older than what it covers.
    at = max(at, log.leaves.get(index=size - 1).recorded_at)
    root = _grow(log, last, size)
    text = str(Checkpoint(log.origin, TreeHead(size, root)))
    row = SealCheckpoint.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        log=log,
        size=size,
        root=root.hex(),
        note=sign_note(text, log.origin, keys),
    )
    says = f"checkpoint of {size} leaves signed for {log.origin}"
    audit.record(audit.Entry("seal.checkpoint", log.origin, says, log.client), actor=actor, at=at)
    return row


def _grow(log: SealLog, last: SealCheckpoint | None, size: int) -> bytes:
    """Writes every tile that the new leaves need and returns the root the tiles have."""
    store = tile_store(log.client)
    old = last.size if last else 0
    if last is not None and root_at(nodes_in_tiles(store.read, old), old).hex() != last.root:
        message = (
            f"the tiles in {store.folder} are not those the checkpoint of {old} leaves was signed over; "
            "run groundrules evidence verify, and restore them from a backup"
        )
        raise TreeMismatch(message)
    entries = _entries(log, old - old % WIDTH, size)
    leaves = [leaf_hash(entry) for entry in entries[old % WIDTH :]]
    written = dict(grown(old, leaves, store.read)) | _bundles(old, size, entries)
    for tile, content in written.items():
        store.write(tile, content)
        store.drop_partials(tile)
    return root_at(nodes_in_tiles(_reading(written, store), size), size)


def _reading(written: dict[Tile, bytes], store: TileStore) -> Callable[[Tile], bytes]:
    def read(tile: Tile) -> bytes:
        return written[tile] if tile in written else store.read(tile)

    return read


def _bundles(old: int, size: int, entries: list[bytes]) -> dict[Tile, bytes]:
    first = old - old % WIDTH
    return {
        tile: bundle_bytes(entries[tile.index * WIDTH - first :][: tile.width])
        for tile in tiles_between(old, size)
        if tile.level < 0
    }


def _entries(log: SealLog, start: int, end: int) -> list[bytes]:
    rows = log.leaves.filter(index__gte=start, index__lt=end).order_by("index")
    return [text.encode("ascii") for text in rows.values_list("entry", flat=True)]

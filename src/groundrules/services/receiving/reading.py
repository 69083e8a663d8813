"""Reading what was acknowledged: claims are filed once, and the changes they show are worked out once per asset.

Every step of work left stands in a queue row that goes in the very transaction that does the step. So a crash between
two steps leaves the second one to do, and a step that was done is never done again.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, transaction

from groundrules.core.evidence import Reading
from groundrules.readers.envelope import OpenedEnvelope, read_envelope
from groundrules.records.models import Asset, Batch, ChangesDue, PendingBatch, Role
from groundrules.services import audit
from groundrules.services.actor import ENGINE, Actor
from groundrules.services.agents import label_of
from groundrules.services.attribution import propose
from groundrules.services.changes import detect
from groundrules.services.evidence import (
    Handed,
    file_claims,
    quarantine,
    read_arrival,
    readings_of,
)
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.evidence_index import Arrival, index_parts, index_readings
from groundrules.services.filing import Filing
from groundrules.services.receiving.silence import damage_gap, file_stream_gaps
from groundrules.services.seal import Chain, append
from groundrules.services.storage import raw_store
from groundrules.services.world import NoAgreement, NoProvider
from groundrules_wire import EnvelopeError

_LOG = logging.getLogger(__name__)
_ONE_ROUND = 100
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=1)
_PROBLEM = 2000


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What one round did: batches read, batches to try again, new rows per kind, and whether more is due now."""

    read: int = 0
    failed: int = 0
    filed: dict[str, int] = field(default_factory=dict)
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A batch that was opened and read in memory, before anything is written."""

    batch: Batch
    arrival: Arrival
    opened: OpenedEnvelope
    readings: tuple[Reading, ...]
    actor: Actor


def read_pending(*, at: datetime, limit: int = _ONE_ROUND) -> ReadReport:
    """This function will read what is due, in the order it arrived; `work_out_changes` then finds what it changes.

    Only one program reads at a time; while another one does, nothing happens here.
    """
    with only_reader() as is_ours:
        if not is_ours:
            return ReadReport()
        due = list(
            PendingBatch.objects.due(at, _LONGEST_PAUSE).values_list("pk", flat=True)[: limit + 1]
        )
        report = _read_all(due[:limit], at)
    return ReadReport(report.read, report.failed, report.filed, more=len(due) > limit)


def work_out_changes(*, at: datetime) -> int:
    """This function will detect changes and propose attributions where evidence was read since; returns the assets.

    Attributions wait until the client has an agreement. Only one program does it at a time, as with reading.
    """
    with only_reader() as is_ours:
        return _work_out_all(at) if is_ours else 0


def _work_out_all(at: datetime) -> int:
    due = list(ChangesDue.objects.select_related("asset__client").order_by("pk"))
    done = [row.asset for row in due if _work_out(row, at)]
    for client in {asset.client_id: asset.client for asset in done}.values():
        try:
            propose(client=client, actor=ENGINE, at=at)
        except (NoAgreement, NoProvider) as waiting:
            _LOG.info("attributions of %s wait: %s", client.code, waiting)
    return len(done)


def _read_all(keys: list[int], at: datetime) -> ReadReport:
    filed: dict[str, int] = {}
    read = failed = 0
    for key in keys:
        new = _read_or_postpone(key, at)
        if new is None:
            failed += 1
            continue
        read += 1
        for kind, count in new.items():
            filed[kind] = filed.get(kind, 0) + count
    return ReadReport(read, failed, filed)


def _read_or_postpone(key: int, at: datetime) -> dict[str, int] | None:
    """New rows per kind, or None when the batch must be tried again; whatever stops it stands beside the batch."""
    try:
        return _read_one(key, at)
    except OperationalError:
        raise
    except Exception as problem:  # noqa: BLE001 - a reader's bug must not stop the batches behind it
        _LOG.exception("batch %s cannot be read yet", key)
        _postpone(key, f"{type(problem).__name__}: {problem}", at)
        return None


def _read_one(key: int, at: datetime) -> dict[str, int]:
    found = PendingBatch.objects.select_related("batch__agent__asset__client", "batch__evidence")
    pending = found.filter(pk=key).first()
    if pending is None:
        return {}
    try:
        prepared = _prepare(pending.batch)
    except EnvelopeError as problem:
        return _give_up(pending, problem, at)
    with transaction.atomic():
        # Whoever read it in the meantime has taken the row away.
        if not PendingBatch.objects.select_for_update().filter(pk=key).exists():
            return {}
        filed = {} if readings_of(pending.batch.evidence) else _file(prepared, at)
        file_stream_gaps(pending.batch, prepared.opened.manifest, prepared.actor, at)
        _finish(pending, at)
    return filed


def _prepare(batch: Batch) -> _Prepared:
    agent, row = batch.agent, batch.evidence
    raw = raw_store().get(batch.digest)
    opened = read_envelope(raw)
    actor = Actor(label_of(agent), Role.TECHNICIAN)
    arrival = Arrival(
        raw, row.name, ENVELOPE, agent.asset, opened.collected_at, actor.label, batch.received_at
    )
    readings = read_arrival(arrival, opened, batch.digest)
    return _Prepared(batch, arrival, opened, readings, actor)


def _file(prepared: _Prepared, at: datetime) -> dict[str, int]:
    batch, row = prepared.batch, prepared.batch.evidence
    parts = index_parts(row, prepared.arrival, prepared.opened)
    index_readings(parts, prepared.readings, prepared.arrival)
    asset = prepared.arrival.asset
    filed = file_claims(prepared.readings, asset, Filing(asset.client, prepared.actor, at))
    says = f"batch {batch} ({batch.length} bytes) read for {asset.code}"
    entry = audit.Entry("evidence.read", batch.digest, says, asset.client, filed)
    audit.record(entry, actor=prepared.actor, at=at)
    append(parts, chain_of(batch), actor=prepared.actor, at=at)
    return filed


def chain_of(batch: Batch) -> Chain:
    """This function will return a batch's place in its chain, as the seal writes it."""
    return Chain(batch.stream, batch.sequence, batch.previous)


def _give_up(pending: PendingBatch, problem: EnvelopeError, at: datetime) -> dict[str, int]:
    """The chain goes on, but what the batch should have said is a gap; its bytes are shown apart."""
    batch: Batch = pending.batch
    actor = Actor(label_of(batch.agent), Role.TECHNICIAN)
    handed = Handed(raw_store().get(batch.digest), batch.evidence.name, host=batch.agent.hostname)
    quarantine(handed, ENVELOPE, str(problem), actor=actor, at=at)
    with transaction.atomic():
        damage_gap(batch, str(problem), actor, at)
        _finish(pending, at)
    return {}


def _finish(pending: PendingBatch, at: datetime) -> None:
    asset: Asset = pending.batch.agent.asset
    ChangesDue.objects.get_or_create(asset=asset, defaults={"since": at})
    pending.delete()


def _postpone(key: int, problem: str, at: datetime) -> None:
    pending = PendingBatch.objects.get(pk=key)
    pause = min(_FIRST_PAUSE * 2 ** min(pending.attempts, 10), _LONGEST_PAUSE)
    PendingBatch.objects.filter(pk=key).update(
        attempts=pending.attempts + 1, try_again_at=at + pause, problem=problem[:_PROBLEM]
    )


def _work_out(due: ChangesDue, at: datetime) -> bool:
    with transaction.atomic():
        if not ChangesDue.objects.select_for_update().filter(pk=due.pk).exists():
            return False
        detect(asset=due.asset, actor=ENGINE, at=at)
        due.delete()
    return True


@contextmanager
def only_reader() -> Iterator[bool]:
    """This function will hold the turn to read; the system gives it back when the program dies, however it dies."""
    folder = Path(settings.GROUNDRULES_DATA)
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with (folder / "reading.lock").open("w") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

"""Accepting a batch: proven, in its turn, on the disk and in the books before anybody is told so.

An acknowledgement means that the bytes are synced to the disk and their row is committed and synced too. Reading is
left for later (`PendingBatch`), so that a slow reader or a bug in one can never lose what a host has let go of.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, connection, transaction

from groundrules.core.periods import NaiveTime, utc
from groundrules.core.streams import Link, Offered, Position, Verdict, judge, never_delivered
from groundrules.records.models import Agent, Batch, PendingBatch, RawEvidence, Role
from groundrules.services.actor import Actor
from groundrules.services.agents import asset_id, label_of
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.filing import Filing, file_facts
from groundrules.services.receiving.links import link_of
from groundrules.services.receiving.quarantine import Aside, room_left, set_aside
from groundrules.services.receiving.trust import AgentRevoked, Known, agent_named
from groundrules.services.seal import Chain, append
from groundrules.services.storage import raw_store
from groundrules.services.waiting import why_it_waits
from groundrules.store.incoming import Incoming, incoming
from groundrules.store.raw_bucket import StoreUnavailable
from groundrules_wire import (
    EnvelopeDamaged,
    EnvelopeError,
    EnvelopeTruncated,
    Manifest,
    read_manifest,
)
from groundrules_wire.signing import batch_text, position_text

__all__ = ["AgentRevoked"]

_FIRST_LOOK = 1 << 16
_LARGEST_MANIFEST = 1 << 24
_WAIT_FOR_READING = 30
# A host whose clock is a few minutes off must still be able to ask where it stands.
_MINUTES_OFF = 10
# SQLite lets one write at a time; waiting here costs less than its own polling.
_ONE_WRITER = threading.Lock()


class AgentNotTrusted(ValueError):
    """No such agent sends this stream, or the signature is not its own. The body may have been set aside."""


class EnvelopeRefused(ValueError):
    """The agent is who it says, but its body does not begin as an envelope of this place in the stream."""


class OutOfTurn(ValueError):
    """The batch is not the stream's next: `verdict` says gap or fork, `position` where the stream stands."""

    def __init__(self, verdict: Verdict, position: Position) -> None:
        self.verdict = verdict
        self.position = position
        super().__init__(
            f"this is a {verdict}: the stream's next batch is number {position.sequence + 1}, after "
            f"{position.digest or 'nothing'}; send that one"
        )


class ReceiverBusy(RuntimeError):
    """Nothing can be taken in just now; nothing of the batch was kept. Try again after `retry_after` seconds."""

    def __init__(self, why: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"{why}; send the batch again in {retry_after} seconds")


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a request says of itself: who sends, which stream and place in it, and the signature (64 bytes)."""

    agent: str
    stream: str
    sequence: int
    previous: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """A batch that is kept: the digest of its body, when it was first received, and whether that was now."""

    digest: str
    received_at: datetime
    is_new: bool


def accept(claimed: Claimed, chunks: Iterable[bytes], *, at: datetime) -> Accepted:
    """This function will take in one batch, and return only when it is kept for good.

    Raises AgentNotTrusted, AgentRevoked, BodyTooLarge, EnvelopeRefused, OutOfTurn or ReceiverBusy; then it is not kept.
    """
    with _busy_when_broken():
        if PendingBatch.objects.untried()[: settings.GROUNDRULES_RECEIVE_BACKLOG].count() >= (
            settings.GROUNDRULES_RECEIVE_BACKLOG
        ):
            why = "more batches wait to be read than this server lets wait"
            raise ReceiverBusy(why, _WAIT_FOR_READING)
        known = agent_named(claimed.agent, claimed.stream)
        with incoming(raw_store()) as body:
            _take(body, chunks, known, at)
            if known is None or not _is_signed(known, claimed, body.digest):
                raise _distrust(claimed, body, known, at)
            return _accept(claimed, body, known.agent, at)


def position(code: str, stream: str, signature: bytes, *, at: datetime) -> Position:
    """This function will tell an agent where its stream stands; raises AgentNotTrusted, AgentRevoked, ReceiverBusy."""
    with _busy_when_broken():
        known = agent_named(code, stream)
        now = int(at.timestamp()) // 60
        minutes = sorted(
            range(now - _MINUTES_OFF, now + _MINUTES_OFF + 1), key=lambda m: abs(m - now)
        )
        texts = (position_text(code, stream, minute) for minute in minutes)
        if known is None or not any(known.signed(signature, text) for text in texts):
            message = (
                f"{code} is no agent that sends {stream}, or the signature is not its own, or its clock is more than "
                f"{_MINUTES_OFF} minutes off (this server's says {at.isoformat()})"
            )
            raise AgentNotTrusted(message)
        return _position_of(known.agent)


@contextmanager
def _busy_when_broken() -> Iterator[None]:
    try:
        yield
    except (OperationalError, StoreUnavailable, OSError) as error:
        waits = why_it_waits(error)
        if waits is None:
            raise
        raise ReceiverBusy(waits.why, waits.seconds) from error


def _take(body: Incoming, chunks: Iterable[bytes], known: Known | None, at: datetime) -> None:
    if known is not None:
        body.take(chunks, settings.GROUNDRULES_RECEIVE_LIMIT)
        return
    room = min(room_left(at), settings.GROUNDRULES_RECEIVE_LIMIT)
    if room:
        body.take(chunks, room)


def _is_signed(known: Known, claimed: Claimed, digest: str) -> bool:
    text = batch_text(claimed.agent, claimed.stream, claimed.sequence, claimed.previous, digest)
    return known.signed(claimed.signature, text)


def _distrust(
    claimed: Claimed, body: Incoming, known: Known | None, at: datetime
) -> AgentNotTrusted:
    problem = (
        f"no agent {claimed.agent} sends {claimed.stream}"
        if known is None
        else f"the signature is not {claimed.agent}'s over this body and place"
    )
    name = f"{claimed.stream}/{claimed.sequence} from {claimed.agent}"
    host = known.agent.hostname if known else ""
    kept = body.length > 0 and set_aside(body, Aside(name, problem, host), at)
    told = f"the body is kept apart as {body.digest[:16]}" if kept else "the body was not kept"
    return AgentNotTrusted(f"{problem}; {told}. Enrol the collector, or look at its key")


def _accept(claimed: Claimed, body: Incoming, agent: Agent, at: datetime) -> Accepted:
    offered = Offered(claimed.sequence, claimed.previous, body.digest)
    manifest = _manifest_of(body, claimed, agent, at)
    link = _link(manifest, agent, offered, at)
    before = _kept_already(agent, offered, link)
    if before is not None:
        return before
    body.keep()
    with _ONE_WRITER, _durably():
        # Locked, so that of two that come at once the second one finds the first one's row.
        agent = (
            Agent.objects.select_for_update(of=("self",))
            .select_related("asset__client")
            .get(pk=agent.pk)
        )
        before = _kept_already(agent, offered, link)
        return before or _keep(claimed, body, agent, manifest, link)


def _kept_already(agent: Agent, offered: Offered, link: Link) -> Accepted | None:
    """The answer when the batch is here already, None when it is next; raises OutOfTurn."""
    stands = _position_of(agent)
    kept = _batch_at(agent, offered.sequence) if offered.sequence <= stands.sequence else None
    verdict = judge(stands, offered, kept.digest if kept else "")
    if verdict is Verdict.KNOWN and kept is not None:
        return Accepted(kept.digest, kept.received_at, is_new=False)
    if verdict is Verdict.NEXT:
        return None
    if verdict is Verdict.GAP:
        # Kept to find out later whether those in between ever came.
        Agent.objects.filter(pk=agent.pk, ahead_sequence__lt=offered.sequence).update(
            ahead_sequence=offered.sequence, ahead_collected_at=link.collected_at
        )
    raise OutOfTurn(verdict, stands)


def _keep(
    claimed: Claimed, body: Incoming, agent: Agent, manifest: Manifest, link: Link
) -> Accepted:
    _file_never_delivered(agent, link)
    evidence = _evidence(agent, body, manifest, link)
    batch = Batch.objects.create(
        recorded_at=link.received_at,
        recorded_by=label_of(agent),
        agent=agent,
        stream=agent.stream,
        sequence=link.sequence,
        digest=link.digest,
        previous=claimed.previous,
        length=body.length,
        signature=claimed.signature.hex(),
        evidence=evidence,
        collected_at=link.collected_at,
        boot=link.boot,
    )
    PendingBatch.objects.create(batch=batch, try_again_at=link.received_at)
    chain = Chain(batch.stream, batch.sequence, batch.previous)
    append((evidence,), chain, actor=Actor(label_of(agent), Role.TECHNICIAN), at=link.received_at)
    return Accepted(link.digest, link.received_at, is_new=True)


def _evidence(agent: Agent, body: Incoming, manifest: Manifest, link: Link) -> RawEvidence:
    key = {"asset": agent.asset, "digest": link.digest, "format": ENVELOPE}
    return RawEvidence.objects.filter(**key).first() or RawEvidence.objects.create(
        **key,
        recorded_at=link.received_at,
        recorded_by=label_of(agent),
        client=agent.asset.client,
        length=body.length,
        name=f"{link.stream}/{link.sequence}",
        host=manifest.host.name[:255],
        collected_at=link.collected_at,
        remarks=list(manifest.errors),
    )


def _file_never_delivered(agent: Agent, link: Link) -> None:
    if not agent.ahead_sequence or agent.ahead_collected_at is None:
        return
    last = Batch.objects.last_of(agent)
    ahead = Link(
        link.asset,
        link.stream,
        agent.ahead_sequence,
        "",
        agent.ahead_collected_at,
        link.received_at,
    )
    gap = never_delivered(link_of(last, link.asset) if last else None, link, ahead)
    if gap is not None:
        actor = Actor(label_of(agent), Role.TECHNICIAN)
        file_facts((gap,), Filing(agent.asset.client, actor, link.received_at))
    if gap is not None or link.sequence >= agent.ahead_sequence:
        agent.ahead_sequence, agent.ahead_collected_at = 0, None
        agent.save(update_fields=["ahead_sequence", "ahead_collected_at"])


def _batch_at(agent: Agent, sequence: int) -> Batch | None:
    return Batch.objects.filter(agent=agent, stream=agent.stream, sequence=sequence).first()


def _position_of(agent: Agent) -> Position:
    last = Batch.objects.last_of(agent)
    return Position(last.sequence, last.digest) if last else Position()


def _link(manifest: Manifest, agent: Agent, offered: Offered, at: datetime) -> Link:
    try:
        collected_at = utc(datetime.fromisoformat(manifest.collected_at))
    except (ValueError, OverflowError, NaiveTime) as error:
        message = f"the manifest's collected_at is {manifest.collected_at!r}, which is no instant"
        raise EnvelopeRefused(message) from error
    boot = manifest.host.boot[:120]
    return Link(
        asset_id(agent), agent.stream, offered.sequence, offered.digest, collected_at, at, boot
    )


def _manifest_of(body: Incoming, claimed: Claimed, agent: Agent, at: datetime) -> Manifest:
    """The manifest, when it is one of this place in the stream and of this machine; else the body is set aside."""
    try:
        manifest = _read_manifest(body)
        _check_place(manifest, claimed, agent)
    except (EnvelopeError, EnvelopeRefused) as problem:
        name = f"{claimed.stream}/{claimed.sequence} from {claimed.agent}"
        set_aside(body, Aside(name, str(problem), agent.hostname), at)
        message = f"{problem}; send another envelope as number {claimed.sequence}"
        raise EnvelopeRefused(message) from problem
    return manifest


def _read_manifest(body: Incoming) -> Manifest:
    head = body.head(_FIRST_LOOK)
    try:
        return read_manifest(head)
    except EnvelopeTruncated as cut:
        if len(head) < _FIRST_LOOK:
            raise
        if cut.expected > _LARGEST_MANIFEST:
            problem = f"it is longer than {_LARGEST_MANIFEST} bytes"
            raise EnvelopeDamaged("the manifest", problem) from cut
        return read_manifest(body.head(cut.expected))


def _check_place(manifest: Manifest, claimed: Claimed, agent: Agent) -> None:
    if (manifest.sequence, manifest.previous) != (claimed.sequence, claimed.previous):
        message = (
            f"the envelope says it is number {manifest.sequence} after {manifest.previous or 'nothing'}, but its "
            f"headers say number {claimed.sequence} after {claimed.previous or 'nothing'}"
        )
        raise EnvelopeRefused(message)
    enrolled, found = agent.machine_digest, manifest.host.machine
    if enrolled and found and enrolled != found:
        message = f"the envelope is from another machine than the one that enrolled as {agent.code}"
        raise EnvelopeRefused(message)


@contextmanager
def _durably() -> Iterator[None]:
    """A transaction that is on the disk when it ends: the setting for everyday work on SQLite syncs later."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('synchronous_commit', 'on', true) "
                    "WHERE current_setting('synchronous_commit') = 'off'"
                )
        yield

"""Recordings of vendors' terminals: taken over when a window is closed, sealed as raw evidence, and played.

The host keeps them until we have them; a vendor with root there could alter or delete them before. Once the archive is
in the log of evidence, nobody can without it showing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from groundrules.core.vendors.recording import RecordingUnreadable, Replay, replay_of
from groundrules.gateways.gate import GateDoor, GateRefused, GateUnreachable, Pass
from groundrules.readers.terminal_recordings import TerminalRecording, read_recordings
from groundrules.records.models import (
    Client,
    Gate,
    GateStepTaken,
    RawEvidence,
    RecordingsFetched,
    SessionRecording,
)
from groundrules.services import audit, seal
from groundrules.services.actor import ENGINE
from groundrules.services.evidence_index import Arrival, index_file
from groundrules.services.gate.authority import control_pass
from groundrules.services.gate.ways import way_to
from groundrules.services.storage import raw_store

_LOG = logging.getLogger(__name__)
FORMAT = "terminal-recordings"
# What a page plays; a longer recording is played as far, and its raw archive has all of it.
PLAYED = 2_000_000


class UnknownRecording(LookupError):
    """No recording is on record under that window and name."""


@dataclass(frozen=True, slots=True)
class Played:
    """A recording for the page: its row, the raw evidence, what can be played, and whether that is not all."""

    row: SessionRecording
    evidence: RawEvidence
    recording: TerminalRecording
    replay: Replay
    is_cut: bool


def fetch_recordings(door: GateDoor, *, at: datetime) -> tuple[str, ...]:
    """This function will take over what hosts recorded of windows that are closed; returns what went wrong.

    A host that is away is asked again at the next turn.
    """
    due = list(_due())
    if not due:
        return ()
    held = control_pass(at=at)
    return tuple(problem for step in due if (problem := _fetch(door, held, step, at)))


def _due() -> Iterable[GateStepTaken]:
    """The last step of each window at a host that records, where that was its closing and nothing was fetched yet."""
    same = {"gate": OuterRef("gate"), "window": OuterRef("window")}
    last = GateStepTaken.objects.filter(**same).order_by("-pk").values("pk")[:1]
    rows = GateStepTaken.objects.filter(
        ~Exists(RecordingsFetched.objects.filter(**same)),
        gate__records_sessions=True,
        step="close",
        done=True,
        pk=Subquery(last),
    )
    return rows.select_related("gate__asset__client").order_by("pk")


def _fetch(door: GateDoor, held: Pass, step: GateStepTaken, at: datetime) -> str:
    way = way_to(step.gate)
    try:
        raw = door.call(way, held, ("recordings", step.window)).content
        _keep(step.gate, step.window, raw, at)
        door.call(way, held, ("forget", step.window))
    except (GateUnreachable, GateRefused) as problem:
        return f"recordings of {step.window} on {step.gate.asset.code}: {problem}"
    except Exception:  # noqa: BLE001 - one window's recordings must not keep other gates open; it is logged whole
        _LOG.exception("The recordings of %s on %s could not be kept", step.window, step.gate.asset)
        return f"recordings of {step.window} on {step.gate.asset.code} could not be kept; the log says why"
    return ""


def _keep(gate: Gate, window: str, raw: bytes, at: datetime) -> None:
    found, problem = _read(raw)
    asset = gate.asset
    with transaction.atomic():
        digest = ""
        if found or problem:
            name = f"{window}-recordings.tar"
            row = index_file(Arrival(raw, name, FORMAT, asset, at, ENGINE.label, at), None)
            digest = row.digest
            _rows(gate, window, digest, found, at)
            seal.append((row,), seal.UNCHAINED, actor=ENGINE, at=at)
        RecordingsFetched.objects.create(
            recorded_at=at,
            recorded_by=ENGINE.label,
            gate=gate,
            window=window,
            count=len(found),
            evidence_digest=digest,
            problem=problem,
        )
        says = f"{len(found)} recordings of {window} taken from {asset.code}"
        entry = audit.Entry(
            "gate.recordings", window, f"{says}; {problem}" if problem else says, asset.client
        )
        audit.record(entry, actor=ENGINE, at=at)


def _read(raw: bytes) -> tuple[tuple[TerminalRecording, ...], str]:
    """What the archive holds; one that can't be read is kept all the same, with the reason."""
    if not raw:
        return (), ""
    try:
        return read_recordings(raw), ""
    except RecordingUnreadable as problem:
        return (), str(problem)


def _rows(
    gate: Gate, window: str, digest: str, found: tuple[TerminalRecording, ...], at: datetime
) -> None:
    for one in found:
        SessionRecording.objects.create(
            recorded_at=at,
            recorded_by=ENGINE.label,
            gate=gate,
            window=window,
            name=one.name,
            evidence_digest=digest,
        )


def play(client: Client, window: str, name: str) -> Played:
    """This function will read a recording from its sealed archive, as it is played on the page.

    Raises UnknownRecording, RecordingUnreadable, or what the store raises when the bytes are gone or altered.
    """
    row = (
        SessionRecording.objects.filter(gate__asset__client=client, window=window, name=name)
        .select_related("gate__asset__client")
        .first()
    )
    if row is None:
        message = f"{client.code} has no recording {name!r} of {window}"
        raise UnknownRecording(message)
    evidence = RawEvidence.objects.get(
        asset=row.gate.asset, digest=row.evidence_digest, format=FORMAT
    )
    found = read_recordings(raw_store().get(row.evidence_digest))
    one = next(recording for recording in found if recording.name == name)
    replay = replay_of(one.shown[:PLAYED], one.timing)
    return Played(row, evidence, one, replay, len(one.shown) > PLAYED)

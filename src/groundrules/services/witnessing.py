"""Witnesses: what they are asked to cosign, and what they answer (c2sp.org/tlog-witness, carried by any means)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from groundrules.core.seal.merkle import consistency_proof
from groundrules.core.seal.notes import (
    KeyMalformed,
    Note,
    NoteMalformed,
    NotSigned,
    Signature,
    SignatureWrong,
    cosigned_at,
    parse_note,
    parse_signatures,
    signers,
)
from groundrules.core.seal.proofs import WitnessRequest
from groundrules.core.seal.tiles import nodes_in_tiles
from groundrules.gateways.signing import check
from groundrules.records.models import Role, SealCheckpoint, SealCosignature, SealKey, SealLog
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.seal import publish
from groundrules.services.seal_keys import NotAWitnessKey, add_witness
from groundrules.services.storage import tile_store

__all__ = [
    "KeyMalformed",
    "NotAWitnessKey",
    "NoteMalformed",
    "NothingToCosign",
    "UnknownWitness",
    "add_witness",
    "request_of",
    "take_cosignature",
]


class NothingToCosign(LookupError):
    """The log has no checkpoint yet, or none of the size that was asked for."""


class UnknownWitness(LookupError):
    """The answer is signed by nobody who is a witness of this log."""


def request_of(log: SealLog, since: int | None = None) -> str:
    """This function will write what a witness is asked: the newest checkpoint, and proof that it only adds to `since`.

    `since` is the size the witness saw last; None means what the last cosignature says. Raises NothingToCosign.
    """
    newest = log.checkpoints.order_by("-size", "-pk").first()
    seen = _last_cosigned(log) if since is None else since
    if newest is None or not 0 <= seen <= newest.size:
        message = f"{log.origin} has no checkpoint of {seen} leaves or more to cosign"
        raise NothingToCosign(message)
    node = nodes_in_tiles(tile_store(log.client).read, newest.size)
    path = consistency_proof(node, seen, newest.size)
    return str(WitnessRequest(seen, path, parse_note(newest.note)))


def take_cosignature(
    log: SealLog, answer: str, *, actor: Actor, at: datetime
) -> tuple[SealCosignature, ...]:
    """This function will keep a witness's answer beside the checkpoint it fits.

    Raises NoteMalformed, or UnknownWitness when no line fits a witness and a checkpoint of this log.
    """
    require(actor, Role.TECHNICIAN)
    lines = parse_signatures(answer)
    with transaction.atomic():
        kept = tuple(row for line in lines if (row := _keep(log, line, actor, at)) is not None)
    if not kept:
        message = f"no line of the answer is a cosignature by a witness of {log.origin}"
        raise UnknownWitness(message)
    newest = log.checkpoints.select_related("log").latest("size", "pk")
    publish(newest)
    return kept


def _last_cosigned(log: SealLog) -> int:
    rows = SealCosignature.objects.filter(checkpoint__log=log)
    last = rows.select_related("checkpoint").order_by("-checkpoint__size").first()
    return last.checkpoint.size if last else 0


def _keep(log: SealLog, line: Signature, actor: Actor, at: datetime) -> SealCosignature | None:
    key = next((one for one in log.keys.filter(role=SealKey.WITNESS) if _is_of(one, line)), None)
    if key is None:
        return None
    for row in log.checkpoints.order_by("-size", "-pk"):
        if _fits(row, line, key):
            return _write(row, line, key, (actor, at))
    return None


def _is_of(key: SealKey, line: Signature) -> bool:
    core = key.to_core()
    return (line.name, line.key_id) == (core.name, core.id)


def _fits(row: SealCheckpoint, line: Signature, key: SealKey) -> bool:
    note = Note(parse_note(row.note).text, (line,))
    try:
        return bool(signers(note, [key.to_core()], check))
    except (NotSigned, SignatureWrong):
        return False


def _write(
    row: SealCheckpoint, line: Signature, key: SealKey, by: tuple[Actor, datetime]
) -> SealCosignature:
    known = row.cosignatures.filter(key=key).first()
    if known is not None:
        return known
    actor, at = by
    says = f"checkpoint of {row.size} leaves of {row.log.origin} cosigned by {line.name}"
    entry = audit.Entry("seal.cosign", row.log.origin, says, row.log.client)
    audit.record(entry, actor=actor, at=at)
    return SealCosignature.objects.create(
        recorded_at=at,
        recorded_by=actor.label,
        checkpoint=row,
        key=key,
        line=str(line),
        cosigned_at=datetime.fromtimestamp(cosigned_at(line), tz=UTC),
    )

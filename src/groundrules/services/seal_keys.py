"""Who may sign for a log: its own key, made the first time and replaced by hand, and the keys of its witnesses.

After a new key is made, the next checkpoint is signed by the old key and the new one, so that whoever trusts the old
one can follow; then the old private key is destroyed.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from groundrules.core.seal.notes import (
    COSIGNATURE,
    Note,
    Signature,
    VerifierKey,
    parse_key,
    parse_note,
)
from groundrules.records.models import Role, SealCheckpoint, SealKey, SealLog
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.storage import key_folder


class NotAWitnessKey(ValueError):
    """The key handed in is not one that cosigns checkpoints."""


def newest_key(log: SealLog) -> SealKey:
    """This function will return the key that signs the log now; the log has one once `signing_keys` was asked."""
    return log.keys.filter(role=SealKey.LOG).latest("pk")


def log_keys(log: SealLog) -> tuple[VerifierKey, ...]:
    """This function will return every key that ever signed the log, oldest first."""
    return tuple(row.to_core() for row in log.keys.filter(role=SealKey.LOG).order_by("pk"))


def witness_keys(log: SealLog) -> tuple[VerifierKey, ...]:
    """This function will return the keys of the log's witnesses."""
    return tuple(row.to_core() for row in log.keys.filter(role=SealKey.WITNESS).order_by("pk"))


def signing_keys(
    log: SealLog, last: SealCheckpoint | None, *, actor: Actor, at: datetime
) -> tuple[bytes, ...]:
    """This function will return the public halves that sign the next checkpoint, making the log's first key.

    They are two only for the checkpoint that hands over from an old key to a new one.
    """
    rows = list(log.keys.filter(role=SealKey.LOG).order_by("pk"))
    if not rows:
        rows = [_keep_new_key(log, actor, at)]
    newest = rows[-1]
    handing_over = last is not None and not has_signed(newest, last)
    older = [row for row in rows[:-1] if handing_over and last and has_signed(row, last)]
    return tuple(row.to_core().public for row in (*older, newest))


def has_signed(key: SealKey, checkpoint: SealCheckpoint) -> bool:
    """This function will say whether a checkpoint carries a line of that key."""
    core = key.to_core()
    lines = parse_note(checkpoint.note).signatures
    return any((line.name, line.key_id) == (core.name, core.id) for line in lines)


def make_new_key(log: SealLog, *, actor: Actor, at: datetime) -> SealKey:
    """This function will make the key that signs from the next checkpoint on; raises NotAllowed but for an owner."""
    require(actor)
    with transaction.atomic():
        log = SealLog.objects.select_for_update().get(pk=log.pk)
        return _keep_new_key(log, actor, at)


def destroy_old_keys(log: SealLog, signed: SealCheckpoint) -> int:
    """This function will destroy the private keys a checkpoint has handed over from, and return how many."""
    newest = newest_key(log)
    if not has_signed(newest, signed):
        return 0
    older = log.keys.filter(role=SealKey.LOG, pk__lt=newest.pk)
    return sum(key_folder().destroy(row.to_core().public) for row in older)


def add_witness(log: SealLog, text: str, *, actor: Actor, at: datetime) -> SealKey:
    """This function will note whose cosignatures count for a log; raises KeyMalformed or NotAWitnessKey."""
    require(actor, Role.TECHNICIAN)
    key = parse_key(text)
    if key.kind != COSIGNATURE:
        message = f"{key.name} is a log's key; a witness prints its own when it is set up"
        raise NotAWitnessKey(message)
    with transaction.atomic():
        known = log.keys.filter(verifier_key=str(key)).first()
        return known or _keep(log, SealKey.WITNESS, key, actor, at)


def sign_note(text: str, name: str, publics: tuple[bytes, ...]) -> str:
    """This function will sign a text with each key; raises KeyMissing or KeyUnusable."""
    keys = [VerifierKey(name, public) for public in publics]
    lines = tuple(
        Signature(name, key.id, key_folder().sign(key.public, text.encode())) for key in keys
    )
    return str(Note(text, lines))


def _keep_new_key(log: SealLog, actor: Actor, at: datetime) -> SealKey:
    key = VerifierKey(log.origin, key_folder().make())
    return _keep(log, SealKey.LOG, key, actor, at)


def _keep(log: SealLog, role: str, key: VerifierKey, actor: Actor, at: datetime) -> SealKey:
    row = SealKey.objects.create(
        recorded_at=at, recorded_by=actor.label, log=log, role=role, verifier_key=str(key)
    )
    says = f"{role} key {key} added to {log.origin}"
    audit.record(audit.Entry("seal.key", log.origin, says, log.client), actor=actor, at=at)
    return row

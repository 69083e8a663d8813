"""Redaction: the bytes of raw evidence are dropped because they must not be kept; their leaf and every proof stay.

A record that came in an envelope lies in the store twice, so what is dropped with it is found first and all of it
dropped. What was dropped, by whom, when and why stays in a book for good.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from groundrules.records.models import RawEvidence, Redaction
from groundrules.services import audit
from groundrules.services.actor import Actor, require
from groundrules.services.evidence_formats import ENVELOPE
from groundrules.services.storage import raw_store
from groundrules.store.raw import RawStore
from groundrules_wire import read_manifest

_SHORTEST = 12


class UnknownEvidence(LookupError):
    """No raw evidence has this digest, or several begin like it."""


class RedactionWithoutReason(ValueError):
    """Evidence is dropped only with a reason."""


def redact(digest: str, reason: str, *, actor: Actor, at: datetime) -> tuple[Redaction, ...]:
    """This function will drop the bytes with this SHA-256 (or its first 12 digits), and those that hold them.

    An envelope goes with its parts, a part with every envelope it came in. Raises UnknownEvidence,
    RedactionWithoutReason, or NotAllowed but for an owner.
    """
    require(actor)
    if not reason.strip():
        message = "say why: evidence is dropped only with a reason"
        raise RedactionWithoutReason(message)
    named = _named(digest)
    with transaction.atomic():
        rows = tuple(
            _keep(one, named, reason.strip(), actor, at) for one in sorted(_with_holders(named))
        )
        digests = [row.digest for row in rows]
        # After the commit: a redaction that fails must not have dropped anything.
        transaction.on_commit(lambda: drop(digests))
    return rows


def drop(digests: Iterable[str]) -> None:
    """This function will remove the files of redacted evidence; what is gone already stays gone."""
    for digest in digests:
        raw_store().remove(digest)


def _named(digest: str) -> str:
    wanted = digest.strip().lower()
    if len(wanted) < _SHORTEST:
        message = f"write at least {_SHORTEST} digits of the SHA-256"
        raise UnknownEvidence(message)
    found = set(
        RawEvidence.objects.filter(digest__startswith=wanted).values_list("digest", flat=True)
    )
    if len(found) != 1:
        message = f"{len(found)} pieces of raw evidence begin with {wanted}; see groundrules evidence list"
        raise UnknownEvidence(message)
    return found.pop()


def _with_holders(digest: str) -> set[str]:
    rows = RawEvidence.objects.filter(digest=digest)
    parts = RawEvidence.objects.filter(parent__in=rows.filter(format=ENVELOPE))
    envelopes = RawEvidence.objects.filter(
        asset__in=rows.values("asset"), format=ENVELOPE
    ).values_list("digest", flat=True)
    store = raw_store()
    holders = {one for one in envelopes if digest in _parts_of(one, store)}
    return {digest, *parts.values_list("digest", flat=True), *holders}


def _parts_of(envelope: str, store: RawStore) -> set[str]:
    if not store.has(envelope):
        return set()
    return {part.sha256 for part in read_manifest(store.get(envelope)).parts}


def _keep(digest: str, named: str, reason: str, actor: Actor, at: datetime) -> Redaction:
    known = Redaction.objects.filter(digest=digest).first()
    if known is not None:
        return known
    row = Redaction.objects.create(
        recorded_at=at, recorded_by=actor.label, digest=digest, reason=reason, asked_for=named
    )
    owners = RawEvidence.objects.filter(digest=digest).select_related("client").order_by("pk")
    for evidence in owners:
        says = f"{evidence.name} (SHA-256 {digest}) redacted: {reason}"
        entry = audit.Entry("evidence.redact", digest, says, evidence.client)
        audit.record(entry, actor=actor, at=at)
    return row

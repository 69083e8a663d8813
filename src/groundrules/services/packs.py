"""Evidence packs: one zip that lets a stranger check, offline, what a decision, a line, a change or a period rests on.

A pack uses the earliest checkpoint that covers its records (the earliest cosigned or time-stamped one when there is
any), so the same question gives the same bytes today and next year. Every proof is checked before a pack is handed out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from groundrules.core.periods import Period, utc
from groundrules.core.seal.merkle import (
    Node,
    TreeHead,
    inclusion_proof,
    leaf_hash,
    verify_inclusion,
)
from groundrules.core.seal.notes import parse_note
from groundrules.core.seal.proofs import LogProof
from groundrules.core.seal.tiles import nodes_in_tiles
from groundrules.records import models as books
from groundrules.records.models import Role
from groundrules.renderers.evidence_pack import (
    LIST,
    VERIFIER,
    listed,
    record_name,
    verifier_source,
    zipped,
)
from groundrules.renderers.pack_text import (
    PackText,
    RecordRow,
    instructions,
    timeline_pdf,
    timeline_text,
)
from groundrules.services import audit, seal
from groundrules.services.actor import Actor, require
from groundrules.services.pack_contents import Contents, contents_of_period, contents_of_reference
from groundrules.services.pack_timeline import timeline_of
from groundrules.services.seal_keys import log_keys, newest_key, sign_note, witness_keys
from groundrules.services.storage import raw_store, tile_store
from groundrules.services.timestamps import response_of


class NothingToPack(LookupError):
    """Nothing that was asked for rests on raw evidence, so there is nothing a stranger could check."""


@dataclass(frozen=True, slots=True)
class EvidencePack:
    """A finished pack: its bytes, what it is about, how many records, and how many leaves its checkpoint has."""

    content: bytes
    title: str
    records: int
    redacted: int
    checkpoint: int
    remarks: tuple[str, ...]


def pack_reference(ref: str, *, client: str = "", actor: Actor, at: datetime) -> EvidencePack:
    """This function will pack what a reference rests on (`INV-00001/3`, `DEC-…`, `CHG-…`, a session).

    Raises UnknownReference, AmbiguousReference, NothingToPack, and what signing and reading the store raise.
    """
    return _pack(contents_of_reference(ref, client), ref, actor, at)


def pack_period(
    client: books.Client, period: Period, *, actor: Actor, at: datetime
) -> EvidencePack:
    """This function will pack everything on record about a client in a period; raises as `pack_reference`."""
    return _pack(contents_of_period(client, period), client.code, actor, at)


def _pack(contents: Contents, subject: str, actor: Actor, at: datetime) -> EvidencePack:
    require(actor, Role.TECHNICIAN, Role.ACCOUNTANT)
    leaves = _leaves(contents)
    if not leaves:
        message = (
            f"{contents.title} rests on facts people stated, not on raw evidence in the store; "
            "groundrules explain shows them"
        )
        raise NothingToPack(message)
    point = _checkpoint_over(leaves, actor, at)
    text = _text(contents, leaves, point)
    files = _records(leaves, text, point) | _papers(contents, text, point)
    files[LIST] = sign_note(
        listed(contents.title, files), point.log.origin, (newest_key(point.log).to_core().public,)
    ).encode()
    says = f"evidence pack made: {contents.title} ({len(leaves)} records)"
    audit.record(audit.Entry("evidence.pack", subject, says, contents.client), actor=actor, at=at)
    gone = sum(bool(row.redacted) for row in text.records)
    return EvidencePack(
        zipped(files), contents.title, len(leaves), gone, point.size, contents.remarks
    )


def _leaves(contents: Contents) -> list[books.SealLeaf]:
    rows = books.SealLeaf.objects.filter(
        log__client=contents.client, evidence__digest__in=contents.digests
    )
    return list(rows.select_related("log", "evidence__asset").order_by("index"))


def _checkpoint_over(
    leaves: list[books.SealLeaf], actor: Actor, at: datetime
) -> books.SealCheckpoint:
    covering = leaves[-1].log.checkpoints.filter(size__gt=leaves[-1].index)
    covering = covering.select_related("log__client").order_by("size", "pk")
    witnessed = Q(cosignatures__isnull=False) | Q(timestamp__isnull=False)
    cosigned = covering.filter(witnessed).first()
    found = cosigned or covering.first()
    return found or seal.checkpoint(leaves[-1].log, actor=actor, at=at)


def _text(
    contents: Contents, leaves: list[books.SealLeaf], point: books.SealCheckpoint
) -> PackText:
    provider = books.Provider.objects.order_by("pk").first()
    redacted = {row.digest: row for row in books.Redaction.objects.all()}
    numbers = {leaf.evidence.digest: leaf.index for leaf in leaves}
    return PackText(
        title=contents.title,
        provider=provider.name if provider else "the provider",
        provider_lines=tuple(
            line for line in (provider.address.splitlines() if provider else []) if line
        ),
        client=contents.client.name,
        log=point.log.origin,
        size=point.size,
        signed=_when(point.recorded_at),
        timeline=timeline_of(contents, numbers),
        records=tuple(_record(leaf, redacted.get(leaf.evidence.digest)) for leaf in leaves),
        remarks=contents.remarks,
        paper="us-letter" if contents.client.currency == "USD" else "a4",
    )


def _record(leaf: books.SealLeaf, gone: books.Redaction | None) -> RecordRow:
    row = leaf.evidence
    why = f"redacted on {_when(gone.recorded_at)} because: {gone.reason}" if gone else ""
    return RecordRow(
        number=leaf.index,
        file="" if gone else record_name(leaf.index, row.name),
        asset=row.asset_code,
        format=row.format,
        sha256=row.digest,
        length=row.length,
        collected=_when(row.collected_at) if row.collected_at else "",
        received=_when(row.recorded_at),
        redacted=why,
    )


def _records(
    leaves: list[books.SealLeaf], text: PackText, point: books.SealCheckpoint
) -> dict[str, bytes]:
    store = raw_store()
    node = nodes_in_tiles(tile_store(point.log.client).read, point.size)
    files: dict[str, bytes] = {}
    for leaf, row in zip(leaves, text.records, strict=True):
        files[f"entries/{leaf.index}.json"] = leaf.entry.encode()
        files[f"proofs/{leaf.index}.tlog-proof"] = str(_proof(leaf, point, node)).encode()
        if row.file:
            files[row.file] = store.get(row.sha256)
    return files


def _proof(leaf: books.SealLeaf, point: books.SealCheckpoint, node: Node) -> LogProof:
    path = inclusion_proof(node, leaf.index, point.size)
    head = TreeHead(point.size, bytes.fromhex(point.root))
    verify_inclusion(leaf_hash(leaf.entry.encode()), leaf.index, path, head)
    return LogProof(leaf.index, path, parse_note(seal.cosigned_note(point)))


def _papers(contents: Contents, text: PackText, point: books.SealCheckpoint) -> dict[str, bytes]:
    keys = tuple(map(str, log_keys(point.log)))
    everyone = (*keys, *map(str, witness_keys(point.log)))
    papers = {
        "INSTRUCTIONS.txt": instructions(text, keys),
        "checkpoint": seal.cosigned_note(point),
        "keys.txt": "".join(f"{key}\n" for key in everyone),
        "timeline.txt": timeline_text(text),
        "chain.txt": contents.chain,
    }
    return {
        **{name: content.encode() for name, content in papers.items() if content},
        **_stamp(point),
        "timeline.pdf": timeline_pdf(text, point.recorded_at),
        VERIFIER: verifier_source(),
    }


def _stamp(point: books.SealCheckpoint) -> dict[str, bytes]:
    """The authority's word about the checkpoint and exactly what it was asked about, when there is one."""
    stamp = books.SealTimestamp.objects.filter(checkpoint=point).first()
    if stamp is None:
        return {}
    return {"timestamp.tsr": response_of(stamp), "timestamp-about": point.note.encode()}


def _when(moment: datetime) -> str:
    return utc(moment).strftime("%Y-%m-%d %H:%M:%S")

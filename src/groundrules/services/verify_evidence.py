"""Raw files against their digests, and leaves against the rows and files they stand for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from groundrules.core.periods import utc
from groundrules.core.seal.entries import EntryMalformed, parse_entry
from groundrules.core.seal.merkle import leaf_hash
from groundrules.records.models import Client, Quarantined, RawEvidence, Redaction, SealLeaf
from groundrules.services.findings import Report
from groundrules.services.seal import Chain, entry_of
from groundrules.services.storage import raw_store
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing

_BATCH = 500


def check_evidence(client: Client, report: Report) -> list[bytes]:
    """This function will check every raw record of a client, and return the leaf hashes its log's entries have."""
    redacted = {row.digest: row for row in Redaction.objects.all()}
    for row in _unsealed(client):
        report.find(
            "raw record", _named(row), "it has no leaf; run groundrules evidence checkpoint"
        )
        _check_file(row, "", redacted, report)
    return [
        _check_leaf(place, leaf, redacted, report) for place, leaf in enumerate(_leaves(client))
    ]


def check_quarantine(report: Report) -> None:
    """This function will check the files that were set aside."""
    for row in Quarantined.objects.order_by("pk").iterator():
        report.look("files set aside")
        problem, _ = _read(row.digest)
        if problem:
            report.find("file set aside", f"{row.name} ({row.digest[:16]})", problem)


def _leaves(client: Client) -> Iterator[SealLeaf]:
    rows = SealLeaf.objects.filter(log__client=client).order_by("index")
    parts = ("log", "evidence__asset", "evidence__parent")
    return rows.select_related(*parts).iterator(chunk_size=_BATCH)


def _unsealed(client: Client) -> Iterator[RawEvidence]:
    rows = RawEvidence.objects.filter(client=client, leaf__isnull=True).order_by("pk")
    return rows.select_related("asset").iterator(chunk_size=_BATCH)


def _check_leaf(
    place: int, leaf: SealLeaf, redacted: dict[str, Redaction], report: Report
) -> bytes:
    report.look("leaves")
    where = f"{leaf.index} ({_named(leaf.evidence)})"
    if leaf.index != place:
        report.find(
            "leaf", where, f"it stands where leaf {place} belongs; a leaf is missing before it"
        )
    raw = leaf.entry.encode("utf-8", errors="surrogatepass")
    found = leaf_hash(raw)
    if found.hex() != leaf.leaf_hash:
        report.find("leaf", where, "its entry is not the one its hash was taken of")
    _compare(leaf, raw, where, report)
    _check_file(leaf.evidence, leaf.packed, redacted, report)
    return found


def _compare(leaf: SealLeaf, raw: bytes, where: str, report: Report) -> None:
    try:
        entry = parse_entry(raw)
    except EntryMalformed as error:
        report.find("leaf", where, str(error))
        return
    chain = Chain(entry.stream, entry.sequence, entry.previous)
    expected = entry_of(leaf.evidence, leaf.log.origin, chain)
    wrong = [name for name in entry.__slots__ if getattr(entry, name) != getattr(expected, name)]
    if wrong:
        says = f"its entry and the index of evidence disagree about {', '.join(wrong)}"
        report.find("leaf", where, says)


def _check_file(
    row: RawEvidence, packed: str, redacted: dict[str, Redaction], report: Report
) -> None:
    report.look("raw records")
    gone = redacted.get(row.digest)
    if gone is not None:
        _check_redaction(row, gone, report)
        return
    problem, found = _read(row.digest, row.length)
    if problem:
        report.find("raw file", _named(row), problem)
    elif packed and found != packed:
        says = "the stored file was altered in its packing; the evidence inside is intact"
        report.find("raw file", _named(row), says)


def _check_redaction(row: RawEvidence, gone: Redaction, report: Report) -> None:
    when = utc(gone.recorded_at).strftime("%Y-%m-%d %H:%M UTC")
    report.notes.append(
        f"raw record {_named(row)}: payload redacted on {when} by {gone.recorded_by} because: {gone.reason}"
    )
    if raw_store().has(row.digest):
        report.find(
            "raw file", _named(row), "it was redacted, and its bytes are in the store again"
        )


def _read(digest: str, length: int | None = None) -> tuple[str, str]:
    """What is wrong with a stored file (empty: nothing), and the SHA-256 of the file as it lies there."""
    store = raw_store()
    try:
        raw = store.get(digest)
        packed = hashlib.sha256(store.packed(digest)).hexdigest()
    except (RawEvidenceMissing, RawEvidenceDamaged) as error:
        return str(error), ""
    if length is not None and len(raw) != length:
        return f"it has {len(raw)} bytes; the index says {length}", packed
    return "", packed


def _named(row: RawEvidence) -> str:
    return f"{row.name} of {row.asset_code or row.client.code} (SHA-256 {row.digest[:16]}…)"

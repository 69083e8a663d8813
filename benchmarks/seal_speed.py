"""How fast evidence is sealed and proven: leaves, tiles, proofs, and verifying 100,000 records' proofs from their text.

Run: `.venv/bin/python benchmarks/seal_speed.py [--records 100000] [--runs 3]`

The target: under 10 s for verifying the proofs of 100,000 records. A proof is verified as a stranger does it: its text
is read, the entry hashed, the path folded; the checkpoint's signature is verified once, as all proofs share it. The
plain hash chain is the floor: one SHA-256 per record, in order, without any proof of a single record.
"""

from __future__ import annotations

import argparse
import hashlib
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from measuring import Measured, measure

from groundrules.core.seal.checkpoints import Checkpoint, parse_checkpoint
from groundrules.core.seal.entries import Entry, entry_bytes
from groundrules.core.seal.merkle import (
    Node,
    TreeHead,
    inclusion_proof,
    leaf_hash,
    nodes_of,
    root_at,
    tree_root,
    verify_inclusion,
)
from groundrules.core.seal.notes import Note, Signature, VerifierKey, parse_note, signers
from groundrules.core.seal.proofs import LogProof, parse_proof
from groundrules.core.seal.tiles import Tile, grown
from groundrules.gateways.signing import check

LIMIT_SECONDS = 10
LOG = "groundrules/castle-it/harbor"


def entries(count: int) -> list[bytes]:
    """Entries as long as real ones."""
    return [
        entry_bytes(
            Entry(
                log=LOG,
                asset="SRV1",
                format="evtx",
                sha256=hashlib.sha256(number.to_bytes(4, "big")).hexdigest(),
                length=number,
                received_at="2026-03-05T02:00:00.000000Z",
                stream="srv1",
                sequence=number,
            )
        )
        for number in range(count)
    ]


def signed(size: int, root: bytes) -> tuple[VerifierKey, Note]:
    """A checkpoint and the key that signed it."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = VerifierKey(LOG, private.public_key().public_bytes_raw())
    text = str(Checkpoint(LOG, TreeHead(size, root)))
    return key, Note(text, (Signature(LOG, key.id, private.sign(text.encode())),))


def chained(records: list[bytes]) -> bytes:
    """The floor: a plain hash chain over the records."""
    link = b""
    for record in records:
        link = hashlib.sha256(link + record).digest()
    return link


def proven(node: Node, size: int) -> list[tuple[bytes, ...]]:
    """A proof for every record."""
    return [inclusion_proof(node, index, size) for index in range(size)]


def verified(texts: list[str], records: list[bytes], key: VerifierKey) -> None:
    """Verify every proof from its text; the shared checkpoint's signature once."""
    last = ""
    for text, record in zip(texts, records, strict=True):
        proof = parse_proof(text)
        if proof.checkpoint.text != last:
            signers(parse_note(str(proof.checkpoint)), [key], check)
            last = proof.checkpoint.text
        head = parse_checkpoint(proof.checkpoint.text).head
        verify_inclusion(leaf_hash(record), proof.index, proof.path, head)


def no_tile(tile: Tile) -> bytes:
    """A log that begins has no tiles yet."""
    raise FileNotFoundError(tile.path)


def measured(count: int, runs: int) -> list[Measured]:
    """Every row of the table."""
    records = entries(count)
    leaves = [leaf_hash(record) for record in records]
    node = nodes_of(leaves)
    key, note = signed(count, root_at(node, count))
    paths = proven(node, count)
    texts = [str(LogProof(index, path, note)) for index, path in enumerate(paths)]
    return [
        measure("plain hash chain (floor)", count, "records", lambda: chained(records), runs),
        measure(
            "leaves and root", count, "records", lambda: tree_root(map(leaf_hash, records)), runs
        ),
        measure("tiles", count, "records", lambda: list(grown(0, leaves, no_tile)), runs),
        measure("making proofs", count, "proofs", lambda: proven(node, count), runs),
        measure(
            "verifying proofs from text",
            count,
            "proofs",
            lambda: verified(texts, records, key),
            runs,
        ),
    ]


def main() -> int:
    """Measure and compare with the target."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    rows = measured(given.records, given.runs)
    for row in rows:
        print(row.line())
    seconds = rows[-1].median * 100_000 / given.records
    print(f"\nVerifying 100,000 records: {seconds:.1f} s of CPU; the limit is {LIMIT_SECONDS} s.")
    return 0 if seconds < LIMIT_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())

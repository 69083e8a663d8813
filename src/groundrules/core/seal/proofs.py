"""Proofs as text: c2sp.org/tlog-proof for one entry, and what c2sp.org/tlog-witness asks a witness to cosign."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from groundrules.core.seal.checkpoints import whole_number
from groundrules.core.seal.merkle import HASH_LENGTH
from groundrules.core.seal.notes import Note, NoteMalformed, decoded, encoded, parse_note

_FIRST = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63


class ProofMalformed(ValueError):
    """A text is not a proof of inclusion, or not a witness's request."""


@dataclass(frozen=True, slots=True)
class LogProof:
    """That the entry at `index` is in the tree of the signed checkpoint; `path` is the inclusion proof."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        return f"{_FIRST}\nindex {self.index}\n{_lines(self.path)}\n{self.checkpoint}"


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """A checkpoint to cosign, and the proof that it only adds to the one of `old` leaves cosigned before."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: Note

    def __str__(self) -> str:
        return f"old {self.old}\n{_lines(self.path)}\n{self.checkpoint}"


def parse_proof(text: str) -> LogProof:
    """This function will read a `.tlog-proof`; raises ProofMalformed. Its checkpoint is yet to be verified."""
    first, _, rest = text.partition("\n")
    if first != _FIRST:
        message = f"a proof begins with {_FIRST}"
        raise ProofMalformed(message)
    return LogProof(*_numbered(rest, "index"))


def parse_request(text: str) -> WitnessRequest:
    """This function will read a witness's request; raises ProofMalformed. Its checkpoint is yet to be verified."""
    return WitnessRequest(*_numbered(text, "old"))


def _numbered(text: str, word: str) -> tuple[int, tuple[bytes, ...], Note]:
    above, _, note = text.partition("\n\n")
    first, *hashes = above.split("\n")
    try:
        if not first.startswith(f"{word} ") or len(hashes) > _MOST_HASHES:
            message = f"a line {word!r} and at most {_MOST_HASHES} hashes are expected"
            raise ProofMalformed(message)
        path = tuple(map(decoded, hashes))
        found = (whole_number(first.removeprefix(f"{word} ")), path, parse_note(note))
    except NoteMalformed as error:
        message = f"the proof cannot be read: {error}"
        raise ProofMalformed(message) from error
    if any(len(one) != HASH_LENGTH for one in path):
        message = f"every hash of a proof has {HASH_LENGTH} bytes"
        raise ProofMalformed(message)
    return found


def _lines(path: Iterable[bytes]) -> str:
    return "".join(f"{encoded(one)}\n" for one in path)

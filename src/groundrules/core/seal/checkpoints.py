"""Checkpoints of c2sp.org/tlog-checkpoint: which log, how many leaves, which root; a signed note carries them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from groundrules.core.seal.merkle import HASH_LENGTH, TreeHead
from groundrules.core.seal.notes import NoteMalformed, decoded, encoded

_LINES = 3


class CheckpointMalformed(ValueError):
    """A note's text is not a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log (`origin`) at one size with one root."""

    origin: str
    head: TreeHead

    def __str__(self) -> str:
        return f"{self.origin}\n{self.head.size}\n{encoded(self.head.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """This function will read a checkpoint without extension lines (we write none); raises CheckpointMalformed."""
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1] or not lines[0]:
        message = "a checkpoint has three lines: the log, its size, its root"
        raise CheckpointMalformed(message)
    origin, size, root = lines[:_LINES]
    try:
        found = Checkpoint(origin, TreeHead(whole_number(size), decoded(root)))
    except NoteMalformed as error:
        message = f"the checkpoint of {origin} cannot be read: {error}"
        raise CheckpointMalformed(message) from error
    if len(found.head.root) != HASH_LENGTH:
        message = f"the checkpoint of {origin} has a root of {len(found.head.root)} bytes, not {HASH_LENGTH}"
        raise CheckpointMalformed(message)
    return found


def origin_of(provider: str, client: str) -> str:
    """This function will name a client's log; what a name may not hold (spaces, plus) is written in percent."""
    return f"groundrules/{quote(provider, safe='')}/{quote(client, safe='')}"


def whole_number(text: str) -> int:
    """This function will read a decimal as C2SP writes it: ASCII, no leading zero; raises NoteMalformed."""
    if not (text.isascii() and text.isdecimal()) or str(int(text)) != text:
        message = f"{text!r} is not a whole number without leading zeros"
        raise NoteMalformed(message)
    return int(text)

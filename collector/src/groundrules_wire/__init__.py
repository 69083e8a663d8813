"""The wire: what a collector hands over and a server takes in, and nothing else.

Standard library only, pure functions over bytes; neither side needs the other's code to read an envelope. The format
is described for strangers in docs/reference/envelope.md.
"""

from groundrules_wire.envelope import (
    Envelope,
    EnvelopeDamaged,
    EnvelopeError,
    EnvelopeFromFuture,
    EnvelopeTruncated,
    NotAnEnvelope,
    encode,
    envelope_digest,
    pack,
    read_manifest,
    unpack,
)
from groundrules_wire.manifest import VERSION, Fact, Host, Manifest, Part, part_of

__all__ = [
    "VERSION",
    "Envelope",
    "EnvelopeDamaged",
    "EnvelopeError",
    "EnvelopeFromFuture",
    "EnvelopeTruncated",
    "Fact",
    "Host",
    "Manifest",
    "NotAnEnvelope",
    "Part",
    "encode",
    "envelope_digest",
    "pack",
    "part_of",
    "read_manifest",
    "unpack",
]

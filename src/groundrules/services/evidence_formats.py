"""Which reader reads what: every format evidence can be handed in, by name, and what a file looks like to be."""

from __future__ import annotations

from groundrules.readers.envelope import READERS

ENVELOPE = "envelope"
_ENVELOPE_BEGINS = b"groundrules-evidence"
_EVTX_BEGINS = b"ElfFile\x00"


class UnknownFormat(ValueError):
    """Evidence was handed in under a format no reader reads, or without one and nothing tells what it is."""


def format_of(raw: bytes, named: str = "") -> str:
    """This function will return the format named, or the one the first bytes tell; raises UnknownFormat."""
    known = ", ".join(sorted([ENVELOPE, *READERS]))
    if named:
        if named != ENVELOPE and named not in READERS:
            message = f"no reader reads the format {named!r}; it is one of {known}"
            raise UnknownFormat(message)
        return named
    if raw.startswith(_EVTX_BEGINS):
        return "evtx"
    if raw.startswith(_ENVELOPE_BEGINS[:4]) or not raw:
        return ENVELOPE
    if raw.lstrip().startswith(b"{"):
        return "windows-events-json"
    message = f"the file does not say what it is; name its format, one of {known}"
    raise UnknownFormat(message)

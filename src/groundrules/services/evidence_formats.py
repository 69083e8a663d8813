"""Which reader reads what: every format evidence can be handed in, by name, and what a file looks like to be."""

from __future__ import annotations

from groundrules.readers.envelope import READERS

ENVELOPE = "envelope"
_ENVELOPE_BEGINS = b"groundrules-evidence"
_EVTX_BEGINS = b"ElfFile\x00"
_LOOKED_AT = 16_384
# What only one of the formats written in JSON or XML says near its beginning.
_TELLING = (
    ("needs", (b'"groundrules-needs"',)),
    ("backups", (b'"backups":', b'"restore_drill":')),
    ("smartctl", (b'"json_format_version"', b'"ata_smart_attributes"')),
    ("ocsf", (b'"class_uid"',)),
    ("osquery", (b'"unixTime"',)),
    ("wazuh", (b'"syscheck"', b'"dbsync_')),
    ("glpi", (b'"deviceid"', b"<DEVICEID>", b"<REQUEST>")),
    ("windows-channels", (b'{"channels":',)),
)


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
    told = _told_by_words(raw[:_LOOKED_AT])
    if told:
        return told
    message = f"the file does not say what it is; name its format, one of {known}"
    raise UnknownFormat(message)


def _told_by_words(beginning: bytes) -> str:
    """Each of these formats has a word none of the others has; other JSON is taken for Windows events."""
    written = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not written.startswith((b"{", b"[", b"<")):
        return ""
    by_word = (name for name, words in _TELLING if any(word in written for word in words))
    return next(by_word, "windows-events-json" if written.startswith(b"{") else "")

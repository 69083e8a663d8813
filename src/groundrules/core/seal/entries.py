"""What a leaf says: whose evidence, from where, collected and received when, and the SHA-256 of its bytes.

Canonical JSON (sorted keys, no spaces, ASCII). The bytes themselves are not in it, so they can be dropped (redaction,
retention) and every proof still holds.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from groundrules.core.periods import utc

VERSION = "groundrules-evidence/1"


class EntryMalformed(ValueError):
    """Bytes are not a leaf's entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of raw evidence as the log knows it.

    `log` is the origin, which names provider and client. `stream`, `sequence` and `previous` are the host's own chain
    of envelopes (empty and 0 when handed in by hand); `within` is the SHA-256 of the envelope it came in; `described`
    is a digest of what else the index says about it.
    Times are ISO 8601 UTC with microseconds; `collected_at` is empty when nobody knows.
    """

    log: str
    asset: str
    format: str
    sha256: str
    length: int
    received_at: str
    collected_at: str = ""
    stream: str = ""
    sequence: int = 0
    previous: str = ""
    within: str = ""
    described: str = ""


def entry_bytes(entry: Entry) -> bytes:
    """This function will write an entry the one way it is hashed."""
    value = {"entry": VERSION, **asdict(entry)}
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def parse_entry(raw: bytes) -> Entry:
    """This function will read an entry; raises EntryMalformed unless it is written exactly as `entry_bytes` does."""
    try:
        value = json.loads(raw)
        version = value.pop("entry")
        entry = Entry(**value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        message = f"this is no entry of a log: {error}"
        raise EntryMalformed(message) from error
    if version != VERSION or entry_bytes(entry) != raw:
        message = f"the entry is not written as {VERSION} is"
        raise EntryMalformed(message)
    return entry


def instant(moment: datetime | None) -> str:
    """This function will write an instant in UTC with microseconds, and nothing for an unknown one."""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment is not None else ""

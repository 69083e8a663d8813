"""The manifest of an evidence envelope: which host, when, and what each part is, with its digest.

Canonical JSON (sorted keys, no spaces, ASCII) so that the same content always gives the same bytes and so the same
digest. Keys a reader does not know are ignored; a change of meaning raises the version instead.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

VERSION = 1


class MalformedManifest(ValueError):
    """The manifest is not the JSON object that format version 1 describes; the message names the key."""


@dataclass(frozen=True, slots=True)
class Host:
    """Which machine: name, SHA-256 of its machine id (never the id itself), boot id, package architecture, system."""

    name: str
    machine: str = ""
    boot: str = ""
    architecture: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of raw evidence: bytes exactly as collected, named by their SHA-256.

    `format` chooses the reader, `encoding` is empty or `gzip` (rotated logs stay as they were found), `source` is where
    it was found, `first_at`/`last_at` the period it covers where known (ISO 8601 with zone), `errors` what could not be
    read and `notes` what was left on the host on purpose. A piece of a growing log has `origin` (one for one file,
    whatever its name) and covers its bytes from `start` up to `end`; both are 0 for a whole file.
    """

    name: str
    format: str
    length: int
    sha256: str
    probe: str = ""
    probe_version: str = ""
    encoding: str = ""
    source: str = ""
    first_at: str = ""
    last_at: str = ""
    errors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    origin: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the collector has to say about its own work: a gap, a clock that jumped, audit records lost.

    `name` says which; the period it is about lies between `first_at` and `last_at` (ISO 8601, empty when unknown);
    `details` are texts by name.
    """

    name: str
    first_at: str = ""
    last_at: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything about an envelope but its payloads; `previous` is the digest of the host's envelope before this one.

    `zone` is the host's IANA zone (logs without a zone are in it), `collected_at` ISO 8601 UTC, `sequence` counts up
    per host stream from 1 (0: not part of a stream), `errors` are probes that failed as a whole, `facts` what the
    collector says about its own work.
    """

    host: Host
    zone: str
    collected_at: str
    collector: str = ""
    sequence: int = 0
    previous: str = ""
    parts: tuple[Part, ...] = ()
    errors: tuple[str, ...] = ()
    version: int = field(default=VERSION)
    facts: tuple[Fact, ...] = ()


def part_of(name: str, format_name: str, payload: bytes, **details: str) -> Part:
    """This function will describe a payload held in memory; `details` are the other text fields of `Part`."""
    digest = hashlib.sha256(payload).hexdigest()
    return Part(name=name, format=format_name, length=len(payload), sha256=digest, **details)  # type: ignore[arg-type]


def manifest_bytes(manifest: Manifest) -> bytes:
    """This function will write the manifest as canonical JSON; keys that came later are left out when they say nothing.

    So an envelope written before those keys existed keeps its bytes, and with them the digest that names it.
    """
    written = asdict(manifest)
    _leave_out_silent(written, "facts")
    for part in written["parts"]:
        _leave_out_silent(part, "origin", "start", "end")
    return json.dumps(written, sort_keys=True, separators=(",", ":")).encode("ascii")


def _leave_out_silent(written: dict[str, object], *names: str) -> None:
    for name in names:
        if not written[name]:
            del written[name]


def parse_manifest(raw: bytes) -> Manifest:
    """This function will read a manifest of version 1; raises MalformedManifest naming the key that is wrong."""
    try:
        top = json.loads(raw)
    except (ValueError, RecursionError) as error:
        message = f"the manifest is not JSON: {error}"
        raise MalformedManifest(message) from error
    fields = _object(top, "manifest")
    host = _object(fields.get("host"), "host")
    return Manifest(
        host=Host(**{key: _text(host, key, "host") for key in Host.__slots__}),
        zone=_text(fields, "zone", "manifest"),
        collected_at=_text(fields, "collected_at", "manifest"),
        collector=_text(fields, "collector", "manifest"),
        sequence=_count(fields, "sequence", "manifest"),
        previous=_text(fields, "previous", "manifest"),
        parts=tuple(_part(entry, place) for place, entry in enumerate(_list(fields, "parts"))),
        errors=_texts(fields, "errors", "manifest"),
        facts=tuple(
            _fact(entry, place)
            for place, entry in enumerate(_list({"facts": [], **fields}, "facts"))
        ),
    )


def _part(entry: object, place: int) -> Part:
    where = f"parts[{place}]"
    fields = _object(entry, where)
    texts = (
        "name",
        "format",
        "sha256",
        "probe",
        "probe_version",
        "encoding",
        "source",
        "first_at",
        "last_at",
    )
    return Part(
        **{key: _text(fields, key, where) for key in texts},
        length=_count(fields, "length", where),
        errors=_texts(fields, "errors", where),
        notes=_texts(fields, "notes", where),
        origin=_text({"origin": "", **fields}, "origin", where),
        start=_count({"start": 0, **fields}, "start", where),
        end=_count({"end": 0, **fields}, "end", where),
    )


def _fact(entry: object, place: int) -> Fact:
    where = f"facts[{place}]"
    fields = _object(entry, where)
    details = _object(fields.get("details"), f"{where}.details")
    return Fact(
        name=_text(fields, "name", where),
        first_at=_text(fields, "first_at", where),
        last_at=_text(fields, "last_at", where),
        details={name: _text(details, name, f"{where}.details") for name in details},
    )


def _object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        message = f"{where} is not an object"
        raise MalformedManifest(message)
    return value


def _list(fields: Mapping[str, object], key: str) -> Sequence[object]:
    value = fields.get(key)
    if not isinstance(value, list):
        message = f"{key} is not a list"
        raise MalformedManifest(message)
    return value


def _text(fields: Mapping[str, object], key: str, where: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str):
        message = f"{where}.{key} is not a text"
        raise MalformedManifest(message)
    return value


def _texts(fields: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = fields.get(key)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        message = f"{where}.{key} is not a list of texts"
        raise MalformedManifest(message)
    return tuple(value)


def _count(fields: Mapping[str, object], key: str, where: str) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        message = f"{where}.{key} is not a count"
        raise MalformedManifest(message)
    return value

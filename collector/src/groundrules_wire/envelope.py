r"""The evidence envelope: one line that says what follows, a manifest, then each part's bytes as collected.

    groundrules-evidence 1 <manifest length> <manifest SHA-256>\n
    <manifest, canonical JSON>\n
    <bytes of part 1><bytes of part 2>…

The first line covers the manifest and the manifest covers every part, so the manifest's digest names the envelope.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from groundrules_wire.manifest import (
    VERSION,
    MalformedManifest,
    Manifest,
    Part,
    manifest_bytes,
    parse_manifest,
)

MAGIC = b"groundrules-evidence"
_FIRST_LINE_LIMIT = 128
_FIRST_LINE = re.compile(rb"groundrules-evidence ([0-9]{1,9}) ([0-9]{1,12}) ([0-9a-f]{64})")
_VERSION_ONLY = re.compile(rb"groundrules-evidence ([0-9]{1,9})(?: |\n|$)")


class EnvelopeError(ValueError):
    """An envelope cannot be taken in as it is; nothing of it was used. The message says what, where and what to do."""


class NotAnEnvelope(EnvelopeError):
    """The file does not begin like an evidence envelope."""

    def __init__(self, found: bytes) -> None:
        self.found = found
        super().__init__(
            f"this is not an evidence envelope: at byte 0 it should say {MAGIC.decode()!r} but says {found!r}; "
            "give the file that groundrules-collector wrote with --output, uncompressed"
        )


class EnvelopeTruncated(EnvelopeError):
    """The file ends before the envelope does: `offset` is where it stops, `expected` the length it should have."""

    def __init__(self, offset: int, expected: int, inside: str) -> None:
        self.offset = offset
        self.expected = expected
        self.inside = inside
        super().__init__(
            f"the envelope stops at byte {offset}, inside {inside}; it should be at least {expected} bytes long; "
            "copy it again from the host, or collect again"
        )


class EnvelopeFromFuture(EnvelopeError):
    """The envelope was written by a newer collector than this server understands."""

    def __init__(self, found: int, supported: int = VERSION) -> None:
        self.found = found
        self.supported = supported
        super().__init__(
            f"the envelope has format version {found}, and this server reads up to {supported}; "
            "upgrade the server, then receive the same file again (it is still good)"
        )


class EnvelopeDamaged(EnvelopeError):
    """Bytes of the envelope are not those that were collected; `part` names which, with both digests where known."""

    def __init__(self, part: str, problem: str, expected: str = "", found: str = "") -> None:
        self.part = part
        self.expected = expected
        self.found = found
        digests = f" (SHA-256 should be {expected}, is {found})" if expected else ""
        super().__init__(
            f"the envelope is damaged in {part}: {problem}{digests}; collect again from the host"
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """An opened envelope whose every byte has been checked; `payloads` by part name, `digest` names the envelope."""

    manifest: Manifest
    payloads: Mapping[str, bytes]
    digest: str

    def payload(self, part: Part) -> bytes:
        """This function will return the bytes of a part, exactly as collected."""
        return self.payloads[part.name]


def envelope_digest(manifest: Manifest) -> str:
    """This function will return the SHA-256 that names the envelope; the host's next one cites it as `previous`."""
    return hashlib.sha256(manifest_bytes(manifest)).hexdigest()


def encode(manifest: Manifest, payloads: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """This function will yield the envelope's bytes in order; payloads come in the manifest's order, each in chunks.

    Raises EnvelopeDamaged when a payload is not what the manifest says: a wrong envelope is never finished.
    """
    body = manifest_bytes(manifest)
    digest = hashlib.sha256(body).hexdigest()
    yield b"%s %d %d %s\n" % (MAGIC, manifest.version, len(body), digest.encode("ascii"))
    yield body
    yield b"\n"
    for part, chunks in zip(manifest.parts, payloads, strict=True):
        yield from _checked(part, chunks)


def _checked(part: Part, chunks: Iterable[bytes]) -> Iterator[bytes]:
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
        yield chunk
    if running.hexdigest() != part.sha256:
        raise EnvelopeDamaged(
            part.name, "the payload is not the one described", part.sha256, running.hexdigest()
        )


def pack(manifest: Manifest, payloads: Iterable[bytes]) -> bytes:
    """This function will return a whole envelope in memory (tests, small hosts); refuses like `encode`."""
    return b"".join(encode(manifest, ((payload,) for payload in payloads)))


def read_manifest(raw: bytes) -> Manifest:
    """This function will read who and what without looking at the parts; raises every EnvelopeError but for parts."""
    manifest, _, _ = _opening(raw)
    return manifest


def unpack(raw: bytes) -> Envelope:
    """This function will open an envelope and check every digest.

    Raises NotAnEnvelope, EnvelopeFromFuture, EnvelopeTruncated or EnvelopeDamaged; it never returns half of one.
    """
    manifest, digest, offset = _opening(raw)
    payloads: dict[str, bytes] = {}
    for part in manifest.parts:
        if part.name in payloads:
            raise EnvelopeDamaged(part.name, "two parts have this name")
        payload = raw[offset : offset + part.length]
        if len(payload) < part.length:
            raise EnvelopeTruncated(len(raw), offset + part.length, f"part {part.name}")
        found = hashlib.sha256(payload).hexdigest()
        if found != part.sha256:
            raise EnvelopeDamaged(part.name, "its bytes were altered", part.sha256, found)
        payloads[part.name] = payload
        offset += part.length
    if offset != len(raw):
        raise EnvelopeDamaged(
            "the end", f"{len(raw) - offset} bytes follow the last part at byte {offset}"
        )
    return Envelope(manifest, payloads, digest)


def _opening(raw: bytes) -> tuple[Manifest, str, int]:
    length, expected, start = _first_line(raw)
    body = raw[start : start + length]
    if len(body) < length or len(raw) < start + length + 1:
        raise EnvelopeTruncated(len(raw), start + length + 1, "the manifest")
    found = hashlib.sha256(body).hexdigest()
    if found != expected or raw[start + length : start + length + 1] != b"\n":
        raise EnvelopeDamaged("the manifest", "its bytes were altered", expected, found)
    try:
        return parse_manifest(body), expected, start + length + 1
    except MalformedManifest as error:
        raise EnvelopeDamaged("the manifest", str(error)) from error


def _first_line(raw: bytes) -> tuple[int, str, int]:
    head = raw[:_FIRST_LINE_LIMIT]
    if not head.startswith(MAGIC):
        if head and MAGIC.startswith(head):
            raise EnvelopeTruncated(len(raw), len(MAGIC), "the first line")
        raise NotAnEnvelope(head[:24])
    version = _VERSION_ONLY.match(head)
    if version and int(version[1]) > VERSION:
        raise EnvelopeFromFuture(int(version[1]))
    line, ended, _ = head.partition(b"\n")
    if not ended and len(raw) < _FIRST_LINE_LIMIT:
        raise EnvelopeTruncated(len(raw), len(raw) + 1, "the first line")
    found = _FIRST_LINE.fullmatch(line)
    if not found or int(found[1]) != VERSION:
        raise EnvelopeDamaged("the first line", f"it reads {line[:80]!r}")
    return int(found[2]), found[3].decode("ascii"), len(line) + 1

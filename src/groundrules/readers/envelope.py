"""Opens an evidence envelope and hands each part to the reader of its format.

One registry says which reader reads what. A format nobody here knows is kept and counted as unknown; a part that
cannot be unpacked is damage, and the other parts are read.
"""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import Damage, Observation, Reading, Session, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import utc
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux.apt_history import read_apt_history
from groundrules.readers.linux.audit_log import read_audit_log
from groundrules.readers.linux.auth_log import read_auth_log
from groundrules.readers.linux.dpkg_log import read_dpkg_log
from groundrules.readers.linux.history import join_package_history, join_sessions
from groundrules.readers.linux.journal import read_journal_export, read_journal_json
from groundrules.readers.linux.rpm_log import read_rpm_log
from groundrules.readers.linux.snapshot import read_snapshot
from groundrules.readers.linux.wtmp import read_utmp
from groundrules_wire import EnvelopeDamaged, Manifest, Part, unpack

UNPACKED_LIMIT = 1 << 30
CHUNK = 1 << 20
Reader = Callable[[bytes, ReadingContext], Reading]

READERS: Mapping[str, Reader] = {
    "snapshot": read_snapshot,
    "dpkg-log": read_dpkg_log,
    "apt-history": read_apt_history,
    "rpm-log": read_rpm_log,
    "utmp": read_utmp,
    "auth-log": read_auth_log,
    "journal-json": read_journal_json,
    "journal-export": read_journal_export,
    "audit-log": read_audit_log,
}


class PartTooLarge(ValueError):
    """A compressed part unpacks to more than this server takes in at once (1 GiB)."""


@dataclass(frozen=True, slots=True)
class OpenedEnvelope:
    """An envelope whose digests have all been checked: `digest` names it, `collected_at` is UTC."""

    digest: str
    manifest: Manifest
    payloads: Mapping[str, bytes]
    collected_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What several readings of one host say together: operations and logins seen by several sources counted once."""

    observations: tuple[Observation, ...]
    sessions: tuple[Session, ...]
    snapshots: tuple[Snapshot, ...]


def read_envelope(raw: bytes) -> OpenedEnvelope:
    """This function will open and check an envelope; raises NotAnEnvelope, EnvelopeTruncated, EnvelopeDamaged or
    EnvelopeFromFuture, and then nothing of it has been used.
    """
    envelope = unpack(raw)
    try:
        collected_at = utc(datetime.fromisoformat(envelope.manifest.collected_at))
    except (ValueError, OverflowError) as error:
        problem = f"collected_at is {envelope.manifest.collected_at!r}"
        raise EnvelopeDamaged("the manifest", problem) from error
    return OpenedEnvelope(envelope.digest, envelope.manifest, envelope.payloads, collected_at)


def read_parts(opened: OpenedEnvelope, asset: AssetId, zone: str = "") -> tuple[Reading, ...]:
    """This function will read every part, in the manifest's order, one reading each.

    `zone` stands in for a host that does not name its own; raises UnknownZone when neither does.
    """
    return tuple(
        _read_part(opened, part, asset, opened.manifest.zone or zone)
        for part in opened.manifest.parts
    )


def combine(readings: Iterable[Reading]) -> History:
    """This function will join what the readings of one host say, from one envelope or from several."""
    taken = list(readings)
    snapshots = {snapshot.citation: snapshot for reading in taken for snapshot in reading.snapshots}
    return History(
        observations=join_package_history(
            seen for reading in taken for seen in reading.observations
        ),
        sessions=join_sessions(session for reading in taken for session in reading.sessions),
        snapshots=tuple(sorted(snapshots.values(), key=lambda snapshot: snapshot.taken_at)),
    )


def _read_part(opened: OpenedEnvelope, part: Part, asset: AssetId, zone: str) -> Reading:
    host = opened.manifest.host
    context = ReadingContext(
        asset=asset,
        evidence=EvidenceId(part.sha256),
        zone=zone,
        collected_at=opened.collected_at,
        host=host.name,
        boot=host.boot,
        architecture=host.architecture,
    )
    reader = READERS.get(part.format)
    if reader is None:
        kind = f"part/{part.format}"
        return Reading(reader="none", records=1, by_type={kind: 1}, unknown={kind: 1})
    try:
        payload = unpacked(opened.payloads[part.name], part.encoding)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, PartTooLarge) as error:
        return Reading(
            reader=part.format,
            records=0,
            damaged=(Damage(part.name, f"cannot be unpacked: {error}"),),
        )
    reading = reader(payload, context)
    reported = tuple(
        Damage(part.name, f"reported by the collector: {error}") for error in part.errors
    )
    return replace(reading, damaged=(*reading.damaged, *reported))


def unpacked(payload: bytes, encoding: str) -> bytes:
    """This function will undo a part's encoding; raises PartTooLarge rather than fill the memory."""
    match encoding:
        case "":
            return payload
        case "gzip":
            return _limited(gzip.GzipFile(fileobj=io.BytesIO(payload)))
        case "xz":
            return _limited(lzma.LZMAFile(io.BytesIO(payload)))
        case _:
            message = f"the encoding {encoding!r} is not known here; upgrade the server"
            raise OSError(message)


def _limited(file: gzip.GzipFile | lzma.LZMAFile) -> bytes:
    chunks: list[bytes] = []
    total = 0
    with file:
        while chunk := file.read(CHUNK):
            total += len(chunk)
            if total > UNPACKED_LIMIT:
                message = (
                    f"it unpacks to more than {UNPACKED_LIMIT} bytes; split the log on the host"
                )
                raise PartTooLarge(message)
            chunks.append(chunk)
    return b"".join(chunks)

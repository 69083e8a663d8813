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

from groundrules.core.evidence import Damage, Gap, Observation, Reading, Session, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import utc
from groundrules.readers import (
    backups,
    evtx,
    gaps,
    glpi,
    needs,
    ocsf,
    osquery,
    smartctl,
    wazuh,
    windows,
    windows_events_json,
)
from groundrules.readers.context import ReadingContext
from groundrules.readers.linux import (
    apt_history,
    audit_log,
    auth_log,
    dnf_history,
    dpkg_log,
    journal,
    rpm_log,
    snapshot,
    wtmp,
)
from groundrules.readers.linux.history import join_package_history, join_sessions
from groundrules_wire import EnvelopeDamaged, Manifest, Part, unpack

UNPACKED_LIMIT = 1 << 30
CHUNK = 1 << 20


class PartTooLarge(ValueError):
    """A compressed part unpacks to more than this server takes in at once (1 GiB)."""


@dataclass(frozen=True, slots=True)
class RegisteredReader:
    """Who reads a format: `reader` is the name and version that citations carry."""

    reader: str
    read: Callable[[bytes, ReadingContext], Reading]


def _without_context(
    read: Callable[[bytes, AssetId, EvidenceId], Reading],
) -> Callable[[bytes, ReadingContext], Reading]:
    """Windows events carry UTC and their own host name, so their readers need neither zone nor host."""

    def read_with_context(raw: bytes, context: ReadingContext) -> Reading:
        return read(raw, context.asset, context.evidence)

    return read_with_context


READERS: Mapping[str, RegisteredReader] = {
    "backups": RegisteredReader(backups.READER, backups.read_backups),
    "snapshot": RegisteredReader(snapshot.READER, snapshot.read_snapshot),
    "dpkg-log": RegisteredReader(dpkg_log.READER, dpkg_log.read_dpkg_log),
    "apt-history": RegisteredReader(apt_history.READER, apt_history.read_apt_history),
    "rpm-log": RegisteredReader(rpm_log.READER, rpm_log.read_rpm_log),
    "dnf-history": RegisteredReader(dnf_history.READER, dnf_history.read_dnf_history),
    "utmp": RegisteredReader(wtmp.READER, wtmp.read_utmp),
    "auth-log": RegisteredReader(auth_log.READER, auth_log.read_auth_log),
    "journal-json": RegisteredReader(journal.READER, journal.read_journal_json),
    "journal-export": RegisteredReader(journal.READER, journal.read_journal_export),
    "audit-log": RegisteredReader(audit_log.READER, audit_log.read_audit_log),
    "needs": RegisteredReader(needs.READER, needs.read_needs),
    "smartctl": RegisteredReader(smartctl.READER, smartctl.read_smartctl),
    "osquery": RegisteredReader(osquery.READER, osquery.read_osquery),
    "wazuh": RegisteredReader(wazuh.READER, wazuh.read_wazuh),
    "glpi": RegisteredReader(glpi.READER, glpi.read_glpi),
    "ocsf": RegisteredReader(ocsf.READER, ocsf.read_ocsf),
    "windows-channels": RegisteredReader(windows.READER, windows.read_windows_channels),
    "evtx": RegisteredReader(evtx.READER, _without_context(evtx.read_evtx)),
    "windows-events-json": RegisteredReader(
        windows_events_json.READER, _without_context(windows_events_json.read_windows_events_json)
    ),
}
UNPACKABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, PartTooLarge)
UNREADABLE = (evtx.UnreadableEvtx, windows_events_json.UnreadableWindowsEvents)


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
    gaps: tuple[Gap, ...]


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
    # One query may have run many times in one file, all cited alike.
    snapshots = {
        (one.citation, one.taken_at): one for reading in taken for one in reading.snapshots
    }
    missing = {gap.id: gap for reading in taken for gap in reading.gaps}
    missing |= {gap.id: gap for gap in gaps.between(taken)}
    return History(
        observations=join_package_history(
            seen for reading in taken for seen in reading.observations
        ),
        sessions=join_sessions(session for reading in taken for session in reading.sessions),
        snapshots=tuple(sorted(snapshots.values(), key=lambda taken: taken.taken_at)),
        gaps=tuple(sorted(missing.values(), key=lambda gap: (gap.interval.not_before, gap.id))),
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
    registered = READERS.get(part.format)
    if registered is None:
        kind = f"part/{part.format}"
        return Reading(reader="none", records=1, by_type={kind: 1}, unknown={kind: 1})
    try:
        payload = unpacked(opened.payloads[part.name], part.encoding)
        reading = registered.read(payload, context)
    except (*UNREADABLE, *UNPACKABLE) as error:
        damage = Damage(part.name, f"cannot be read: {error}")
        return Reading(reader=registered.reader, records=0, damaged=(damage,))
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

"""One round of collection: run every probe into a spool, then write the envelope whole or not at all.

Memory stays bounded: payloads go through a temporary file beside the output, never through a list.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from groundrules_collector import __version__
from groundrules_collector.host import CHUNK, HostView, identity, zone_of
from groundrules_collector.probe import Item, Log, LogProbe, SnapshotProbe, Spec
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_wire import Manifest, Part, encode, envelope_digest


class OutputRefused(OSError):
    """The envelope cannot be written where it was asked for; nothing was left behind."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The host's envelope before this one: its sequence number and digest (0 and empty for the first)."""

    sequence: int = 0
    digest: str = ""


@dataclass(slots=True)
class _Round:
    """What one round has gathered so far."""

    view: HostView
    spool: BinaryIO
    say: Callable[[str], None]
    now: Callable[[], datetime]
    parts: list[Part] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Collected:
    """How a round ended: the manifest that was written, its digest, and whether anything is missing."""

    manifest: Manifest
    digest: str

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that could not be read, probe failures first."""
        return (
            *self.manifest.errors,
            *(error for part in self.manifest.parts for error in part.errors),
        )


def collect(
    view: HostView,
    output: Path,
    previous: Previous,
    say: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """This function will run every probe and write one envelope to `output`; raises OutputRefused."""
    try:
        with tempfile.TemporaryFile(dir=output.parent) as spool:
            gathered = _Round(view, spool, say, now)
            _run_all(gathered)
            manifest = _manifest(gathered, previous)
            _write(manifest, spool, output)
    except OSError as error:
        message = (
            f"{output}: {error.strerror or error}; name a folder that exists and can be written"
        )
        raise OutputRefused(message) from error
    return Collected(manifest, envelope_digest(manifest))


def _run_all(gathered: _Round) -> None:
    for snapshot in SNAPSHOT_PROBES:
        _guarded(gathered, snapshot.spec, partial(_run_snapshot, gathered, snapshot))
    for log in LOG_PROBES:
        _guarded(gathered, log.spec, partial(_run_logs, gathered, log))


def _guarded(gathered: _Round, spec: Spec, run: Callable[[], None]) -> None:
    gathered.say(f"{spec.name} …")
    start, whole = gathered.spool.tell(), len(gathered.parts)
    try:
        run()
    except Exception as error:  # noqa: BLE001 - a probe's bug must not cost the host its other evidence; it is recorded
        gathered.spool.seek(start)
        gathered.spool.truncate()
        del gathered.parts[whole:]
        gathered.errors.append(f"probe {spec.name} failed: {type(error).__name__}: {error}")
        gathered.say(gathered.errors[-1])
    gathered.errors.extend(gathered.view.problems)
    gathered.view.problems.clear()


def _run_snapshot(gathered: _Round, probe: SnapshotProbe) -> None:
    spec = probe.spec
    taken_at = gathered.now().isoformat()
    head = {
        "snapshot": 1,
        "probe": spec.name,
        "probe_version": spec.version,
        "kinds": spec.kinds,
        "taken_at": taken_at,
    }
    part = _spooled(
        gathered,
        spec,
        f"snapshot/{spec.name}",
        "snapshot",
        _document(head, probe.items(gathered.view)),
    )
    gathered.parts.append(_with(part, first_at=taken_at, last_at=taken_at))


def _document(head: dict[str, object], items: Iterator[Item]) -> Iterator[bytes]:
    yield _line(head)
    count = 0
    for item in items:
        entry: dict[str, object] = {
            "kind": item.kind,
            "key": item.key,
            "attributes": dict(item.attributes),
        }
        if item.dated_at is not None:
            entry["dated_at"] = item.dated_at.isoformat()
        count += 1
        yield _line(entry)
    yield _line({"end": count})


def _line(entry: dict[str, object]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def _run_logs(gathered: _Round, probe: LogProbe) -> None:
    finished = gathered.spool.tell()
    count = len(gathered.parts)
    try:
        for log in probe.logs(gathered.view):
            if _name(log) in {part.name for part in gathered.parts}:
                continue  # Named with --auth-log and found by itself as well: once is enough.
            gathered.parts.append(_log_part(gathered, probe.spec, log))
            finished, count = gathered.spool.tell(), len(gathered.parts)
    except OSError as error:
        # One log that vanished or broke while being read must not cost the others: keep what was whole.
        gathered.spool.seek(finished)
        gathered.spool.truncate()
        del gathered.parts[count:]
        gathered.errors.append(f"probe {probe.spec.name}: {error}")


def _name(log: Log) -> str:
    return f"log{log.source}" if log.source.startswith("/") else "log/journal"


def _log_part(gathered: _Round, spec: Spec, log: Log) -> Part:
    part = _spooled(gathered, spec, _name(log), log.format, log.chunks())
    return _with(part, encoding=log.encoding, source=log.source, notes=log.notes)


def _spooled(
    gathered: _Round, spec: Spec, name: str, format_name: str, chunks: Iterator[bytes]
) -> Part:
    running = hashlib.sha256()
    start = gathered.spool.tell()
    for chunk in chunks:
        running.update(chunk)
        gathered.spool.write(chunk)
    length = gathered.spool.tell() - start
    return Part(name, format_name, length, running.hexdigest(), spec.name, spec.version)


def _with(part: Part, **more: object) -> Part:
    fields = {name: getattr(part, name) for name in Part.__slots__} | more
    return Part(**fields)


def _manifest(gathered: _Round, previous: Previous) -> Manifest:
    zone = zone_of(gathered.view)
    if not zone:
        gathered.errors.append(
            "the host does not name its time zone; give it when the envelope is received"
        )
    return Manifest(
        host=identity(gathered.view),
        zone=zone,
        collected_at=gathered.now().isoformat(),
        collector=f"groundrules-collector/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}",
        sequence=previous.sequence + 1,
        previous=previous.digest,
        parts=tuple(gathered.parts),
        errors=tuple(gathered.errors),
    )


def _write(manifest: Manifest, spool: BinaryIO, output: Path) -> None:
    spool.flush()
    spool.seek(0)
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in encode(manifest, (_next(spool, part.length) for part in manifest.parts)):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(output)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()


def _next(spool: BinaryIO, length: int) -> Iterator[bytes]:
    left = length
    while left:
        chunk = spool.read(min(CHUNK, left))
        left -= len(chunk)
        yield chunk

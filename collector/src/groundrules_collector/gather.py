"""Runs probes into a temporary file, part by part: a probe that fails costs its own part only and is recorded.

Memory stays bounded: raw logs go through the file in chunks, never through a list.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from groundrules_collector.cursors import LogMoved
from groundrules_collector.host import CHUNK, HostView
from groundrules_collector.probe import Item, Log, LogProbe, NotLookedAt, SnapshotProbe, Spec
from groundrules_wire import Fact, Manifest, Part, encode


def utc_now() -> datetime:
    """This function will tell the host's time, with its zone."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Round:
    """What one round has gathered so far."""

    view: HostView
    spool: BinaryIO
    say: Callable[[str], None]
    now: Callable[[], datetime] = utc_now
    parts: list[Part] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a snapshot probe found: its items as written lines, or the reason why nothing was looked at."""

    spec: Spec
    kinds: tuple[str, ...]
    lines: tuple[bytes, ...]
    notes: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of kinds and items, whatever the time: equal when nothing changed."""
        running = hashlib.sha256(f"{self.spec.version}:{','.join(self.kinds)}\n".encode())
        for line in self.lines:
            running.update(line)
        return running.hexdigest()


def guarded(gathered: Round, spec: Spec, run: Callable[[], None]) -> None:
    """This function will run one probe; whatever breaks in it is recorded, and its half-made parts are taken back."""
    start, whole = gathered.spool.tell(), len(gathered.parts)
    cursors = gathered.view.cursors
    read = set(cursors.read) if cursors else set()
    try:
        run()
    except Exception as error:  # noqa: BLE001 - a probe's bug must not cost the host its other evidence; it is recorded
        _take_back(gathered, start, whole)
        if cursors:
            cursors.undo(cursors.read.keys() - read)
        gathered.errors.append(f"probe {spec.name} failed: {type(error).__name__}: {error}")
        gathered.say(gathered.errors[-1])
    gathered.errors.extend(gathered.view.problems)
    gathered.view.problems.clear()


def listing(view: HostView, probe: SnapshotProbe) -> Listing:
    """This function will ask a snapshot probe what is there."""
    try:
        lines = tuple(_item_line(item) for item in probe.items(view))
    except NotLookedAt as reason:
        return Listing(probe.spec, (), (), (f"not looked at: {reason}",))
    return Listing(probe.spec, probe.spec.kinds, lines)


def add_listing(gathered: Round, found: Listing, taken_at: str, *, name: str = "") -> None:
    """This function will write a listing as a snapshot document of the moment it was taken; large ones compressed."""
    chunks = tuple(document(found, taken_at))
    encoding = ""
    if sum(map(len, chunks)) > CHUNK and gathered.view.cursors is not None:
        chunks, encoding = (gzip.compress(b"".join(chunks), 6, mtime=0),), "gzip"
    part = spooled(gathered, found.spec, name or f"snapshot/{found.spec.name}", "snapshot", chunks)
    gathered.parts.append(
        replace(part, first_at=taken_at, last_at=taken_at, encoding=encoding, notes=found.notes)
    )


def document(found: Listing, taken_at: str) -> Iterator[bytes]:
    """This function will yield a snapshot document: a head, one line per item, an end that counts them."""
    yield _line(
        {
            "snapshot": 1,
            "probe": found.spec.name,
            "probe_version": found.spec.version,
            "kinds": found.kinds,
            "taken_at": taken_at,
        }
    )
    yield from found.lines
    yield _line({"end": len(found.lines)})


def _item_line(item: Item) -> bytes:
    entry: dict[str, object] = {
        "kind": item.kind,
        "key": item.key,
        "attributes": dict(item.attributes),
    }
    if item.dated_at is not None:
        entry["dated_at"] = item.dated_at.isoformat()
    return _line(entry)


def _line(entry: dict[str, object]) -> bytes:
    return json.dumps(entry, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def run_logs(gathered: Round, probe: LogProbe) -> None:
    """This function will collect every log of a probe; one that breaks while being read costs only itself."""
    logs = iter(probe.logs(gathered.view))
    cursors = gathered.view.cursors
    while True:
        start, whole = gathered.spool.tell(), len(gathered.parts)
        read = set(cursors.read) if cursors else set()
        try:
            log = next(logs, None)
            if log is None:
                return
            _add_log(gathered, probe.spec, log)
        except (OSError, EOFError) as error:
            _take_back(gathered, start, whole)
            if cursors:
                cursors.undo(cursors.read.keys() - read)
            if not isinstance(error, LogMoved):  # The next look reads that one under its new name.
                gathered.errors.append(f"probe {probe.spec.name}: {error}")


def _add_log(gathered: Round, spec: Spec, log: Log) -> None:
    name = f"log{log.source}" if log.source.startswith("/") else "log/journal"
    if name in {part.name for part in gathered.parts}:
        return  # Named with --auth-log and found by itself as well: once is enough.
    part = spooled(gathered, spec, name, log.format, log.chunks())
    gathered.parts.append(
        replace(
            part,
            encoding=log.encoding,
            source=log.source,
            notes=log.notes,
            origin=log.origin,
            start=log.start,
            end=log.end,
        )
    )


def _take_back(gathered: Round, start: int, whole: int) -> None:
    gathered.spool.seek(start)
    gathered.spool.truncate()
    del gathered.parts[whole:]


def spooled(
    gathered: Round, spec: Spec, name: str, format_name: str, chunks: Iterable[bytes]
) -> Part:
    """This function will write a payload to the round's file and describe it."""
    running = hashlib.sha256()
    start = gathered.spool.tell()
    for chunk in chunks:
        running.update(chunk)
        gathered.spool.write(chunk)
    length = gathered.spool.tell() - start
    return Part(name, format_name, length, running.hexdigest(), spec.name, spec.version)


def encoded(manifest: Manifest, spool: BinaryIO) -> Iterator[bytes]:
    """This function will yield the envelope of a manifest whose payloads lie one after the other in the spool."""
    spool.flush()
    spool.seek(0)
    yield from encode(manifest, (_next(spool, part.length) for part in manifest.parts))


def write_whole(output: Path, chunks: Iterable[bytes]) -> str:
    """This function will write a file whole or not at all: bytes to the disk, then the name, then the folder.

    Returns the SHA-256 of its bytes; raises OSError and leaves what was there before.
    """
    running = hashlib.sha256()
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                running.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(output)
        sync_folder(output.parent)
    finally:
        with suppress(FileNotFoundError):
            unfinished.unlink()
    return running.hexdigest()


def sync_folder(folder: Path) -> None:
    """This function will bring a folder's names to the disk, so that a renamed file survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _next(spool: BinaryIO, length: int) -> Iterator[bytes]:
    left = length
    while left:
        chunk = spool.read(min(CHUNK, left))
        left -= len(chunk)
        yield chunk

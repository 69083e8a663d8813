"""Raw evidence named by a case file, read by the same readers as in production, into the case's world.

Sessions, changes, gaps and health checks found in the files join those the case states. A file that cannot be read at
all refuses the case; damaged records within one are counted and told.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from groundrules.core.changes import Change, compare, from_observations, merge
from groundrules.core.evidence import Reading, Snapshot
from groundrules.core.ids import AssetId, EvidenceId
from groundrules.core.periods import utc
from groundrules.core.world import World
from groundrules.readers.case_file.model import EvidenceSource
from groundrules.readers.context import ReadingContext
from groundrules.readers.envelope import READERS, combine, read_envelope, read_parts
from groundrules.services.evidence_formats import ENVELOPE, format_of

_NO_TIME = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

OpenFile = Callable[[str], bytes]


class EvidenceUnreadable(ValueError):
    """An evidence file of a case is missing or cannot be read at all; `source` is the entry that names it."""

    def __init__(self, source: EvidenceSource, says: str) -> None:
        self.source = source
        super().__init__(f"evidence file {source.file} {says}")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One evidence file as it was read, for the story: its name, and what each reader got out of it."""

    source: EvidenceSource
    readings: tuple[Reading, ...]

    @property
    def sentence(self) -> str:
        """What was read, in one line, with everything unknown or damaged counted."""
        records = sum(reading.records for reading in self.readings)
        unknown = sum(sum(reading.unknown.values()) for reading in self.readings)
        damaged = sum(len(reading.damaged) for reading in self.readings)
        return f"{self.source.file}: {records} records read, {unknown} of a kind not understood, {damaged} damaged."


def add_evidence(
    world: World, sources: tuple[EvidenceSource, ...], open_file: OpenFile
) -> tuple[World, tuple[ReadFile, ...]]:
    """This function will read every source and return the world with what they show.

    Raises EvidenceUnreadable, which knows the source that could not be read.
    """
    files = tuple(_read(world, source, open_file) for source in sources)
    for file in files:
        world = _joined(world, file)
    return world, files


def _read(world: World, source: EvidenceSource, open_file: OpenFile) -> ReadFile:
    try:
        raw = open_file(source.file)
    except OSError as error:
        says = f"cannot be opened: {error.strerror or error}; the path is relative to the case file"
        raise EvidenceUnreadable(source, says) from error
    asset = _host(world, source)
    try:
        readings = _readings(world, source, raw, asset)
    except (ValueError, OSError) as error:
        raise EvidenceUnreadable(source, f"cannot be read: {error}") from error
    return ReadFile(source, readings)


def _readings(
    world: World, source: EvidenceSource, raw: bytes, asset: AssetId
) -> tuple[Reading, ...]:
    form = format_of(raw, source.format)
    if form == ENVELOPE:
        return read_parts(read_envelope(raw), asset, world.client.zone)
    digest = EvidenceId(hashlib.sha256(raw).hexdigest())
    context = ReadingContext(asset, digest, world.client.zone, source.discovered or _NO_TIME)
    return (READERS[form].read(raw, context),)


def _host(world: World, source: EvidenceSource) -> AssetId:
    if source.host is not None:
        return source.host
    if len(world.assets) == 1:
        return world.assets[0].id
    raise EvidenceUnreadable(source, "does not say which asset it is about; add `host`")


def _joined(world: World, file: ReadFile) -> World:
    history = combine(file.readings)
    changes = merge(_differences(history.snapshots), from_observations(history.observations))
    checks = tuple(check for reading in file.readings for check in reading.health_checks)
    return replace(
        world,
        sessions=(*world.sessions, *history.sessions),
        changes=(*world.changes, *_new(world, changes)),
        gaps=(*world.gaps, *history.gaps),
        health_checks=(*world.health_checks, *checks),
        discovered={
            **world.discovered,
            **_discovered(
                file.source, (*(c.id for c in changes), *(s.id for s in history.sessions))
            ),
        },
    )


def _new(world: World, changes: Iterable[Change]) -> tuple[Change, ...]:
    known = {change.id for change in world.changes}
    return tuple(change for change in changes if change.id not in known)


def _differences(snapshots: tuple[Snapshot, ...]) -> tuple[Change, ...]:
    by_asset: defaultdict[AssetId, list[Snapshot]] = defaultdict(list)
    for snapshot in snapshots:
        by_asset[snapshot.asset].append(snapshot)
    return tuple(
        change
        for taken in by_asset.values()
        for before, after in pairwise(sorted(taken, key=lambda s: utc(s.taken_at)))
        if utc(before.taken_at) < utc(after.taken_at)
        for change in compare(before, after)
    )


def _discovered(source: EvidenceSource, ids: tuple[str, ...]) -> dict[str, datetime]:
    return {} if source.discovered is None else dict.fromkeys(ids, source.discovered)

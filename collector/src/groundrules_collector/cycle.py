"""One look at the host: what changed since the last one becomes the next envelope of the stream.

An unchanged snapshot is not sent again; when one changes, what was last seen unchanged goes with it, so that the change
lies between two looks and not between two envelopes. Every envelope says which time it covers and where nobody looked.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, replace
from datetime import timedelta
from functools import partial

from groundrules_collector.audit_state import audit_state, newly_lost
from groundrules_collector.clock import (
    Clock,
    Moment,
    between,
    read_back,
    seconds_between,
    written,
)
from groundrules_collector.collect import software
from groundrules_collector.cursors import Cursor, Cursors, Unsettled
from groundrules_collector.gather import (
    Listing,
    Round,
    add_listing,
    encoded,
    guarded,
    listing,
    run_logs,
)
from groundrules_collector.host import HostView, identity, zone_of
from groundrules_collector.probe import SnapshotProbe
from groundrules_collector.probes import LOG_PROBES, SNAPSHOT_PROBES
from groundrules_collector.settings import Settings
from groundrules_collector.spool import Batch, Spool
from groundrules_collector.state import recall, remember
from groundrules_wire import Fact, Manifest

HELD_UP = 3.0  # Cadences without a look from which on nobody looked.


@dataclass(slots=True)
class Recorder:
    """A collector at work on one host. `last` is its last good look; `trouble` why there was none since.

    `limit` is how many bytes of logs the next batch may hold: less than the setting while the disk is full.
    """

    view: HostView
    spool: Spool
    settings: Settings
    clock: Clock
    say: Callable[[str], None]
    zone: str = ""
    count: int = 0
    cycles: int = 0
    longest: float = 0.0
    last: Moment | None = None
    trouble: str = "the collector was not running"
    limit: int = 0
    unsettled: Unsettled = field(default_factory=Unsettled)
    looked: dict[str, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begins with batches as large as they may be."""
        self.limit = self.settings.batch_limit

    @property
    def database(self) -> sqlite3.Connection:
        """The state the recorder keeps."""
        return self.spool.database


@dataclass(frozen=True, slots=True)
class _Look:
    """What is remembered of a probe's last listing."""

    digest: str
    kinds: tuple[str, ...]
    lines: bytes
    told_at: str
    looked_at: str
    mark: str

    def listing(self, probe: SnapshotProbe) -> Listing:
        """The listing as it was."""
        lines = tuple(zlib.decompress(self.lines).splitlines(keepends=True))
        return Listing(probe.spec, self.kinds, lines)


@dataclass(slots=True)
class _Learned:
    """What one look found out, to be remembered together with its batch."""

    now: Moment
    looks: dict[str, _Look] = field(default_factory=dict)
    audit: dict[str, str] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """How a look ended: the batch it made, if any, and whether there is more to fetch at once."""

    batch: Batch | None
    more: bool


def look(recorder: Recorder) -> Looked:
    """This function will look at the host once and spool what is new; raises OSError when it cannot be kept.

    After a refusal nothing is lost: the next good look starts where the last good one ended, and says so.
    """
    recorder.spool.require_room(recorder.settings.batch_limit)
    now = recorder.clock()
    passed = _note_time(recorder, now)
    learned = _Learned(now)
    cursors = _cursors(recorder, now)
    view = replace(
        recorder.view, cursors=cursors, journal_after=recall(recorder.database, "journal")
    )
    with tempfile.TemporaryFile(dir=recorder.spool.folder.spool) as file:
        gathered = Round(view, file, recorder.say, lambda: recorder.clock().at)
        _run(recorder, gathered, learned)
        batch = _kept(recorder, gathered, learned, cursors)
    recorder.count += 1
    recorder.last, recorder.trouble = now, ""
    recorder.unsettled = cursors.unsettled
    recorder.longest = 0.0 if batch else max(recorder.longest, passed)
    return Looked(batch, cursors.is_exhausted)


def _note_time(recorder: Recorder, now: Moment) -> float:
    """Turns what the clocks say about the time since the last good look into facts; returns seconds."""
    recorder.cycles += 1
    before = recorder.last or read_back(recall(recorder.database, "moment"))
    if before is None:
        return 0.0
    recorder.facts = [fact for fact in recorder.facts if fact.first_at != before.wall]
    recorder.facts.extend(between(before, now))
    passed = seconds_between(before, now)
    recorder.longest = max(recorder.longest, passed)
    if passed > HELD_UP * recorder.settings.cadence:
        details = {
            "reason": recorder.trouble or "the collector was held up",
            "seconds": f"{passed:.0f}",
        }
        recorder.facts.append(Fact("gap", before.wall, now.wall, details))
    return passed


def _cursors(recorder: Recorder, now: Moment) -> Cursors:
    rows = recorder.database.execute(
        "SELECT origin, source, device, inode, offset, head, head_length, seen_at FROM cursor"
    )
    known = {row[0]: Cursor(*row) for row in rows}
    return Cursors(known, now.at, recorder.limit, recorder.unsettled)


def _run(recorder: Recorder, gathered: Round, learned: _Learned) -> None:
    for snapshot in SNAPSHOT_PROBES:
        if recorder.count % snapshot.spec.every == 0:
            guarded(
                gathered, snapshot.spec, partial(_snapshot, recorder, gathered, snapshot, learned)
            )
    for log in LOG_PROBES:
        guarded(gathered, log.spec, partial(run_logs, gathered, log))
    if gathered.view.cursors is not None:
        gathered.view.cursors.finish(gathered.view.path)
    learned.audit = audit_state(gathered.view)


def _snapshot(recorder: Recorder, gathered: Round, probe: SnapshotProbe, learned: _Learned) -> None:
    name = probe.spec.name
    known = _look_of(recorder, name)
    taken_at = recorder.clock().wall
    mark = probe.mark(gathered.view) if probe.mark else ""
    if mark is None:
        return
    fresh = known is not None and not _is_stale(recorder, known, learned.now)
    if known and fresh and mark and mark == known.mark:
        recorder.looked[name] = taken_at
        return
    found = listing(gathered.view, probe)
    if known and fresh and found.digest == known.digest:
        recorder.looked[name] = taken_at
        return
    if known:
        _tell_before(recorder, gathered, probe, known, found)
    add_listing(gathered, found, taken_at)
    lines = zlib.compress(b"".join(found.lines), 1)
    learned.looks[name] = _Look(found.digest, found.kinds, lines, taken_at, taken_at, mark)


def _tell_before(
    recorder: Recorder, gathered: Round, probe: SnapshotProbe, known: _Look, found: Listing
) -> None:
    """Sends the last unchanged look along, so that what differs is known to have happened after it."""
    seen_at = recorder.looked.get(probe.spec.name, known.looked_at)
    if seen_at > known.told_at and found.digest != known.digest:
        name = f"snapshot/{probe.spec.name}@before"
        add_listing(gathered, known.listing(probe), seen_at, name=name)


def _look_of(recorder: Recorder, name: str) -> _Look | None:
    row = recorder.database.execute(
        "SELECT digest, kinds, lines, told_at, looked_at, mark FROM look WHERE probe = ?", (name,)
    ).fetchone()
    return _Look(row[0], tuple(json.loads(row[1])), *row[2:]) if row else None


def _is_stale(recorder: Recorder, known: _Look, now: Moment) -> bool:
    told = replace(now, wall=known.told_at).at
    return not timedelta() <= now.at - told < timedelta(seconds=recorder.settings.retell)


def _kept(recorder: Recorder, gathered: Round, learned: _Learned, cursors: Cursors) -> Batch | None:
    """Makes the batch when there is news or a sign of life is due; None when nothing needs to be said."""
    last = recorder.spool.last()
    learned.errors = tuple(gathered.errors)
    news = [*recorder.facts, *cursors.facts, *_audit_lost(recorder, learned, last)]
    is_news = bool(gathered.parts or news) or _error_text(learned) != recall(
        recorder.database, "errors"
    )
    if last is not None and not is_news and not _heartbeat_is_due(recorder, learned.now):
        return None
    manifest = _manifest(recorder, gathered, last, learned)
    told = replace(manifest, facts=(*news, *_coverage(recorder, learned, last)))
    batch = recorder.spool.add(
        told, encoded(told, gathered.spool), partial(_remember, recorder, learned, cursors)
    )
    recorder.facts.clear()
    recorder.looked.clear()
    recorder.cycles = 0
    return batch


def _heartbeat_is_due(recorder: Recorder, now: Moment) -> bool:
    told = read_back(recall(recorder.database, "moment"))
    return told is None or seconds_between(told, now) >= recorder.settings.heartbeat


def _error_text(learned: _Learned) -> str:
    return json.dumps(sorted(set(learned.errors)))


def _manifest(
    recorder: Recorder, gathered: Round, last: Batch | None, learned: _Learned
) -> Manifest:
    sequence, previous = _place(recorder, last)
    return Manifest(
        host=identity(gathered.view),
        zone=zone_of(gathered.view) or recorder.zone,
        collected_at=learned.now.wall,
        collector=software(),
        sequence=sequence,
        previous=previous,
        parts=tuple(gathered.parts),
        errors=learned.errors,
    )


def _place(recorder: Recorder, last: Batch | None) -> tuple[int, str]:
    if last is not None:
        return last.sequence + 1, last.digest
    base = recall(recorder.database, "base")
    return (int(base.split()[0]), "".join(base.split()[1:])) if base else (1, "")


def _audit_lost(recorder: Recorder, learned: _Learned, last: Batch | None) -> tuple[Fact, ...]:
    total = learned.audit.get("lost", "")
    lost = newly_lost(recall(recorder.database, "audit_lost"), total)
    if not lost:
        return ()
    since = last.collected_at if last else ""
    return (Fact("audit-lost", since, learned.now.wall, {"lost": str(lost), "total": total}),)


def _coverage(recorder: Recorder, learned: _Learned, last: Batch | None) -> tuple[Fact, Fact]:
    waiting, length = recorder.spool.waiting()
    details = {
        "looks": str(recorder.cycles),
        "longest_pause_seconds": f"{recorder.longest:.1f}",
        "cadence_seconds": f"{recorder.settings.cadence:g}",
        "since_boot_seconds": f"{learned.now.since_boot:.1f}",
        "waiting_batches": str(waiting),
        "waiting_bytes": str(length),
        **{f"audit_{name}": value for name, value in learned.audit.items()},
    }
    since = last.collected_at if last else ""
    coverage = Fact("coverage", since, learned.now.wall, details)
    return coverage, Fact("unchanged", since, learned.now.wall, dict(recorder.looked))


def _remember(recorder: Recorder, learned: _Learned, cursors: Cursors) -> None:
    database = recorder.database
    database.executemany("DELETE FROM cursor WHERE origin = ?", ((o,) for o in cursors.forgotten))
    database.executemany(
        "INSERT OR REPLACE INTO cursor (origin, source, device, inode, offset, head, head_length, seen_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        map(astuple, cursors.read.values()),
    )
    database.executemany(
        "INSERT OR REPLACE INTO look (probe, digest, kinds, lines, told_at, looked_at, mark) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                name,
                one.digest,
                json.dumps(one.kinds),
                one.lines,
                one.told_at,
                one.looked_at,
                one.mark,
            )
            for name, one in learned.looks.items()
        ),
    )
    database.executemany(
        "UPDATE look SET looked_at = ? WHERE probe = ?",
        ((at, name) for name, at in recorder.looked.items()),
    )
    remember(database, "moment", written(learned.now))
    remember(database, "errors", _error_text(learned))
    if cursors.journal_at:
        remember(database, "journal", cursors.journal_at)
    if "lost" in learned.audit:
        remember(database, "audit_lost", learned.audit["lost"])

"""The results log: each run's differences as changes, whole listings as snapshots, logins, and streams that began anew.

A run says what differed since the run before, so a change lies between the two. `counter` counts the runs of a query
within an `epoch`; run 0 is no difference but everything there was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from groundrules.core.evidence import GapKind, Item, ItemKind, Reading, Snapshot, Stretch
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import (
    Placed,
    Row,
    epoch,
    found,
    note_damage,
    objects,
    of_our_host,
    rows,
    said,
)
from groundrules.readers.gaps import gap_of
from groundrules.readers.inventory import Seen, Shape, difference, item_of
from groundrules.readers.linux.logins import OpenLogin
from groundrules.readers.linux.tally import Tally
from groundrules.readers.osquery.tables import Table, enriched, table_of

READER = "osquery/1"
# osquery's documentation: the longest interval a query can be scheduled at. Nothing else bounds a change whose run
# before is in no evidence.
LONGEST_INTERVAL = timedelta(seconds=604_800)
UNTOLD = -1
ANOTHER_HOST = "osquery/another host"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log; `listed` None unless it holds everything there was."""

    place: str
    query: str
    host: str
    at: datetime
    epoch: str
    counter: int
    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    listed: tuple[Row, ...] | None
    is_batch: bool

    @property
    def stream(self) -> tuple[str, str]:
        """What counts up together: one query on one host."""
        return (self.host, self.query)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row of the line, whatever is said of it."""
        return (*self.added, *self.removed, *(self.listed or ()))

    @property
    def is_listing(self) -> bool:
        """True when the line is whole by itself: a snapshot, or the first run of a query in batch format."""
        return self.listed is not None or (self.is_batch and self.counter == 0)


@dataclass(slots=True)
class Run:
    """One run of one query: the lines written for it, and the table they are of."""

    lines: list[Line]
    table: Table

    @property
    def first(self) -> Line:
        """The first line, which has what all lines of a run share."""
        return self.lines[0]


@dataclass(slots=True)
class _Walk:
    """What one walk through the log remembers: the last run per query, and the logins seen."""

    tally: Tally
    first: dict[tuple[str, str], Line] = field(default_factory=dict)
    last: dict[tuple[str, str], Line] = field(default_factory=dict)
    logins: dict[tuple[str, str, datetime], OpenLogin] = field(default_factory=dict)

    def follow(self, line: Line) -> None:
        """This function will remember a run as its query's last; the first since it last began anew is kept too."""
        before = self.last.get(line.stream)
        if before is None or _begins_anew(before, line):
            self.first[line.stream] = line
        self.last[line.stream] = line


def read_osquery(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read osquery's results or snapshots log: changes, snapshots, logins and restarted streams.

    A line of a table not known here is counted as unknown under its query's name.
    """
    tally = Tally(READER, context)
    lines = [line for placed in objects(tally, raw) if (line := _line(tally, placed))]
    is_ours = of_our_host((line.host for line in lines), context)
    walk = _Walk(tally)
    for run in _runs(
        tally, [line for line in lines if _is_kept(tally, line, ours=is_ours(line.host))]
    ):
        _note_restart(walk, run.first)
        _take(walk, run)
        if run.first.listed is None:
            walk.follow(run.first)
    note_damage(tally, "the results log of osquery", {line.place: line.at for line in lines})
    tally.sessions.extend(login.session() for login in walk.logins.values())
    return replace(tally.reading(), stretches=_stretches(tally, walk))


def _stretches(tally: Tally, walk: _Walk) -> tuple[Stretch, ...]:
    """Per query, from its first run in this file to its last: numbers are skipped where nothing differed."""
    return tuple(
        Stretch(
            asset=tally.context.asset,
            source=f"osquery {line.query} of {line.host}",
            first=walk.first[stream].counter,
            last=line.counter,
            began=walk.first[stream].at,
            ended=line.at,
            citation=tally.cite(walk.first[stream].place),
            era=line.epoch,
            sparse=True,
        )
        for stream, line in walk.last.items()
        if line.counter != UNTOLD
    )


def _line(tally: Tally, placed: Placed) -> Line | None:
    fields = placed.fields
    query, at = said(fields, "name"), epoch(said(fields, "unixTime"))
    if not query or at is None:
        tally.damage(placed.place, "not a result of osquery: it needs a name and a unixTime")
        return None
    action = said(fields, "action")
    columns = rows(fields, "columns")
    counter = said(fields, "counter")
    listed = (
        tuple(rows(fields, "snapshot")) if isinstance(found(fields, "snapshot"), list) else None
    )
    added = columns if action == "added" else rows(fields, "diffResults.added")
    removed = columns if action == "removed" else rows(fields, "diffResults.removed")
    if not added and not removed and listed is None:
        tally.damage(
            placed.place, "a result without rows: neither columns, diffResults nor snapshot"
        )
        return None
    return Line(
        place=placed.place,
        query=query,
        host=said(fields, "hostIdentifier", "hostname"),
        at=at,
        epoch=said(fields, "epoch"),
        counter=int(counter[:18]) if counter.isascii() and counter.isdecimal() else UNTOLD,
        added=tuple(added),
        removed=tuple(removed),
        listed=listed,
        is_batch=isinstance(found(fields, "diffResults"), dict),
    )


def _is_kept(tally: Tally, line: Line, *, ours: bool) -> bool:
    if ours:
        tally.hosts.update({line.host} - {""})
    else:
        tally.unknown(ANOTHER_HOST)
    return ours


def _runs(tally: Tally, lines: Sequence[Line]) -> list[Run]:
    """Lines of one run carry the same time, epoch and counter; those of tables not known here end their way here."""
    runs: dict[tuple[object, ...], Run] = {}
    for line in lines:
        table = _table(line)
        if table is None:
            tally.unknown(f"osquery/{line.query}")
            continue
        tally.known(f"osquery/{table.name}/{_what(line)}")
        place = line.place if line.is_listing else ""
        key = (*line.stream, line.at, line.epoch, line.counter, table.name, place)
        runs.setdefault(key, Run([], table)).lines.append(line)
    return list(runs.values())


def _table(line: Line) -> Table | None:
    if not line.rows:
        # An empty listing says that nothing of the kind was there; only its query's name can tell the kind.
        return table_of(line.query, frozenset(), empty=True)
    return table_of(line.query, frozenset(line.rows[0]))


def _what(line: Line) -> str:
    if line.listed is not None:
        return "snapshot"
    if line.counter == 0:
        return "first run"
    return "batch" if line.is_batch else "added" if line.added else "removed"


def _note_restart(walk: _Walk, line: Line) -> None:
    """A query that begins anew lists everything again: what changed since its last run is told by no difference."""
    before = walk.last.get(line.stream)
    if before is None or line.listed is not None:
        return
    interval = Interval(min(before.at, line.at), max(before.at, line.at))
    source = f"osquery {line.query}"
    if _begins_anew(before, line):
        says = (
            f"the query {line.query} began anew (epoch {before.epoch or 'none'} run {before.counter}, "
            f"then epoch {line.epoch or 'none'} run {line.counter}); what changed in between is told by no difference"
        )
        kind = GapKind.RECORDS_MISSING
    elif line.at < before.at:
        says = f"run {line.counter} of {line.query} is dated before run {before.counter}: the clock was set back"
        kind = GapKind.CLOCK_STEP
    else:
        return
    gap = gap_of(
        walk.tally.context.asset, kind, interval, source, says, walk.tally.cite(line.place)
    )
    walk.tally.gaps.append(gap)


def _begins_anew(before: Line, line: Line) -> bool:
    if before.epoch != line.epoch:
        return True
    return UNTOLD not in {line.counter, before.counter} and line.counter < before.counter


def _take(walk: _Walk, run: Run) -> None:
    if run.table.login is not None:
        _take_logins(walk, run)
    elif run.table.shape is not None:
        if run.first.is_listing:
            _take_listing(walk.tally, run.first, run.table, run.table.shape)
        elif run.first.counter != 0:
            _take_differences(walk, run, run.table.shape)


def _take_logins(walk: _Walk, run: Run) -> None:
    """A login that is gone ended by then: between the last run that had it and this one."""
    read = run.table.login
    if read is None:
        return
    for line in run.lines:
        for row in line.rows:
            login = read(walk.tally, line.host, line.place, row)
            if login is None:
                continue
            known = walk.logins.setdefault((line.host, login.place, login.started), login)
            if row in line.removed and known.ended is None and line.at >= known.started:
                known.ended = line.at
                known.citations = list(dict.fromkeys([*known.citations, *login.citations]))


def _take_listing(tally: Tally, line: Line, table: Table, shape: Shape) -> None:
    items = [item_of(shape, enriched(table, row)) for row in line.listed or line.added]
    taken = Snapshot(
        tally.context.asset,
        line.at,
        frozenset({shape.kind}),
        tuple(item for item in items if item is not None),
        tally.cite(line.query),
    )
    tally.snapshots.append(taken)


def _take_differences(walk: _Walk, run: Run, shape: Shape) -> None:
    """An item removed and added in one run is one item changed."""
    removed: dict[tuple[ItemKind, str], list[tuple[str, Item]]] = {}
    at = _not_before(walk, run.first)
    for line in run.lines:
        for item in _items(run.table, shape, line.removed):
            removed.setdefault((item.kind, item.key), []).append((line.place, item))
    for line in run.lines:
        for item in _items(run.table, shape, line.added):
            gone = removed.get((item.kind, item.key))
            before = gone.pop(0)[1] if gone else None
            difference(walk.tally, before, item, Seen(line.place, at, _later(at, line.at)))
    for place, item in (entry for left in removed.values() for entry in left):
        difference(walk.tally, item, None, Seen(place, at, _later(at, run.first.at)))


def _items(table: Table, shape: Shape, listed: Sequence[Row]) -> list[Item]:
    items = (item_of(shape, enriched(table, row)) for row in listed)
    return [item for item in items if item is not None]


def _later(at: datetime, seen: datetime) -> datetime | None:
    return seen if seen > at else None


def _not_before(walk: _Walk, line: Line) -> datetime:
    """The last run in this evidence did not have it yet; without one, the longest interval there is bounds it."""
    before = walk.last.get(line.stream)
    if before is not None and before.epoch == line.epoch and before.at <= line.at:
        return before.at
    return line.at - LONGEST_INTERVAL

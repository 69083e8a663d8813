"""Finds what is missing between several readings of one host: holes, restarted numbers, clocks set, silence.

Within one file its reader says what is missing. Between files only the numbers and times at their ends can tell, so
each reader hands over the stretches it covered. Pure functions over values; times are the source's own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from groundrules.core.evidence import (
    Citation,
    Gap,
    GapKind,
    Reading,
    Snapshot,
    Stretch,
)
from groundrules.core.ids import AssetId, GapId
from groundrules.core.periods import Interval, utc

# What found a gap between files: no one file's reader, but all that was handed in so far.
BETWEEN = "between-files/1"
# A cadence is missed once it is this many times over; one late run is no silence.
MISSED_RUNS = 3
# Fewer snapshots than this do not tell a cadence.
FEWEST_FOR_CADENCE = 3


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a source speaks: `every` by rule, or None to take the median of what was seen."""

    every: timedelta | None = None
    missed: int = MISSED_RUNS


def gap_of(
    asset: AssetId,
    kind: GapKind,
    interval: Interval,
    source: str,
    says: str,
    citation: Citation | None,
) -> Gap:
    """This function will make a gap whose identifier the same facts always give again."""
    place = f"{interval.not_before.isoformat()}/{interval.not_after.isoformat()}"
    parts = (asset, kind.value, source, place, says)
    digest = hashlib.sha256("|".join(parts).encode()).hexdigest()[:12].upper()
    return Gap(GapId(f"GAP-{digest}"), asset, kind, interval, source, says, citation)


def between(readings: Iterable[Reading], cadence: Cadence | None = None) -> tuple[Gap, ...]:
    """This function will find what is missing between readings of one host, in time order, each gap once.

    Order does not matter. A gap a reader found within its own file is not repeated here.
    """
    taken = list(readings)
    stretches = [one for reading in taken for one in reading.stretches]
    snapshots = [one for reading in taken for one in reading.snapshots]
    found = [*numbering_gaps(stretches), *silences(snapshots, cadence or Cadence())]
    unique = {gap.id: gap for gap in found}
    return tuple(sorted(unique.values(), key=lambda gap: (gap.interval.not_before, gap.id)))


def numbering_gaps(stretches: Iterable[Stretch]) -> tuple[Gap, ...]:
    """This function will follow each numbered source from file to file: holes, numbers that began anew, clocks set.

    Files that overlap (a log collected twice) leave no gap.
    """
    streams: defaultdict[tuple[AssetId, str], set[Stretch]] = defaultdict(set)
    for stretch in stretches:
        streams[stretch.asset, stretch.source].add(stretch)
    return tuple(gap for several in streams.values() for gap in _along(several))


def coalesce(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """This function will join stretches that follow one another without a gap; what is missing between all stays so."""
    streams: defaultdict[tuple[AssetId, str], set[Stretch]] = defaultdict(set)
    for stretch in stretches:
        streams[stretch.asset, stretch.source].add(stretch)
    return tuple(one for several in streams.values() for one in _joined(several))


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    kept: list[Stretch] = []
    for stretch in sorted(stretches, key=_order):
        before = kept[-1] if kept else None
        if before is None or _begins_anew(before, stretch) or _step(before, stretch, anew=False):
            kept.append(stretch)
        elif stretch.last > before.last:
            kept[-1] = replace(before, last=stretch.last, ended=max(before.ended, stretch.ended))
    return kept


def _order(stretch: Stretch) -> tuple[datetime, int, datetime, str]:
    return utc(stretch.ended), stretch.last, utc(stretch.began), stretch.citation.evidence


def _along(stretches: Iterable[Stretch]) -> Iterable[Gap]:
    """Files of one source by the time they end, each held against what all before it had reached."""
    ordered = sorted(stretches, key=_order)
    reached: Stretch | None = None
    for stretch in ordered:
        anew = reached is not None and _begins_anew(reached, stretch)
        if reached is not None:
            yield from _step(reached, stretch, anew=anew)
        if reached is None or anew or stretch.last >= reached.last:
            reached = stretch


def _begins_anew(before: Stretch, after: Stretch) -> bool:
    if after.era != before.era or after.last < before.first:
        return True
    return after.first <= before.last and utc(after.began) > utc(before.ended)


def _step(before: Stretch, after: Stretch, *, anew: bool) -> list[Gap]:
    if anew:
        return [_began_anew(before, after)]
    found = [_hole(before, after)] if after.first > before.last + 1 and not before.sparse else []
    follows = after.first > before.last
    return [*found, *_clock(before, after)] if follows else found


def _span(before: Stretch, after: Stretch) -> Interval:
    low, high = utc(before.ended), utc(after.began)
    return Interval(min(low, high), max(low, high))


def _hole(before: Stretch, after: Stretch) -> Gap:
    low, high = before.last + 1, after.first - 1
    numbers = f"record {low}" if low == high else f"records {low} to {high}"
    says = f"{numbers} of {after.source} {'is' if low == high else 'are'} in no file handed in"
    return _gap(GapKind.RECORDS_MISSING, before, after, says)


def _began_anew(before: Stretch, after: Stretch) -> Gap:
    says = (
        f"{after.source} counts anew from {after.first} after it had reached {before.last}: "
        "it was cleared or reset, and how much came in between is not known"
    )
    kind = GapKind.RECORDS_MISSING if after.sparse else GapKind.LOG_CLEARED
    return _gap(kind, before, after, says)


def _clock(before: Stretch, after: Stretch) -> list[Gap]:
    """A later number with an earlier time: the clock was set back between the two files."""
    if utc(after.began) >= utc(before.ended):
        return []
    says = (
        f"record {after.first} of {after.source} is dated {utc(before.ended) - utc(after.began)} "
        f"before record {before.last}: the clock was set back"
    )
    return [_gap(GapKind.CLOCK_STEP, before, after, says)]


def _gap(kind: GapKind, before: Stretch, after: Stretch, says: str) -> Gap:
    citation = replace(after.citation, reader=BETWEEN)
    return gap_of(after.asset, kind, _span(before, after), after.source, says, citation)


def silences(snapshots: Iterable[Snapshot], cadence: Cadence) -> tuple[Gap, ...]:
    """This function will find where a source of snapshots said nothing for longer than its cadence allows.

    Series are told apart by host, reader and what was listed. Without a rule the cadence is the median of the
    distances seen, and two snapshots alone tell none.
    """
    series: defaultdict[tuple[str, str, str], list[Snapshot]] = defaultdict(list)
    for snapshot in snapshots:
        reader = snapshot.citation.reader.partition("/")[0]
        series[snapshot.asset, reader, snapshot.citation.record].append(snapshot)
    return tuple(
        gap for several in series.values() for gap in _silences(_in_order(several), cadence)
    )


def _in_order(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    by_time = {utc(snapshot.taken_at): snapshot for snapshot in snapshots}
    return [by_time[at] for at in sorted(by_time)]


def _silences(snapshots: Sequence[Snapshot], cadence: Cadence) -> Iterable[Gap]:
    every = cadence.every or _usual(snapshots)
    if every is None:
        return
    for before, after in pairwise(snapshots):
        low, high = utc(before.taken_at), utc(after.taken_at)
        if high - low > every * cadence.missed:
            listed = after.citation.record or ", ".join(sorted(k.value for k in after.kinds))
            source = f"{after.citation.reader.partition('/')[0]} {listed}"
            says = (
                f"no snapshot of {listed} for {high - low}, where one comes every {every}; "
                "what was changed and changed back in between left no trace"
            )
            yield gap_of(
                after.asset,
                GapKind.COLLECTOR_SILENT,
                Interval(low, high),
                source,
                says,
                after.citation,
            )


def _usual(snapshots: Sequence[Snapshot]) -> timedelta | None:
    if len(snapshots) < FEWEST_FOR_CADENCE:
        return None
    steps = sorted(
        utc(after.taken_at) - utc(before.taken_at) for before, after in pairwise(snapshots)
    )
    return steps[(len(steps) - 1) // 2]

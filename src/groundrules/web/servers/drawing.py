"""The lanes of a night: windows, logins, changes, incidents, and where data is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from groundrules.core.periods import Interval, Period
from groundrules.records.incidents import Incident
from groundrules.records.parties import Asset
from groundrules.services.nights.loading import Night, SeenChange
from groundrules.services.nights.rows import drill_words, is_outside
from groundrules.web.refs import (
    change_page,
    incident_page,
    own_run_page,
    recovery_page,
    session_page,
)
from groundrules.web.timeline.lanes import Bar, Drawing, Lane, Mark, draw

_A_SECOND = timedelta(seconds=1)


def lanes_of(asset: Asset, night: Night) -> Drawing:
    """This function will draw the span's lanes."""
    lanes = (
        Lane("Windows", _windows(night), empty="none approved"),
        Lane("Logins", _sessions(night), empty="none recorded"),
        Lane("Changes", marks=tuple(_mark(c, night) for c in night.changes), empty="none recorded"),
        Lane("Incidents", tuple(_incident(i, night) for i in night.incidents), empty="none"),
        *_own_lane(night),
        *_recovery_lane(night),
        Lane("Gaps in data", _gaps(night), empty="no gap known"),
    )
    return draw(night.period, night.zone, lanes, f"What happened on {asset.name}")


def _drawable(start: datetime, end: datetime | None) -> Period:
    """What ends in the second it began is still drawn, as a second."""
    return Period(start, max(end, start + _A_SECOND) if end else None)


def _windows(night: Night) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            Period(w.starts_at, w.ends_at),
            f"{w.ref} {w.vendor.name if w.vendor else 'our own work'}",
            "window",
        )
        for w in night.windows
    )


def _sessions(night: Night) -> tuple[Bar, ...]:
    return tuple(
        Bar(
            _drawable(s.started_at, s.ended_at),
            f"{s.account} {s.source_address}".strip(),
            "session",
            session_page(night.client, s.ref),
        )
        for s in night.sessions
    )


def _mark(change: SeenChange, night: Night) -> Mark:
    start = min(max(change.not_before, night.period.start), change.not_after)
    kind = "change-outside" if is_outside(night, change) else "change"
    page = change_page(night.client, change.ref)
    return Mark(Interval(start, change.not_after), change.sentence, kind, page)


def _incident(row: Incident, night: Night) -> Bar:
    page = incident_page(night.client, row.ref)
    return Bar(
        _drawable(row.opened_at, row.resolved_at), f"{row.ref} {row.title}", "incident", page
    )


def _own_lane(night: Night) -> tuple[Lane, ...]:
    """Only where there is any: what we ourselves did there."""
    bars = tuple(
        Bar(
            _drawable(run.started_at, run.ended_at),
            f"{run.kind} {run.ref}",
            "session",
            own_run_page(night.client, run.kind, run.ref),
        )
        for run in night.own_runs
    )
    return (Lane("Our own work", bars),) if bars else ()


def _recovery_lane(night: Night) -> tuple[Lane, ...]:
    """Only where there is one: most nights nothing is restored."""
    bars = tuple(
        Bar(
            _drawable(one.failed_at, one.recovered_at),
            f"recovery {one.incident}",
            "incident",
            recovery_page(night.client, one.incident),
        )
        for one in night.recoveries
    )
    drills = tuple(
        Bar(
            _drawable(one.began, one.ended),
            f"restore drill {drill_words(one)}",
            "window" if one.passed and not one.origin.is_reported else "gap",
        )
        for one in night.drills
    )
    return (Lane("Restores", (*bars, *drills)),) if bars or drills else ()


def _gaps(night: Night) -> tuple[Bar, ...]:
    found = (
        Bar(Period(g.not_before, g.not_after), f"{g.kind}: {g.says}", "gap")
        for g in night.gaps
        if g.not_after > g.not_before
    )
    reports = (Bar(gap, f"no report of {what}", "gap") for what, gap in night.unreported)
    return (*found, *reports)

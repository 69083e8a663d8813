"""The rows of the timeline table and its lanes, from the same records: what is drawn is what is listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Q
from django.urls import reverse

from groundrules.core.evidence import Action
from groundrules.core.periods import Interval, Period
from groundrules.records.attributions import Attribution
from groundrules.records.changes import Change
from groundrules.records.evidence import Gap, HealthCheck, RawEvidence, Session
from groundrules.records.incidents import Cause, Incident
from groundrules.records.parties import Asset
from groundrules.records.vendors import AccessWindow
from groundrules.web.servers.story import Night
from groundrules.web.timeline.lanes import Bar, Drawing, Lane, Mark, draw
from groundrules.web.times import clock, when

MOST_ROWS = 200
_FOLD_FROM = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline table."""

    at: datetime
    when: str
    iso: str
    kind: str
    text: str
    who: str
    strength: str
    permission: str
    href: str
    css: str = ""


def load_night(asset: Asset, period: Period, zone: str) -> Night:
    """This function will load one server's rows in a closed span: a fixed number of queries."""
    start, end = period.start, period.end
    overlapping = Q(ended_at__isnull=True) | Q(ended_at__gte=start)
    sessions = Session.objects.current().filter(overlapping, asset=asset, started_at__lt=end)
    changes = tuple(
        Change.objects.filter(asset=asset, successor__isnull=True)
        .touching(start, end or start)
        .order_by("not_before", "not_after", "pk")[: MOST_ROWS + 1]
    )
    attributions = {
        a.change_id: a
        for a in Attribution.objects.current().filter(change__in=[c.pk for c in changes])
    }
    incidents = tuple(
        Incident.objects.current()
        .filter(
            Q(resolved_at__isnull=True) | Q(resolved_at__gte=start), asset=asset, opened_at__lt=end
        )
        .order_by("opened_at", "pk")[:MOST_ROWS]
    )
    causes = {
        c.incident.ref: c
        for c in Cause.objects.current().select_related("incident").filter(incident__asset=asset)
    }
    gaps = Gap.objects.current().filter(asset=asset, not_before__lt=end, not_after__gte=start)
    return Night(
        period=period,
        zone=zone,
        sessions=tuple(sessions.order_by("started_at", "pk")[:MOST_ROWS]),
        changes=changes[:MOST_ROWS],
        attributions=attributions,
        incidents=incidents,
        causes={i.pk: causes[i.ref] for i in incidents if i.ref in causes},
        gaps=tuple(gaps.order_by("not_before", "pk")[:MOST_ROWS]),
        evidence_in_span=RawEvidence.objects.filter(asset=asset, collected_at__gte=start).exists(),
    )


def _session_rows(night: Night) -> list[Row]:
    rows = []
    for s in night.sessions:
        source = f" from {s.source_address}" if s.source_address else ""
        end = f", until {clock(s.ended_at, night.zone)}" if s.ended_at else ", end not seen"
        rows.append(
            Row(
                s.started_at,
                clock(s.started_at, night.zone),
                s.started_at.isoformat(),
                "login",
                f"{s.kind} login{source}{end}",
                s.account,
                "recorded",
                "",
                reverse("web:session", args=[s.pk]),
            )
        )
    return rows


def _change_row(change: Change, night: Night) -> Row:
    attribution = night.attributions.get(change.pk)
    permission = attribution.permission if attribution else ""
    return Row(
        change.not_after,
        when(change.not_before, change.not_after, night.zone),
        change.not_after.isoformat(),
        _ACTION_WORDS.get(change.action, change.action),
        change.sentence,
        attribution.account if attribution else "",
        attribution.strength if attribution else "unknown",
        permission,
        reverse("web:change", args=[change.ref]),
        "outside" if permission == "outside" else "",
    )


_ACTION_WORDS: dict[str, str] = {Action.ADDED: "added", Action.REMOVED: "removed", Action.ALTERED: "changed"}


def _other_rows(night: Night) -> list[Row]:
    rows = [
        Row(
            i.opened_at,
            clock(i.opened_at, night.zone),
            i.opened_at.isoformat(),
            "incident",
            f"{i.ref} {i.title}",
            "",
            "",
            "",
            reverse("web:incident", args=[i.ref]),
        )
        for i in night.incidents
    ]
    rows.extend(
        Row(
            g.not_before,
            when(g.not_before, g.not_after, night.zone),
            g.not_before.isoformat(),
            "no data",
            g.says,
            "",
            "",
            "",
            "",
            "gap-row",
        )
        for g in night.gaps
    )
    return rows


def _check_rows(asset: Asset, night: Night) -> list[Row]:
    """Health checks fold: of each run of equal results only the first and last are rows."""
    checks = (
        HealthCheck.objects.current()
        .filter(
            application__asset=asset,
            checked_at__gte=night.period.start,
            checked_at__lt=night.period.end,
        )
        .select_related("application")
        .order_by("application__code", "checked_at", "pk")[: MOST_ROWS * 5]
    )
    rows = []
    for (name, healthy), run in groupby(checks, key=lambda c: (c.application.name, c.healthy)):
        members = list(run)
        first, last = members[0], members[-1]
        word = "healthy" if healthy else "failing"
        more = (
            f" ({len(members)} checks until {clock(last.checked_at, night.zone)})"
            if len(members) > 1
            else ""
        )
        signature = f": {first.signature}" if first.signature else ""
        rows.append(
            Row(
                first.checked_at,
                clock(first.checked_at, night.zone),
                first.checked_at.isoformat(),
                "check",
                f"{name} {word}{signature}{more}",
                "",
                "",
                "",
                "",
            )
        )
    return rows


def timeline_rows(asset: Asset, night: Night) -> tuple[Row, ...]:
    """This function will list everything of the span in time order; long runs of one account's additions fold."""
    rows = [
        *_session_rows(night),
        *(_change_row(c, night) for c in night.changes),
        *_other_rows(night),
        *_check_rows(asset, night),
    ]
    return tuple(sorted(rows, key=lambda r: (r.at, r.kind, r.text)))


def windows_of(asset: Asset, period: Period) -> tuple[AccessWindow, ...]:
    """This function will return the approved windows of a server that touch the span."""
    rows = AccessWindow.objects.current().filter(
        Q(ends_at__isnull=True) | Q(ends_at__gte=period.start),
        asset=asset,
        starts_at__lt=period.end,
    )
    return tuple(
        w
        for w in rows.select_related("vendor").order_by("starts_at", "pk")
        if w.to_core().approved_at
    )


def lanes_of(asset: Asset, night: Night) -> Drawing:
    """This function will draw the span's lanes: windows, logins, changes, incidents, and where data is missing."""
    windows = [
        Bar(
            w.to_core().period, f"{w.ref} {w.vendor.name if w.vendor else 'our own work'}", "window"
        )
        for w in windows_of(asset, night.period)
    ]
    sessions = [
        Bar(
            s.to_core().period,
            f"{s.account} {s.source_address}".strip(),
            "session",
            reverse("web:session", args=[s.pk]),
        )
        for s in night.sessions
    ]
    marks = [
        Mark(
            Interval(max(c.not_before, night.period.start), c.not_after),
            c.sentence,
            "change-outside" if _is_outside(night, c) else "change",
            reverse("web:change", args=[c.ref]),
        )
        for c in night.changes
    ]
    incidents = [
        Bar(
            Period(i.opened_at, i.resolved_at),
            f"{i.ref} {i.title}",
            "incident",
            reverse("web:incident", args=[i.ref]),
        )
        for i in night.incidents
    ]
    gaps = [
        Bar(Period(g.not_before, g.not_after), g.says, "gap")
        for g in night.gaps
        if g.not_after > g.not_before
    ]
    lanes = (
        Lane("Windows", tuple(windows), empty="none approved"),
        Lane("Logins", tuple(sessions), empty="none recorded"),
        Lane("Changes", marks=tuple(marks), empty="none recorded"),
        Lane("Incidents", tuple(incidents), empty="none"),
        Lane("Gaps", tuple(gaps), empty="no gap known"),
    )
    return draw(night.period, night.zone, lanes, f"What happened on {asset.name}")


def _is_outside(night: Night, change: Change) -> bool:
    attribution = night.attributions.get(change.pk)
    return attribution is not None and attribution.permission == "outside"

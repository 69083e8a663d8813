"""What happened on a server, a row each in time order, for a page's table and for a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from groundrules.core.backups import RestoreDrill
from groundrules.core.calendars import exact_label, when_label
from groundrules.core.evidence import Action
from groundrules.core.periods import Period
from groundrules.records.evidence import Gap, HealthCheck, Session
from groundrules.records.incidents import Incident
from groundrules.records.vendors import AccessWindow
from groundrules.records.work import OwnRun
from groundrules.services.nights.loading import MOST, Night, SeenChange
from groundrules.services.nights.opening import Opens

_FOLD_FROM = 6
_FOLD_OUTSIDE_FROM = 25
_ACTION_WORDS: dict[str, str] = {
    Action.ADDED: "added",
    Action.REMOVED: "removed",
    Action.ALTERED: "changed",
}
PERMISSION_WORDS = {
    "inside": "inside an approved window",
    "outside": "outside any approved window",
    "undetermined": "cannot be told",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline: `mark` is `outside` for a change known to lie outside every approved window, `gap` for
    evidence that is missing, empty for everything else.
    """

    at: datetime
    when: str
    kind: str
    text: str
    who: str = ""
    strength: str = ""
    permission: str = ""
    opens: Opens | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows that are shown, and how many more there are."""

    rows: tuple[Row, ...]
    hidden: int


def timeline_rows(night: Night) -> Listing:
    """This function will list everything of the span in time order; long runs of like changes and checks fold."""
    rows = [
        *(_session_row(s, night) for s in night.sessions),
        *_change_rows(night),
        *(_incident_row(i, night) for i in night.incidents),
        *(_gap_row(g, night) for g in night.gaps),
        *(_unreported_row(what, gap, night) for what, gap in night.unreported),
        *(_window_row(w, night) for w in night.windows),
        *(_own_row(r, night) for r in night.own_runs),
        *_restore_rows(night),
        *_check_rows(night),
        *_warning_rows(night),
    ]
    ordered = sorted(rows, key=lambda r: (r.at, r.kind, r.text))
    return Listing(tuple(ordered[:MOST]), max(len(ordered) - MOST, 0))


def is_outside(night: Night, change: SeenChange) -> bool:
    """This function will say whether a change is known to lie outside every approved window."""
    attribution = night.attribution(change)
    return attribution is not None and attribution.permission == "outside"


def _session_row(row: Session, night: Night) -> Row:
    source = f" from {row.source_address}" if row.source_address else ""
    end = f", until {exact_label(row.ended_at, night.zone)}" if row.ended_at else ", end not seen"
    return Row(
        row.started_at,
        exact_label(row.started_at, night.zone),
        "login",
        f"{row.kind} login{source}{end}",
        who=row.account,
        strength="recorded",
        opens=Opens("login", row.ref),
    )


def _change_key(change: SeenChange, night: Night) -> tuple[str, ...]:
    attribution = night.attribution(change)
    answer = (
        (attribution.account, attribution.strength, attribution.permission)
        if attribution
        else (change.actor_account,)
    )
    return (change.kind, change.action, change.run, *answer)


def _change_rows(night: Night) -> list[Row]:
    rows: list[Row] = []
    for _, run in groupby(night.changes, key=lambda c: _change_key(c, night)):
        members = list(run)
        least = _FOLD_OUTSIDE_FROM if is_outside(night, members[0]) else _FOLD_FROM
        if len(members) >= least:
            rows.append(_folded_row(members, night))
        else:
            rows.extend(_change_row(change, night) for change in members)
    return rows


def _change_row(change: SeenChange, night: Night) -> Row:
    attribution = night.attribution(change)
    return Row(
        change.not_after,
        when_label(change.not_before, change.not_after, night.zone),
        _ACTION_WORDS.get(change.action, change.action),
        change.sentence,
        who=attribution.account if attribution else "",
        strength=attribution.strength if attribution else "unknown",
        permission=PERMISSION_WORDS.get(attribution.permission, attribution.permission)
        if attribution
        else "",
        opens=Opens("change", change.ref),
        mark="outside" if is_outside(night, change) else "",
    )


def _folded_row(members: list[SeenChange], night: Night) -> Row:
    first, last = members[0], members[-1]
    single = _change_row(first, night)
    start = min(c.not_before for c in members)
    end = max(c.not_after for c in members)
    whole = {"kind": first.kind, "account": first.actor_account, "from": start.isoformat()}
    whole["to"] = end.replace(microsecond=999_999).isoformat()
    return Row(
        first.not_after,
        f"{exact_label(start, night.zone)} to {exact_label(end, night.zone)}",
        single.kind,
        f"{len(members)} changes of kind {first.kind}: {first.sentence}, and on to {last.sentence}",
        who=single.who,
        strength=single.strength,
        permission=single.permission,
        opens=Opens("changes", query=tuple((k, v) for k, v in whole.items() if v)),
        mark=single.mark,
    )


def _incident_row(row: Incident, night: Night) -> Row:
    return Row(
        row.opened_at,
        exact_label(row.opened_at, night.zone),
        "incident",
        f"{row.ref} {row.title}",
        opens=Opens("incident", row.ref),
    )


def _own_row(row: OwnRun, night: Night) -> Row:
    end = f", until {exact_label(row.ended_at, night.zone)}" if row.ended_at else ", end not seen"
    return Row(
        row.started_at,
        exact_label(row.started_at, night.zone),
        f"our {row.kind}",
        f"{row.to_core().says or row.ref}{end}",
        opens=Opens("run", row.ref, row.kind),
    )


def _restore_rows(night: Night) -> list[Row]:
    recoveries = [
        Row(
            one.failed_at,
            exact_label(one.failed_at, night.zone),
            "recovery",
            f"restored to {exact_label(one.restore_point, night.zone)}"
            + (
                f", back {exact_label(one.recovered_at, night.zone)}"
                if one.recovered_at
                else ", not back yet"
            ),
            opens=Opens("recovery", one.incident),
        )
        for one in night.recoveries
    ]
    drills = [
        Row(
            one.ended,
            exact_label(one.ended, night.zone),
            "restore drill",
            f"{drill_words(one)}. {one.says}",
        )
        for one in night.drills
    ]
    return [*recoveries, *drills]


def drill_words(one: RestoreDrill) -> str:
    """This function will say how a drill ended; one that is only reported is not called proven."""
    if one.origin.is_reported:
        ended = "a passed one is" if one.passed else "a failed one is"
        return f"{one.name}: {ended} {one.origin.words}, not proven by us"
    return f"{one.name}: {'proven' if one.passed else 'failed'}, {one.origin.words}"


def _warning_rows(night: Night) -> list[Row]:
    """Each part at the look that first showed it so, a certificate at its own instant."""
    return [
        Row(
            one.at,
            exact_label(one.at, night.zone),
            f"health {one.state.level.value}",
            one.says(night.zone),
            strength="recorded",
            opens=Opens("health"),
        )
        for one in night.warnings
    ]


def _unreported_row(what: str, gap: Period, night: Night) -> Row:
    """A report that was due and did not come: nobody knows whether the backup was made."""
    end = gap.end or gap.start
    return Row(
        gap.start,
        f"{exact_label(gap.start, night.zone)} to {exact_label(end, night.zone)}",
        "no report",
        f"no report of {what} came, though one was due",
        opens=Opens("health"),
        mark="gap",
    )


def _gap_row(row: Gap, night: Night) -> Row:
    span = f"{exact_label(row.not_before, night.zone)} to {exact_label(row.not_after, night.zone)}"
    return Row(row.not_before, span, row.kind, row.says, mark="gap")


def _window_row(row: AccessWindow, night: Night) -> Row:
    whose = row.vendor.name if row.vendor else "our own work"
    end = exact_label(row.ends_at, night.zone) if row.ends_at else "further notice"
    text = f"approved window {row.ref} for {whose}, until {end}"
    return Row(row.starts_at, exact_label(row.starts_at, night.zone), "window", text)


def _check_rows(night: Night) -> list[Row]:
    """Health checks fold: each run of equal results is one row."""
    rows = []
    for _, run in groupby(night.checks, key=lambda c: (c.application_id, c.healthy)):
        members = list(run)
        rows.append(_check_row(members, night))
    return rows


def _check_row(members: list[HealthCheck], night: Night) -> Row:
    first, last = members[0], members[-1]
    word = "healthy" if first.healthy else "failing"
    signature = f": {first.signature}" if first.signature else ""
    until = f" ({len(members)} checks until {exact_label(last.checked_at, night.zone)})"
    text = f"{first.application.name} {word}{signature}{until if len(members) > 1 else ''}"
    return Row(first.checked_at, exact_label(first.checked_at, night.zone), "check", text)

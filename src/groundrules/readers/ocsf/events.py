"""Events one by one: a change, a login or its end, a listing, a log that was cleared; anything else is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.evidence import (
    Action,
    GapKind,
    Item,
    ItemKind,
    Observation,
    Reading,
    Snapshot,
)
from groundrules.core.ids import GapId
from groundrules.core.periods import Interval
from groundrules.readers.context import ReadingContext
from groundrules.readers.documents import (
    Placed,
    Row,
    epoch,
    inner,
    iso,
    note_damage,
    objects,
    of_our_host,
    rows,
    said,
)
from groundrules.readers.gaps import gap_of
from groundrules.readers.linux.packages import in_words
from groundrules.readers.linux.tally import Tally
from groundrules.readers.ocsf import classes
from groundrules.readers.ocsf.identity import account_of, actor_of
from groundrules.readers.ocsf.logins import Logins

READER = "ocsf/1"
ANOTHER_HOST = "ocsf/another host"
KINDS = {kind.value: kind for kind in ItemKind}
GAP_KINDS = {kind.value: kind for kind in GapKind}
ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class Event:
    """One OCSF event: its class and activity, when it happened (`latest`: by then at the latest), on which host."""

    place: str
    uid: int
    activity: int
    at: datetime
    latest: datetime
    host: str
    fields: Row

    @property
    def ours(self) -> Row:
        """What our own exporter wrote beside the schema's fields; empty for events of others."""
        return inner(self.fields, "unmapped.evidence")

    @property
    def failed(self) -> bool:
        """True when the event says that it was only tried."""
        return said(self.fields, "status_id") == str(classes.FAILURE)


def read_ocsf(raw: bytes, context: ReadingContext) -> Reading:
    """This function will read OCSF events, one JSON object a line or one list of them.

    Classes not followed are counted as unknown under their number.
    """
    tally = Tally(READER, context)
    events = [event for placed in objects(tally, raw) if (event := _event(tally, placed))]
    is_ours = of_our_host((event.host for event in events), context)
    mine = [event for event in events if is_ours(event.host)]
    for _ in range(len(events) - len(mine)):
        tally.unknown(ANOTHER_HOST)
    logins = Logins(tally.context.asset)
    for event in sorted(mine, key=lambda event: event.at):
        tally.hosts.update({event.host} - {""})
        _count(tally, event, known=_take(tally, logins, event))
    tally.sessions.extend(logins.sessions())
    note_damage(tally, "the OCSF events", {event.place: event.at for event in events})
    return tally.reading()


def _event(tally: Tally, placed: Placed) -> Event | None:
    fields = placed.fields
    uid, activity = said(fields, "class_uid"), said(fields, "activity_id")
    at = iso(said(fields, "time_dt")) or epoch(said(fields, "time"), 1000)
    if not uid.isdecimal() or at is None:
        tally.damage(placed.place, "not an OCSF event: it needs a class_uid and a time")
        return None
    began = epoch(said(fields, "start_time"), 1000) or at
    return Event(
        place=placed.place,
        uid=int(uid[:9]),
        activity=int(activity[:9]) if activity.isdecimal() else 0,
        at=min(began, at),
        latest=at,
        host=said(fields, "device.hostname", "device.name"),
        fields=fields,
    )


def _count(tally: Tally, event: Event, *, known: bool) -> None:
    (tally.known if known else tally.unknown)(f"ocsf/{event.uid}/{event.activity}")


def _take(tally: Tally, logins: Logins, event: Event) -> bool:
    """This function will keep what an event says; False when it is of a class or activity not followed."""
    if event.uid == classes.AUTHENTICATION:
        cited = tally.cite(event.place)
        return event.failed or logins.take(event.activity, event.at, event.fields, cited)
    special = _SPECIAL.get(event.uid)
    if special is not None:
        return special(tally, event)
    return _take_change(tally, logins, event)


def _take_change(tally: Tally, logins: Logins, event: Event) -> bool:
    followed = classes.CLASSES.get(event.uid)
    if followed is not None and event.activity in followed.passing:
        return True
    made = _of_ours(tally, event)
    if made is None and followed is not None:
        made = _of_theirs(tally, event, followed)
        if made is not None:
            made = replace(made, actor=logins.tied(made.actor, made.at))
    if made is not None:
        tally.observations.append(made)
    return made is not None


def _of_theirs(tally: Tally, event: Event, followed: classes.EventClass) -> Observation | None:
    activity = followed.activities.get(event.activity)
    key = _key(event, followed)
    if activity is None or not key:
        return None
    kind = activity.kind or followed.kind
    before = said(event.fields, *followed.before) if activity.action is not Action.ADDED else ""
    after = said(event.fields, *followed.after) if activity.action is not Action.REMOVED else ""
    if activity.action is Action.ALTERED and followed.before == followed.after:
        before = ""  # The same field cannot say both what was and what is.
    member = _member(event)
    if member:
        before, after = (member, "") if event.activity in classes.GROUP_MEMBER_OUT else ("", member)
    made = _observation(tally, event, kind, key, activity.action)
    told = activity.after or after or None
    words = _words(key, activity.action, before, told or "") if kind is ItemKind.PACKAGE else ""
    return replace(made, before=before or None, after=told, summary=words)


def _key(event: Event, followed: classes.EventClass) -> str:
    """An account is known as it is in Windows events: with its domain, where it has one."""
    if followed.keys[0] == "user.name":
        return account_of(inner(event.fields, "user")) or said(event.fields, "user.uid")
    return said(event.fields, *followed.keys)


def _words(key: str, action: Action, before: str, after: str) -> str:
    if action is Action.ALTERED and not before:
        return f"{key} {after if after in {'enabled', 'disabled'} else f'updated to {after}'}"
    return in_words(key, action, before or None, after or None)


def _member(event: Event) -> str:
    is_membership = event.activity in classes.GROUP_MEMBER_IN | classes.GROUP_MEMBER_OUT
    if event.uid != 3006 or not is_membership:  # noqa: PLR2004 - the class of group management
        return ""
    return said(event.fields, "user.name", "user.uid", "subgroup.name")


def _of_ours(tally: Tally, event: Event) -> Observation | None:
    """An event of our own export says exactly what the change was, and between which instants."""
    ours = event.ours
    kind, key = KINDS.get(said(ours, "kind")), said(ours, "key")
    action = ACTIONS.get(said(ours, "action"))
    low, high = iso(said(ours, "not_before")), iso(said(ours, "not_after"))
    if kind is None or action is None or not key or low is None or high is None or high < low:
        return None
    made = _observation(tally, event, kind, key, action)
    return replace(
        made,
        at=low,
        recorded_at=high if high > low else None,
        before=said(ours, "before") or None,
        after=said(ours, "after") or None,
        summary=said(ours, "summary"),
    )


def _observation(
    tally: Tally, event: Event, kind: ItemKind, key: str, action: Action
) -> Observation:
    logged = epoch(said(event.fields, "metadata.logged_time"), 1000)
    latest = max(event.latest, logged or event.latest)
    return Observation(
        asset=tally.context.asset,
        kind=kind,
        key=key,
        action=action,
        at=event.at,
        citation=tally.cite(event.place),
        actor=actor_of(event.fields, verbatim=bool(event.ours)),
        recorded_at=latest if latest > event.at else None,
        succeeded=not event.failed,
    )


def _take_listing(tally: Tally, event: Event) -> bool:
    """Only a whole bill of materials is a snapshot; a single package says nothing about the others."""
    components = rows(event.fields, "sbom.software_components")
    if components:
        items = (_package(one) for one in components)
        taken = Snapshot(
            tally.context.asset,
            event.at,
            frozenset({ItemKind.PACKAGE}),
            tuple(item for item in items if item is not None),
            tally.cite(f"ocsf software inventory of {said(event.fields, 'metadata.product.name')}"),
        )
        tally.snapshots.append(taken)
    return bool(components) or bool(
        inner(event.fields, "package") or inner(event.fields, "product")
    )


def _package(row: Row) -> Item | None:
    name = said(row, "name")
    told = {
        "version": said(row, "version"),
        "architecture": said(row, "architecture"),
        "publisher": said(row, "vendor_name", "author"),
    }
    attributes = {key: value for key, value in told.items() if value}
    return Item(ItemKind.PACKAGE, name, attributes) if name else None


def _take_log_event(tally: Tally, event: Event) -> bool:
    log = said(event.fields, "log_name", "metadata.log_name") or "a log that is not named"
    if event.activity in classes.CLEARED:
        kind, says = (
            GapKind.LOG_CLEARED,
            f"{log} was cleared: what it held before is known only as far as it was collected",
        )
    elif event.activity in classes.SWITCHED_OFF:
        kind, says = GapKind.AUDIT_OFF, f"{log} was switched off"
    else:
        return event.activity in range(1, 11)
    gap = gap_of(
        tally.context.asset,
        kind,
        Interval(event.at, event.latest),
        log,
        says,
        tally.cite(event.place),
    )
    tally.gaps.append(gap)
    return True


def _take_gap(tally: Tally, event: Event) -> bool:
    """A base event is nothing but a message; ours says which evidence is missing."""
    ours = event.ours
    if said(ours, "gap") not in GAP_KINDS:
        return False
    low, high = iso(said(ours, "not_before")), iso(said(ours, "not_after"))
    if low is None or high is None or high < low:
        return False
    kind = GAP_KINDS[said(ours, "gap")]
    source, says = said(ours, "source"), said(event.fields, "message")
    cited = tally.cite(event.place)
    gap = gap_of(tally.context.asset, kind, Interval(low, high), source, says, cited)
    known = said(event.fields, "metadata.uid")
    tally.gaps.append(replace(gap, id=GapId(known)) if known else gap)
    return True


_SPECIAL: Mapping[int, Callable[[Tally, Event], bool]] = {
    classes.SOFTWARE_INVENTORY: _take_listing,
    classes.EVENT_LOG: _take_log_event,
    classes.BASE_EVENT: _take_gap,
}

"""One change, not two: a snapshot difference that log events explain takes their time and actor, and both citations.

What no event explains stays as a change known from snapshots only. An event pair that left no difference (removed
and put back between two snapshots) stays too: the snapshots cannot see it, the log did.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from groundrules.core.changes.components import normalised, same_component
from groundrules.core.changes.model import Change
from groundrules.core.evidence import Action, ItemKind
from groundrules.core.ids import AssetId

# Kinds that name one thing from two points of view: a login's password in a log, the login itself in a snapshot.
_SEEN_AS = {
    ItemKind.PASSWORD: frozenset({ItemKind.ACCOUNT, ItemKind.DATABASE_LOGIN}),
    ItemKind.PATCH: frozenset({ItemKind.PACKAGE}),
}
# An item dates itself seconds apart from the log of the same act (SQL audit: up to 4.9 s measured).
_SELF_DATED_SLACK = timedelta(seconds=60)
_Place = tuple[AssetId, str]


def merge(differences: Iterable[Change], event_changes: Iterable[Change]) -> tuple[Change, ...]:
    """This function will return every event change and every difference no event explains, in time order.

    An explaining event keeps its id, time and actor; it gains the difference's citations and, when it is the only
    one, the before and after it lacks itself.
    """
    events = {change.id: change for change in event_changes}
    by_place: defaultdict[_Place, list[Change]] = defaultdict(list)
    for event in events.values():
        by_place[_place(event)].append(event)
    left: list[Change] = []
    for difference in sorted(differences, key=_order):
        chain = _chain(difference, by_place[_place(difference)])
        if not chain:
            left.append(difference)
        for event in chain:
            events[event.id] = _joined(events[event.id], difference, alone=len(chain) == 1)
    return tuple(sorted([*events.values(), *left], key=_order))


def explains(event: Change, difference: Change) -> bool:
    """This function will say whether one event by itself accounts for a snapshot difference."""
    return bool(_chain(difference, [event])) if _place(event) == _place(difference) else False


def _place(change: Change) -> _Place:
    return change.asset, normalised(change.component)


def _chain(difference: Change, events: list[Change]) -> list[Change]:
    """The events on the item between the snapshots, when together they end in the state the later snapshot saw."""
    inside = [e for e in events if _same_item(e, difference) and _between(e, difference)]
    if not inside:
        return []
    ordered = sorted(inside, key=_order)
    last = ordered[-1]
    ends_gone = difference.action is Action.REMOVED
    agrees = (last.action is Action.REMOVED) == ends_gone and _same_value(last, difference)
    return ordered if agrees else []


def _same_item(event: Change, difference: Change) -> bool:
    alike = event.kind is difference.kind or (
        difference.kind in _SEEN_AS.get(event.kind, frozenset())
        and difference.action is Action.ALTERED
    )
    return alike and same_component(event.component, difference.component)


def _between(event: Change, difference: Change) -> bool:
    span, moment = difference.interval, event.interval
    slack = _SELF_DATED_SLACK if span.is_exact else timedelta(0)
    return (
        span.not_before - slack <= moment.not_after and moment.not_before <= span.not_after + slack
    )


def _same_value(event: Change, difference: Change) -> bool:
    """An event that says what it left behind must agree with what the snapshot found; silence agrees with anything."""
    if not event.after or not difference.after or event.kind is not difference.kind:
        return True
    found = difference.after.casefold()
    words = set(re.split(r"[;,\s]+|: ", found))
    said = event.after.casefold()
    return said in found or bool(words & set(re.split(r"[;,\s]+|: ", said)))


def _joined(event: Change, difference: Change, *, alone: bool) -> Change:
    citations = tuple(dict.fromkeys((*event.citations, *difference.citations)))
    if not alone:
        return replace(event, citations=citations)
    before = difference.before if event.before is None else event.before
    after = difference.after if event.after is None else event.after
    return replace(event, citations=citations, before=before, after=after)


def _order(change: Change) -> tuple[str, ...]:
    span = change.interval
    return (
        span.not_before.isoformat(),
        span.not_after.isoformat(),
        change.asset,
        change.kind.value,
        change.component,
        change.action.value,
        change.id,
    )

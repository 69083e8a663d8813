"""Changes read from logs: each operation once, with the time its own records bound it to and whoever they name.

One operation often leaves several records (MsiInstaller start, result and end; dpkg and apt history). Those with one
`correlation` become one change citing all of them. An attempt that failed is kept apart: it changed nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from groundrules.core.changes.actors import agree, is_anonymous, is_service, merged_actor
from groundrules.core.changes.model import Change, change_id
from groundrules.core.changes.named_runs import named_run
from groundrules.core.evidence import Actor, Observation
from groundrules.core.periods import Interval, utc

# Records of one operation follow each other; the same again after this is a new one (seen 22 minutes apart).
_LONGEST_PAUSE = timedelta(minutes=5)


def from_observations(observations: Iterable[Observation]) -> tuple[Change, ...]:
    """This function will return one change per operation that succeeded, in time order.

    The interval runs from the earliest to the latest of the records' event and write times. Records of one
    operation that name different logins stay different changes: nobody is blended into somebody else.
    """
    operations: defaultdict[tuple[object, ...], list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.succeeded:
            operations[_operation(observation)].append(observation)
    happenings: defaultdict[tuple[object, ...], list[Observation]] = defaultdict(list)
    for linked in operations.values():
        for records in _occasions(linked):
            happenings[*_item(records[0]), _interval(records)].extend(records)
    changes = [change for records in happenings.values() for change in _changes(records)]
    return tuple(sorted(changes, key=_order))


def attempts(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """This function will return what was tried and failed, in time order; an attempt is never a change."""
    return tuple(sorted((o for o in observations if not o.succeeded), key=_record_order))


def _item(observation: Observation) -> tuple[object, ...]:
    return observation.asset, observation.kind, observation.key, observation.action


def _operation(observation: Observation) -> tuple[object, ...]:
    # Without a correlation, records of the same act share its instant (a log collected twice repeats it exactly).
    return *_item(observation), observation.correlation or utc(observation.at)


def _occasions(records: list[Observation]) -> list[list[Observation]]:
    """Some sources repeat a correlation another day (a service installed again); a long pause parts them."""
    ordered = sorted(records, key=_record_order)
    occasions = [[ordered[0]]]
    for record in ordered[1:]:
        if utc(record.at) - _interval(occasions[-1]).not_after > _LONGEST_PAUSE:
            occasions.append([])
        occasions[-1].append(record)
    return occasions


def _interval(records: list[Observation]) -> Interval:
    moments = [utc(moment) for o in records for moment in (o.at, o.recorded_at) if moment]
    return Interval(min(moments), max(moments))


def _changes(records: list[Observation]) -> list[Change]:
    parts = _by_login(records)
    return [_change(part, told_apart=len(parts) > 1) for part in parts]


def _by_login(records: list[Observation]) -> list[list[Observation]]:
    ordered = sorted(records, key=_record_order)
    logins = [o for o in ordered if not is_anonymous(o.actor) and not is_service(o.actor)]
    groups: list[list[Observation]] = []
    for record in logins:
        home = next((g for g in groups if all(agree(record.actor, o.actor) for o in g)), None)
        if home is None:
            groups.append([record])
        else:
            home.append(record)
    silent = [o for o in ordered if o not in logins]
    return [sorted([*group, *silent], key=_record_order) for group in groups] or [silent]


def _change(records: list[Observation], *, told_apart: bool) -> Change:
    first, interval = records[0], _interval(records)
    actor = merged_actor(tuple(o.actor for o in records))
    login = _spoken(actor) if told_apart else ""
    return Change(
        id=change_id(first.asset, first.kind, (first.key, login), first.action, interval),
        asset=first.asset,
        kind=first.kind,
        component=first.key,
        action=first.action,
        interval=interval,
        before=next((o.before for o in records if o.before is not None), None),
        after=next((o.after for o in reversed(records) if o.after is not None), None),
        actor=actor,
        citations=tuple(dict.fromkeys(c for o in records for c in (o.citation, *o.supporting))),
        summary=next((o.summary for o in records if o.summary), ""),
        run=named_run(records),
    )


def _spoken(actor: Actor) -> str:
    return f"{actor.session_key}|{actor.identifier}|{actor.account}|{actor.process}"


def _order(change: Change) -> tuple[str, ...]:
    return (
        change.interval.not_before.isoformat(),
        change.interval.not_after.isoformat(),
        change.asset,
        change.kind.value,
        change.component,
        change.action.value,
        _spoken(change.actor),
        *(f"{c.evidence}{c.record}" for c in change.citations),
    )


def _record_order(observation: Observation) -> tuple[str, ...]:
    written = observation.recorded_at or observation.at
    return (
        utc(observation.at).isoformat(),
        utc(written).isoformat(),
        observation.asset,
        observation.kind.value,
        observation.key,
        observation.citation.evidence,
        observation.citation.record,
        _spoken(observation.actor),
        observation.before or "",
        observation.after or "",
        observation.summary,
    )

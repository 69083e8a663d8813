"""What differs between two snapshots of one host: added, removed and altered items, each with an honest interval.

Only kinds looked at in both snapshots are compared: what nobody looked for has not vanished. The time is `(before,
after]` unless the item dates itself (PasswordLastSetTime, install date), which then gives the instant without
giving who.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from groundrules.core.changes.model import Change, change_id
from groundrules.core.evidence import Action, Item, ItemKind, Snapshot
from groundrules.core.periods import Interval, utc

_SECRET = re.compile(
    r"pass(word|wd|phrase)?|secret|token|credential|private|pin|api_?key|hash|salt"
)
_SAFE = re.compile(
    r"changed|change|set|at|time|date|dated|days?|age|expir\w*|status|last|must|locked|policy|"
    r"sha256|sha1|sha512|md5|digest"
)
_SECRET_KINDS = frozenset({ItemKind.PASSWORD, ItemKind.DATABASE_LOGIN, ItemKind.ACCOUNT})
_FINGERPRINT = re.compile(r"sha256|sha1|sha512|md5|digest|hash")
_WITHHELD = "(withheld)"
_Key = tuple[ItemKind, str]


class SnapshotsOfDifferentAssets(ValueError):
    """Two snapshots of different assets were compared; a difference between hosts is not a change."""


class SnapshotsOutOfOrder(ValueError):
    """The later snapshot was not taken after the earlier one, so nothing can have happened in between."""


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One item that differs: `before` None means it was not there, `after` None that it is gone."""

    kind: ItemKind
    key: str
    before: Item | None
    after: Item | None

    @property
    def action(self) -> Action:
        """What happened to the item between the two snapshots."""
        if self.before is None:
            return Action.ADDED
        return Action.REMOVED if self.after is None else Action.ALTERED


def compare(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """This function will list what differs between two snapshots of one host as changes, sorted by kind and key.

    Each has the interval between the snapshots, or the instant the item itself is dated with when that lies between
    them. Raises SnapshotsOfDifferentAssets and SnapshotsOutOfOrder. Values of secrets are withheld from the text.
    """
    return tuple(_change(d, before, after) for d in differences(before, after))


def compare_series(snapshots: Iterable[Snapshot]) -> tuple[Change, ...]:
    """This function will compare each snapshot, kind by kind, with the last earlier one of its source with that kind.

    A snapshot that skipped a kind must not hide what changed around it. Two sources (a collector and an inventory, or
    two queries of one program) name, number and choose things in their own ways, so what differs between them is no
    change. Of several taken at one instant (a file handed in twice) the first counts per kind. Raises
    SnapshotsOfDifferentAssets.
    """
    by_source: defaultdict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for snapshot in snapshots:
        by_source[_source_of(snapshot)].append(snapshot)
    return tuple(
        change for source in sorted(by_source) for change in _along_source(by_source[source])
    )


def _source_of(snapshot: Snapshot) -> tuple[str, str]:
    """Reader and probe, query or section; another version of a reader still reads the same source."""
    return snapshot.citation.reader.partition("/")[0], snapshot.citation.record


def _along_source(snapshots: Iterable[Snapshot]) -> list[Change]:
    ordered = sorted(snapshots, key=lambda s: (utc(s.taken_at), s.citation.evidence))
    latest: dict[ItemKind, int] = {}
    found: list[Change] = []
    for number, snapshot in enumerate(ordered):
        newer = {
            k for k in snapshot.kinds if k not in latest or _is_before(ordered[latest[k]], snapshot)
        }
        for earlier in sorted({latest[k] for k in newer & latest.keys()}):
            kinds = frozenset(k for k in newer if latest.get(k) == earlier)
            found += compare(replace(ordered[earlier], kinds=kinds), snapshot)
        latest.update(dict.fromkeys(newer, number))
    return found


def _is_before(earlier: Snapshot, later: Snapshot) -> bool:
    return utc(earlier.taken_at) < utc(later.taken_at)


def differences(before: Snapshot, after: Snapshot) -> tuple[ItemDifference, ...]:
    """This function will list the items that differ, with their full attributes, sorted by kind and key.

    Raises SnapshotsOfDifferentAssets and SnapshotsOutOfOrder.
    """
    _require_comparable(before, after)
    kinds = before.kinds & after.kinds
    old, new = _indexed(before, kinds), _indexed(after, kinds)
    found = [
        ItemDifference(kind, key, old.get((kind, key)), new.get((kind, key)))
        for kind, key in old.keys() | new.keys()
        if _differs(old.get((kind, key)), new.get((kind, key)))
    ]
    return tuple(sorted(found, key=lambda d: (d.kind.value, d.key)))


def _require_comparable(before: Snapshot, after: Snapshot) -> None:
    if before.asset != after.asset:
        message = f"snapshots of {before.asset} and {after.asset} can't be compared; pick two of one asset"
        raise SnapshotsOfDifferentAssets(message)
    if utc(after.taken_at) <= utc(before.taken_at):
        message = (
            f"the snapshot of {after.taken_at.isoformat()} was not taken after the one of "
            f"{before.taken_at.isoformat()}; give the earlier one first"
        )
        raise SnapshotsOutOfOrder(message)


def _indexed(snapshot: Snapshot, kinds: frozenset[ItemKind]) -> dict[_Key, Item]:
    index: dict[_Key, Item] = {}
    repeated: defaultdict[_Key, list[Item]] = defaultdict(list)
    for item in snapshot.items:
        if item.kind not in kinds:
            continue
        key = (item.kind, item.key)
        if key in index:
            repeated[key].append(item)
        else:
            index[key] = item
    index.update(_numbered(index, repeated))
    return index


def _numbered(index: Mapping[_Key, Item], repeated: Mapping[_Key, list[Item]]) -> dict[_Key, Item]:
    """A key listed twice breaks the contract of the source; both are kept, numbered in the order of their content."""
    numbered: dict[_Key, Item] = {}
    for (kind, key), others in repeated.items():
        ordered = sorted([index[kind, key], *others], key=lambda i: sorted(i.attributes.items()))
        for number, item in enumerate(ordered, start=1):
            numbered[kind, key if number == 1 else f"{key} ({number})"] = item
    return numbered


def _differs(old: Item | None, new: Item | None) -> bool:
    if old is None or new is None:
        return old is not new
    if old.attributes != new.attributes:
        return True
    return None not in {old.dated_at, new.dated_at} and old.dated_at != new.dated_at


def _change(difference: ItemDifference, before: Snapshot, after: Snapshot) -> Change:
    interval = _interval(difference.after, before.taken_at, after.taken_at)
    old, new = _texts(difference)
    asset, kind, key, action = after.asset, difference.kind, difference.key, difference.action
    return Change(
        id=change_id(asset, kind, key, action, interval),
        asset=asset,
        kind=kind,
        component=key,
        action=action,
        interval=interval,
        before=old,
        after=new,
        citations=(before.citation, after.citation),
        snapshot_only=True,
    )


def _interval(item: Item | None, lower: datetime, upper: datetime) -> Interval:
    dated = None if item is None else item.dated_at
    if dated is not None and utc(lower) < utc(dated) <= utc(upper):
        return Interval.exactly(dated)
    return Interval(lower, upper)


def _texts(difference: ItemDifference) -> tuple[str | None, str | None]:
    old, new = difference.before, difference.after
    names = sorted(_differing(old, new))
    return _text(difference.kind, old, names), _text(difference.kind, new, names)


def _differing(old: Item | None, new: Item | None) -> Iterator[str]:
    mine = {} if old is None else old.attributes
    theirs = {} if new is None else new.attributes
    for name in mine.keys() | theirs.keys():
        if old is None or new is None or mine.get(name) != theirs.get(name):
            yield name


def _text(kind: ItemKind, item: Item | None, names: list[str]) -> str | None:
    if item is None:
        return None
    pieces = [
        f"{name}: {_WITHHELD if is_secret(kind, name) else item.attributes[name]}"
        for name in names
        if name in item.attributes
    ]
    if item.dated_at is not None:
        pieces.append(f"dated {utc(item.dated_at).isoformat()}")
    return "; ".join(pieces) or "present"


def is_secret(kind: ItemKind, attribute: str) -> bool:
    """This function will say whether an attribute's value must never be shown (a password's hash, a token).

    When it was set, how old it is and a file's digest are facts about it and may be shown; a digest of a login may
    not.
    """
    words = re.split(r"[\W_]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", attribute).casefold())
    if kind in _SECRET_KINDS and any(_FINGERPRINT.fullmatch(word) for word in words):
        return True
    named = _SECRET.search(attribute.casefold()) is not None
    return named and not any(_SAFE.fullmatch(word) for word in words)
